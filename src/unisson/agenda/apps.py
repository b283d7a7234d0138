from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "unisson.agenda"
    label = "agenda"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unisson.agenda import policy
        from unisson.agenda.merging import AppointmentMover
        from unisson.core import access
        from unisson.patients import merging

        access.grant(policy.GRANTS)
        merging.register(AppointmentMover())
