"""Word lists of French time, apart from the algorithm that uses them.

All folded (no capitals, no accents). A form is what people type; its value is
the one word the patterns know.
"""

from __future__ import annotations

from typing import NamedTuple


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)

SHORT_WEEKDAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
LONG_WEEKDAYS = WEEKDAYS
SHORT_MONTHS = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)
LONG_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

# « mar » (mardi or mars) and « sept » (seven or septembre) keep their own form:
# their neighbours decide.
FORMS: dict[str, str] = {
    **dict.fromkeys(("lun", "lund", "lundis", "lndi"), "lundi"),
    **dict.fromkeys(("mardis", "mard"), "mardi"),
    **dict.fromkeys(("mer", "merc", "mercr", "mecredi", "mercredis"), "mercredi"),
    **dict.fromkeys(("jeu", "jeud", "jeudis", "juedis", "jdi"), "jeudi"),
    **dict.fromkeys(("ven", "vend", "vendr", "vendre", "vendredis"), "vendredi"),
    **dict.fromkeys(("sam", "samd", "samedis"), "samedi"),
    **dict.fromkeys(("dim", "dimanches"), "dimanche"),
    **dict.fromkeys(("jan", "janv"), "janvier"),
    **dict.fromkeys(("fev", "fevr"), "fevrier"),
    **dict.fromkeys(("avr",), "avril"),
    **dict.fromkeys(("jun",), "juin"),
    **dict.fromkeys(("jul", "juil", "juill", "jlt"), "juillet"),
    **dict.fromkeys(("aou",), "aout"),
    **dict.fromkeys(("sep", "septbre"), "septembre"),
    **dict.fromkeys(("oct",), "octobre"),
    **dict.fromkeys(("nov", "novbre"), "novembre"),
    **dict.fromkeys(("dec", "decbre"), "decembre"),
    **dict.fromkeys(("auj", "ajd", "aujd", "aujourdui", "aujourhui", "ajourdhui"), "aujourdhui"),
    **dict.fromkeys(("dem", "dmain"), "demain"),
    **dict.fromkeys(("ap", "aprem", "apm", "aprm", "apremidi", "aprmidi"), "apresmidi"),
    **dict.fromkeys(("mat", "mtn"), "matin"),
    **dict.fromkeys(("matinee", "matinees", "matins"), "matinee"),
    **dict.fromkeys(("soiree", "soirs"), "soir"),
    **dict.fromkeys(("sem", "semaines", "sems"), "semaine"),
    **dict.fromkeys(("jour", "jours", "jrs", "jr", "j"), "jours"),
    **dict.fromkeys(("ans", "an", "annees"), "ans"),
    **dict.fromkeys(("heure", "heures", "hr", "hrs", "hs"), "h"),
    **dict.fromkeys(("minute", "minutes", "mn", "mns", "mins"), "min"),
    **dict.fromkeys(("prochaine", "prochains", "prochaines", "proch", "pro"), "prochain"),
    **dict.fromkeys(("suivante",), "suivant"),
    **dict.fromkeys(("derniere", "passe", "passee", "dern"), "dernier"),
    **dict.fromkeys(("ds",), "dans"),
    **dict.fromkeys(("jusque", "jusquau", "jusqua"), "jusqu"),
    **dict.fromkeys(("asap", "dqp", "dsq"), "asap"),
    **dict.fromkeys(("weekends", "we", "wk"), "weekend"),
    **dict.fromkeys(("demie",), "demi"),
    **dict.fromkeys(("dbt", "deb"), "debut"),
}

# Forms that are also names or everyday words. Alone, without a neighbour that
# speaks of time, they are only a guess.
WEAK = _set("""
    mer mar sam lun jeu ven mard dim dem ap mat pro mars mai avril avr jan jun jul nov aou juin
    juillet aout janvier novembre octobre septembre fevrier sept midi soir
""")

# Words long enough, and rare enough as names, to be recognised after one slip.
CORRECTED = (
    *WEEKDAYS,
    "janvier",
    "fevrier",
    "juillet",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "demain",
    "aujourdhui",
    "semaine",
    "prochain",
    "prochaine",
    "matin",
    "matinee",
    "apresmidi",
    "journee",
    "aprem",
)

# People's names that one slip would turn into a word of time.
NAMES = _set("ferrier ferier fervier jaillet juillot jannier janier")

UNITS = {
    "deux": 2,
    "trois": 3,
    "quatre": 4,
    "cinq": 5,
    "six": 6,
    "huit": 8,
    "neuf": 9,
    "dix": 10,
    "onze": 11,
    "douze": 12,
    "treize": 13,
    "quatorze": 14,
    "quinze": 15,
    "seize": 16,
    "quinzaine": 15,
    "dizaine": 10,
    "huitaine": 8,
}
TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50}
AFTER_TENS = {"un": 1, "une": 1, "sept": 7} | {
    word: value for word, value in UNITS.items() if value < 10 and not word.endswith("aine")
}
AFTER_TEN = {"sept": 17, "huit": 18, "neuf": 19}


class Part(NamedTuple):
    """A part of the day: how it is said, and its minutes since midnight."""

    said: str
    start: int
    end: int


# The practice's common sense, not a rule from a text: half-days meet at noon so
# that no hour is left out; the phrase shown says the bounds people may not expect.
PARTS: dict[str, Part] = {
    "matin": Part("le matin", 0, 720),
    "debut_matin": Part("en début de matinée (avant 10 h)", 0, 600),
    "fin_matin": Part("en fin de matinée (après 10 h 30)", 630, 780),
    "midi": Part("entre midi et deux", 720, 840),
    "apresmidi": Part("l’après-midi", 720, 1440),
    "debut_apresmidi": Part("en début d’après-midi (de 13 h à 15 h)", 780, 900),
    "fin_apresmidi": Part("en fin d’après-midi (après 16 h)", 960, 1440),
    "debut_journee": Part("en début de journée (avant 10 h)", 0, 600),
    "fin_journee": Part("en fin de journée (après 16 h 30)", 990, 1440),
    "soir": Part("le soir (après 17 h)", 1020, 1440),
    "journee": Part("dans la journée", 0, 1440),
}

# What the words before a moment make of it. Longest first.
PREFIXES: tuple[tuple[str, str], ...] = (
    ("au plus tard le", "by"),
    ("au plus tard", "by"),
    ("a partir de la", "from"),
    ("a partir de", "from"),
    ("a partir du", "from"),
    ("a compter du", "from"),
    ("a compter de", "from"),
    ("pas avant le", "from"),
    ("pas avant la", "from"),
    ("pas avant", "from"),
    ("pas apres le", "by"),
    ("pas apres", "by"),
    ("d ici le", "by"),
    ("d ici la", "by"),
    ("d ici a", "by"),
    ("d ici", "by"),
    ("dici le", "by"),
    ("dici", "by"),
    ("jusqu au", "by"),
    ("jusqu a", "by"),
    ("jusqu en", "by"),
    ("jusqu", "by"),
    ("avant le", "before"),
    ("avant la", "before"),
    ("avant", "before"),
    ("apres le", "after"),
    ("apres la", "after"),
    ("apres", "after"),
    ("des le", "from"),
    ("des la", "from"),
    ("des", "from"),
    ("depuis le", "from"),
    ("depuis", "from"),
    ("sauf le", "except"),
    ("sauf les", "except"),
    ("sauf", "except"),
    ("hors", "except"),
    ("pas le", "except"),
    ("pas les", "except"),
    ("pas", "except"),
    ("aux alentours de", "about"),
    ("autour de", "about"),
    ("autour du", "about"),
    ("vers les", "about"),
    ("vers le", "about"),
    ("vers", "about"),
    ("environ", "about"),
    ("tous les", "each"),
    ("toutes les", "each"),
    ("chaque", "each"),
    ("les", "each"),
)

# Small words that belong to the moment they introduce and say nothing more.
NEUTRAL = _set("""
    le la l les a au aux du de d des en ce cet cette pour un une dans on est sur tout toute entre
""")
OR = frozenset({"ou", "et", ","})
TO = frozenset({"a", "au", "-", "et", "jusqu"})
