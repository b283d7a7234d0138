"""Hours, closings and visit types, changed from the practice's pages through the agenda's acts."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.screens.session_house import Small, small_practice
from tests.screens.test_manager_house import follow, said
from unisson.agenda import queries
from unisson.agenda.models import (
    Absence,
    OpeningException,
    OpeningRule,
    VisitType,
    VisitTypeNeed,
    VisitTypeOffer,
)
from unisson.core.models import AuditEvent
from unisson.practice.models import Resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def small() -> Small:
    return small_practice()


@pytest.fixture
def boss(client, small) -> Client:
    client.force_login(small.manager)
    return client


@pytest.fixture(autouse=True)
def _a_tuesday():
    with time_machine.travel("2026-11-24 09:00+01:00"):
        yield


class TestHours:
    def form(self, small, **more):
        return {
            "days": ["0", "2"], "start": "8h30", "end": "12:00", "site": small.site.pk,
            "every_weeks": "1", "valid_from": "24/11/2026", **more,
        }  # fmt: skip

    def test_a_week_in_one_form(self, boss, small):
        page = follow(boss, "settings-rule-new", self.form(small), small.martin.pk)
        assert list(OpeningRule.objects.values_list("weekday", "start", "end", "valid_from")) == [
            (0, time(8, 30), time(12), date(2026, 11, 24)),
            (2, time(8, 30), time(12), date(2026, 11, 24)),
        ]
        assert "8:30 – 12:00" in page
        assert "toutes les semaines" in page

    def test_sent_twice_it_is_done_once(self, boss, small):
        form = self.form(small, request_id="6f0c9a52-13f9-4a4f-9f0e-0d6b62b5a111")
        for _ in range(2):
            follow(boss, "settings-rule-new", form, small.martin.pk)
        assert OpeningRule.objects.count() == 2

    def test_rhythms_dates_and_types_are_kept(self, boss, small):
        kind = VisitType.objects.create(code="CS", label="Consultation")
        follow(
            boss,
            "settings-rule-new",
            self.form(small, days=["5"], every_weeks="2", valid_until="31/12/2026",
                      visit_types=[kind.pk], urgent_only="on", month_weeks=["1", "3"],
                      end="24:00"),
            small.martin.pk,
        )  # fmt: skip
        rule = OpeningRule.objects.get()
        assert (rule.every_weeks, rule.month_weeks, rule.urgent_only) == (2, "1,3", True)
        assert (rule.end, rule.valid_until) == (time(0), date(2026, 12, 31))
        assert list(rule.visit_types.all()) == [kind]
        page = said(boss.get(reverse("settings-rule", args=[rule.pk])))
        assert 'value="24:00"' in page
        assert 'value="31/12/2026"' in page

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"days": []}, "À remplir."),
            ({"end": "8:00"}, "avant le début"),
            ({"start": "25:00"}, "n’est pas une heure"),
            ({"valid_from": "31/02/2027"}, "n’existe pas"),
            ({"valid_until": "01/01/2020"}, "avant le premier"),
        ],
    )
    def test_mistakes_are_said(self, boss, small, more, sentence):
        answer = boss.post(
            reverse("settings-rule-new", args=[small.martin.pk]), self.form(small, **more)
        )
        assert answer.status_code == 422
        assert sentence in said(answer)
        assert not OpeningRule.objects.exists()

    def test_a_rule_changes_or_goes(self, boss, small):
        follow(boss, "settings-rule-new", self.form(small, days=["0"]), small.martin.pk)
        rule = OpeningRule.objects.get()
        follow(boss, "settings-rule", self.form(small, days=["0", "3"], start="9"), rule.pk)
        assert list(OpeningRule.objects.values_list("pk", "weekday", "start")) == [
            (rule.pk, 0, time(9)),
            (OpeningRule.objects.latest("pk").pk, 3, time(9)),
        ]
        follow(boss, "settings-rule-remove", {}, rule.pk)
        assert OpeningRule.objects.get().weekday == 3

    def test_a_new_period_leaves_the_past_as_it_was(self, boss, small):
        form = self.form(small, days=["1"], every_weeks="2", valid_from="03/11/2026")
        follow(boss, "settings-rule-new", form, small.martin.pk)
        old = OpeningRule.objects.get()
        tuesdays = [date(2026, 11, 3) + timedelta(weeks=week) for week in range(30)]
        before = [day for day in tuesdays if open_on(day)]
        for asked in ("08/12/2026", "15/12/2026"):
            follow(boss, "settings-period", {"day": asked}, small.martin.pk)
            assert [day for day in tuesdays if open_on(day)] == before
        old.refresh_from_db()
        assert old.valid_until == date(2026, 12, 7)

    def test_a_day_is_closed_and_opened_again(self, boss, small):
        form = {"day": "02/12/2026", "kind": "closed", "site": small.site.pk}
        page = follow(boss, "settings-day-new", form, small.martin.pk)
        assert "mercredi 2 décembre" in page
        one = OpeningException.objects.get()
        assert (one.start, one.kind) == (None, "closed")
        follow(boss, "settings-day-remove", {}, one.pk)
        assert not OpeningException.objects.exists()

    def test_opening_a_day_takes_hours(self, boss, small):
        form = {"day": "02/12/2026", "kind": "open", "site": small.site.pk}
        answer = boss.post(reverse("settings-day-new", args=[small.martin.pk]), form)
        assert "début et la fin" in said(answer)


def open_on(day: date) -> bool:
    """Whether the agenda shows opening hours that day."""
    return any(column.openings for column in queries.day(day).columns)


class TestAbsences:
    def test_whole_days_the_last_included(self, boss, small):
        form = {"who": f"practitioner-{small.martin.pk}", "first": "24/12/2026",
                "last": "31/12/2026", "label": "Congés"}  # fmt: skip
        page = follow(boss, "settings-absence-new", form)
        one = Absence.objects.get()
        assert (one.start.isoformat(), one.end.isoformat()) == (
            "2026-12-23T23:00:00+00:00",
            "2026-12-31T23:00:00+00:00",
        )
        assert "jeu.\u00a024\u00a0déc. – jeu.\u00a031\u00a0déc." in page
        follow(boss, "settings-absence-end", {}, one.pk)
        assert "Congés" not in said(boss.get(reverse("settings-absences")))

    def test_a_machine_out_of_service_for_a_morning(self, boss, small):
        room = Resource.objects.get(name="Cabinet 1")
        form = {"who": f"resource-{room.pk}", "first": "01/12/2026", "start": "8", "end": "12h30"}
        follow(boss, "settings-absence-new", form)
        one = Absence.objects.get()
        assert one.resource == room
        assert one.end.isoformat() == "2026-12-01T11:30:00+00:00"

    def test_an_end_before_its_start(self, boss, small):
        form = {"who": f"site-{small.site.pk}", "first": "02/12/2026", "last": "01/12/2026"}
        answer = boss.post(reverse("settings-absence-new"), form)
        assert "avant le début" in said(answer)
        assert not Absence.objects.exists()


class TestVisitTypes:
    def form(self, small, **more):
        return {
            "code": "cs", "label": "Consultation", "audience": "all", "notice_minutes": "60",
            f"minutes_{small.martin.pk}": "20 min", f"after_{small.martin.pk}": "5", **more,
        }  # fmt: skip

    def test_the_type_its_practitioner_and_its_room_on_one_page(self, boss, small):
        room = Resource.objects.get(name="Cabinet 1")
        follow(boss, "settings-visit-type-new", self.form(small, need_new0=[room.pk], online="on"))
        kind = VisitType.objects.get()
        assert (kind.code, kind.notice_minutes, kind.horizon_days) == ("CS", 60, None)
        offer = VisitTypeOffer.objects.get()
        assert (offer.minutes, offer.before, offer.after) == (20, 0, 5)
        need = VisitTypeNeed.objects.get()
        assert (need.label, list(need.options.all())) == ("Cabinet 1", [room])
        page = said(boss.get(reverse("settings-visit-types")))
        assert "Dr Martin 20 min" in page

    def test_what_does_not_change_is_not_written_again(self, boss, small):
        follow(boss, "settings-visit-type-new", self.form(small))
        kind = VisitType.objects.get()
        before = AuditEvent.objects.count()
        follow(boss, "settings-visit-type", self.form(small, label="Consultation courte"), kind.pk)
        assert AuditEvent.objects.count() == before + 1
        kind.refresh_from_db()
        assert kind.label == "Consultation courte"

    def test_a_practitioner_stops_taking_it(self, boss, small):
        follow(boss, "settings-visit-type-new", self.form(small))
        kind = VisitType.objects.get()
        form = self.form(small)
        form[f"minutes_{small.martin.pk}"] = form[f"after_{small.martin.pk}"] = ""
        follow(boss, "settings-visit-type", form, kind.pk)
        assert not VisitTypeOffer.objects.get().active
        assert "personne" in said(boss.get(reverse("settings-visit-types")))

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"code": ""}, "À remplir."),
            ({"code": "DEJA"}, "sert déjà"),
            ({"minutes": "0"}, "entre 1"),
            ({"minutes": ""}, "Il manque la durée"),
            ({"minutes": "une heure"}, "entre 1"),
        ],
    )
    def test_mistakes_are_said(self, boss, small, more, sentence):
        VisitType.objects.create(code="DEJA", label="Déjà")
        if "minutes" in more:
            more = {f"minutes_{small.martin.pk}": more["minutes"]}
        answer = boss.post(reverse("settings-visit-type-new"), self.form(small, **more))
        assert answer.status_code == 422
        assert sentence in said(answer)

    def test_ready_made_ones_are_taken_by_that_specialty(self, boss, small):
        page = said(boss.get(reverse("settings-visit-types")))
        assert "Certificat de sport" in page
        follow(boss, "settings-visit-types-ready", {"codes": ["CERT", "THYR"]})
        assert set(VisitType.objects.values_list("code", flat=True)) == {"CERT", "THYR"}
        assert VisitTypeOffer.objects.get().visit_type.code == "CERT"

    def test_a_retired_type_can_come_back(self, boss, small):
        kind = VisitType.objects.create(code="X", label="X")
        follow(boss, "settings-visit-type-in-use", {"active": ""}, kind.pk)
        kind.refresh_from_db()
        assert not kind.active
        follow(boss, "settings-visit-type-in-use", {"active": "1"}, kind.pk)
        kind.refresh_from_db()
        assert kind.active
