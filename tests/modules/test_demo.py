"""The demo practice: consistent, deterministic, alive on any day."""

from datetime import date, time

import pytest

from unisson.agenda.models import Appointment, Occupation
from unisson.core.errors import Refusal
from unisson.core.gesture import first_broken_link
from unisson.patients.models import Patient
from unisson.training.demo import seed

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


def test_a_day_half_played():
    made = seed(patients=300, today=TUESDAY, at=time(9, 41))
    assert made.patients == Patient.objects.count() == 300
    assert made.appointments == Appointment.objects.count() > 1000
    todays = Appointment.objects.filter(start__date=TUESDAY)
    assert todays.values("practitioner").distinct().count() == 5
    assert Occupation.objects.count() > 1000
    assert first_broken_link() is None


def test_a_database_with_a_practice_is_left_alone():
    seed(patients=50, today=TUESDAY)
    with pytest.raises(Refusal):
        seed(patients=50, today=TUESDAY)
    assert Patient.objects.count() == 50
