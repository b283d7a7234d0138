from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "unisson.screens"
    label = "screens"

    def ready(self) -> None:
        from unisson.core import access
        from unisson.screens import policy
        from unisson.screens.practitioner import day
        from unisson.screens.secretary import day_live, week

        access.grant(policy.GRANTS)
        day_live.register()
        week.register()
        day.register()
