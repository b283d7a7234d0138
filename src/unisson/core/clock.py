"""The only place that asks what time it is.

Times are aware and in UTC inside; `local` and `today` speak Europe/Paris, the
practice's wall clock. Tests move time with time-machine, never with a sleep.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same instant on the wall clock of the practice."""
    return moment.astimezone(PARIS)


def today() -> date:
    """The practice's calendar day."""
    return local(now()).date()


class NonexistentTime(ValueError):
    """A wall-clock time skipped when clocks go forward (2:30 on 28/03/2027)."""


def from_local(wall: datetime, *, fold: int = 0) -> datetime:
    """The UTC instant of a naive Paris wall-clock time.

    A time that occurs twice (last Sunday of October, 2:00 to 3:00) is the
    first one unless `fold=1`. Raises NonexistentTime for one that never
    occurs.
    """
    aware = wall.replace(tzinfo=PARIS, fold=fold)
    instant = aware.astimezone(UTC)
    if instant.astimezone(PARIS).replace(tzinfo=None) != wall:
        raise NonexistentTime(f"{wall:%d/%m/%Y %H:%M}")
    return instant
