"""The audit trail and the outbox. Both are written by `gesture` alone."""

from django.db import models


class AuditEvent(models.Model):
    """One thing somebody did or read. Append-only: triggers refuse the rest.

    Maps to FHIR AuditEvent (IHE BALP). `digest` is SHA-256 over the previous
    row's digest and this row, so that a row cannot be altered, removed or
    slipped in without the chain showing it.
    """

    class Action(models.TextChoices):
        CREATE = "C", "création"
        READ = "R", "lecture"
        UPDATE = "U", "modification"
        DELETE = "D", "suppression"
        EXECUTE = "E", "action"

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    actor_role = models.CharField(max_length=20)
    session = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=60)
    action = models.CharField(max_length=1, choices=Action)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField(null=True)
    patient_id = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=500, blank=True)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["patient_id", "-at"], name="audit_patient"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor"),
            models.Index(fields=["-at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"


class OutboxEvent(models.Model):
    """News for other modules and other screens, in the order it became true.

    The id is the id of the server-sent event: a screen that was cut off asks
    for what came after the last one it saw. `payload` holds keys (ids, dates),
    never a name: whoever receives it reads what it may see.
    """

    at = models.DateTimeField()
    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["topic", "id"], name="outbox_topic")]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"


class Edition(models.Model):
    """How many times something that seldom changes has changed. Raised by triggers alone.

    Whoever keeps a reading of it in memory compares this number first. A
    trigger, not an action, raises it: no writer can forget. It is part of the
    writer's transaction, so that a number never stands for two states.
    """

    topic = models.CharField(max_length=20, primary_key=True)
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.topic} {self.number}"
