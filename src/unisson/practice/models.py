"""Sites, resources, practitioners and staff accounts."""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from unisson.practice import roles


class Practice(models.Model):
    """The one practice of this installation. FHIR Organization."""

    name = models.CharField(max_length=120)
    demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    lock_after_minutes = models.PositiveSmallIntegerField(
        default=5, help_text="Un poste laissé sans personne se verrouille au bout de ce temps"
    )

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place where patients are received. FHIR Location."""

    class HolidayZone(models.TextChoices):
        METROPOLE = "FR", "France métropolitaine"
        ALSACE_MOSELLE = "FR-6AE", "Alsace-Moselle"
        GUADELOUPE = "FR-971", "Guadeloupe"
        MARTINIQUE = "FR-972", "Martinique"
        GUYANE = "FR-973", "Guyane"
        REUNION = "FR-974", "La Réunion"
        MAYOTTE = "FR-976", "Mayotte"

    name = models.CharField(max_length=80, unique=True)
    address = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    commune = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20, blank=True, help_text="E.164")
    holiday_zone = models.CharField(
        max_length=8, choices=HolidayZone, default=HolidayZone.METROPOLE
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Resource(models.Model):
    """Something an appointment takes for a while, and only one appointment at a time.

    A practitioner, a room or a machine. FHIR: the actor of a Schedule.
    """

    class Kind(models.TextChoices):
        PRACTITIONER = "practitioner", "praticien"
        ROOM = "room", "salle"
        EQUIPMENT = "equipment", "matériel"

    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=80)
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="resources")
    active = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Practitioner(models.Model):
    """Someone who receives patients: physician, nurse, midwife ... FHIR Practitioner.

    `resource` is what appointments take; its name is what the desk shows
    ("Dr Nguyen", "Mme Ferrand").
    """

    resource = models.OneToOneField(Resource, models.PROTECT, related_name="practitioner")
    title = models.CharField(max_length=10, blank=True)
    family_name = models.CharField(max_length=80)
    given_name = models.CharField(max_length=80)
    specialty = models.CharField(max_length=80)
    short_specialty = models.CharField(max_length=20, blank=True)
    rpps = models.CharField(max_length=11, blank=True)
    home_room = models.ForeignKey(
        Resource, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    aliases = models.CharField(
        max_length=120, blank=True, help_text="Autres mots tapés pour ce praticien : écho, ide"
    )

    class Meta:
        ordering = ["resource__order", "id"]

    def __str__(self) -> str:
        return self.resource.name

    @property
    def short_name(self) -> str:
        """The family name alone, as said at the desk."""
        return self.family_name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A named account. One person, one account; never shared, never deleted."""

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80, help_text="Comme dit au bureau : C. Petit")
    role = models.CharField(max_length=20, choices=roles.LABELS)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    works_for = models.ManyToManyField(Practitioner, blank=True, related_name="staff")
    sites = models.ManyToManyField(Site, blank=True, related_name="staff")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    pin = models.CharField(max_length=200, blank=True, help_text="Code court, haché")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name", "role"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(role__in=roles.CARE) | Q(practitioner__isnull=False),
                name="user_care_has_practitioner",
            ),
            models.CheckConstraint(
                condition=~Q(role=roles.REPLACEMENT) | Q(valid_until__isnull=False),
                name="user_replacement_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def valid_on(self, day: date) -> bool:
        """Whether the account works that day: active and inside its dates, both included."""
        return (
            self.is_active
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


class SignInAttempt(models.Model):
    """A try at a password, written before it is checked and erased when it was right.

    What is left counts against the account and against the address it came
    from. `account` is a keyed hash: what is typed by mistake in the name field
    (a password, often) is never kept.
    """

    at = models.DateTimeField()
    account = models.CharField(max_length=64)
    address = models.CharField(max_length=45)

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="attempt_account"),
            models.Index(fields=["address", "at"], name="attempt_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%H:%M:%S}"


class DeskPresence(models.Model):
    """Someone who signed in with her password at a desk, and may come back there by code.

    For that day only. `session` is where her own session waits while a
    colleague has the keyboard; `code_failures` closes the short way in after a
    few wrong codes.
    """

    device = models.CharField(max_length=64)
    user = models.ForeignKey(User, models.CASCADE, related_name="presences")
    day = models.DateField()
    signed_in_at = models.DateTimeField()
    session = models.CharField(max_length=40)
    code_failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "user"], name="presence_one_a_desk")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"
