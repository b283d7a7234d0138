"""Who did what to the agenda, and how it was before: history, undo, no act twice."""

from django.db import models

from unisson.agenda.models.bookings import Appointment
from unisson.agenda.models.hours import Absence


class PlanningAct(models.Model):
    """One act on the agenda. `request_id` comes from the sender: twice the same is once.

    `result` holds the ids the act answered with, given again to a repeated
    request. `undoes` is the act this one took back.
    """

    request_id = models.UUIDField(unique=True)
    verb = models.CharField(max_length=60)
    sentence = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_user_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=120)
    by_role = models.CharField(max_length=20)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    result = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["by_user_id", "-id"], name="act_by_user")]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%d/%m/%Y %H:%M} {self.by_name}"


class AppointmentChange(models.Model):
    """One appointment before and after an act. `before` null: the act created it.

    Both are complete: every field of the appointment and what it occupied, so
    that undo puts back exactly what was there.
    """

    act = models.ForeignKey(PlanningAct, models.PROTECT, related_name="changes")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="changes")
    before = models.JSONField(null=True)
    after = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["appointment", "id"], name="change_appointment")]

    def __str__(self) -> str:
        return f"{self.act_id} {self.appointment_id}"


class AbsenceChange(models.Model):
    """One absence before and after an act. `before` null: the act created it."""

    act = models.ForeignKey(PlanningAct, models.PROTECT, related_name="absence_changes")
    absence = models.ForeignKey(Absence, models.PROTECT, related_name="changes")
    before = models.JSONField(null=True)
    after = models.JSONField()

    def __str__(self) -> str:
        return f"{self.act_id} {self.absence_id}"
