"""Fictitious families: parents and children, twins, homonyms, widows, lodgers.

Pure and seeded: the same generator gives the same people. Telephone numbers
come only from the blocks ARCEP keeps for works of fiction (06 39 98, 02 61 91).
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from unisson.training import names
from unisson.training.names import Commune, Origin

TWIN_PAIRS = 0.0085  # of the number of patients: 170 pairs in 20,000
HOMONYMS = 0.0165  # 330 in 20,000, each beside somebody of the same name
DOUBLES = 0.0008  # the same person twice, under two spellings: 16 in 20,000
ADULT = 18  # years


@dataclass
class Person:
    """Somebody who does not exist. Relatives are indexes in the list of people."""

    family: int
    birth_name: str
    given_names: list[str]
    sex: str
    birth_date: date
    birth_place: str
    home: Commune
    street: str
    used_name: str = ""
    precision: str = "exact"
    origin: Origin | None = None
    phones: list[tuple[str, str, str]] = field(default_factory=list)  # e164, kind, holder
    email: str = ""
    deceased_on: date | None = None
    mother: int | None = None
    father: int | None = None
    spouse: int | None = None
    twin: int | None = None
    double_of: int | None = None

    @property
    def first_name(self) -> str:
        return self.given_names[0]

    def age(self, today: date) -> int:
        """In whole years."""
        born = self.birth_date
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


class Town:
    """Makes families until there are enough people."""

    def __init__(self, today: date, rng: random.Random) -> None:
        self.today = today
        self.rng = rng
        self.people: list[Person] = []
        self._families = 0
        self._mobiles = _shuffled(rng)
        self._landlines = _shuffled(rng)
        self._twins = 0

    def fill(self, count: int) -> list[Person]:
        """Exactly `count` people."""
        extra = round(count * HOMONYMS) + round(count * DOUBLES)
        while len(self.people) < count - extra:
            self._household(count)
        del self.people[count - extra :]
        self._forget_removed()
        self._homonyms(round(count * HOMONYMS))
        while len(self.people) < count:
            self._double()
        return self.people

    def _household(self, count: int) -> None:
        self._families += 1
        draw = self.rng.random()
        if draw < 0.30:
            self._parents(both=True, count=count)
        elif draw < 0.42:
            self._parents(both=False, count=count)
        elif draw < 0.70:
            self._couple(self._grown_age(25, 95))
        else:
            self._single(self.rng.choice("FFFMM"), self._grown_age(18, 99))

    def _grown_age(self, youngest: int, oldest: int) -> int:
        return int(self.rng.triangular(youngest, oldest, 62))

    # -- households ---------------------------------------------------------

    def _single(self, sex: str, age: int) -> Person:
        home, street = self._address()
        person = self._adult(sex, age, home, street)
        if sex == "F" and age > 60 and self.rng.random() < 0.5:
            person.used_name = self._other_name(person)  # a widow keeps her husband's name
        self._give_phones([person])
        self.people.append(person)
        return person

    def _couple(self, age: int) -> tuple[int, int]:
        home, street = self._address()
        woman = self._adult("F", age, home, street)
        man = self._adult("M", max(18, age + round(self.rng.gauss(2, 4))), home, street)
        if self.rng.random() < 0.7:
            man.origin = woman.origin
            man.birth_name = self._family_name(man.origin)
        married = {True: 0.85, False: 0.45}[age > 60]
        if self.rng.random() < married:
            hyphen = age < 50 and self.rng.random() < 0.12
            own = f"{woman.birth_name}-{man.birth_name}"
            woman.used_name = own if hyphen else man.birth_name
        self._give_phones([woman, man])
        first = len(self.people)
        woman.spouse, man.spouse = first + 1, first
        self.people += [woman, man]
        return first, first + 1

    def _parents(self, *, both: bool, count: int) -> None:
        age = int(self.rng.triangular(22, 52, 37))
        mother: int | None = None
        father: int | None = None
        if both:
            mother, father = self._couple(age)
            name = self.people[self.rng.choice([father] * 8 + [mother])].birth_name
        else:
            alone = self._single(self.rng.choice("FFFFM"), age)
            index = len(self.people) - 1
            mother, father = (index, None) if alone.sex == "F" else (None, index)
            name = alone.birth_name if self.rng.random() < 0.4 else self._family_name(alone.origin)
        parent = self.people[mother if mother is not None else father or 0]
        self._children(parent, mother, father, name, count)

    def _children(
        self, parent: Person, mother: int | None, father: int | None, name: str, count: int
    ) -> None:
        oldest = min(20, parent.age(self.today) - 19)
        wanted = self.rng.choices([1, 2, 3, 4], [34, 42, 18, 6])[0]
        ages = sorted((self.rng.uniform(0, max(oldest, 0.4)) for _ in range(wanted)), reverse=True)
        used: set[str] = set()
        last: date | None = None
        for years in ages:
            born = self.today - timedelta(days=int(years * 365.25))
            if last is not None and (born - last).days < 300:
                continue
            last = born
            place = names.birth_places()(self.rng).code
            for number in range(2 if self._twins_due(count) else 1):
                if number:
                    self._twins += 1
                child = self._child(parent, name, born, place, used)
                child.mother, child.father = mother, father
                if number:
                    child.twin = len(self.people) - 1
                    self.people[-1].twin = len(self.people)
                self.people.append(child)

    def _twins_due(self, count: int) -> bool:
        wanted = TWIN_PAIRS * min(len(self.people) + 60, count)
        return self._twins < wanted and self.rng.random() < 0.12

    def _child(self, parent: Person, name: str, born: date, place: str, used: set[str]) -> Person:
        sex = self.rng.choice("FM")
        given = self._given_names(sex, born.year, parent.origin)
        while given[0] in used:
            given = self._given_names(sex, born.year, None)
        used.add(given[0])
        child = Person(
            family=parent.family,
            birth_name=name,
            given_names=given,
            sex=sex,
            birth_date=born,
            birth_place=place,
            home=parent.home,
            street=parent.street,
            origin=parent.origin,
        )
        holder = "mère" if parent.sex == "F" else "père"
        child.phones = [(e164, kind, holder) for e164, kind, _ in parent.phones[:2]]
        return child

    # -- one person ---------------------------------------------------------

    def _adult(self, sex: str, age: int, home: Commune, street: str) -> Person:
        origin = names.origins()(self.rng)
        born = self.today - timedelta(days=int((age + self.rng.random()) * 365.25))
        abroad = origin is not None and self.rng.random() < min(0.9, age / 75)
        person = Person(
            family=self._families,
            birth_name=self._family_name(origin),
            given_names=self._given_names(sex, born.year, origin),
            sex=sex,
            birth_date=born,
            birth_place=(
                self.rng.choice(origin.born)
                if origin is not None and abroad
                else names.birth_places()(self.rng).code
            ),
            home=home,
            street=street,
            origin=origin,
        )
        if abroad and person.birth_place.startswith("99") and self.rng.random() < 0.06:
            # Unknown day and month: 31 December by convention (RNIV EXI ID 12).
            person.birth_date = date(born.year, 12, 31)
            person.precision = "unknown"
            if person.birth_date >= self.today:
                person.birth_date = date(born.year - 1, 12, 31)
        if age >= 70 and self.rng.random() < (age - 65) / 400:
            person.deceased_on = self.today - timedelta(days=self.rng.randint(20, 900))
        return person

    def _family_name(self, origin: Origin | None) -> str:
        return (origin.names if origin else names.family_names())(self.rng)

    def _other_name(self, person: Person) -> str:
        while (name := self._family_name(person.origin)) == person.birth_name:
            pass
        return name

    def _given_names(self, sex: str, year: int, origin: Origin | None) -> list[str]:
        draw = names.first_names(sex, year)
        own = None if origin is None else origin.women if sex == "F" else origin.men
        first = (own if own is not None and self.rng.random() < 0.75 else draw)(self.rng)
        more = [draw(self.rng) for _ in range(self.rng.choices([0, 1, 2], [3, 4, 5])[0])]
        return [first, *(name for name in dict.fromkeys(more) if name != first)]

    def _address(self) -> tuple[Commune, str]:
        street = self.rng.choice(names.streets())
        number = self.rng.randint(1, 120)
        more = self.rng.choices(["", " bis", " ter"], [90, 8, 2])[0]
        line = street if street.startswith("lieu-dit") else f"{number}{more} {street}"
        if street.startswith("résidence"):
            line = f"{street}, appartement {number}"
        return names.homes()(self.rng), line

    # -- phones -------------------------------------------------------------

    def _give_phones(self, adults: list[Person]) -> None:
        """One number for the household, sometimes a second one; some old people only at home."""
        old = adults[0].age(self.today) > 75
        for adult in adults:
            if self.rng.random() < (0.2 if old else 0.75):
                adult.email = _email(adult, self.rng)
        numbers: list[tuple[str, str]] = []
        if not old or self.rng.random() < 0.45:
            numbers.append((self._mobile(), "mobile"))
        if old or self.rng.random() < 0.25:
            numbers.append((self._landline(), "home"))
        for position, adult in enumerate(adults):
            if position and self.rng.random() < 0.12:
                adult.phones = [(self._mobile(), "mobile", "")]
            else:
                adult.phones = [
                    (e164, kind, "conjoint" if position and kind == "mobile" else "")
                    for e164, kind in numbers
                ]

    def _mobile(self) -> str:
        return f"+3363998{next(self._mobiles):04d}"

    def _landline(self) -> str:
        return f"+3326191{next(self._landlines):04d}"

    # -- people one can be taken for ----------------------------------------

    def _forget_removed(self) -> None:
        """The last family may have been cut: nobody refers to who is not there."""
        size = len(self.people)
        for person in self.people:
            for role in ("mother", "father", "spouse", "twin"):
                other = getattr(person, role)
                if other is not None and other >= size:
                    setattr(person, role, None)

    def _homonyms(self, wanted: int) -> None:
        adults = [p for p in self.people if p.age(self.today) >= ADULT and p.precision == "exact"]
        for model in self.rng.sample(adults, min(wanted, len(adults))):
            self._families += 1
            home, street = self._address()
            draw = self.rng.random()
            if draw < 0.06:
                born = model.birth_date  # same day: only the place of birth tells them apart
            elif draw < 0.6:
                born = model.birth_date + timedelta(days=self.rng.choice([-1, 1]) * 31)
            else:
                born = model.birth_date - timedelta(days=self.rng.randint(400, 9000))
            born = min(born, self.today - timedelta(days=1))
            place = names.birth_places()(self.rng).code
            while place == model.birth_place:
                place = names.birth_places()(self.rng).code
            person = replace(
                model,
                family=self._families,
                given_names=[model.first_name, *self._given_names(model.sex, born.year, None)[:1]],
                birth_date=born,
                birth_place=place,
                home=home,
                street=street,
                used_name="",
                deceased_on=None,
                email="",
                mother=None,
                father=None,
                spouse=None,
                twin=None,
                phones=[],
            )
            self._give_phones([person])
            self.people.append(person)

    def _double(self) -> None:
        """Somebody registered a second time, a little differently, by somebody in a hurry."""
        model = self.rng.randrange(len(self.people) // 2)
        original = self.people[model]
        name = original.used_name or _misheard(original.birth_name)
        self.people.append(
            replace(
                original,
                birth_name=name,
                given_names=original.given_names[:1],
                used_name="",
                email="",
                mother=None,
                father=None,
                spouse=None,
                twin=None,
                double_of=model,
                phones=list(original.phones[:1]),
            )
        )


def _misheard(name: str) -> str:
    for one, other in (("Lefe", "Lefeb"), ("ss", "s"), ("tt", "t"), ("nn", "n"), ("y", "i")):
        if one in name:
            return name.replace(one, other, 1)
    for one, other in (("eau", "aud"), ("ier", "ié"), ("t", "tt"), ("n", "nn"), ("s", "ss")):
        if one in name[1:]:
            return name[0] + name[1:].replace(one, other, 1)
    return name + "e"


def _email(person: Person, rng: random.Random) -> str:
    def plain(text: str) -> str:
        flat = unicodedata.normalize("NFKD", text.lower())
        return "".join(c for c in flat if c.isascii() and (c.isalnum() or c == "-"))

    who = f"{plain(person.first_name)}.{plain(person.birth_name)}"
    return f"{who}{rng.randint(1, 99)}@example.org"


def _shuffled(rng: random.Random) -> Iterator[int]:
    numbers = list(range(10_000))
    while True:
        rng.shuffle(numbers)
        yield from numbers


def people(count: int, today: date, rng: random.Random) -> list[Person]:
    """`count` people as they are on `today`, families together."""
    return Town(today, rng).fill(count)
