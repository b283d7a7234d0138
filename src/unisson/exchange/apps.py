from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "unisson.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unisson.core import access
        from unisson.exchange import policy

        access.grant(policy.GRANTS)
