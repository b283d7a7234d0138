"""The demo practice: what the desk would have written, the same each time, alive on any day."""

import random
from collections import Counter
from datetime import date, time, timedelta

import pytest
from django.db.models import Count, Q

from unisson.agenda.actions.planning import refresh_loads
from unisson.agenda.models import Absence, Appointment, DayLoad, Occupation, PlanningAct
from unisson.core.errors import Refusal
from unisson.core.gesture import first_broken_link
from unisson.core.models import AuditEvent
from unisson.patients import proximity, search_index
from unisson.patients.models import NearIdentity, Patient, RelatedPerson, SearchKey, Telephone
from unisson.patients.queries import search
from unisson.practice.models import Practice, Practitioner, Resource, Site, User
from unisson.reception.models import Visit
from unisson.training import diary, people
from unisson.training.demo import seed

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
SUNDAY = date(2026, 11, 22)


def of_day(day):
    return Appointment.objects.filter(start__date=day).exclude(status="cancelled")


def test_the_house():
    made = seed(patients=300, today=TUESDAY, at=time(9, 41))
    assert made.patients == Patient.objects.count() == 300
    assert made.appointments == Appointment.objects.count() > 1000
    assert (Site.objects.count(), Practitioner.objects.count()) == (2, 5)
    assert Practice.objects.get().demonstration
    assert Resource.objects.filter(name="Échographe", kind="equipment").exists()
    assert Counter(User.objects.values_list("role", flat=True)) == {
        "secretary": 3,
        "practitioner": 5,
        "manager": 1,
    }
    assert User.objects.get(username="petit").check_password("unisson-demo")
    assert AuditEvent.objects.get().verb == "training.seed"
    assert first_broken_link() is None


def test_a_day_half_played():
    seed(patients=300, today=TUESDAY, at=time(9, 41))
    states = Counter(Visit.objects.filter(appointment__start__date=TUESDAY).values_list(
        "state", flat=True
    ))  # fmt: skip
    assert states["left"] >= 3
    assert states["with_practitioner"] >= 3
    assert states["arrived"] + states["in_room"] >= 2
    expected = of_day(TUESDAY).filter(Q(visit__isnull=True), status="booked")
    assert expected.count() >= 20
    assert of_day(TUESDAY).filter(status="no_show").exists()
    assert of_day(TUESDAY).filter(squeeze_in=True, urgent=True, visit__state="arrived").exists()
    away = Absence.objects.get(label="Formation", start__date=TUESDAY)
    assert Appointment.objects.filter(
        practitioner=away.practitioner, status="booked", start__gte=away.start, end__lte=away.end
    ).exists()


def test_past_and_future():
    seed(patients=300, today=TUESDAY)
    past = Appointment.objects.filter(start__date__lt=TUESDAY)
    assert {"booked", "cancelled", "no_show", "excused"} == set(
        past.values_list("status", flat=True)
    )
    assert past.filter(squeeze_in=True).exists()
    assert past.filter(visit__state="left").count() > past.count() / 2
    assert Appointment.objects.filter(start__date__gt=TUESDAY + timedelta(days=20)).exists()
    assert not Appointment.objects.filter(start__date=date(2026, 11, 11)).exists()  # a holiday


@pytest.mark.parametrize("patients", [300])
def test_index_and_marks_are_those_of_the_desk(patients):
    """What is written in bulk is what the acts of the patients module would have written."""
    seed(patients=patients, today=TUESDAY)
    bulk_keys = set(SearchKey.objects.values_list("kind", "token", "line", "patient_id"))
    bulk_pairs = set(NearIdentity.objects.values_list("a_id", "b_id", "kind", "score"))
    marks = dict(Patient.objects.values_list("id", "near_mark"))
    search_index.refresh(marks)
    for patient in Patient.objects.all():
        proximity.refresh(patient, patient.created_at)
    assert bulk_keys == set(SearchKey.objects.values_list("kind", "token", "line", "patient_id"))
    assert bulk_pairs == set(NearIdentity.objects.values_list("a_id", "b_id", "kind", "score"))
    assert marks == dict(Patient.objects.values_list("id", "near_mark"))
    assert "twin" in marks.values()
    assert "homonym" in marks.values()


def test_day_loads_and_occupations_are_those_of_the_agenda():
    seed(patients=300, today=TUESDAY)
    before = {
        (row.resource_id, row.date): (bytes(row.busy), row.aligned) for row in DayLoad.objects.all()
    }
    refresh_loads(before)
    after = {
        (row.resource_id, row.date): (bytes(row.busy), row.aligned) for row in DayLoad.objects.all()
    }
    assert before == after
    freed = Occupation.objects.exclude(appointment__status="booked")
    assert not freed.exists()
    without = Appointment.objects.filter(status="booked", occupations__isnull=True)
    assert not without.exists()
    echo = Appointment.objects.filter(status="booked", visit_type__code="ABDO").annotate(
        taken=Count("occupations")
    )
    assert set(echo.values_list("taken", flat=True)) == {3}


def test_history_begins_with_the_booking():
    seed(patients=50, today=TUESDAY)
    ended = Appointment.objects.filter(status="cancelled").first()
    first, last = ended.changes.order_by("id")
    assert first.before is None
    assert first.after == last.before
    assert (last.after["status"], last.after["occupations"]) == ("cancelled", [])
    assert not PlanningAct.objects.filter(by_user_id__isnull=False).exists()


def test_families():
    seed(patients=300, today=TUESDAY)
    children = Patient.objects.filter(birth_date__gt=date(2010, 1, 1), related_people__may_act=True)
    assert children.count() > 30
    tie = RelatedPerson.objects.filter(may_act=True).first()
    assert tie.person.birth_date < tie.patient.birth_date
    shared = Telephone.objects.values("e164").annotate(n=Count("patient")).filter(n__gt=1)
    assert shared.count() > 30
    assert Patient.objects.exclude(used_name="").count() > 20
    assert Patient.objects.exclude(ins_matricule="").count() > 100
    assert set(Telephone.objects.values_list("e164", flat=True)) == set(
        Telephone.objects.filter(
            Q(e164__startswith="+3363998") | Q(e164__startswith="+3326191")
        ).values_list("e164", flat=True)
    )


def test_everyone_can_be_found():
    seed(patients=50, today=TUESDAY)
    patient = Patient.objects.first()
    found = search(f"{patient.birth_name} {patient.birth_date:%d/%m/%Y}")
    assert patient.pk in [one.line.id for one in found]


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (SUNDAY, time(10)),
        (date(2026, 12, 25), time(15)),
        (TUESDAY, time(3, 10)),
        (TUESDAY, time(22, 30)),
        (date(2027, 3, 28), time(3, 30)),  # no clock shows 2:30 that night
        (date(2026, 10, 25), time(2, 30)),
    ],
)
def test_alive_whenever_it_is_looked_at(day, at):
    """Sundays, holidays and nights have a guard; nobody is left waiting since the morning."""
    made = seed(patients=120, today=day, at=at)
    assert made.guard
    todays = Visit.objects.filter(appointment__start__date=day)
    assert todays.filter(state="with_practitioner").exists()
    assert todays.filter(state__in=["arrived", "in_room"]).exists()
    assert of_day(day).filter(visit__isnull=True, status="booked").exists()


def test_the_same_seed_gives_the_same_people_and_diary():
    def made(seed_text):
        rng = random.Random(seed_text)
        everyone = people.people(200, TUESDAY, rng)
        plan = diary.write(
            everyone, today=TUESDAY, now=600, behind=10, ahead=10, holidays=frozenset(), rng=rng
        )
        return everyone, plan

    assert made("1") == made("1")
    assert made("1") != made("2")


def test_a_database_with_a_practice_is_left_alone():
    seed(patients=50, today=TUESDAY)
    with pytest.raises(Refusal):
        seed(patients=50, today=TUESDAY)
    assert Patient.objects.count() == 50
