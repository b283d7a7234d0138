"""Where people are born."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class BirthPlace(models.Model):
    """A commune or a country where people are born: one name of one code, for a time.

    Filled from INSEE's public files, `name` as published. `valid_from` is
    1 January 1943 for what was there before the files begin; `valid_until` is
    the last day, nothing for what still is. Read only to help: a code it does
    not know may be typed all the same.
    """

    class Kind(models.TextChoices):
        COMMUNE = "commune", "commune"
        COUNTRY = "country", "pays"

    code = models.CharField(max_length=5)
    name = models.CharField(max_length=80)
    folded = models.CharField(max_length=80, help_text="Le nom tel qu’on le cherche")
    kind = models.CharField(max_length=7, choices=Kind)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["folded", "code"], name="birth_place_name")]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="birth_place_once"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_from__lte=F("valid_until")),
                name="birth_place_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
