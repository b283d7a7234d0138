"""When a practitioner receives."""

from datetime import time

from django.db import models
from django.db.models import F, Q

from unisson.agenda.models.types import VisitType
from unisson.practice.models import Practitioner, Resource, Site

MIDNIGHT = time(0)


class OpeningRule(models.Model):
    """Hours that come back every week, or every few weeks, at one site.

    Times are on the wall clock of the practice: 8:00 stays 8:00 on both sides
    of a clock change. `end` 00:00 means midnight at the end of the day.
    FHIR Schedule availabilityTime.
    """

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="opening_rules")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(help_text="0 lundi … 6 dimanche")
    start = models.TimeField()
    end = models.TimeField()
    every_weeks = models.PositiveSmallIntegerField(
        default=1, help_text="2 : une semaine sur deux, à partir de celle de valid_from"
    )
    month_weeks = models.CharField(
        max_length=10,
        blank=True,
        help_text="« 1,3 » : le 1er et le 3e du mois ; vide : tous",
    )
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="Dernier jour compris")
    visit_types = models.ManyToManyField(
        VisitType, blank=True, related_name="+", help_text="Vide : tous les motifs"
    )
    urgent_only = models.BooleanField(default=False)

    class Meta:
        ordering = ["practitioner", "weekday", "start"]
        indexes = [models.Index(fields=["practitioner", "weekday"], name="rule_practitioner_day")]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="rule_weekday"),
            models.CheckConstraint(condition=Q(every_weeks__gte=1), name="rule_every_weeks"),
            models.CheckConstraint(
                condition=Q(end__gt=F("start")) | Q(end=MIDNIGHT), name="rule_start_before_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.weekday} {self.start:%H:%M}-{self.end:%H:%M}"


class OpeningException(models.Model):
    """One day that is not like the rule: open when it is usually closed, or closed.

    `start` and `end` both null: the whole day (closed only).
    """

    class Kind(models.TextChoices):
        OPEN = "open", "ouvert"
        CLOSED = "closed", "fermé"

    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="opening_exceptions"
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    date = models.DateField()
    start = models.TimeField(null=True, blank=True)
    end = models.TimeField(null=True, blank=True)
    kind = models.CharField(max_length=6, choices=Kind)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["date", "start"]
        indexes = [models.Index(fields=["practitioner", "date"], name="exception_practitioner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True, kind="closed")
                | Q(start__isnull=False, end__isnull=False),
                name="exception_times",
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__gt=F("start")) | Q(end=MIDNIGHT),
                name="exception_start_before_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.date} {self.kind}"


class Absence(models.Model):
    """A time when nobody is received: away (ABSENCE) or busy otherwise (BLOCK).

    Without a practitioner the whole site is closed; with a `resource` a room or a
    machine is out of service. Appointments already there
    stay, listed as "à replacer", until somebody moves or cancels each of them.
    `label` is shown on the grid ("Formation"); `reason` is for the staff alone.
    FHIR availabilityTime busy-unavailable.
    """

    class Kind(models.TextChoices):
        ABSENCE = "absence", "absence"
        BLOCK = "block", "temps bloqué"

    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="absences"
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    resource = models.ForeignKey(
        Resource, models.PROTECT, null=True, blank=True, related_name="absences"
    )
    start = models.DateTimeField()
    end = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ABSENCE)
    label = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="Retirée à ce moment : ne compte plus"
    )
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["start"]
        indexes = [
            models.Index(fields=["practitioner", "end"], name="absence_practitioner"),
            models.Index(fields=["site", "end"], name="absence_site"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="absence_start_before_end"
            ),
            models.CheckConstraint(
                condition=Q(practitioner__isnull=False)
                | Q(site__isnull=False)
                | Q(resource__isnull=False),
                name="absence_of_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.practitioner_id or self.site_id} {self.start:%d/%m/%Y %H:%M}"
