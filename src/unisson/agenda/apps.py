from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "unisson.agenda"
    label = "agenda"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unisson.agenda import policy
        from unisson.core import access

        access.grant(policy.GRANTS)
