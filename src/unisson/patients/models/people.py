"""Patients and what hangs on them.

Identity follows the French national reference (RNIV): strict traits, used
names apart, four statuses deduced from two facts. Everything here is written
by `patients.actions` alone.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from unisson.practice.models import Practitioner


class Sex(models.TextChoices):
    """Administrative sex, as on the identity document."""

    FEMALE = "F", "féminin"
    MALE = "M", "masculin"
    UNKNOWN = "U", "inconnu"


class DatePrecision(models.TextChoices):
    """What was really known of a birth date (RNIV EXI ID 11-12).

    The date is kept complete by convention: the 1st for an unknown day,
    January for an unknown month, 31 December when both are unknown.
    """

    EXACT = "exact", "exacte"
    DAY_UNKNOWN = "day_unknown", "jour inconnu"
    MONTH_UNKNOWN = "month_unknown", "mois inconnu"
    UNKNOWN = "unknown", "jour et mois inconnus"


class IdentityStatus(models.TextChoices):
    """The four exclusive statuses. FHIR fr-core: PROV, RECUP, VALI, QUAL."""

    PROVISIONAL = "PROV", "identité provisoire"
    RETRIEVED = "RECUP", "identité récupérée"
    VALIDATED = "VALI", "identité validée"
    QUALIFIED = "QUAL", "identité qualifiée"


class NearKind(models.TextChoices):
    """Why two patients can be taken for one another."""

    TWIN = "twin", "jumeau"
    HOMONYM = "homonym", "homonyme"
    NEAR = "near", "proche"


class Patient(models.Model):
    """One person known to the practice. FHIR Patient.

    Birth names and given names are kept in the lexical profile of the INSi
    service: A to Z, space, apostrophe and hyphen. Used names are kept as the
    person writes them and are never filled from the birth names (EXI ID 08).
    """

    birth_name = models.CharField("nom de naissance", max_length=100)
    birth_first_name = models.CharField("premier prénom de naissance", max_length=100)
    birth_given_names = models.CharField("prénoms de naissance", max_length=200)
    birth_date = models.DateField("date de naissance")
    birth_date_precision = models.CharField(
        max_length=13, choices=DatePrecision, default=DatePrecision.EXACT
    )
    sex = models.CharField("sexe", max_length=1, choices=Sex)
    birth_place_code = models.CharField("code du lieu de naissance", max_length=5, blank=True)
    birth_place_name = models.CharField("lieu de naissance", max_length=80, blank=True)
    used_name = models.CharField("nom utilisé", max_length=100, blank=True)
    used_first_name = models.CharField("prénom utilisé", max_length=100, blank=True)

    insi_retrieved = models.BooleanField("récupérée à l’INSi", default=False)
    insi_retrieved_at = models.DateTimeField(null=True, blank=True)
    documents_checked = models.BooleanField("pièce d’identité contrôlée", default=False)
    document_kind = models.CharField(max_length=5, blank=True)
    documents_checked_at = models.DateTimeField(null=True, blank=True)
    documents_checked_by = models.CharField(max_length=120, blank=True)
    ins_matricule = models.CharField("matricule INS", max_length=15, blank=True)
    ins_oid = models.CharField(max_length=24, blank=True)
    is_homonym = models.BooleanField("homonyme", default=False)
    is_doubtful = models.BooleanField("identité douteuse", default=False)
    is_fictitious = models.BooleanField("identité fictive", default=False)
    near_mark = models.CharField(max_length=8, choices=NearKind, blank=True)

    file_number = models.CharField("numéro de dossier", max_length=12, unique=True)
    former_number = models.CharField(
        max_length=40, blank=True, db_index=True, help_text="Numéro dans l’ancien logiciel"
    )
    deceased_on = models.DateField("décédé le", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", db_index=False
    )
    version = models.PositiveIntegerField(default=1)

    treating_practitioner = models.ForeignKey(
        Practitioner, models.SET_NULL, null=True, blank=True, related_name="treated_patients"
    )
    treating_name = models.CharField("médecin traitant", max_length=120, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    address_line = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    commune = models.CharField("commune", max_length=80, blank=True)
    commune_code = models.CharField(max_length=5, blank=True)
    wants_sms = models.BooleanField("accepte les SMS", default=True)
    wants_email = models.BooleanField("accepte les courriels", default=True)
    wants_voicemail = models.BooleanField("accepte un message vocal", default=False)
    language = models.CharField("langue", max_length=40, blank=True)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["birth_date", "birth_name"], name="patient_birth"),
            # Nearly everybody has none: a full index tells the planner it is worth nothing.
            models.Index(
                fields=["merged_into"],
                name="patient_merged",
                condition=Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=["ins_matricule"], name="patient_ins", condition=~Q(ins_matricule="")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(is_doubtful=True) | Q(is_fictitious=False),
                name="patient_doubtful_not_fictitious",
            ),
            models.CheckConstraint(
                condition=~Q(is_fictitious=True) | Q(is_homonym=False),
                name="patient_fictitious_alone",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="patient_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(ins_matricule="") | ~Q(ins_oid=""), name="patient_matricule_has_oid"
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.used_name or self.birth_name} {self.used_first_name or self.birth_first_name}"
        )

    @property
    def identity_status(self) -> IdentityStatus:
        """Deduced, never stored: doubtful and fictitious people stay provisional (EXI ID 24/26)."""
        if self.is_doubtful or self.is_fictitious:
            return IdentityStatus.PROVISIONAL
        return {
            (False, False): IdentityStatus.PROVISIONAL,
            (True, False): IdentityStatus.RETRIEVED,
            (False, True): IdentityStatus.VALIDATED,
            (True, True): IdentityStatus.QUALIFIED,
        }[self.insi_retrieved, self.documents_checked]

    @property
    def usable_matricule(self) -> str:
        """The matricule when it may be used to refer to this person, else nothing (EXI SI 08)."""
        return self.ins_matricule if self.identity_status == IdentityStatus.QUALIFIED else ""


class Telephone(models.Model):
    """A number where the patient, or someone for her, can be reached. Often shared."""

    class Kind(models.TextChoices):
        MOBILE = "mobile", "mobile"
        HOME = "home", "domicile"
        WORK = "work", "travail"
        OTHER = "other", "autre"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="telephones")
    e164 = models.CharField(max_length=16, db_index=True)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.MOBILE)
    holder = models.CharField(
        max_length=80, blank=True, help_text="À qui est ce numéro, si ce n’est pas le patient"
    )
    order = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "e164"],
                condition=Q(ended_at__isnull=True),
                name="telephone_once_per_patient",
            ),
        ]

    def __str__(self) -> str:
        return self.e164


class RelatedPerson(models.Model):
    """Someone around the patient: parent, guardian, carer, person to warn. FHIR RelatedPerson."""

    class Relation(models.TextChoices):
        MOTHER = "mother", "mère"
        FATHER = "father", "père"
        PARENT = "parent", "parent"
        GUARDIAN = "guardian", "tuteur"
        CURATOR = "curator", "curateur"
        EMPOWERED = "empowered", "personne habilitée"
        CARER = "carer", "aidant"
        SPOUSE = "spouse", "conjoint"
        CHILD = "child", "enfant"
        SIBLING = "sibling", "frère ou sœur"
        RELATIVE = "relative", "famille"
        OTHER = "other", "autre"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="related_people")
    relation = models.CharField(max_length=9, choices=Relation)
    name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100, blank=True)
    person = models.ForeignKey(
        Patient,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="related_to",
        help_text="Son propre dossier, s’il est aussi patient",
    )
    e164 = models.CharField(max_length=16, blank=True, db_index=True)
    may_act = models.BooleanField("peut agir pour le patient", default=False)
    is_emergency = models.BooleanField("à prévenir", default=False)
    is_trusted = models.BooleanField("personne de confiance", default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="related_person_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(person=F("patient")), name="related_person_is_someone_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.first_name}".strip()


class Coverage(models.Model):
    """Who pays, from when to when. FHIR Coverage.

    ALD says only that care is covered in full, with its dates: no disease.
    """

    class Kind(models.TextChoices):
        AMO = "amo", "régime obligatoire"
        AMC = "amc", "mutuelle"
        C2S = "c2s", "complémentaire santé solidaire"
        ALD = "ald", "affection de longue durée"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="coverages")
    kind = models.CharField(max_length=3, choices=Kind)
    organisation = models.CharField(max_length=120, blank=True)
    organisation_code = models.CharField(
        max_length=10, blank=True, help_text="Régime, caisse, centre ; ou numéro de mutuelle"
    )
    member_number = models.CharField(max_length=30, blank=True)
    third_party_payment = models.BooleanField("tiers payant", default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["kind", "-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="coverage_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.organisation}".strip()


class AdministrativeNote(models.Model):
    """What the desk should know when this person calls or comes. Nothing medical."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="notes")
    text = models.CharField(max_length=300)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class FormerMatricule(models.Model):
    """A matricule INS this person had before (EXI REC 08). Never thrown away."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="former_matricules")
    matricule = models.CharField(max_length=15)
    oid = models.CharField(max_length=24)
    replaced_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-replaced_at", "-id"]

    def __str__(self) -> str:
        return self.matricule


class PatientChange(models.Model):
    """One field of one patient, before and after. Written with the change, never altered."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    field = models.CharField(max_length=60)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["patient", "-at", "-id"], name="patient_change")]

    def __str__(self) -> str:
        return f"{self.field} : {self.before} → {self.after}"


class NearIdentity(models.Model):
    """Two patients who can be taken for one another. Recomputed whenever one changes.

    `a` is always the smaller id, so that a pair stands once.
    """

    a = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    b = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=NearKind)
    score = models.PositiveSmallIntegerField(default=0, help_text="0 à 100")
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="near_identity_once"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="near_identity_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.a_id} ~ {self.b_id} {self.kind}"


class DuplicateProposal(models.Model):
    """Two files that look like one person, for somebody to judge. A refusal is remembered."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "à examiner"
        REJECTED = "rejected", "deux personnes"
        MERGED = "merged", "fusionné"

    a = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    b = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(help_text="0 à 100")
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="duplicate_once"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="duplicate_ordered"),
        ]
        indexes = [models.Index(fields=["state", "-score"], name="duplicate_state")]

    def __str__(self) -> str:
        return f"{self.a_id} = {self.b_id} ?"


class MergeProposal(models.Model):
    """First step of a merge: somebody says which file is kept and which one goes into it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "proposée"
        CONFIRMED = "confirmed", "confirmée"
        WITHDRAWN = "withdrawn", "abandonnée"

    kept = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    kept_version = models.PositiveIntegerField()
    absorbed_version = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kept=F("absorbed")), name="merge_proposal_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id} ?"


class Merge(models.Model):
    """Second step: done, by whom, with all it takes to undo it.

    `snapshot` holds both files as they were and what each mover moved.
    """

    proposal = models.OneToOneField(MergeProposal, models.PROTECT, related_name="merge")
    kept = models.ForeignKey(Patient, models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Patient, models.PROTECT, related_name="absorptions")
    confirmed_at = models.DateTimeField()
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_by = models.CharField(max_length=120)
    snapshot = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"


class Numbering(models.Model):
    """The last file number given. One row; locked by the update that takes the next."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


class SearchKey(models.Model):
    """One way to find one patient: the index behind the quick search.

    Rows are read by ranges of (kind, token), which both engines walk in the
    order wanted on screen; `line` carries every other word of the patient so
    that a second word is checked without leaving the index. Derived entirely
    from the patient and her telephones.
    """

    class Kind(models.TextChoices):
        NAME = "n"  # a word of the name shown: the used name, else the birth name
        BIRTH_NAME = "b"  # a word of the birth name, when another name is shown
        FIRST = "f"  # a word of a first name
        EAR = "e"  # name then first name, as they sound
        BIRTH = "d"  # birth date, yyyymmdd
        PHONE = "p"  # phone digits from the country code on
        TAIL = "t"  # phone digits backwards, for the last ones
        NUMBER = "r"  # file number

    pk = models.CompositePrimaryKey("kind", "token", "line", "patient")
    kind = models.CharField(max_length=1, choices=Kind)
    token = models.CharField(max_length=64)
    line = models.CharField(max_length=160)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="search_keys")

    def __str__(self) -> str:
        return f"{self.kind} {self.token}"


class EarName(models.Model):
    """How the names in the index sound, each once: the list a misheard name is compared with.

    Only ever grows: a key nobody bears any more costs nothing and finds nobody.
    """

    key = models.CharField(max_length=24, primary_key=True)
    bucket = models.CharField(max_length=1, db_index=True)

    def __str__(self) -> str:
        return self.key
