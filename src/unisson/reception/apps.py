from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "unisson.reception"
    label = "reception"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unisson.core import access
        from unisson.reception import policy

        access.grant(policy.GRANTS)
