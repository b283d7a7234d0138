"""When two files may become one. Everything that could join two people is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from unisson.core.errors import Refusal
from unisson.patients.rules import nearness
from unisson.patients.rules.nearness import Person

RANK = {"PROV": 0, "RECUP": 1, "VALI": 2, "QUAL": 3}


@dataclass(frozen=True)
class File:
    """One of the two files. `matricules`: the present one, if any."""

    number: str
    person: Person
    status: str = "PROV"
    matricule: str = ""
    unsure: bool = False
    deceased_on: date | None = None


def check(kept: File, absorbed: File) -> None:
    """Refuse, with the reason, a merge that could join two people or lose something.

    Both files must say the same birth date, compatible sex, first names that
    are or sound the same, and share at least a name, a telephone or an
    address. Two different matricules are two people (RNIV). What differs has to
    be corrected first, in the file that is wrong, where the history keeps it.
    """
    a, b = kept.person, absorbed.person
    if kept.unsure or absorbed.unsure:
        which = kept if kept.unsure else absorbed
        raise Refusal(
            f"L’identité du dossier {which.number} est marquée douteuse ou fictive."
            " Levez le doute avant de fusionner. Rien n’a été changé."
        )
    if kept.matricule and absorbed.matricule and kept.matricule != absorbed.matricule:
        raise Refusal(
            "Ces deux dossiers portent deux matricules INS différents\N{NO-BREAK SPACE}:"
            " ce sont deux personnes. Rien n’a été changé."
        )
    if a.birth_date != b.birth_date:
        raise Refusal(
            "Ces deux dossiers n’ont pas la même date de naissance. Si l’un se trompe,"
            " corrigez-le d’abord, puis fusionnez. Rien n’a été changé."
        )
    if a.sex != b.sex and "U" not in (a.sex, b.sex):
        raise Refusal(
            "Ces deux dossiers ne disent pas le même sexe. Si l’un se trompe,"
            " corrigez-le d’abord, puis fusionnez. Rien n’a été changé."
        )
    if not nearness.one_first_name(a, b):
        raise Refusal(
            "Ces deux dossiers n’ont pas le même prénom\N{NO-BREAK SPACE}: ce sont peut-être"
            " des jumeaux. Si l’un se trompe, corrigez-le d’abord. Rien n’a été changé."
        )
    if not nearness.something_in_common(a, b) and kept.matricule != (absorbed.matricule or "-"):
        raise Refusal(
            "Rien ne rapproche ces deux dossiers que le prénom et la date\N{NO-BREAK SPACE}:"
            " ni nom, ni téléphone, ni adresse. Rien n’a été changé."
        )
    if kept.deceased_on != absorbed.deceased_on:
        raise Refusal(
            "Ces deux dossiers ne disent pas la même chose du décès."
            " Mettez-les d’accord avant de fusionner. Rien n’a été changé."
        )
    if (absorbed.matricule and not kept.matricule) or RANK[absorbed.status] > RANK[kept.status]:
        raise Refusal(
            f"L’identité du dossier {absorbed.number} est la mieux contrôlée\N{NO-BREAK SPACE}:"
            " c’est lui qu’il faut garder. Rien n’a été changé."
        )
