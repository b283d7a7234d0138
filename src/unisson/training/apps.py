from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "unisson.training"
    label = "training"

    def ready(self) -> None:
        from unisson.core import access
        from unisson.training import policy

        access.grant(policy.GRANTS)
