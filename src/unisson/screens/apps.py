from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "unisson.screens"
    label = "screens"

    def ready(self) -> None:
        from unisson.core import access
        from unisson.screens import policy

        access.grant(policy.GRANTS)
