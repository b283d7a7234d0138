"""What is typed about a patient: kept as typed, read by the rules, each mistake beside its field.

A form decides nothing: it asks `patients.rules` and shows their sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse_lazy

from unisson.core import clock
from unisson.core.errors import Refusal
from unisson.patients import places, queries
from unisson.patients.models import Coverage, RelatedPerson, Sex, Telephone
from unisson.patients.rules import birth_dates, birth_places, identity, ins, phones
from unisson.practice.models import Practitioner
from unisson.screens.secretary import patients_words as words
from unisson.screens.shared import typed

UNKNOWN_PARTS = [
    ("exact", "rien, elle est complète"),
    ("day_unknown", "le jour"),
    ("month_unknown", "le mois"),
    ("unknown", "le jour et le mois"),
]
MISSING = {
    "day_unknown": "Tapez le mois et l’année, comme 05/1978.",
    "month_unknown": "Tapez le jour et l’année, comme 4 1978.",
    "unknown": "Tapez l’année, comme 1978.",
}


def typed_birth_date(text: str, precision: str, today: date) -> tuple[date, str]:
    """A birth date typed any way, and its precision. Raises Refusal with the sentence to show."""
    if precision == "exact":
        partial = birth_dates.spans(text, today)
        if partial and partial[0].date is None:
            what = "le jour" if partial[0].month else "le jour et le mois"
            raise Refusal(
                f"Il manque {what}. Si la personne ne le sait pas, dites-le dans"
                " «\u00a0Ce qui n’est pas connu de la date\u00a0».",
                field="birth_date",
            )
        return birth_dates.read(text, today), "exact"
    year, month, day = _parts(text, today)
    if year is None or (precision == "day_unknown" and month is None):
        raise Refusal(MISSING[precision], field="birth_date")
    if precision == "month_unknown" and day is None:
        raise Refusal(MISSING[precision], field="birth_date")
    return birth_dates.by_convention(
        year,
        month if precision == "day_unknown" else None,
        day if precision == "month_unknown" else None,
        today,
    )


def _parts(text: str, today: date) -> tuple[int | None, int | None, int | None]:
    """Year, month, day as far as typed; `4 1978` and `4/?/1978` are a day and a year."""
    if spans := birth_dates.spans(text, today):
        span = spans[0]
        loose = re.fullmatch(r"\s*(\d\d?)[^\d]+(\d{4})\s*", text)
        return span.year, span.month or None, span.day or (int(loose[1]) if loose else None)
    loose = re.fullmatch(r"\s*(\d\d?)[^\d]+((?:18|19|20)\d\d)\s*", text)
    return (int(loose[2]), None, int(loose[1])) if loose else (None, None, None)


def born_days(typed: Mapping[str, Any]) -> birth_places.Born | None:
    """The days the birth date of a form can mean; None while it is not a date."""
    text, precision = typed.get("birth_date") or "", typed.get("birth_date_precision") or "exact"
    if precision not in dict(UNKNOWN_PARTS):
        return None
    try:
        return birth_places.birth_days(*typed_birth_date(text, precision, clock.today()))
    except Refusal:
        return None


def place_remarks(typed: Mapping[str, Any]) -> list[str]:
    """What does not agree in the birth place of a form. Ask only when the table was filled."""
    try:
        code = identity.birth_place(typed.get("birth_place_code") or "")
    except Refusal:
        return []  # its field says it
    name = typed.get("birth_place_name") or ""
    known = places.named(code) if code else []
    return birth_places.remarks(code, name, known, born_days(typed))


def _asked(rule: Callable[[], Any]) -> Any:
    """What a rule answers; its refusal becomes the field's mistake."""
    try:
        return rule()
    except Refusal as refusal:
        raise forms.ValidationError(refusal.sentence) from None


class Form(forms.Form):
    """A form that shows a refused action's sentence where it belongs."""

    use_required_attribute = False

    def refuse(self, refusal: Refusal) -> None:
        """Beside its field when the form has it, else above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)

    def focus(self, name: str) -> None:
        """The field to begin with."""
        self.fields[name].widget.attrs["autofocus"] = True

    def chosen(self, *names: str) -> list[forms.BoundField]:
        """Some of its fields, to be drawn in one row."""
        return [self[name] for name in names]


class RecordForm(Form):
    """A form about one record: `version` is the record as it was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _text(label: str, *, required: bool = False, limit: int = 100, **more: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false", **more.pop("attrs", {})}
    missing = more.pop("missing", f"{label}\u00a0: à remplir.")
    return forms.CharField(
        label=label,
        required=required,
        max_length=limit,
        strip=True,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"required": missing, "max_length": f"{limit} signes au plus."},
        **more,
    )


# The field of the birth place, once there is a table to complete it from.
PLACE_COMBOBOX = {
    "role": "combobox",
    "aria-autocomplete": "list",
    "aria-controls": "lieu-suite",
    "aria-expanded": "false",
    "data-lieu": "id_birth_place_code",
    "hx-get": reverse_lazy("patient-places"),
    "hx-trigger": "input changed delay:80ms",
    "hx-target": "#lieu-suite",
    "hx-include": "[name=birth_date],[name=birth_date_precision]",
    "hx-params": "birth_place_name,birth_date,birth_date_precision",
    "hx-sync": "this:replace",
}


class TraitsForm(RecordForm):
    """The strict traits and the used names."""

    birth_date = _text("Date de naissance", required=True, missing="La date de naissance manque.")
    birth_date_precision = forms.ChoiceField(
        label="Ce qui n’est pas connu de la date", choices=UNKNOWN_PARTS, initial="exact"
    )
    birth_name = _text("Nom de naissance", required=True, missing="Le nom de naissance manque.")
    birth_first_name = _text(
        "Premier prénom de naissance", required=True, missing="Le premier prénom manque."
    )
    birth_given_names = _text(
        "Tous les prénoms de naissance",
        limit=200,
        help_text="Dans l’ordre de la pièce d’identité, le premier compris",
    )
    sex = forms.ChoiceField(
        label="Sexe",
        choices=[(each.value, each.label.capitalize()) for each in Sex],
        widget=forms.RadioSelect,
        error_messages={"required": "Le sexe manque\u00a0: féminin, masculin ou inconnu."},
    )
    birth_place_name = _text("Lieu de naissance", limit=80)
    birth_place_code = _text(
        "Code INSEE du lieu", limit=5, help_text="49007\u00a0; 99 et trois chiffres pour un pays"
    )
    used_name = _text("Nom utilisé", help_text="S’il est différent du nom de naissance")
    used_first_name = _text("Prénom utilisé")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.completes_places = places.filled()
        if self.completes_places:
            field = self.fields["birth_place_name"]
            field.widget.attrs |= PLACE_COMBOBOX
            field.help_text = "Le début du nom suffit\u00a0; un département ou un code aussi"

    @property
    def place_remarks(self) -> list[str]:
        """What does not agree between the birth place, its code and the birth date."""
        names = ("birth_date", "birth_date_precision", "birth_place_name", "birth_place_code")
        return place_remarks({name: self[name].value() for name in names})

    @property
    def birth_words(self) -> str:
        """The birth date read back in words; empty when it is not one."""
        text, precision = self["birth_date"].value(), self["birth_date_precision"].value()
        try:
            born, known = typed_birth_date(text or "", precision or "exact", clock.today())
        except Refusal:
            return ""
        return words.birth_words(born, known, clock.today())

    def clean_birth_date(self) -> date:
        precision = self.data.get("birth_date_precision") or "exact"
        born, self.precision = _asked(
            lambda: typed_birth_date(self.cleaned_data["birth_date"], precision, clock.today())
        )
        return born

    def clean_birth_name(self) -> str:
        text = self.cleaned_data["birth_name"]
        return _asked(
            lambda: identity.normalised(
                text, field="birth_name", label="nom de naissance", family=True
            )
        )

    def clean_birth_first_name(self) -> str:
        text = self.cleaned_data["birth_first_name"]
        return _asked(
            lambda: identity.normalised(text, field="birth_first_name", label="premier prénom")
        )

    def clean_birth_given_names(self) -> str:
        text, first = (
            self.cleaned_data["birth_given_names"],
            self.cleaned_data.get("birth_first_name", ""),
        )
        return _asked(lambda: identity.given_names(text, first)) if first else text

    def clean_birth_place_code(self) -> str:
        return _asked(lambda: identity.birth_place(self.cleaned_data["birth_place_code"]))


class TelephoneForm(Form):
    """One number, whose it is, what kind."""

    phone = _text("Téléphone", limit=40, attrs={"inputmode": "tel"})
    kind = forms.ChoiceField(
        label="Nature",
        choices=[("", "d’après le numéro"), *Telephone.Kind.choices],
        required=False,
    )
    holder = _text("À qui est-il", limit=80, help_text="S’il n’est pas au patient\u00a0: sa mère")

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        return _asked(lambda: phones.e164(text)) if text else ""


class NewPatientForm(TraitsForm, TelephoneForm):
    """All that is asked to make a record."""


class ContactsForm(RecordForm):
    """Where to write to her, and in what language to speak."""

    address_line = _text("Adresse", limit=200)
    postcode = _text("Code postal", limit=5, attrs={"inputmode": "numeric"})
    commune = _text("Commune", limit=80)
    email = forms.EmailField(
        label="Courriel",
        required=False,
        error_messages={"invalid": "Cette adresse n’est pas complète\u00a0: nom@exemple.fr."},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    language = _text("Langue, si ce n’est pas le français", limit=40)

    def clean_postcode(self) -> str:
        code = self.cleaned_data["postcode"]
        if code and not re.fullmatch(r"\d{5}", code):
            raise forms.ValidationError("Un code postal a cinq chiffres.")
        return str(code)


class WishesForm(RecordForm):
    """How she accepts to be reached."""

    wants_sms = forms.BooleanField(label="Accepte les SMS", required=False)
    wants_email = forms.BooleanField(label="Accepte les courriels", required=False)
    wants_voicemail = forms.BooleanField(
        label="Accepte un message sur le répondeur",
        required=False,
        help_text="Le répondeur peut être entendu par d’autres.",
    )


class TreatingForm(RecordForm):
    """Her treating doctor: one of the practice, or a name."""

    treating_practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(),
        label="Au cabinet",
        required=False,
        empty_label="Personne du cabinet",
    )
    treating_name = _text("Ailleurs", limit=120, help_text="Dr Bastide, Saumur")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["treating_practitioner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Practitioner.objects.select_related("resource").filter(
            resource__active=True
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("treating_practitioner") and data.get("treating_name"):
            self.add_error(
                "treating_name",
                "Un seul médecin traitant\u00a0: quelqu’un du cabinet, ou un autre nom.",
            )
        return data


class DatedForm(Form):
    """Something true from a day to another, both optional."""

    valid_from = _text("Depuis le", limit=20)
    valid_until = _text("Jusqu’au", limit=20)

    def _day(self, name: str) -> date | None:
        return _asked(lambda: typed.optional_day(self.cleaned_data[name], field=name))

    def clean_valid_from(self) -> date | None:
        return self._day("valid_from")

    def clean_valid_until(self) -> date | None:
        until = self._day("valid_until")
        start = self.cleaned_data.get("valid_from")
        if start and until and until < start:
            raise forms.ValidationError("La fin est avant le début. Rien n’a été enregistré.")
        return until


class RelatedForm(DatedForm):
    """Someone around the patient."""

    relation = forms.ChoiceField(
        label="Lien",
        choices=[("", "Choisir le lien"), *RelatedPerson.Relation.choices],
        error_messages={"required": "Dites le lien\u00a0: mère, tuteur, aidant…"},
    )
    name = _text("Nom", required=True, missing="Le nom manque.")
    first_name = _text("Prénom")
    phone = _text("Téléphone", limit=40, attrs={"inputmode": "tel"})
    person_id = forms.IntegerField(
        required=False, widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1
    )
    is_emergency = forms.BooleanField(label="À prévenir", required=False)
    is_trusted = forms.BooleanField(label="Personne de confiance", required=False)
    may_act = forms.BooleanField(label="Peut agir pour le patient", required=False)
    note = _text("Précision", limit=200)

    def clean_person_id(self) -> int | None:
        chosen: int | None = self.cleaned_data["person_id"]
        if chosen is not None and not queries.lines([chosen]):
            raise forms.ValidationError("Ce dossier n’existe pas. Choisissez dans les réponses.")
        return chosen

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        return _asked(lambda: phones.e164(text)) if text else ""


class CoverageForm(DatedForm):
    """Who pays, and until when."""

    kind = forms.ChoiceField(label="Nature", choices=Coverage.Kind)
    organisation = _text("Organisme", limit=120, help_text="CPAM 49, Mutuelle du Val")
    organisation_code = _text("Code de l’organisme", limit=10)
    member_number = _text("Numéro d’adhérent", limit=30)
    third_party_payment = forms.BooleanField(label="Tiers payant", required=False)
    checked = forms.BooleanField(label="Vérifiés à l’instant", required=False)


class NoteForm(Form):
    """What the desk should know."""

    text = _text(
        "À savoir à l’accueil",
        required=True,
        limit=300,
        missing="Tapez la note avant de l’ajouter.",
        help_text="Rien de médical\u00a0: comment l’accueillir, quand l’appeler.",
        attrs={"spellcheck": "true"},
    )


class DeceasedForm(RecordForm):
    """The day somebody died, as told to the practice."""

    deceased_on = _text("Date du décès", limit=20, required=True, missing="La date manque.")

    def clean_deceased_on(self) -> date:
        return _asked(lambda: typed.day(self.cleaned_data["deceased_on"], field="deceased_on"))


class DocumentForm(RecordForm):
    """The document that was seen."""

    document_kind = forms.ChoiceField(
        label="Pièce présentée",
        choices=[
            ("", "Choisir la pièce"),
            *((k, w.capitalize()) for k, w in identity.DOCUMENTS.items()),
        ],
        error_messages={"required": "Choisissez la pièce que vous avez vue."},
    )


class MatriculeForm(RecordForm):
    """A matricule INS typed from a read-out."""

    ins_matricule = _text(
        "Matricule INS",
        required=True,
        limit=24,
        missing="Le matricule manque.",
        attrs={"inputmode": "text"},
        help_text="13 caractères puis la clé\u00a0: 2 78 05 49 007 123 45",
    )
    ins_oid = forms.ChoiceField(
        label="Nature", choices=[(oid, words) for oid, words in ins.OIDS.items()]
    )

    def clean_ins_matricule(self) -> str:
        text, oid = self.cleaned_data["ins_matricule"], self.data.get("ins_oid", "")
        try:
            return ins.checked(text, oid)
        except Refusal as refusal:
            if refusal.field == "ins_oid":
                return str(text)
            raise forms.ValidationError(refusal.sentence) from None
