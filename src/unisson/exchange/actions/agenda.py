"""The agenda of another program: appointments past and to come, absences.

A file is a CSV or an iCalendar. What overlaps in it becomes squeeze-ins, each
listed; nothing is moved, and opening hours are not asked: what was given to a
patient was given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

from unisson.agenda.actions.planning import Planning, planning
from unisson.agenda.models import Absence, Appointment, Occupation
from unisson.agenda.rules.wall import minute_of
from unisson.core import access, clock
from unisson.core.access import Actor
from unisson.core.locks import RESOURCES, lock
from unisson.exchange import bulk
from unisson.exchange.actions.ground import Ground
from unisson.exchange.actions.patients import Progress, remember
from unisson.exchange.models import ImportRun, SourceKey
from unisson.exchange.reading import AGENDA, Choices, Opened, open_file
from unisson.exchange.rules import agenda as rules
from unisson.exchange.rules import calendar
from unisson.exchange.rules.agenda import AWAY, Entry
from unisson.exchange.rules.patients import Options
from unisson.exchange.rules.report import Report
from unisson.exchange.rules.values import Bad
from unisson.practice.models import Resource

VERB = "agenda.import"


def import_agenda(
    data: bytes,
    *,
    by: Actor,
    file_name: str,
    choices: Choices | None = None,
    apply: bool = False,
    request_id: UUID | None = None,
    progress: Progress | None = None,
) -> Report:
    """What importing this agenda would do, or, with `apply`, do it.

    Patients must be there already, as must practitioners and visit types; lines
    that name something else are refused and the unknown names counted, to be
    given a meaning. A line already imported changes nothing, even if it was
    moved or cancelled here since. Raises Refusal when the file cannot be read.
    """
    access.check(by, VERB)
    opened, choices = open_file(AGENDA, data, choices or Choices())
    opened.check()
    report = Report(AGENDA, file_name)
    entries = _read(opened, choices, report, progress)
    if not apply:
        _Plan.make(entries, choices, report, progress)
        return report
    with planning(VERB, by=by, request_id=request_id or uuid4()) as act:
        if act.repeated:
            report.applied = True
            return report
        lock(RESOURCES, Resource.objects.values_list("id", flat=True))
        plan = _Plan.make(entries, choices, report, progress)
        report.applied = True
        if not plan.appointments and not plan.absences:
            act.sentence = "Import d’agenda : rien de nouveau"
            act.audit.audit("E", "ImportRun", detail="agenda : rien de nouveau")
            return report
        run = ImportRun.objects.create(
            kind=AGENDA,
            source=choices.source,
            file_name=file_name[:200],
            digest=hashlib.sha256(data).hexdigest(),
            at=act.at,
            by_id=by.user_id,
            by_name=by.name,
            new=report.new,
            known=report.known,
            refused=report.refused,
            doubtful=report.doubtful,
            squeezed=report.squeezed,
        )
        act.sentence = f"Import de {report.new} rendez-vous ({file_name})"
        act.audit.audit("C", run, detail=f"{report.new} rendez-vous de {choices.source}")
        plan.write(act, run, progress)
        remember(opened, choices, act.at)
    return report


def _read(
    opened: Opened, choices: Choices, report: Report, progress: Progress | None
) -> list[Entry]:
    options = Options(today=clock.today(), month_first=choices.month_first)
    if opened.is_calendar:
        return _read_calendar(opened, options, report, progress)
    entries = []
    total = opened.text.count("\n") + 1
    for row, cells in opened.cells():
        report.read += 1
        if progress is not None and report.read % 500 == 0:
            progress("Lecture", min(row.line, total), total)
        if row.problem:
            report.refuse(row.line, row.problem)
            continue
        try:
            entries.append(rules.read(row.line, cells, options))
        except Bad as bad:
            report.refuse(row.line, str(bad))
    return entries


def _read_calendar(
    opened: Opened, options: Options, report: Report, progress: Progress | None
) -> list[Entry]:
    found = calendar.read(
        opened.text,
        options.today,
        (lambda done, total: progress("Lecture", done, total)) if progress else None,
    )
    report.read = len(found.events) + len(found.refused)
    for line, reason in found.refused:
        report.refuse(line, reason)
    return [
        replace(entry, practitioner=entry.practitioner or found.name)
        for entry in (rules.from_event(event, options) for event in found.events)
    ]


@dataclass
class _Plan:
    """Appointments and absences to write, with their keys."""

    source: str
    appointments: list[tuple[Entry, Appointment, tuple[tuple[int, bool], ...]]] = field(
        default_factory=list
    )
    absences: list[tuple[Entry, Absence]] = field(default_factory=list)

    @classmethod
    def make(
        cls, entries: Sequence[Entry], choices: Choices, report: Report, progress: Progress | None
    ) -> _Plan:
        plan = cls(choices.source)
        ground = Ground.read(choices, entries)
        seen: dict[str, int] = {}
        ordered = sorted(entries, key=lambda entry: (entry.start, entry.line))
        for number, entry in enumerate(ordered):
            if progress is not None and number % 2000 == 0:
                progress("Comparaison", number, len(ordered))
            if entry.key in ground.known:
                report.known += 1
                continue
            if entry.key in seen:
                report.known += 1
                report.remark(entry.line, f"répète la ligne {seen[entry.key]} : laissée de côté")
                continue
            try:
                plan._add(entry, ground, report)
            except Bad as bad:
                report.refuse(entry.line, str(bad))
                continue
            seen[entry.key] = entry.line
            for remark in entry.remarks:
                report.remark(entry.line, remark)
        return plan

    def _add(self, entry: Entry, ground: Ground, report: Report) -> None:
        if entry.kind == AWAY:
            self._away(entry, ground, report)
            return
        if entry.status == Appointment.Status.NO_SHOW and entry.start > clock.now():
            raise Bad("noté absent alors que le rendez-vous est à venir")
        practitioner = ground.practitioner(entry, report)
        match = ground.directory.find(entry.who)
        type_id, words = ground.visit_type(entry, match, practitioner, report)
        minutes = entry.minutes or ground.minutes(type_id, practitioner)
        end = entry.start + timedelta(minutes=minutes)
        if ground.same_already(match.id, practitioner, entry.start):
            raise Bad("ce patient a déjà ce rendez-vous, pris ici : il n’est pas repris")
        row = Appointment(
            patient_id=match.id,
            visit_type_id=type_id,
            practitioner_id=practitioner,
            site_id=ground.site(entry, practitioner),
            start=entry.start,
            end=end,
            status=entry.status,
            remote=ground.remote(type_id),
            reason=words[:200],
            note=entry.note,
            ended_by=entry.ended_by,
            ended_reason="",
        )
        resources: tuple[tuple[int, bool], ...] = ()
        if entry.status == Appointment.Status.BOOKED:
            placed = ground.place(type_id, row)
            resources, row.squeeze_in = placed.resources, placed.squeezed
            if placed.squeezed:
                report.squeeze(entry.line, ground.over(row, placed.practitioner_taken))
        self.appointments.append((entry, row, resources))
        report.new += 1
        if match.remark:
            report.doubt(entry.line, match.remark)

    def _away(self, entry: Entry, ground: Ground, report: Report) -> None:
        if entry.status != "booked":
            report.known += 1
            return
        practitioner = ground.practitioner(entry, report)
        row = Absence(
            practitioner_id=practitioner,
            start=entry.start,
            end=entry.end or entry.start,
            kind=Absence.Kind.ABSENCE if entry.minutes >= 4 * 60 else Absence.Kind.BLOCK,
            label=entry.label[:60],
        )
        self.absences.append((entry, row))
        report.new += 1
        report.extra["absences"] = report.extra.get("absences", 0) + 1

    def write(self, act: Planning, run: ImportRun, progress: Progress | None) -> None:
        """Everything, in the transaction of the act, with history and day index."""

        def step(done: int) -> None:
            if progress is not None:
                progress("Écriture", done, 4)

        step(0)
        for _, row, _ in self.appointments:
            row.placed_at = row.created_at = act.at
            row.created_by_id, row.created_by_name = act.by.user_id, act.by.name
        bulk.insert(row for _, row, _ in self.appointments)
        step(1)
        occupied: list[Occupation] = []
        for _, row, resources in self.appointments:
            own = list(_occupations(row, resources))
            occupied += own
            act.changed(row, None, own, detail=f"import {run.pk}")
        bulk.insert(occupied)
        step(2)
        for _, absence in self.absences:
            absence.created_at, absence.created_by_name = act.at, act.by.name
            absence.save()
            act.absence_changed(absence, None)
            act.shows(
                absence.practitioner_id or 0, (minute_of(absence.start), minute_of(absence.end))
            )
        step(3)
        bulk.insert(
            SourceKey(
                source=self.source,
                kind=SourceKey.Kind.APPOINTMENT,
                key=entry.key,
                object_id=row.pk,
                run=run,
            )
            for entry, row, _ in self.appointments
        )
        bulk.insert(
            SourceKey(
                source=self.source,
                kind=SourceKey.Kind.ABSENCE,
                key=entry.key,
                object_id=row.pk,
                run=run,
            )
            for entry, row in self.absences
        )
        step(4)


def _occupations(row: Appointment, resources: Iterable[tuple[int, bool]]) -> Iterable[Occupation]:
    for resource, exclusive in resources:
        yield Occupation(
            resource_id=resource,
            start=row.start,
            end=row.end,
            exclusive=exclusive,
            appointment=row,
        )
