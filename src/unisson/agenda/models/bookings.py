"""Appointments, holds, and the time they take of each resource."""

from django.db import models
from django.db.models import F, Q

from unisson.agenda.models.types import VisitType
from unisson.patients.models import Patient
from unisson.practice.models import Practitioner, Resource, Site


class Appointment(models.Model):
    """A patient expected by a practitioner. FHIR Appointment.

    `start` and `end` are what the patient is told; `before` and `after` are the
    minutes of preparation taken around them. `reason` is what she comes for in
    the secretary's words; `note` is for the desk. Appointments of one series,
    or of one chain, share the id of the act that made them.
    """

    class Status(models.TextChoices):
        """MISTAKE: the booking was taken back, as if it had never been (entered-in-error)."""

        BOOKED = "booked", "prévu"
        CANCELLED = "cancelled", "annulé"
        NO_SHOW = "no_show", "absent"
        EXCUSED = "excused", "excusé"
        MISTAKE = "mistake", "saisi par erreur"

    class EndedBy(models.TextChoices):
        PATIENT = "patient", "le patient"
        PRACTICE = "practice", "le cabinet"
        PRACTITIONER = "practitioner", "le praticien"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="appointments")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    before = models.PositiveSmallIntegerField(default=0)
    after = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=9, choices=Status, default=Status.BOOKED)
    squeeze_in = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    remote = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    ended_by = models.CharField(max_length=12, choices=EndedBy, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)
    series = models.UUIDField(null=True, blank=True)
    chain = models.UUIDField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    placed_at = models.DateTimeField(
        help_text="Quand cette heure a été choisie : une absence déclarée ensuite la met à replacer"
    )
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    created_by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["start", "id"]
        indexes = [
            models.Index(fields=["practitioner", "start"], name="appointment_practitioner"),
            models.Index(fields=["patient", "start"], name="appointment_patient"),
            models.Index(fields=["start"], name="appointment_start"),
            models.Index(
                fields=["series"], name="appointment_series", condition=Q(series__isnull=False)
            ),
            models.Index(
                fields=["chain"], name="appointment_chain", condition=Q(chain__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="appointment_start_before_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.start:%d/%m/%Y %H:%M} {self.status}"

    @property
    def minutes(self) -> int:
        """What the patient is told, in minutes."""
        return int((self.end - self.start).total_seconds()) // 60


class Hold(models.Model):
    """A slot kept for the person on the phone. Counts for nothing once `expires_at` is past."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    expires_at = models.DateTimeField()
    by_user_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="hold_expires")]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.start:%d/%m/%Y %H:%M} -> {self.expires_at:%H:%M:%S}"


class Occupation(models.Model):
    """The time one appointment or one hold takes of one resource, preparation included.

    Two exclusive occupations of a resource never overlap: an exclusion
    constraint (PostgreSQL) or triggers (SQLite) refuse the second, whoever
    writes it. A squeeze-in is not exclusive. Times are whole minutes; touching
    is not overlapping.
    """

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="occupations")
    start = models.DateTimeField()
    end = models.DateTimeField()
    exclusive = models.BooleanField(default=True)
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, blank=True, related_name="occupations"
    )
    hold = models.ForeignKey(
        Hold, models.CASCADE, null=True, blank=True, related_name="occupations"
    )

    class Meta:
        indexes = [models.Index(fields=["resource", "start"], name="occupation_resource_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="occupation_start_before_end"
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, hold__isnull=True)
                | Q(appointment__isnull=True, hold__isnull=False),
                name="occupation_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.start:%d/%m/%Y %H:%M}-{self.end:%H:%M}"


class DayLoad(models.Model):
    """What appointments take of a resource on one day, as bits: an index, derived.

    Bit n of `busy` (little-endian) is the n-th five minutes since midnight in
    Paris; a day of a clock change has 276 or 300. A bit is set when any part of
    its five minutes is taken; `aligned` says that every edge falls on a bit, so
    that the index alone is exact. Holds are not in it: they end without a write.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+")
    date = models.DateField()
    busy = models.BinaryField()
    aligned = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "date"], name="dayload_once"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.date}"
