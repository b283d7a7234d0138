"""What an imported agenda is laid on: who works here, who is known, what is already taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from unisson.agenda.models import Appointment, Occupation, VisitType
from unisson.agenda.queries.catalogue import Catalogue
from unisson.agenda.queries.ground import timetables
from unisson.agenda.rules.opening import Timetable
from unisson.agenda.rules.wall import day_of, minute_of
from unisson.agenda.rules.words import say_instant
from unisson.agenda.sql import MinuteOf
from unisson.exchange.models import SourceKey
from unisson.exchange.reading import Choices
from unisson.exchange.rules.agenda import AWAY, Entry
from unisson.exchange.rules.directory import Directory, Face, Match, Names
from unisson.exchange.rules.placing import Placed, Taken
from unisson.exchange.rules.report import Report
from unisson.exchange.rules.values import Bad
from unisson.patients.models import Patient
from unisson.patients.proximity import phones_of
from unisson.patients.rules.folding import fold
from unisson.practice.models import Practitioner

PRACTITIONERS, VISIT_TYPES = "praticiens", "motifs"


@dataclass
class Ground:
    """Read once for a file. Remembers what the file itself takes as it is laid down."""

    choices: Choices
    catalogue: Catalogue
    practitioners: Names
    visit_types: Names
    sites: Names
    directory: Directory
    known: set[str]
    timetables: dict[int, Timetable]
    taken: Taken = field(default_factory=Taken)
    held: set[tuple[int, int, int]] = field(default_factory=set)
    _sites: dict[tuple[int, date], int] = field(default_factory=dict)

    @classmethod
    def read(cls, choices: Choices, entries: Sequence[Entry]) -> Ground:
        """Everything these entries can touch."""
        everyone = list(Practitioner.objects.select_related("resource"))
        kinds = list(VisitType.objects.filter(active=True))
        catalogue = Catalogue.read([one.pk for one in everyone], [one.pk for one in kinds])
        known = SourceKey.objects.filter(source=choices.source).exclude(kind=SourceKey.Kind.PATIENT)
        ground = cls(
            choices,
            catalogue,
            Names({one.pk: names_of(one) for one in everyone}, choices.practitioners),
            Names({one.pk: (one.label, one.code) for one in kinds}, choices.visit_types),
            Names({site.pk: (site.name,) for site in catalogue.sites.values()}),
            _directory(choices.source) if any(e.kind != AWAY for e in entries) else Directory(),
            set(known.values_list("key", flat=True)),
            {},
        )
        if entries:
            first = min(entry.start for entry in entries) - timedelta(days=1)
            last = max(entry.start for entry in entries) + timedelta(days=2)
            ground._read_times(first, last)
        return ground

    def _read_times(self, first: datetime, last: datetime) -> None:
        self.timetables = timetables(
            list(self.catalogue.who),
            day_of(minute_of(first)),
            day_of(minute_of(last)),
        )
        spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        rows = (
            Occupation.objects.filter(exclusive=True, end__gt=first, start__lt=last)
            .order_by("resource_id", "start")
            .values_list("resource_id", MinuteOf("start"), MinuteOf("end"))
        )
        for resource, start, end in rows.iterator(chunk_size=5000):
            spans[resource].append((start, end))
        for resource, times in spans.items():
            self.taken.add_sorted(resource, times)
        self.held = set(
            Appointment.objects.filter(
                status=Appointment.Status.BOOKED, start__gte=first, start__lt=last
            ).values_list("patient_id", "practitioner_id", MinuteOf("start"))
        )

    def practitioner(self, entry: Entry, report: Report) -> int:
        """Whose agenda the line is in."""
        if entry.practitioner:
            found = self.practitioners.find(entry.practitioner)
            if found is not None:
                return found
        if self.choices.practitioner is not None:
            return self.choices.practitioner
        if not entry.practitioner:
            if len(self.catalogue.who) == 1:
                return next(iter(self.catalogue.who))
            report.does_not_know(PRACTITIONERS, "(aucun)")
            raise Bad("praticien manquant : dites de qui est cet agenda")
        report.does_not_know(PRACTITIONERS, entry.practitioner)
        raise Bad(f"praticien « {entry.practitioner[:60]} » inconnu")

    def visit_type(
        self, entry: Entry, match: Match, practitioner: int, report: Report
    ) -> tuple[int, str]:
        """The visit type, and the words of the file to keep as the reason."""
        said = entry.visit_type or match.rest
        found = self.visit_types.find(said)
        if found is not None:
            return found, "" if not match.rest else match.rest
        if self.choices.default_visit_type is not None:
            return self.choices.default_visit_type, said
        report.does_not_know(VISIT_TYPES, said or "(aucun)")
        raise Bad(
            f"motif « {said[:60]} » inconnu" if said else "motif manquant : dites lequel prendre"
        )

    def minutes(self, visit_type: int, practitioner: int) -> int:
        """The length of this visit with this practitioner, when the file gives none."""
        visit = self.catalogue.visits.get((visit_type, practitioner))
        if visit is None:
            name = self.catalogue.who[practitioner].name
            raise Bad(f"durée inconnue : {name} ne prend pas ce motif")
        return visit.minutes

    def remote(self, visit_type: int) -> bool:
        return self.catalogue.visit_types[visit_type].remote

    def site(self, entry: Entry, practitioner: int) -> int:
        """The site of the file, else where she receives that day, else where she usually is."""
        if (found := self.sites.find(entry.site)) is not None:
            return found
        day = day_of(minute_of(entry.start))
        if (practitioner, day) not in self._sites:
            hours = self.timetables[practitioner].hours(day)
            usual = self.catalogue.who[practitioner].site_id or next(iter(self.catalogue.sites))
            self._sites[practitioner, day] = hours[0].site_id if hours else usual
        return self._sites[practitioner, day]

    def same_already(self, patient: int, practitioner: int, start: datetime) -> bool:
        """Whether this very appointment was made here by hand; if not, it now counts as made."""
        key = patient, practitioner, minute_of(start)
        if key in self.held:
            return True
        self.held.add(key)
        return False

    def place(self, visit_type: int, row: Appointment) -> Placed:
        """Take what the appointment needs, beside others where it is not free."""
        needs = [
            list(options.names)
            for options in self.catalogue.options(visit_type, row.site_id)
            if options.names
        ]
        who = self.catalogue.who[row.practitioner_id]
        return self.taken.place(who.resource_id, needs, minute_of(row.start), minute_of(row.end))

    def over(self, row: Appointment, practitioner_taken: bool) -> str:
        """What a squeeze-in stands over, in a sentence of the report."""
        name = self.catalogue.who[row.practitioner_id].name
        when = say_instant(minute_of(row.start))
        if practitioner_taken:
            return f"{name}, {when} : en même temps qu’un autre rendez-vous, repris en plus"
        return f"{name}, {when} : la salle ou le matériel est déjà pris, repris en plus"


def names_of(practitioner: Practitioner) -> Iterable[str]:
    """Everything a file can call a practitioner."""
    return (
        practitioner.family_name,
        f"{practitioner.given_name} {practitioner.family_name}",
        f"{practitioner.family_name} {practitioner.given_name}",
        practitioner.resource.name,
        *practitioner.aliases.split(","),
    )


def _directory(source: str) -> Directory:
    merged = dict(
        Patient.objects.filter(merged_into__isnull=False).values_list("id", "merged_into_id")
    )
    rows = list(
        Patient.objects.filter(merged_into__isnull=True).values_list(
            "id",
            "birth_name",
            "used_name",
            "birth_first_name",
            "used_first_name",
            "birth_date",
        )
    )
    phones = phones_of(row[0] for row in rows)
    by_source: dict[str, int] = {}
    for key, patient_id in SourceKey.objects.filter(
        source=source, kind=SourceKey.Kind.PATIENT, key__startswith="n:"
    ).values_list("key", "object_id"):
        while patient_id in merged:
            patient_id = merged[patient_id]
        by_source[key[2:]] = patient_id
    return Directory.of(
        (
            Face(key, (birth, used), (first, used_first), born, frozenset(phones.get(key, ())))
            for key, birth, used, first, used_first, born in rows
        ),
        by_source,
    )


def names_by_label() -> dict[str, dict[str, int]]:
    """Ids of practitioners and visit types by every folded name a person can write for them."""
    practitioners: dict[str, int] = {}
    for one in Practitioner.objects.select_related("resource"):
        for name in names_of(one):
            if name.strip():
                practitioners.setdefault(fold(name), one.pk)
    kinds: dict[str, int] = {}
    for kind in VisitType.objects.filter(active=True):
        kinds[fold(kind.code)] = kind.pk
        kinds.setdefault(fold(kind.label), kind.pk)
    return {PRACTITIONERS: practitioners, VISIT_TYPES: kinds}
