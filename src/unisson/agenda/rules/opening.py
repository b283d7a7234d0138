"""When a practitioner receives: rules that come back, exceptions, holidays, absences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from unisson.agenda.rules.spans import Minute, Span, clipped, merged, overlap, without
from unisson.agenda.rules.wall import DAY, spans_of

ALL_TYPES: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """Weekly hours at one site. Minutes of the wall clock; `end` 1440 is midnight.

    `every` 2 is one week in two, counted from the week of `valid_from`.
    `month_weeks` {1, 3}: the first and third such weekday of the month; empty: all.
    `visit_types` empty: all.
    """

    practitioner_id: int
    site_id: int
    weekday: int
    start: int
    end: int
    valid_from: date
    valid_until: date | None = None
    every: int = 1
    month_weeks: frozenset[int] = frozenset()
    visit_types: frozenset[int] = ALL_TYPES
    urgent_only: bool = False

    def applies(self, day: date) -> bool:
        """Whether the rule opens hours on this day, holidays and absences aside."""
        if day.weekday() != self.weekday or day < self.valid_from:
            return False
        if self.valid_until is not None and day > self.valid_until:
            return False
        if self.month_weeks and (day.day - 1) // 7 + 1 not in self.month_weeks:
            return False
        return self.every == 1 or _weeks_between(self.valid_from, day) % self.every == 0


@dataclass(frozen=True, slots=True)
class DayException:
    """Open when usually closed, or the reverse, on one day at one site. Wall-clock minutes.

    `declared`: when it was said, in seconds since 1970.
    """

    practitioner_id: int
    site_id: int
    day: date
    opens: bool
    start: int = 0
    end: int = DAY
    declared: float = 0


@dataclass(frozen=True, slots=True)
class Closure:
    """An absence, a blocked time, a closed site, a machine out of service.

    Who: a practitioner (at one site when `site_id` is given), a whole site, or
    a room or machine. `declared`: when it was said, in seconds since 1970.
    """

    id: int
    span: Span
    practitioner_id: int | None = None
    site_id: int | None = None
    resource_id: int | None = None
    label: str = ""
    kind: str = "absence"
    declared: float = 0

    def concerns(self, practitioner_id: int, site_id: int) -> bool:
        """Whether this keeps the practitioner from receiving at the site."""
        if self.resource_id is not None:
            return False
        return self.practitioner_id in (None, practitioner_id) and self.site_id in (None, site_id)


@dataclass(frozen=True, slots=True)
class Opening:
    """A stretch of time when one practitioner receives at one site."""

    start: Minute
    end: Minute
    site_id: int
    visit_types: frozenset[int] = ALL_TYPES
    urgent_only: bool = False

    @property
    def span(self) -> Span:
        return self.start, self.end

    def admits(self, visit_type_id: int | None, *, urgent: bool = False) -> bool:
        """Whether this visit type may be booked here. `None`: whatever the type."""
        if self.urgent_only and not urgent:
            return False
        return visit_type_id is None or not self.visit_types or visit_type_id in self.visit_types


@dataclass(frozen=True)
class Timetable:
    """All that says when one practitioner receives.

    `holidays` gives the public holidays of each site; hours of a rule do not
    open on them, an exception does.
    """

    practitioner_id: int
    rules: Sequence[Rule] = ()
    exceptions: Sequence[DayException] = ()
    closures: Sequence[Closure] = ()
    holidays: Mapping[int, frozenset[date]] | None = None

    @cached_property
    def rules_of(self) -> list[list[Rule]]:
        """The rules of each weekday, Monday first."""
        found: list[list[Rule]] = [[] for _ in range(7)]
        for rule in self.rules:
            found[rule.weekday].append(rule)
        return found

    @cached_property
    def exceptions_of(self) -> dict[date, list[DayException]]:
        """The exceptions of each day that has any."""
        found: dict[date, list[DayException]] = {}
        for exception in self.exceptions:
            found.setdefault(exception.day, []).append(exception)
        return found

    def is_holiday(self, day: date, site_id: int) -> bool:
        return self.holidays is not None and day in self.holidays.get(site_id, frozenset())

    def every_week_alike(self, first: date, last: date) -> bool:
        """Whether nothing sets one week apart from the next between these days, both included.

        No absence or blocked time at all, no exception, and no rule that begins,
        ends or alternates meanwhile. Public holidays and clock changes are for
        the caller: they set days apart, not weeks.
        """
        return (
            not self.closures
            and not any(first <= exception.day <= last for exception in self.exceptions)
            and all(
                rule.every == 1
                and not rule.month_weeks
                and rule.valid_from <= first
                and (rule.valid_until is None or rule.valid_until >= last)
                for rule in self.rules
                if rule.valid_from <= last and (rule.valid_until or last) >= first
            )
        )

    def hours(self, day: date) -> list[Opening]:
        """The opening hours of a day, absences not yet taken out, in order."""
        found: list[Opening] = []
        todays = self.exceptions_of.get(day, ())
        for rule in self.rules_of[day.weekday()]:
            if not rule.applies(day) or self.is_holiday(day, rule.site_id):
                continue
            spans = spans_of(day, rule.start, rule.end)
            if todays:
                spans = without(spans, _closed_by(todays, day, rule.site_id))
            for start, end in spans:
                found.append(Opening(start, end, rule.site_id, rule.visit_types, rule.urgent_only))
        for exception in todays:
            if exception.opens:
                for start, end in spans_of(day, exception.start, exception.end):
                    found.append(Opening(start, end, exception.site_id))
        if len(found) > 1:
            found.sort(key=lambda opening: (opening.start, opening.end))
        return found

    def openings(self, day: date) -> list[Opening]:
        """The hours of a day less absences, blocked times and closed sites."""
        hours = self.hours(day)
        if not hours or not self.closures:
            return hours
        return [
            Opening(start, end, opening.site_id, opening.visit_types, opening.urgent_only)
            for opening in hours
            for start, end in without([opening.span], self.closed(opening.span, opening.site_id))
        ]

    def closed(self, within: Span, site_id: int) -> list[Span]:
        """The absences that fall in a span at a site, merged."""
        return merged(
            clipped(
                (c.span for c in self.closures if c.concerns(self.practitioner_id, site_id)),
                *within,
            )
        )

    def to_replace(self, told: Span, site_id: int, placed: float) -> bool:
        """Whether somebody booked then must be given another time.

        She must when an absence or a closed day was declared after her time was
        chosen (`placed`, seconds since 1970); booked since, it was on purpose.
        """
        if any(
            c.declared >= placed
            and overlap(c.span, told)
            and c.concerns(self.practitioner_id, site_id)
            for c in self.closures
        ):
            return True
        return any(
            not e.opens
            and e.site_id == site_id
            and e.declared >= placed
            and any(overlap(span, told) for span in spans_of(e.day, e.start, e.end))
            for e in self.exceptions
        )


def spans_by_site(
    openings: Iterable[Opening], visit_type_id: int | None, *, urgent: bool = False
) -> dict[int, list[Span]]:
    """Where and when this visit type may be booked: merged spans of each site.

    Two rules that touch count as one opening, so that a visit may run over the
    seam between them.
    """
    found: dict[int, list[Span]] = {}
    for opening in openings:
        if opening.admits(visit_type_id, urgent=urgent):
            found.setdefault(opening.site_id, []).append(opening.span)
    return {site: merged(spans) for site, spans in found.items()}


def _closed_by(exceptions: Iterable[DayException], day: date, site_id: int) -> list[Span]:
    """What closed exceptions take out of a day at a site."""
    return merged(
        span
        for exception in exceptions
        if not exception.opens and exception.site_id == site_id
        for span in spans_of(day, exception.start, exception.end)
    )


def _weeks_between(first: date, day: date) -> int:
    monday = first - timedelta(days=first.weekday())
    return ((day - timedelta(days=day.weekday())) - monday).days // 7
