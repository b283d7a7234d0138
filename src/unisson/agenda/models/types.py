"""What an appointment is for, how long it takes with whom, and what it needs."""

from django.db import models
from django.db.models import Q

from unisson.practice.models import Practitioner, Resource


class VisitType(models.Model):
    """A reason to come, as the practice sorts them. FHIR HealthcareService, Slot.serviceType.

    `code` is what the secretary types and reads in a narrow column. `colour` is
    the name of a token, never a colour value. `horizon_days` null: as far as
    the opening hours go. `notice_minutes`: no slot is offered sooner than that.
    """

    class Audience(models.TextChoices):
        ALL = "all", "tous"
        NEW = "new", "nouveaux patients"
        KNOWN = "known", "patients connus"

    code = models.CharField(max_length=12, unique=True)
    label = models.CharField(max_length=60)
    colour = models.CharField(max_length=20, blank=True)
    online = models.BooleanField(default=False)
    audience = models.CharField(max_length=5, choices=Audience, default=Audience.ALL)
    notice_minutes = models.PositiveIntegerField(default=0)
    horizon_days = models.PositiveIntegerField(null=True, blank=True)
    patient_instructions = models.TextField(blank=True)
    staff_instructions = models.TextField(blank=True)
    remote = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.label


class VisitTypeOffer(models.Model):
    """One practitioner takes this visit type: how long, and the preparation around it.

    All lengths in minutes. Preparation is taken on the agenda but is not told
    to the patient.
    """

    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="offers")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="offers")
    minutes = models.PositiveSmallIntegerField()
    before = models.PositiveSmallIntegerField(default=0)
    after = models.PositiveSmallIntegerField(default=0)
    online = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit_type", "practitioner"], name="offer_once"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=720, before__lte=240, after__lte=240),
                name="offer_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_type_id} {self.practitioner_id} {self.minutes} min"


class VisitTypeNeed(models.Model):
    """Something the visit takes besides the practitioner: one of these rooms or machines.

    Two needs of one visit type never share an option, so that the first free
    option of each is always a right choice.
    """

    visit_type = models.ForeignKey(VisitType, models.CASCADE, related_name="needs")
    label = models.CharField(max_length=60, help_text="Salle d’examen, échographe")
    options = models.ManyToManyField(Resource, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label
