"""What takes a word's meaning away, and how far: negation, the past, other people's
past, a supposition, another subject (a film, a course, a dog).

Pure. The cues are lists in `concepts/scopes.toml`; how far each reaches is here.
A doubt is resolved towards keeping the sign: a missed sign costs more than a
question asked for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from unisson.phone.rules.red_flags import data
from unisson.phone.rules.red_flags.lexicon import Found
from unisson.phone.rules.red_flags.text import PAUSE, STOP, Token

NEGATED, PAST, PERFECT, SUPPOSED, ELSEWHERE = "negated", "past", "perfect", "supposed", "elsewhere"
LASTING, ROUTINE = "lasting", "routine"

_DENY = frozenset(("pas", "plus", "jamais", "aucun", "aucune", "sans"))
_REACH = 9
"""Words a negation covers at most: past that, spoken French has changed subject."""
_LIST = 4
"""Words of one more thing denied after a comma (« pas de fièvre, ni de frissons »)."""
_SAID = 40
"""Words that a « rien de tout ça » denies at most."""
_ANSWER = 6
"""Words of a question that a « non » answers."""
_HARM = frozenset(("VIOLENCE", "DIE_WISH", "DIE_WORD", "DIE_GESTURE", "DIE_MEANS", "STOPPED"))
"""Signs that years do not make harmless (« il me frappe depuis dix ans »)."""
_BRIEF = frozenset(
    (
        *("SPEECH", "DROOP", "FACE_PART", "STROKE_PHRASE", "WEAK", "TINGLE", "BALANCE"),
        *("VISION_LOSS", "VISION_DOUBLE", "FAINT", "SEIZURE", "THUNDER", "CHEST"),
        *("HEAD_HIT", "FALL", "SWALLOWED", "SWALLOW_VERB", "POISON", "FEVER", "HIGH_FEVER"),
        *("WATERS", "NO_MOVEMENT", "NO_MOVEMENT_SURE", "BLOOD_LOSS", "LAB_CRITICAL"),
        *("NO_BREATH", "UNCONSCIOUS", "BREATHLESS", "CYANOSIS", "BABY_FLOPPY", "BABY_BREATH"),
        *("HEMORRHAGE", "VOMIT_BLOOD", "STOOL_BLOOD", "NO_DRINK", "SPOTS", "STAIN"),
        *("PAIN", "TIGHT", "CALF", "CALF_ONLY", "CALF_SIGN", "ONE_LEG", "SWOLLEN", "OXYGEN_LOW"),
        *("COUGH_BLOOD", "RETENTION", "RETENTION_SURE", "NO_URINE", "EYE_CHEMICAL", "SEDATED"),
        *("SUGAR_HIGH", "SUGAR_LOW", "SUGAR_BARE", "CAR_CRASH", "HEIGHT_FALL"),
    )
)
"""Signs that count though they have passed and all seems well, whatever is asked for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Tokens first..last, both included, and the cue that made it so."""

    kind: str
    first: int
    last: int
    cue: Found

    def covers(self, found: Found) -> bool:
        return self.first <= found.first <= self.last or self.first <= found.last <= self.last

    def hides(self, found: Found, tokens: Sequence[Token]) -> bool:
        """Not a sign said with this very cue, nor a denied one again (« ne boit plus »)."""
        if found.first <= self.cue.first <= found.last:
            return False
        if self.kind in (LASTING, ROUTINE) and found.concept in _HARM:
            return False
        if self.kind == ROUTINE and found.concept in _BRIEF:
            return False
        said = tokens[found.first + 1 : found.last + 1]
        return self.kind != NEGATED or not any(token.text in _DENY for token in said)


@dataclass(frozen=True, slots=True)
class Shape:
    """Sentences and clauses: for each token, the number of its own."""

    sentences: tuple[int, ...]
    clauses: tuple[int, ...]

    def clause(self, at: int) -> tuple[int, int]:
        return _run(self.clauses, at)

    def sentence(self, at: int) -> tuple[int, int]:
        return _run(self.sentences, at)


def _run(numbers: Sequence[int], at: int) -> tuple[int, int]:
    first = last = at
    while first and numbers[first - 1] == numbers[at]:
        first -= 1
    while last + 1 < len(numbers) and numbers[last + 1] == numbers[at]:
        last += 1
    return first, last


def shape(tokens: Sequence[Token], turns: Iterable[Found]) -> Shape:
    """Where sentences and clauses part. `turns`: « mais », « par contre », « et là »."""
    opens = {turn.first for turn in turns}
    sentences, clauses, sentence, clause = [], [], 0, 0
    for at, token in enumerate(tokens):
        if token.text == STOP:
            sentence, clause = sentence + 1, clause + 1
        elif token.text == PAUSE or at in opens:
            clause += 1
        sentences.append(sentence)
        clauses.append(clause)
    return Shape(tuple(sentences), tuple(clauses))


def scopes(
    tokens: Sequence[Token], cues: dict[str, list[Found]], signs: Sequence[Found], form: Shape
) -> list[Scope]:
    """Every scope of the text. `signs`: phrases that own the negation they contain."""
    owned = {at for sign in signs for at in range(sign.first, sign.last + 1)}
    found: list[Scope] = []
    breaks = {cue.first for cue in cues.get("CUE_BREAK", ())}
    asked = {cue.first for name in ("QUERY", "COLON") for cue in cues.get(name, ())}
    for said in cues.get("CUE_NOT", ()):
        cue = _negation(said, tokens)
        if not _owned(cue, owned, signs):
            found.append(_forward(NEGATED, cue, form, breaks, tokens))
            found += _list(found[-1], form, breaks, tokens)
            if _denies_before(cue, tokens):
                found.append(_backward(cue, tokens))
    for cue in cues.get("CUE_NOT_BEFORE", ()):
        if cue.last == form.clause(cue.last)[1]:
            found.append(_backward(cue, tokens, said_after=True))
            if tokens[cue.last].text == "non" and not tokens[cue.last - 1].is_mark:
                # « mal à la poitrine non, essoufflée non »
                first = max(form.clause(cue.last)[0], cue.last - _LIST - 1)
                found.append(Scope(NEGATED, first, cue.last, cue))
    for cue in cues.get("CUE_ABSENT", ()):
        if cue.last == form.clause(cue.last)[1]:
            at = cue.first - 1
            at -= at > 0 and tokens[at].text == PAUSE
            first = max(form.clause(max(at, 0))[0], at - 3)
            while any(token.value is not None for token in tokens[first:at]):
                first += 1  # « saturation 85 fièvre 0 »
            found.append(Scope(NEGATED, first, cue.first, cue))
    for cue in cues.get("CUE_ANSWER", ()):
        if cue.last == form.clause(cue.last)[1]:
            found += _answer(cue, form, asked, tokens)
    for cue in cues.get("CUE_NONE", ()):
        turns = [turn.last for turn in cues.get("CUE_TURN", ()) if turn.last < cue.first]
        found.append(Scope(NEGATED, max(0, cue.first - _SAID, *turns), cue.first, cue))
    for cue in cues.get("CUE_JOKE", ()):
        first, last = form.sentence(cue.first)
        found.append(Scope(ELSEWHERE, form.sentence(max(0, first - 2))[0], last, cue))
    now = [cue.first for cue in cues.get("NOW", ())]
    back = [cue.first for cue in cues.get("CUE_PRESENT", ())]
    again = [cue.first for cue in cues.get("CUE_AGAIN", ())]
    for kind, name in ((PAST, "CUE_PAST"), (PERFECT, "CUE_PERFECT")):
        for cue in cues.get(name, ()):
            if not _owned(cue, owned, signs) and not _again(cue, again, form):
                found += _past(kind, cue, form, now, owned, back)
    for cue in cues.get("CUE_OLD", ()):
        if not _owned(cue, owned, signs):
            first, last = form.clause(cue.first)
            found.append(Scope(LASTING, max(first, cue.first - 3), min(last, cue.last + 4), cue))
    for cue in cues.get("CUE_KNOWN", ()):
        first, last = form.clause(cue.first)
        if not _again(cue, again, form) and not any(first <= at <= last for at in now):
            found.append(Scope(LASTING, max(first, cue.first - 3), cue.first, cue))
    for cue in cues.get("CUE_SINCE", ()):
        first, last = form.clause(cue.first)
        if cue.first - first > 1:
            last = cue.first
        if not any(first <= at <= last for at in now):
            found.append(Scope(LASTING, first, last, cue))
    for cue in cues.get("CUE_PAST_AFTER", ()):
        # « l'infarctus, c'était en 2015 »: speaks of what was just said.
        first, last = _with_clause_before(cue, form)
        last = min([last, *(at - 1 for at in back if cue.last < at <= last)])
        if not _again(cue, again, form) and not any(first <= at <= last for at in now):
            found.append(Scope(PAST, first, last, cue))
    for cue in cues.get("CUE_SEEN", ()):
        # « le pédiatre l'a vue, c'est banal »: of what was just said too.
        first, last = _with_clause_before(cue, form)
        if not any(first <= at <= last for at in now):
            found.append(Scope(ROUTINE, first, last, cue))
    for cue in cues.get("CUE_IF", ()):
        if _owned(cue, owned, signs) or _again(cue, again, form):
            continue
        found.append(_forward(SUPPOSED, cue, form, breaks, tokens, reach=14))
    stops = {cue.first for cue in cues.get("CUE_STOP", ())}
    for cue in cues.get("CUE_PAPER", ()):
        scope = _forward(ELSEWHERE, cue, form, stops, tokens, skip=1)
        if not any(scope.first <= at <= scope.last for at in now):
            found.append(scope)
    found += _routine(cues, form, now)
    for cue in cues.get("CUE_ELSEWHERE", ()):
        if _owned(cue, owned, signs):
            continue
        first, last = form.sentence(cue.first)
        turns = [turn.first for turn in cues.get("CUE_TURN", ())]
        first = max([first, cue.first - 12, *(turn for turn in turns if turn <= cue.first)])
        last = min([last, cue.last + 14, *(turn - 1 for turn in turns if turn > cue.last)])
        found.append(Scope(ELSEWHERE, first, last, cue))
    return found


def _with_clause_before(cue: Found, form: Shape) -> tuple[int, int]:
    first, last = form.clause(cue.first)
    return (form.clause(first - 1)[0], last) if first else (first, last)


def _again(cue: Found, again: Sequence[int], form: Shape) -> bool:
    """« un infarctus en 2015, et ça recommence »: the past is told because it is back."""
    return any(at > cue.last and form.sentences[at] == form.sentences[cue.first] for at in again)


def _list(scope: Scope, form: Shape, breaks: set[int], tokens: Sequence[Token]) -> list[Scope]:
    """What goes on being denied after a comma: « , de vomissement », « , ni raideur »."""
    found, at = [], scope.last + 1
    while at + 1 < len(tokens) and tokens[at].text == PAUSE:
        if tokens[at + 1].text not in data.typed().listed:
            break
        first, last = form.clause(at + 1)
        end = min(last, first + _LIST)
        end = min([end, *(stop - 1 for stop in breaks if at + 1 < stop <= end)])
        found.append(Scope(scope.kind, first, end, scope.cue))
        at = last + 1
    return found


def _answer(cue: Found, form: Shape, asked: set[int], tokens: Sequence[Token]) -> list[Scope]:
    """« fièvre ? non », « perte de connaissance : jamais »: the whole of a short question."""
    before = cue.first - 1
    after = [token.text for token in tokens[cue.last + 1 : cue.last + 3]]
    if before < 1 or not tokens[before].is_mark:
        return []
    if after[:1] == [PAUSE] and after[-1] in data.typed().listed:
        return []  # « greffe de cornée, non, de rein »
    if before not in asked and (tokens[before].text == STOP or tokens[cue.first].text != "non"):
        return []
    first = form.clause(before - 1)[0]
    return [Scope(NEGATED, first, before, cue)] if before - first <= _ANSWER else []


def _routine(cues: dict[str, list[Found]], form: Shape, now: Sequence[int]) -> list[Scope]:
    """A paper or a visit asked for, all said to be well, nothing said to be new.

    Up to the turn (« mais », « et là ») on either side; the signs of `_BRIEF` stay.
    """
    turns = sorted(turn.first for turn in cues.get("CUE_TURN", ()))
    found = []
    for calm in cues.get("CUE_CALM", ()):
        first = max([0, *(turn for turn in turns if turn <= calm.first)])
        last = min([len(form.clauses) - 1, *(turn - 1 for turn in turns if turn > calm.last)])
        inside = [each for each in cues.get("CUE_REQUEST", ()) if first <= each.first <= last]
        new = any(first <= at <= last for at in now) or any(
            first <= each.first <= last for each in cues.get("CUE_NEW", ())
        )
        if inside and not new:
            found.append(Scope(ROUTINE, first, last, calm))
    return found


def _negation(cue: Found, tokens: Sequence[Token]) -> Found:
    """The very word that denies, in a cue of several (« n'a plus du tout »)."""
    for at in range(cue.last, cue.first - 1, -1):
        if tokens[at].text in _DENY:
            return Found(cue.concept, at, at)
    return cue


def _denies_before(cue: Found, tokens: Sequence[Token]) -> bool:
    """« saigne pas », not « AVK pas de perte de connaissance » nor « AVK, pas ... »."""
    at = cue.first
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    clear = at > 0 and not tokens[at - 1].is_mark and after not in ("de", "d", "du", "des")
    return clear and tokens[at].text in ("pas", "plus", "jamais")


def _owned(cue: Found, owned: set[int], signs: Sequence[Found]) -> bool:
    """Whether a sign was said with this very « pas » (« ne respire pas »)."""
    return cue.first in owned and any(
        sign.first < cue.first <= sign.last or (sign.first == cue.first and sign.last > cue.last)
        for sign in signs
    )


def _forward(
    kind: str,
    cue: Found,
    form: Shape,
    breaks: set[int],
    tokens: Sequence[Token],
    reach: int = _REACH,
    skip: int = 2,
) -> Scope:
    last = form.clause(cue.last)[1]
    for at in range(cue.last + skip, min(last, cue.last + reach) + 1):
        if at in breaks:
            return Scope(kind, cue.first, at - 1, cue)
    return Scope(kind, cue.first, min(last, cue.last + reach), cue)


def _backward(cue: Found, tokens: Sequence[Token], *, said_after: bool = False) -> Scope:
    """« ça ne saigne pas », « fièvre : non »: the one word just before."""
    at = cue.first - 1
    if at > 0 and said_after and tokens[at].text == PAUSE:
        at -= 1
    skipped = data.typed().around_pas
    while at > 0 and tokens[at].text in skipped and cue.first - at < 4:
        at -= 1
    at = max(at, 0)
    return Scope(NEGATED, at, max(at, cue.first), cue)


def _past(
    kind: str, cue: Found, form: Shape, now: list[int], owned: set[int], back: list[int]
) -> list[Scope]:
    """The cue's clause, unless it also says now; the next or the one before when alone in it."""
    first, last = form.clause(cue.first)
    if any(first <= at <= last and not cue.first <= at <= cue.last for at in now):
        return []
    if cue.first > first + 1 and kind == PAST:
        last = min([last, *(at - 1 for at in back if cue.last < at <= last)])
    if kind == PAST and not any(first <= at <= last for at in owned):
        # The cue stands alone (« en 2017 j'ai fait ça, le bras, la bouche »).
        _, after = form.clause(min(last + 1, len(form.clauses) - 1))
        same = form.sentences[after] == form.sentences[first]
        if same and not any(last < at <= after for at in now):
            last = after
    return [Scope(kind, first, last, cue)]
