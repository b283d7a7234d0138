"""Writes the classes that place things on the agenda: `python scripts/grid_css.py`.

A strict content policy refuses `style="..."` in a page, so a place in the day
is a class: `d-570` begins at 9:30, `n-20` lasts 20 minutes, `v-1 vn-2` is the
second of two side by side (in a column of `voies-2`), `de-8 a-19` shows 8:00 to 19:00.
"""

from pathlib import Path

OUT = Path(__file__).parent.parent / "src/unisson/screens/static/unisson/grid.css"
DAY = 24 * 60
LANES = 8


def rules() -> str:
    """The whole file."""
    families = [
        [f".d-{m}{{--d:{m}}}" for m in range(DAY)],
        [f".n-{m}{{--n:{m}}}" for m in range(1, DAY + 1)],
        [f".v-{lane}{{--v:{lane}}}" for lane in range(LANES)],
        [f".vn-{lanes}{{--vn:{lanes}}}" for lanes in range(1, LANES + 1)],
        [f".voies-{lanes}{{--voies:{lanes}}}" for lanes in range(2, LANES + 1)],
        [f".de-{hour}{{--de:{hour}}}" for hour in range(24)],
        [f".a-{hour}{{--a:{hour}}}" for hour in range(1, 25)],
    ]
    lines = ["/* Written by scripts/grid_css.py: change that, not this. */"]
    for family in families:
        lines += ["".join(family[at : at + 30]) for at in range(0, len(family), 30)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    OUT.write_text(rules())
