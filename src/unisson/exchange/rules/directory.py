"""Recognising in a file what the practice already knows: patients, practitioners, visit types.

A patient is recognised by her number in the former program, or by name, first
name and birth date; by name alone only when one person bears it, and it is
said. Two people who answer to the same words are never chosen between.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz, process

from unisson.exchange.rules.agenda import Hints
from unisson.exchange.rules.values import Bad
from unisson.patients.rules.folding import fold


@dataclass(frozen=True)
class Face:
    """What is needed of a patient to recognise her."""

    id: int
    names: tuple[str, ...]
    firsts: tuple[str, ...]
    born: date
    phones: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """Who it is, what tells it, and the words of the line that are not her name."""

    id: int
    remark: str = ""
    rest: str = ""


@dataclass
class Directory:
    """Every patient by name, both ways round, and by number in the former program."""

    faces: dict[int, Face] = field(default_factory=dict)
    by_source: Mapping[str, int] = field(default_factory=dict)
    _by_name: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, faces: Iterable[Face], by_source: Mapping[str, int]) -> Directory:
        directory = cls(by_source=by_source)
        for face in faces:
            directory.faces[face.id] = face
            for name in filter(None, face.names):
                for first in filter(None, face.firsts):
                    one, other = fold(name), fold(first)
                    directory._by_name[f"{one} {other}"].add(face.id)
                    directory._by_name[f"{other} {one}"].add(face.id)
        return directory

    def find(self, who: Hints) -> Match:
        """The one patient meant. Raises Bad, with why, when there is none or more than one."""
        if who.source_id:
            return self._by_number(who)
        if who.name and who.first:
            ids = self._by_name.get(f"{fold(who.name)} {fold(who.first)}", set())
            return Match(*self._one_of(ids, who))
        return self._in_text(who)

    def _by_number(self, who: Hints) -> Match:
        number = self.by_source.get(who.source_id)
        if number is None:
            if who.name and who.first and who.born:
                ids = self._by_name.get(f"{fold(who.name)} {fold(who.first)}", set())
                return Match(*self._one_of(ids, who))
            raise Bad(
                f"patient n° {who.source_id} inconnu : importez d’abord les patients du même"
                " logiciel"
            )
        face = self.faces.get(number)
        if face is None:
            raise Bad(f"le dossier du patient n° {who.source_id} n’existe plus")
        if who.born and who.born != face.born:
            raise Bad(
                f"le n° {who.source_id} est né le {face.born:%d/%m/%Y}, la ligne dit"
                f" {who.born:%d/%m/%Y}"
            )
        if not (who.name and who.first):
            return Match(number)
        wanted = f"{fold(who.name)} {fold(who.first)}"
        if number in self._by_name.get(wanted, set()):
            return Match(number)
        here = f"{face.names[0]} {face.firsts[0]}"
        if not self._alike(face, wanted):
            raise Bad(
                f"le n° {who.source_id} est celui de {here}, la ligne dit {who.name} {who.first}"
            )
        return Match(number, f"n° {who.source_id} : {who.name} {who.first} est ici {here}")

    def _alike(self, face: Face, wanted: str) -> bool:
        """A name changed by marriage or spelt a little otherwise; the number says who it is."""
        firsts = [fold(first) for first in face.firsts if first]
        names = [fold(name) for name in face.names if name]
        return any(wanted.endswith(f" {first}") for first in firsts) or any(
            fuzz.token_sort_ratio(f"{name} {first}", wanted) >= 80
            for name in names
            for first in firsts
        )

    def _one_of(self, ids: Iterable[int], who: Hints) -> tuple[int, str]:
        everyone = sorted(ids)
        if not everyone:
            raise Bad(f"patient « {who.shown} » introuvable : importez-le ou créez-le d’abord")
        if who.born:
            born = [number for number in everyone if self.faces[number].born == who.born]
            if len(born) == 1:
                return born[0], ""
            if not born:
                raise Bad(f"« {who.shown} » : ce nom est connu avec une autre date de naissance")
            everyone = born
        if who.phones and len(everyone) > 1:
            reached = [n for n in everyone if self.faces[n].phones & who.phones]
            if len(reached) == 1:
                return reached[0], "reconnu au nom et au téléphone"
        if len(everyone) > 1:
            raise Bad(f"{len(everyone)} patients répondent à « {who.shown} »")
        if self.faces[everyone[0]].phones & who.phones:
            return everyone[0], ""
        return everyone[0], f"« {who.shown} » reconnu au nom seul : vérifiez que c’est bien lui"

    def _in_text(self, who: Hints) -> Match:
        """Her name among other words: « LEBRUN Claire - Suivi », « RDV Mme Claire Lebrun »."""
        text = who.text or who.name
        for piece in _pieces(text):
            words = [word for word in piece.split() if fold(word) not in _TITLES]
            for size in range(min(len(words), 7), 1, -1):
                for start in range(len(words) - size + 1):
                    some = words[start : start + size]
                    ids = self._by_name.get(fold(" ".join(some)))
                    if ids:
                        number, remark = self._one_of(ids, _said(who, " ".join(some)))
                        return Match(number, remark, _without(text, some))
        raise Bad(f"aucun patient reconnu dans « {text[:60]} »")


_TITLES = frozenset(
    ("m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "enfant", "rdv", "dr", "pour")
)


def _said(who: Hints, words: str) -> Hints:
    return Hints(name=words, born=who.born, phones=who.phones)


def _pieces(text: str) -> list[str]:
    return [
        piece.strip(" .,;:")
        for piece in re.split(r"\s[-–—]\s|[:|/()\[\],;\n]", text)
        if piece.strip()
    ]


def _without(text: str, words: list[str]) -> str:
    rest = re.sub(r"\s+".join(map(re.escape, words)), " ", text, count=1)
    rest = re.sub(r"(?i)\b(mme|mlle|monsieur|madame|m|mr|rdv)\b\.?", " ", rest)
    rest = re.sub(r"\d{1,2}/\d{1,2}/\d{4}|\(\s*\)", " ", rest)
    return re.sub(r"\s+", " ", rest).strip(" -–—:|/()[],;")


class Names:
    """Things the practice has names for: practitioners, sites, visit types.

    `chosen`: what a person said a name of the file means, by its folded spelling.
    """

    def __init__(
        self, known: Mapping[int, Iterable[str]], chosen: Mapping[str, int] | None = None
    ) -> None:
        self._chosen = {fold(label): key for label, key in (chosen or {}).items()}
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._words: dict[int, list[frozenset[str]]] = {}
        for key, labels in known.items():
            plain = [fold(label) for label in labels if label]
            for label in plain:
                self._exact[label].add(key)
            self._words[key] = [frozenset(_meaningful(label)) for label in plain]

    def find(self, label: str) -> int | None:
        """The one thing this name can mean; None when nothing or several."""
        typed = fold(label)
        if not typed:
            return None
        if typed in self._chosen:
            return self._chosen[typed]
        if len(exact := self._exact.get(typed, set())) == 1:
            return next(iter(exact))
        words = frozenset(_meaningful(typed))
        holding = [
            key
            for key, options in self._words.items()
            if any(option and (option <= words or words <= option) for option in options)
        ]
        if words and len(holding) == 1:
            return holding[0]
        near = process.extract(typed, self._exact.keys(), scorer=fuzz.ratio, score_cutoff=90)
        keys = {key for spelling, *_ in near for key in self._exact[spelling]}
        return keys.pop() if len(keys) == 1 else None


_NOISE = frozenset(("dr", "docteur", "m", "mme", "pr", "de", "du", "la", "le", "des", "agenda"))


def _meaningful(folded: str) -> list[str]:
    return [word for word in folded.split() if word not in _NOISE]
