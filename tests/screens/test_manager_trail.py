"""The manager reads who did what; reading leaves a line, and so does taking it away."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.screens.session_house import Small, small_practice
from unisson.core import access, clock
from unisson.core.access import Actor
from unisson.core.gesture import gesture
from unisson.core.models import AuditEvent
from unisson.patients.models import Patient
from unisson.practice import roles
from unisson.practice.actors import actor_of
from unisson.screens.manager.verbs import WORDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def small() -> Small:
    return small_practice()


@pytest.fixture
def boss(client, small) -> Client:
    client.force_login(small.manager)
    return client


def journal(client: Client, **asked) -> str:
    return client.get(reverse("settings-trail"), asked).content.decode()


def act(by: Actor, detail: str = "", patient_id: int | None = None) -> None:
    with gesture("session.lock", by=by) as done:
        done.audit("E", "Thing", object_id=1, patient_id=patient_id, detail=detail)


def export(client: Client, **asked) -> list[list[str]]:
    answer = client.post(reverse("settings-trail-export"), asked)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_who_did_what_in_words(boss, small):
    act(actor_of(small.petit, device="abcdef012345"), "à la main")
    page = journal(boss)
    assert "C. Petit" in page
    assert "verrouiller le poste" in page
    assert "à la main" in page
    assert "abcdef" in page


def test_filters(boss, small):
    act(actor_of(small.petit), "un")
    act(actor_of(small.moreau), "deux", patient_id=77)
    assert "deux" not in journal(boss, personne=small.petit.pk)
    assert "un</td>" in journal(boss, personne=small.petit.pk)
    assert "un</td>" not in journal(boss, patient="77")
    assert "n° 77" in journal(boss, patient="77")
    assert "deux" not in journal(boss, acte="practice.found")
    assert "Aucun dossier ne porte le numéro 4217" in journal(boss, dossier="4 217")
    assert "Aucune ligne" in journal(boss, au="01/01/2020")
    assert "deux" in journal(boss, du="01/01/2020")
    assert "jj/mm/aaaa" in journal(boss, du="n’importe quoi")


def test_by_the_number_of_the_record(boss, small):
    now = clock.now()
    one = Patient.objects.create(
        birth_name="MOREL", birth_first_name="CLAIRE", birth_date=date(1978, 5, 4), sex="F",
        file_number="4217", created_at=now, updated_at=now,
    )  # fmt: skip
    act(actor_of(small.petit), "le sien", patient_id=one.pk)
    act(actor_of(small.petit), "un autre")
    page = journal(boss, dossier="4 217")
    assert "le sien" in page
    assert "MOREL" in page
    assert "un autre" not in page


def test_a_name_typed_into_an_account_is_not_markup(boss, small):
    act(Actor(user_id=None, role=roles.SECRETARY, name="<script>x</script>"))
    assert "<script>x" not in journal(boss)


def test_reading_it_is_itself_a_line(boss, small):
    journal(boss, patient="77")
    line = AuditEvent.objects.latest("id")
    assert (line.verb, line.actor_name, line.patient_id, line.detail) == (
        "audit.read",
        "M. Aubert",
        77,
        "patient 77",
    )


def test_a_hundred_lines_at_a_time(boss, small):
    for number in range(150):
        act(actor_of(small.petit), f"ligne {number:03}")
    page = journal(boss)
    assert "ligne 149" in page
    assert "ligne 040" not in page
    older = page.split('href="?')[1].split('"')[0].replace("&amp;", "&")
    page = boss.get(f"{reverse('settings-trail')}?{older}").content.decode()
    assert "ligne 040" in page
    assert "ligne 149" not in page


def test_constant_number_of_queries(boss, small, django_assert_max_num_queries):
    for number in range(90):
        act(actor_of(small.petit), str(number), patient_id=number)
    with django_assert_max_num_queries(25):
        journal(boss)


def test_it_says_whether_the_chain_is_whole(boss, small):
    assert "Chaîne intacte" in journal(boss)
    first = AuditEvent.objects.earliest("id")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_no_update")
        else:
            cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_auditevent SET detail = 'x' WHERE id = %s", [first.pk])
    assert f"Chaîne rompue à la ligne {first.pk}" in journal(boss)
    boss.post(reverse("settings-trail-verify"))
    assert AuditEvent.objects.latest("id").detail.startswith(f"rompue à la ligne {first.pk}")


def test_the_export_holds_what_was_asked_and_no_formula(boss, small):
    act(actor_of(small.petit), "=HYPERLINK(1)")
    act(actor_of(small.moreau), "point; virgule")
    lines = export(boss, personne=str(small.petit.pk))
    assert lines[0][3] == "compte"
    assert [line[10] for line in lines[1:] if line[3] == "C. Petit"] == ["'=HYPERLINK(1)"]
    assert not [line for line in lines if line[3] == "S. Moreau"]
    assert AuditEvent.objects.latest("id").verb == "audit.export"
    assert len(export(boss)) > len(lines)


def test_a_secretary_neither_reads_nor_exports(client, small):
    client.force_login(small.petit)
    for route in ("settings-trail-export", "settings-trail-verify"):
        assert client.post(reverse(route)).status_code == 403


def test_what_each_may_do_is_read_from_the_policy(boss):
    page = boss.get(reverse("settings-grants")).content.decode()
    assert "donner un rendez-vous" in page
    assert "Téléconseiller" in page


def test_every_verb_has_its_words():
    missing = {verb for verb in access.granted_verbs() if not verb.startswith("test.")}
    assert missing - set(WORDS) == set()
