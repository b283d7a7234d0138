"""Which characters differ between two nearly equal texts, to be marked for the eye."""

from __future__ import annotations

import re

Segment = tuple[str, bool]  # a piece of the text, and whether it differs


def differing(text: str, other: str) -> tuple[Segment, ...]:
    """The pieces of `text`, those that differ from `other` flagged.

    Names: what stands between the common beginning and the common end
    (`Clara` beside `Claire`: Cla|ra). When little is common the whole name is
    flagged; where letters are missing, the one beside the gap is. Case does
    not count.
    """
    if text.casefold() == other.casefold():
        return ((text, False),) if text else ()
    a, b = text.casefold(), other.casefold()
    if len(a) != len(text) or len(b) != len(other):
        return ((text, True),)
    shortest = min(len(a), len(b))
    head = next((i for i in range(shortest) if a[i] != b[i]), shortest)
    tail = next((i for i in range(shortest - head) if a[-1 - i] != b[-1 - i]), shortest - head)
    if head + tail == len(a) and a:
        # Letters are missing here: the one beside the gap shows where.
        head, tail = (head - 1, tail) if head else (head, tail - 1)
    if head + tail < min(2, len(a)) or 2 * (head + tail) < len(a):
        return ((text, True),)
    middle = (text[head : len(text) - tail], True)
    pieces = ((text[:head], False), middle, (text[len(text) - tail :], False))
    return tuple(piece for piece in pieces if piece[0])


def differing_date(text: str, other: str) -> tuple[Segment, ...]:
    """The same for `dd/mm/yyyy`, two digits at a time: `14/05/1987` beside `04/05/1978` is
    14 and 87."""
    pieces: list[Segment] = []
    blocks = re.findall(r"\d\d|/", text)
    others = re.findall(r"\d\d|/", other)
    for block, beside in zip(blocks, others, strict=True):
        differs = block != beside
        if pieces and pieces[-1][1] == differs:
            pieces[-1] = (pieces[-1][0] + block, differs)
        else:
            pieces.append((block, differs))
    return tuple(pieces)
