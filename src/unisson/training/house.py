"""The demo practice itself: places, people who work there, hours, visit types.

Saint-Aubin-du-Lac is on no map. Lengths are in minutes, hours on the wall clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.contrib.auth.hashers import make_password

from unisson.agenda.models import OpeningRule, VisitType, VisitTypeNeed, VisitTypeOffer
from unisson.practice import roles
from unisson.practice.models import Practice, Practitioner, Resource, Site, User
from unisson.training.names import FICTION_PLACE

PASSWORD = "unisson-demo"  # noqa: S105 (shown on screen: the demo protects nothing)
LAKE, LINDENS = "lake", "lindens"


@dataclass(frozen=True)
class Hours:
    """A piece of a week. `weekdays`: 0 Monday."""

    who: str
    weekdays: tuple[int, ...]
    start: int
    end: int
    site: str = LAKE
    every_weeks: int = 1
    urgent_only: bool = False


def at(hour: int, minute: int = 0) -> int:
    """Minutes since midnight."""
    return hour * 60 + minute


HOURS = (
    Hours("diallo", (0, 1, 3, 4), at(8, 20), at(12, 0)),
    Hours("diallo", (0, 1, 3, 4), at(12, 0), at(12, 30), urgent_only=True),
    Hours("diallo", (0, 1, 3, 4), at(14, 0), at(18, 40)),
    Hours("diallo", (2,), at(8, 20), at(12, 20)),
    Hours("diallo", (5,), at(9, 0), at(12, 0), every_weeks=2),
    Hours("nguyen", (0, 1, 2, 4), at(8, 40), at(12, 20)),
    Hours("nguyen", (0, 1, 2, 4), at(14, 0), at(18, 20)),
    Hours("nguyen", (3,), at(9, 0), at(12, 20), site=LINDENS),
    Hours("nguyen", (3,), at(14, 0), at(17, 20), site=LINDENS),
    Hours("marchal", (0, 1, 2, 3, 4), at(8, 40), at(12, 20)),
    Hours("marchal", (0, 1, 2, 3, 4), at(13, 40), at(17, 40)),
    Hours("marchal", (5,), at(9, 0), at(12, 0), every_weeks=2),
    Hours("ferrand", (0, 1, 2, 3, 4), at(8, 30), at(12, 30)),
    Hours("ferrand", (0, 1, 3, 4), at(13, 30), at(17, 30)),
    Hours("legoff", (0, 1, 2, 3, 4), at(9, 0), at(12, 30)),
    Hours("legoff", (0, 1, 3), at(13, 30), at(17, 30)),
)
# What everyone does on a Sunday or a public holiday, when the demo is looked at.
GUARD_HOURS = tuple(
    Hours(who, (), start, end)
    for who in ("diallo", "nguyen", "marchal", "ferrand", "legoff")
    for start, end in ((at(8, 40), at(12, 20)), (at(14, 0), at(18, 0)))
)


@dataclass(frozen=True)
class Kind:
    """A visit type. `takers`: who takes it, how long, how often (weight)."""

    code: str
    label: str
    colour: str
    takers: tuple[tuple[str, int, float], ...]
    reasons: tuple[str, ...]
    before: int = 0
    after: int = 0
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    online: bool = True
    remote: bool = False
    audience: str = "all"
    notice: int = 60
    to_patient: str = ""
    to_staff: str = ""
    sex: str = ""
    ages: tuple[int, int] = (16, 120)


_ECHO = (("Salle d’échographie", ("room4",)), ("Échographe", ("echo",)))
KINDS = (
    Kind(
        "CS",
        "Consultation",
        "accent",
        (("diallo", 20, 55), ("nguyen", 20, 55)),
        ("Renouvellement", "Toux", "Résultats", "Mal de dos", "Fatigue", "Contrôle", ""),
    ),
    Kind(
        "SUIVI",
        "Suivi",
        "ok",
        (("diallo", 20, 25), ("nguyen", 20, 25)),
        ("Suivi diabète", "Suivi HTA", "Suivi thyroïde", "Suivi"),
    ),
    Kind(
        "NOUV",
        "Première consultation",
        "accent",
        (("diallo", 40, 4), ("nguyen", 40, 4)),
        ("Nouveau patient", "Déclaration de médecin traitant"),
        audience="new",
        to_patient="Venez avec votre carte Vitale, une pièce d’identité et vos ordonnances.",
        to_staff="Contrôler l’identité à l’arrivée.",
    ),
    Kind(
        "CERT",
        "Certificat de sport",
        "ok",
        (("diallo", 20, 6), ("nguyen", 20, 6)),
        ("Certificat sport",),
        to_patient="Apportez le questionnaire de santé rempli.",
    ),
    Kind(
        "GYN",
        "Suivi de grossesse, gynécologie",
        "accent",
        (("nguyen", 30, 10),),
        ("Suivi de grossesse", "Frottis", "Contraception"),
        sex="F",
        ages=(18, 65),
    ),
    Kind(
        "URG",
        "Urgence du jour",
        "now",
        (("diallo", 10, 0), ("nguyen", 20, 0), ("marchal", 20, 0)),
        ("Fièvre", "Douleur", "Chute"),
        online=False,
        notice=0,
        to_staff="Demander les signes d’alerte avant de donner un rendez-vous.",
        ages=(0, 120),
    ),
    Kind(
        "TELE",
        "Téléconsultation",
        "ok",
        (("diallo", 20, 7), ("nguyen", 20, 7)),
        ("Résultats", "Renouvellement", "Suivi"),
        remote=True,
        to_patient="Un lien vous est envoyé dix minutes avant.",
    ),
    Kind(
        "PED",
        "Consultation enfant",
        "accent",
        (("marchal", 20, 60), ("nguyen", 20, 0)),
        ("Fièvre", "Toux", "Suivi", "Éruption", ""),
        ages=(0, 15),
    ),
    Kind(
        "NOUR",
        "Examen du nourrisson",
        "ok",
        (("marchal", 30, 14),),
        ("Examen du 4e mois", "Examen du 9e mois", "Examen des 24 mois"),
        ages=(0, 2),
        to_patient="Apportez le carnet de santé.",
    ),
    Kind(
        "VAC",
        "Vaccination",
        "ok",
        (("marchal", 20, 22), ("ferrand", 20, 12)),
        ("Vaccin",),
        ages=(0, 120),
        to_patient="Apportez le carnet de santé et le vaccin.",
    ),
    Kind(
        "EDUC",
        "Éducation diabète",
        "ok",
        (("ferrand", 40, 40),),
        ("Éducation diabète",),
        online=False,
        ages=(35, 90),
    ),
    Kind(
        "SPIRO",
        "Spirométrie",
        "wait",
        (("ferrand", 40, 16),),
        ("Spirométrie", "Repérage BPCO"),
        after=10,
        needs=(("Spiromètre", ("spiro",)),),
        online=False,
        ages=(40, 90),
        to_patient="Ne fumez pas dans l’heure qui précède.",
    ),
    Kind(
        "MEM",
        "Repérage mémoire",
        "accent",
        (("ferrand", 40, 16),),
        ("Repérage mémoire",),
        online=False,
        ages=(65, 100),
    ),
    Kind(
        "ABDO",
        "Échographie abdominale",
        "accent",
        (("legoff", 30, 40),),
        ("Abdomen, à jeun",),
        needs=_ECHO,
        to_patient="Venez à jeun depuis six heures ; l’eau est permise.",
        to_staff="Demander l’ordonnance au moment du rendez-vous.",
    ),
    Kind(
        "PELV",
        "Échographie pelvienne",
        "accent",
        (("legoff", 30, 25),),
        ("Pelvis",),
        needs=_ECHO,
        sex="F",
        ages=(18, 85),
        to_patient="Venez la vessie pleine.",
        to_staff="Demander l’ordonnance au moment du rendez-vous.",
    ),
    Kind("THYR", "Échographie thyroïde", "ok", (("legoff", 20, 20),), ("Thyroïde",), needs=_ECHO),
    Kind(
        "ARTI",
        "Échographie articulaire",
        "ok",
        (("legoff", 30, 15),),
        ("Épaule gauche", "Épaule droite", "Genou", "Cheville"),
        needs=_ECHO,
    ),
)

_PRACTITIONERS = (
    # key, title, family name, given name, shown, specialty, short, room, aliases
    ("diallo", "Dr", "Diallo", "Aïssata", "Dr Diallo", "Médecine générale", "MG", "room1", ""),
    ("nguyen", "Dr", "Nguyen", "Minh", "Dr Nguyen", "Médecine générale", "MG", "room2", ""),
    ("marchal", "Dr", "Marchal", "Anne", "Dr Marchal", "Pédiatrie", "Pédiatrie", "room3", "ped"),
    ("ferrand", "Mme", "Ferrand", "Julie", "Mme Ferrand", "Infirmière", "IDE", "care", "ide"),
    ("legoff", "Dr", "Le Goff", "Yann", "Dr Le Goff", "Échographie", "Écho", "room4", "echo"),
)  # fmt: skip
_ROOMS = (
    ("room1", "Cabinet 1", Resource.Kind.ROOM, LAKE),
    ("room2", "Cabinet 2", Resource.Kind.ROOM, LAKE),
    ("room3", "Cabinet 3", Resource.Kind.ROOM, LAKE),
    ("room4", "Salle 4", Resource.Kind.ROOM, LAKE),
    ("care", "Salle de soins", Resource.Kind.ROOM, LAKE),
    ("echo", "Échographe", Resource.Kind.EQUIPMENT, LAKE),
    ("spiro", "Spiromètre", Resource.Kind.EQUIPMENT, LAKE),
    ("roomT", "Cabinet des Tilleuls", Resource.Kind.ROOM, LINDENS),
)
# username, as said at the desk, role, practitioner
ACCOUNTS = (
    ("petit", "C. Petit", roles.SECRETARY, ""),
    ("moreau", "S. Moreau", roles.SECRETARY, ""),
    ("kaya", "E. Kaya", roles.SECRETARY, ""),
    ("diallo", "Dr Diallo", roles.PRACTITIONER, "diallo"),
    ("nguyen", "Dr Nguyen", roles.PRACTITIONER, "nguyen"),
    ("marchal", "Dr Marchal", roles.PRACTITIONER, "marchal"),
    ("ferrand", "Mme Ferrand", roles.PRACTITIONER, "ferrand"),
    ("legoff", "Dr Le Goff", roles.PRACTITIONER, "legoff"),
    ("gestion", "M. Aubert", roles.MANAGER, ""),
)


@dataclass
class House:
    """The rows of the practice, by the keys used above."""

    practice: Practice
    sites: dict[str, Site] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    practitioners: dict[str, Practitioner] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    types: dict[str, VisitType] = field(default_factory=dict)
    needs: dict[str, list[Resource]] = field(default_factory=dict)


def build(since: date, created_at: datetime) -> House:
    """Write the practice: about a hundred rows."""
    practice = Practice.objects.create(
        name="Maison de santé du Lac", demonstration=True, created_at=created_at
    )
    house = House(practice)
    _places(house)
    _practitioners(house)
    _accounts(house)
    _types(house)
    _hours(house, since)
    return house


def _places(house: House) -> None:
    house.sites[LAKE] = Site.objects.create(
        name="Maison de santé du Lac",
        address="2 place des Pêcheurs",
        commune=FICTION_PLACE,
        phone="+33261910001",
        order=1,
    )
    house.sites[LINDENS] = Site.objects.create(
        name="Cabinet des Tilleuls",
        address="14 allée des Tilleuls",
        commune=FICTION_PLACE,
        phone="+33261910002",
        order=2,
    )
    for order, (key, name, kind, site) in enumerate(_ROOMS):
        house.resources[key] = Resource.objects.create(
            kind=kind, name=name, site=house.sites[site], order=20 + order
        )


def _practitioners(house: House) -> None:
    for order, row in enumerate(_PRACTITIONERS):
        key, title, family, given, shown, specialty, short, room, aliases = row
        resource = Resource.objects.create(
            kind=Resource.Kind.PRACTITIONER, name=shown, order=1 + order
        )
        house.resources[key] = resource
        house.practitioners[key] = Practitioner.objects.create(
            resource=resource,
            title=title,
            family_name=family,
            given_name=given,
            specialty=specialty,
            short_specialty=short,
            home_room=house.resources[room],
            aliases=aliases,
        )


def _accounts(house: House) -> None:
    password = make_password(PASSWORD)  # hashed once: hashing is slow on purpose
    for username, name, role, practitioner in ACCOUNTS:
        house.users[username] = User.objects.create(
            username=username,
            name=name,
            role=role,
            practitioner=house.practitioners.get(practitioner),
            password=password,
        )


def _types(house: House) -> None:
    for order, kind in enumerate(KINDS):
        row = VisitType.objects.create(
            code=kind.code,
            label=kind.label,
            colour=kind.colour,
            online=kind.online,
            audience=kind.audience,
            notice_minutes=kind.notice,
            horizon_days=120 if kind.online else None,
            patient_instructions=kind.to_patient,
            staff_instructions=kind.to_staff,
            remote=kind.remote,
            order=order,
        )
        house.types[kind.code] = row
        for who, minutes, _ in kind.takers:
            VisitTypeOffer.objects.create(
                visit_type=row,
                practitioner=house.practitioners[who],
                minutes=minutes,
                before=kind.before,
                after=kind.after,
                online=kind.online,
            )
        house.needs[kind.code] = []
        for label, options in kind.needs:
            need = VisitTypeNeed.objects.create(visit_type=row, label=label)
            need.options.set(house.resources[key] for key in options)
            house.needs[kind.code].append(house.resources[options[0]])


def _hours(house: House, since: date) -> None:
    for hours in HOURS:
        for weekday in hours.weekdays:
            rule = OpeningRule.objects.create(
                practitioner=house.practitioners[hours.who],
                site=house.sites[hours.site],
                weekday=weekday,
                start=clock_time(hours.start),
                end=clock_time(hours.end),
                every_weeks=hours.every_weeks,
                valid_from=since,
                urgent_only=hours.urgent_only,
            )
            if hours.urgent_only:
                rule.visit_types.add(house.types["URG"])


def clock_time(minute: int) -> time:
    """Minutes since midnight as a time; 24:00 is 0:00, the end of the day."""
    return time(minute // 60 % 24, minute % 60)
