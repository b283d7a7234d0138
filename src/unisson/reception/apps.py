from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "unisson.reception"
    label = "reception"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unisson.agenda.errors import LAST_WORDS
        from unisson.core import access
        from unisson.reception import policy, words

        access.grant(policy.GRANTS)
        LAST_WORDS["visit_under_way"] = words.VISIT_UNDER_WAY
