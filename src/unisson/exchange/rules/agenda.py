"""From a line of an agenda, or an event of a calendar, to one appointment or one absence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from unisson.exchange.rules import values
from unisson.exchange.rules.calendar import Event
from unisson.exchange.rules.patients import Options
from unisson.exchange.rules.values import Bad
from unisson.patients.rules.folding import fold

PARIS = ZoneInfo("Europe/Paris")
APPOINTMENT, AWAY = "appointment", "away"
_NAMES = ("full_name", "name", "used_name", "birth_name")
LONGEST = 720  # minutes of one appointment


@dataclass(frozen=True)
class Hints:
    """What a line says of who comes. `text`: words among which her name may be."""

    source_id: str = ""
    name: str = ""
    first: str = ""
    born: date | None = None
    phones: frozenset[str] = frozenset()
    text: str = ""

    @property
    def shown(self) -> str:
        """Her in a sentence of the report."""
        words = f"{self.name} {self.first}".strip() or self.text or f"n° {self.source_id}"
        return f"{words} {self.born:%d/%m/%Y}" if self.born else words


@dataclass(frozen=True)
class Entry:
    """One line. `minutes` 0: the length of the visit type. `key`: recognised by it again."""

    line: int
    key: str
    kind: str
    start: datetime
    minutes: int
    who: Hints = Hints()
    practitioner: str = ""
    site: str = ""
    visit_type: str = ""
    status: str = "booked"
    ended_by: str = ""
    note: str = ""
    label: str = ""
    end: datetime | None = None
    remarks: tuple[str, ...] = ()


# -- status -----------------------------------------------------------------------

_STATUSES: tuple[tuple[str, str], ...] = (
    # first match wins: « annulé, non venu » is cancelled
    (r"annul|suppri|cancel|reporte|deplace", "cancelled"),
    (r"excus|prevenu|justifi", "excused"),
    (
        r"absen|non venu|pas venu|lapin|no ?show|non honore|manque|ne s est pas presente"
        r"|non presente",
        "no_show",
    ),
    (
        r"^$|prevu|planifi|confirm|valid|a venir|programme|honore|venu|vu\b|termin|present"
        r"|effectu|realise|fait|arrive|en attente|salle d attente|consult|paye|facture"
        r"|cloture|booked|pris|reserve|ok|oui|actif|normal|en cours|nouveau",
        "booked",
    ),
)


def status(text: str) -> tuple[str, str]:
    """The state of an appointment and who ended it ("" when it does not say).

    Raises Bad for a word nobody told us: a cancelled appointment must not come
    in as one that is expected.
    """
    typed = fold(text)
    found = next((state for pattern, state in _STATUSES if re.search(pattern, typed)), None)
    if found is None:
        raise Bad(f"état « {text.strip()[:30]} » non compris")
    ended_by = ""
    if found in ("cancelled", "excused"):
        if "patient" in typed:
            ended_by = "patient"
        elif re.search(r"praticien|medecin|docteur", typed):
            ended_by = "practitioner"
        elif re.search(r"cabinet|secretar|accueil", typed):
            ended_by = "practice"
    return found, ended_by


# -- a line of a CSV file ------------------------------------------------------------


def read(line: int, cells: Mapping[str, Sequence[str]], options: Options) -> Entry:
    """The appointment of a line. Raises Bad with the reason."""
    remarks: list[str] = []
    start, offset = _start(cells, options)
    start = _instant(start, offset, remarks)
    minutes = _length(cells, start, options, remarks)
    found, ended_by = status(_one(cells, "status"))
    if away := _away(line, cells, start, minutes, found):
        return away
    who = _who(cells, options, remarks)
    practitioner = _one(cells, "practitioner")
    key = _one(cells, "source_id")
    if not key:
        key = hashed(who.source_id, who.name, who.first, who.text, who.born, start, practitioner)
    return Entry(
        line=line,
        key=f"n:{key}"[:120],
        kind=APPOINTMENT,
        start=start,
        minutes=minutes,
        who=who,
        practitioner=practitioner,
        site=_one(cells, "site"),
        visit_type=_one(cells, "visit_type"),
        status=found,
        ended_by=ended_by,
        note=" · ".join(plain for text in cells.get("note", ()) if (plain := values.clean(text)))[
            :500
        ],
        remarks=tuple(remarks),
    )


def _away(
    line: int, cells: Mapping[str, Sequence[str]], start: datetime, minutes: int, found: str
) -> Entry | None:
    """A line without a patient that says why nobody comes: a meeting, a holiday."""
    if any(_one(cells, name) for name in (*_NAMES, "patient_source_id")):
        return None
    label = _one(cells, "visit_type") or _one(cells, "note")
    if not _AWAY.search(fold(label)):
        return None
    if not minutes:
        raise Bad("absence sans durée")
    practitioner = _one(cells, "practitioner")
    key = _one(cells, "source_id") or hashed("away", label, start, practitioner)
    return Entry(
        line=line,
        key=f"n:{key}"[:120],
        kind=AWAY,
        start=start,
        minutes=minutes,
        end=start + timedelta(minutes=minutes),
        practitioner=practitioner,
        label=label[:60],
        status=found,
    )


def hashed(*parts: object) -> str:
    """A key for a line that has no number of its own: what it says."""
    text = "|".join(fold(part) if isinstance(part, str) else str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _start(cells: Mapping[str, Sequence[str]], options: Options) -> tuple[datetime, str]:
    shown, hour = _one(cells, "date"), _one(cells, "start_time")
    whole = _one(cells, "start")
    if whole and not (shown and hour):
        if hour:
            return _combined(values.day(whole, options.today, options.month_first), hour)
        return values.moment(whole, options.today, options.month_first)
    if not shown:
        raise Bad("jour manquant")
    if hour:
        return _combined(values.day(shown, options.today, options.month_first), hour)
    return values.moment(shown, options.today, options.month_first)


def _combined(day: date, hour: str) -> tuple[datetime, str]:
    # "30/12/1899 09:40:00": a time alone, as Access and Excel export it.
    alone = re.sub(r"^(30/12/1899|1899-12-30|31/12/1899|01/01/1900)[T ]", "", hour)
    return datetime.combine(day, values.clock_time(alone)), ""


def _instant(wall: datetime, offset: str, remarks: list[str]) -> datetime:
    if offset:
        text = "+00:00" if offset == "Z" else offset
        return datetime.fromisoformat(f"{wall.isoformat()}{text}").astimezone(UTC)
    aware = wall.replace(tzinfo=PARIS)
    if aware.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != wall:
        raise Bad(f"{wall:%d/%m/%Y %H:%M} n’existe pas : les horloges ont avancé cette nuit-là")
    if aware.utcoffset() != aware.replace(fold=1).utcoffset():
        remarks.append(f"{wall:%H:%M} a eu lieu deux fois ce jour-là : la première est prise")
    return aware.astimezone(UTC)


def _length(
    cells: Mapping[str, Sequence[str]], start: datetime, options: Options, remarks: list[str]
) -> int:
    if typed := _one(cells, "minutes"):
        return values.minutes(typed)
    whole, hour = _one(cells, "end"), _one(cells, "end_time")
    day = start.astimezone(PARIS).date()
    end: datetime | None = None
    if hour:
        end = _instant(*_combined(day, hour), remarks)
    elif whole:
        try:
            end = _instant(*values.moment(whole, options.today, options.month_first), remarks)
        except Bad:
            end = _instant(datetime.combine(day, values.clock_time(whole)), "", remarks)
    if end is None:
        return 0
    minutes = int((end - start).total_seconds()) // 60
    if minutes <= 0:
        raise Bad("finit avant de commencer" if minutes else "finit à l’heure où il commence")
    if minutes > LONGEST:
        raise Bad(f"dure {minutes // 60} heures")
    return minutes


def _who(cells: Mapping[str, Sequence[str]], options: Options, remarks: list[str]) -> Hints:
    name = _one(cells, "used_name") or _one(cells, "name") or _one(cells, "birth_name")
    first = _one(cells, "first_name") or _one(cells, "used_first_name")
    full = _one(cells, "full_name")
    if full and not (name and first):
        try:
            name, first, _ = values.split_full_name(full)
        except Bad:
            name, first = name or full, first
    born: date | None = None
    if typed := _one(cells, "birth_date"):
        born, _ = values.birth_date(typed, options.today, options.month_first)
    found: set[str] = set()
    for column in ("phone", "phone_mobile", "phone_home", "phone_work"):
        for text in cells.get(column, ()):
            try:
                found |= {phone.e164 for phone in values.phone_numbers(values.clean(text))}
            except Bad as bad:
                remarks.append(f"téléphone laissé de côté : {bad}")
    source_id = _one(cells, "patient_source_id")
    if not (source_id or name):
        raise Bad("le patient manque")
    return Hints(source_id, name, first, born, frozenset(found), full)


def _one(cells: Mapping[str, Sequence[str]], field: str) -> str:
    for text in cells.get(field, ()):
        if plain := values.clean(text):
            return plain
    return ""


# -- an event of a calendar -----------------------------------------------------------

_AWAY = re.compile(
    r"\b(conge|conges|vacances|absen\w*|ferme\w*|formation|reunion|congres|rtt|ferie|pause"
    r"|dejeuner|repas|perso\w*|indisponible|bloque\w*|ne pas prendre|repos|maladie|visites?"
    r"|administratif|garde|staff|pont|off)\b"
)


def from_event(event: Event, options: Options) -> Entry:
    """What an event is: an absence when it lasts all day or says so, else an appointment."""
    words = event.summary or (event.categories[0] if event.categories else "")
    minutes = int((event.end - event.start).total_seconds()) // 60
    label = words[:60] or "Absence"
    if event.all_day or minutes > LONGEST or (_AWAY.search(fold(words)) and not event.attendees):
        return Entry(
            line=event.line,
            key=f"u:{event.key}"[:120],
            kind=AWAY,
            start=event.start,
            minutes=minutes,
            end=event.end,
            label=label,
            status="cancelled" if event.status == "CANCELLED" else "booked",
            remarks=event.remarks,
        )
    details = f"{event.summary} \n {event.description}"
    found, ended_by = ("cancelled", "") if event.status == "CANCELLED" else ("booked", "")
    return Entry(
        line=event.line,
        key=f"u:{event.key}"[:120],
        kind=APPOINTMENT,
        start=event.start,
        minutes=minutes,
        who=Hints(
            born=_birth_date_in(details, options.today),
            phones=_phones_in(details),
            text=" - ".join(filter(None, (event.summary, *event.attendees))),
        ),
        site=event.location,
        visit_type=event.categories[0] if event.categories else "",
        status=found,
        ended_by=ended_by,
        note=event.description[:500],
        remarks=event.remarks,
    )


_DATE = re.compile(r"(?<!\d)\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"(?<!\d)(?:\+33|0033|0)[\s.\-]?[1-9](?:[\s.\-]?\d\d){4}(?!\d)")


def _birth_date_in(text: str, today: date) -> date | None:
    """The one birth date in a text; none when there are several."""
    found: set[date] = set()
    for typed in _DATE.findall(text):
        try:
            found.add(values.birth_date(typed, today)[0])
        except Bad:
            continue
    return next(iter(found)) if len(found) == 1 else None


def _phones_in(text: str) -> frozenset[str]:
    found: set[str] = set()
    for typed in _NUMBER.findall(text):
        try:
            found |= {phone.e164 for phone in values.phone_numbers(typed)}
        except Bad:
            continue
    return frozenset(found)
