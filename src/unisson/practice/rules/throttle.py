"""How long to wait after wrong passwords.

A person who mistypes is not slowed; someone who guesses is, more at each
guess, and never for so long that an account can be locked out on purpose for
a day. NIST SP 800-63B 5.2.2 asks for a limit on failed attempts and names a
growing wait as a way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """`free` wrong tries cost nothing; then `first` is doubled at each one, up to `longest`.

    Tries older than `window` are forgotten.
    """

    free: int
    first: timedelta
    longest: timedelta
    window: timedelta


ACCOUNT = Limit(
    free=5, first=timedelta(seconds=30), longest=timedelta(minutes=15), window=timedelta(hours=6)
)
# A whole practice may share one address: the limit bites later.
ADDRESS = Limit(
    free=20, first=timedelta(seconds=30), longest=timedelta(minutes=15), window=timedelta(hours=1)
)


def next_try(failures: Sequence[datetime], limit: Limit, now: datetime) -> datetime | None:
    """The instant from which another try is heard, or None when it is now."""
    recent = [at for at in failures if now - at < limit.window]
    beyond = len(recent) - limit.free
    if beyond < 0:
        return None
    # 2 ** 20 half-minutes is past any `longest`; beyond it the power only costs.
    wait = min(limit.first * 2 ** min(beyond, 20), limit.longest)
    opens = max(recent) + wait
    return opens if opens > now else None
