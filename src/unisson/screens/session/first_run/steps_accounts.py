"""Step 5: who signs in."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.http import QueryDict

from unisson.core.errors import Refusal
from unisson.practice import roles
from unisson.practice.actions.details import AccountDetails
from unisson.practice.actions.staff import check_password_strength
from unisson.practice.models import User
from unisson.practice.rules.names import suggested_username
from unisson.screens.session.first_run.draft import Draft, Problems, Row, rows
from unisson.screens.session.first_run.fields import Column, Table, lines

ROLES = [
    (role, roles.LABELS[role]) for role in (roles.SECRETARY, roles.PRACTITIONER, roles.MANAGER)
]


class Accounts:
    slug, title = "comptes", "Les premiers comptes"
    lead = (
        "Un compte par personne, jamais partagé : le journal dit qui a fait quoi. "
        "Vous êtes la première, ou le premier."
    )

    def __init__(self) -> None:
        self.typed: Problems = {}

    def prepare(self, draft: Draft) -> None:
        if draft.staff:
            return
        draft.staff = [
            {
                "name": draft.person_name(place),
                "role": roles.PRACTITIONER,
                "person": str(place),
                "username": suggested_username(row.get("given_name", ""), row["family_name"]),
            }
            for place, row in enumerate(draft.people)
        ]

    def read(self, draft: Draft, post: QueryDict) -> None:
        self.typed = {}
        draft.manager = {
            "name": post.get("manager.name", "").strip()[:200],
            "username": post.get("manager.username", "").strip()[:60],
            "hashed": draft.manager.get("hashed", ""),
        }
        password = post.get("manager.password", "")
        if password:
            self._choose(draft, password, post.get("manager.repeat", ""))
        draft.staff = rows(post, "staff", ["name", "role", "person", "username"], "name")

    def _choose(self, draft: Draft, password: str, repeat: str) -> None:
        """Hashed before it is kept anywhere."""
        owner = User(username=username_of(draft.manager), name=draft.manager["name"])
        try:
            if password != repeat:
                raise Refusal("Les deux saisies diffèrent : retapez-les.")
            check_password_strength(password, user=owner)
        except Refusal as refusal:
            self.typed["manager.0.password"] = refusal.sentence
        else:
            draft.manager["hashed"] = make_password(password)

    def problems(self, draft: Draft) -> Problems:
        found: Problems = dict(self.typed)
        if not draft.manager.get("name"):
            found["manager.0.name"] = "Il manque votre nom."
        if not draft.manager.get("hashed"):
            found.setdefault("manager.0.password", "Choisissez votre mot de passe.")
        taken: dict[str, str] = {}
        for table, place, row in everyone(draft):
            username = username_of(row)
            try:
                details_of(row).clean()
            except Refusal as refusal:
                column = "person" if refusal.field == "practitioner" else refusal.field
                found.setdefault(f"{table}.{place}.{column}", refusal.sentence)
            if username in taken:
                found[f"{table}.{place}.username"] = (
                    f"{username} est déjà l’identifiant de {taken[username]} : "
                    "changez l’un des deux."
                )
            taken[username] = row.get("name", "")
        return found

    def tables(self, draft: Draft, problems: Problems, added: str) -> list[Table]:
        kept = "déjà choisi" if draft.manager.get("hashed") else ""
        manager = [
            Column("name", "Votre nom", placeholder="Claire Petit"),
            Column("username", "Identifiant", placeholder=username_of(draft.manager) or "c.petit"),
            Column("password", "Mot de passe, 12 caractères ou plus", "password", placeholder=kept),
            Column("repeat", "Encore une fois", "password"),
        ]
        staff = [
            Column("name", "Nom affiché au bureau", placeholder="Anne Durand"),
            Column("role", "Rôle", "select", choices=ROLES),
            Column("person", "Qui est", "select", choices=[("", ""), *draft.people_choices()]),
            Column("username", "Identifiant", placeholder="vide : proposé"),
        ]
        held = [*draft.staff, {}] if added == "staff" or not _has_secretary(draft) else draft.staff
        return [
            Table("Vous, gestionnaire du cabinet", manager,
                  lines("manager", manager, [draft.manager], problems, what="gestionnaire",
                        focus=not draft.manager.get("name"))),
            Table("Les autres", staff,
                  lines("staff", staff, held, problems, what="compte", focus=added == "staff"),
                  lead="Chacun reçoit un mot de passe provisoire, montré à la fin, "
                       "et choisit le sien en entrant. Une ligne sans nom ne compte pas.",
                  add="staff", add_label="Ajouter un compte"),
        ]  # fmt: skip


def _has_secretary(draft: Draft) -> bool:
    return any(row.get("role") == roles.SECRETARY for row in draft.staff)


def everyone(draft: Draft) -> list[tuple[str, int, Row]]:
    """The manager, then the others: table, place, row."""
    manager = {**draft.manager, "role": roles.MANAGER}
    return [("manager", 0, manager), *(("staff", n, row) for n, row in enumerate(draft.staff))]


def username_of(row: Row) -> str:
    """The one typed, else one made from the name: Claire Petit, c.petit."""
    if row.get("username"):
        return row["username"].lower()
    words = [word for word in row.get("name", "").split() if word not in ("Dr", "Pr", "Mme", "M.")]
    if len(words) < 2:
        return suggested_username("", words[0] if words else "")
    return suggested_username(words[0], " ".join(words[1:]))


def details_of(row: Row) -> AccountDetails:
    """`practitioner_id` is a place in the draft's list."""
    person = row.get("person", "")
    return AccountDetails(
        username=username_of(row),
        name=row.get("name", ""),
        role=row.get("role", ""),
        practitioner_id=int(person) if person.isdigit() else None,
    )
