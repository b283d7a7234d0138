from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "unisson.practice"
    label = "practice"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unisson.core import access
        from unisson.practice import policy

        access.grant(policy.GRANTS)
