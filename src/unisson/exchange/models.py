"""What is remembered of imports: where each record came from, how files were read."""

from __future__ import annotations

from django.db import models


class Mapping(models.Model):
    """How the columns of one kind of file were read, for the next file with the same headers."""

    kind = models.CharField(max_length=8)
    signature = models.CharField(max_length=32)
    columns = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "signature"], name="mapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.signature}"


class ImportRun(models.Model):
    """One file that was brought in, by whom, and what came of it."""

    kind = models.CharField(max_length=8)
    source = models.CharField(max_length=40, help_text="Le logiciel d’où vient le fichier")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 du fichier")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=120)
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    doubtful = models.PositiveIntegerField(default=0)
    squeezed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name} {self.at:%d/%m/%Y}"


class SourceKey(models.Model):
    """A record of another program and what it became here: importing it again changes nothing.

    `digest` is that of what identified it, to see that a key still means the
    same person.
    """

    class Kind(models.TextChoices):
        PATIENT = "patient", "patient"
        APPOINTMENT = "appointment", "rendez-vous"
        ABSENCE = "absence", "absence"

    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=11, choices=Kind)
    key = models.CharField(max_length=120)
    object_id = models.BigIntegerField()
    digest = models.CharField(max_length=32, blank=True)
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="keys")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "key"], name="source_key_once"),
        ]
        indexes = [models.Index(fields=["kind", "object_id"], name="source_object")]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.key} -> {self.object_id}"


class WaitingFile(models.Model):
    """A file given in the browser, between the upload and the decision. Holds personal data.

    Kept in the data folder under a random name, removed when it is imported,
    dropped or a day old.
    """

    token = models.CharField(max_length=43, unique=True)
    kind = models.CharField(max_length=8)
    file_name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(help_text="Octets")
    settings = models.JSONField(default=dict)
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    def __str__(self) -> str:
        return self.file_name
