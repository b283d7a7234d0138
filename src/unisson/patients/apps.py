from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "unisson.patients"
    label = "patients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unisson.core import access
        from unisson.patients import policy

        access.grant(policy.GRANTS)
