"""Visits and the steps that make them. Written by `reception.actions` alone."""

from django.db import models
from django.db.models import Q

from unisson.agenda.models import Appointment


class Visit(models.Model):
    """A patient who came, or was thought to have. FHIR Encounter.

    A read-model: exactly the fold of the steps that were not taken back
    (`rules.visit`). An appointment without a row is expected like one whose
    steps were all taken back.
    """

    class State(models.TextChoices):
        EXPECTED = "expected", "prévu"
        ARRIVED = "arrived", "arrivé"
        IN_ROOM = "in_room", "en salle"
        WITH_PRACTITIONER = "with_practitioner", "en consultation"
        LEFT = "left", "sorti"
        LEFT_UNSEEN = "left_unseen", "parti sans être vu"

    appointment = models.OneToOneField(
        Appointment, models.PROTECT, primary_key=True, related_name="visit"
    )
    state = models.CharField(max_length=17, choices=State)
    arrived_at = models.DateTimeField(null=True)
    room_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="expected", arrived_at__isnull=True)
                | ~Q(state="expected") & Q(arrived_at__isnull=False),
                name="visit_arrived_unless_expected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.state}"


class VisitStep(models.Model):
    """One step, by whom and when. Taken back, it stays, with who took it back.

    `request_id` and `back_request_id` come from the sender: sent twice, done once.
    """

    class Step(models.TextChoices):
        ARRIVE = "arrive", "arrivée notée"
        TO_ROOM = "to_room", "en salle"
        CALL_IN = "call_in", "en consultation"
        LEAVE = "leave", "sorti"
        LEAVE_UNSEEN = "leave_unseen", "parti sans être vu"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12, choices=Step)
    at = models.DateTimeField()
    by_user_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=120)
    request_id = models.UUIDField()
    back_at = models.DateTimeField(null=True)
    back_by_name = models.CharField(max_length=120, blank=True)
    back_request_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request_id", "visit"], name="visit_step_once"),
            models.UniqueConstraint(
                fields=["back_request_id", "visit"], name="visit_step_back_once"
            ),
        ]
        indexes = [models.Index(fields=["by_user_id", "-id"], name="visit_step_by_user")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.step} {self.at:%d/%m/%Y %H:%M}"
