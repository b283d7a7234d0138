"""From an empty database to a practice that can be booked, through the pages alone."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.screens.session_house import small_practice
from unisson.agenda.models import OpeningRule, VisitType, VisitTypeNeed, VisitTypeOffer
from unisson.core.gesture import first_broken_link
from unisson.core.models import AuditEvent
from unisson.practice.models import Practice, Practitioner, Resource, Site, User
from unisson.screens.session.first_run.door import one_time_code

pytestmark = pytest.mark.django_db
PASSWORD = "un chat dort sur le toit"


def at(slug: str) -> str:
    return reverse("first-run-step", args=[slug])


PLACES = {
    "house.name": "Maison de santé du Lac",
    "sites.name": ["Centre", "Bourg", ""],
    "sites.address": ["2 place des Pêcheurs", "", ""],
    "sites.postcode": ["49000", "", ""],
    "sites.commune": ["Angers", "Saint-Aubin", ""],
    "sites.phone": ["02 61 91 00 01", "", ""],
    "sites.zone": ["FR", "FR-6AE", "FR"],
}
PEOPLE = {
    "people.title": ["Dr", "Dr"],
    "people.given_name": ["Anne", "Yann"],
    "people.family_name": ["Martin", "Le Goff"],
    "people.specialty": ["Médecine générale", "échographie"],
    "people.rpps": ["", "10003456786"],
    "people.site": ["0", "1"],
    "people.room": ["Cabinet 1", "Salle d’écho"],
    "rooms.name": ["Échographe", ""],
    "rooms.kind": ["equipment", "room"],
    "rooms.site": ["1", "0"],
}
HOURS = {
    "hours.person": ["0", "0", "1"],
    "hours.start": ["8h30", "14:00", "9"],
    "hours.end": ["12:00", "1830", "12h30"],
    "hours.site": ["0", "0", "1"],
    "hours.days": ["0-0", "0-1", "0-2", "1-0", "2-5"],
}
VISITS = {
    "visits.on": ["0", "1", "3"],
    "visits.code": ["CS", "ABDO", "PERDU", "THYR"],
    "visits.label": ["Consultation", "Échographie abdominale", "Décoché", "Thyroïde"],
    "visits.m0": ["15", "", "10", ""],
    "visits.m1": ["", "30", "", "20"],
    "visits.room": ["", "Salle d’écho", "", "Salle d’écho"],
    "visits.machine": ["", "Échographe", "", "Échographe"],
}
ACCOUNTS = {
    "manager.name": "Michel Aubert",
    "manager.username": "",
    "manager.password": PASSWORD,
    "manager.repeat": PASSWORD,
    "staff.name": ["Claire Petit", "Dr Martin", ""],
    "staff.role": ["secretary", "practitioner", "secretary"],
    "staff.person": ["", "0", ""],
    "staff.username": ["", "", ""],
}


def fill_in(client: Client) -> None:
    for slug, form, following in (
        ("cabinet", PLACES, "praticiens"),
        ("praticiens", PEOPLE, "horaires"),
        ("horaires", HOURS, "motifs"),
        ("motifs", VISITS, "comptes"),
        ("comptes", ACCOUNTS, "verifier"),
    ):
        answer = client.post(at(slug), form)
        assert answer.status_code == 302, answer.content.decode()
        assert answer["Location"] == at(following)


def test_without_a_practice_everything_leads_here(client):
    for address in ("/", "/connexion/", "/patients/1/", "/cabinet/"):
        assert client.get(address)["Location"] == reverse("first-run")
    assert client.get(reverse("first-run"))["Location"] == at("cabinet")


def test_from_nothing_to_a_practice_that_works(client):
    fill_in(client)
    review = client.get(at("verifier")).content.decode()
    assert "Dr Martin : lun. à mer. 8h30 – 12:00, lun. 14:00 – 1830" in review
    assert not Practice.objects.exists()

    page = client.post(at("verifier")).content.decode()
    assert Practice.objects.get().name == "Maison de santé du Lac"
    assert [(s.name, s.holiday_zone, s.phone) for s in Site.objects.all()] == [
        ("Centre", "FR", "+33261910001"),
        ("Bourg", "FR-6AE", ""),
    ]
    martin, legoff = Practitioner.objects.order_by("id")
    assert (martin.resource.name, martin.home_room.name) == ("Dr Martin", "Cabinet 1")
    assert (legoff.short_specialty, legoff.resource.site.name) == ("Écho", "Bourg")
    assert set(
        Resource.objects.exclude(kind="practitioner").values_list("name", "kind", "site__name")
    ) == {
        ("Échographe", "equipment", "Bourg"),
        ("Cabinet 1", "room", "Centre"),
        ("Salle d’écho", "room", "Bourg"),
    }
    rules = OpeningRule.objects.values_list("practitioner", "weekday", "start", "end", "site__name")
    assert sorted((p, d, f"{s:%H%M}", f"{e:%H%M}", w) for p, d, s, e, w in rules) == [
        (martin.pk, 0, "0830", "1200", "Centre"),
        (martin.pk, 0, "1400", "1830", "Centre"),
        (martin.pk, 1, "0830", "1200", "Centre"),
        (martin.pk, 2, "0830", "1200", "Centre"),
        (legoff.pk, 5, "0900", "1230", "Bourg"),
    ]
    assert list(VisitType.objects.values_list("code", flat=True)) == ["CS", "ABDO", "THYR"]
    assert set(
        VisitTypeOffer.objects.values_list("visit_type__code", "practitioner", "minutes")
    ) == {
        ("CS", martin.pk, 15),
        ("ABDO", legoff.pk, 30),
        ("THYR", legoff.pk, 20),
    }
    assert VisitTypeNeed.objects.filter(visit_type__code="ABDO").count() == 2
    assert "à jeun" in VisitType.objects.get(code="ABDO").patient_instructions
    assert set(User.objects.values_list("username", "role", "must_change_password")) == {
        ("m.aubert", "manager", False),
        ("c.petit", "secretary", True),
        ("martin", "practitioner", True),
    }

    # The manager is in; the others get in with what the page shows once, and choose their own.
    assert client.get(reverse("account")).status_code == 200
    shown = re.findall(r"<td>([a-z.]+)</td><td><code>([a-z0-9-]+)</code>", page)
    assert [username for username, _ in shown] == ["c.petit", "martin"]
    other = Client()
    other.post(reverse("sign-in"), {"username": shown[0][0], "password": shown[0][1]})
    assert other.get("/")["Location"] == reverse("account")
    assert first_broken_link() is None
    founder = AuditEvent.objects.filter(verb="practice.found")
    assert {line.actor_name for line in founder} == {"première mise en service"}
    assert AuditEvent.objects.filter(verb="agenda.configure", actor_name="Michel Aubert").exists()


def test_it_happens_once(client):
    fill_in(client)
    client.post(at("verifier"))
    for address in (reverse("first-run"), at("cabinet"), at("verifier")):
        assert Client().get(address)["Location"] == reverse("sign-in")
        assert Client().post(address, PLACES)["Location"] == reverse("sign-in")
    assert Practice.objects.count() == 1


def test_two_who_finish_at_once_found_one_practice(client):
    second = Client()
    fill_in(client)
    fill_in(second)
    client.post(at("verifier"))
    assert second.post(at("verifier"))["Location"] == reverse("sign-in")
    assert User.objects.filter(role="manager").count() == 1


def test_what_was_typed_waits_for_the_next_day(client):
    client.post(at("cabinet"), PLACES)
    client.post(at("praticiens"), {**PEOPLE, "people.rpps": ["123", ""]})
    again = client.get(reverse("first-run"))
    assert again["Location"] == at("praticiens")
    page = client.get(at("praticiens")).content.decode()
    assert 'value="Le Goff"' in page
    assert 'value="123"' in page


def test_no_password_waits_in_clear(client):
    fill_in(client)
    assert PASSWORD not in str(dict(client.session.items()))
    assert PASSWORD not in client.get(at("comptes")).content.decode()


class TestMistakes:
    @pytest.mark.parametrize(
        ("slug", "form", "said"),
        [
            ("cabinet", {**PLACES, "house.name": ""}, "Il manque le nom du cabinet."),
            ("cabinet", {**PLACES, "sites.name": ["", "", ""]}, "au moins un site"),
            ("cabinet", {**PLACES, "sites.name": ["A", "a", ""]}, "Deux sites s’appellent"),
            ("cabinet", {**PLACES, "sites.phone": ["12", "", ""]}, "n’est pas un numéro"),
            ("cabinet", {**PLACES, "sites.postcode": ["490", "", ""]}, "5 chiffres"),
            ("praticiens", {**PEOPLE, "people.rpps": ["10003456785", ""]}, "comporte une erreur"),
            ("praticiens", {**PEOPLE, "people.given_name": ["", "Yann"]}, "Il manque le prénom."),
            ("praticiens", {**PEOPLE, "people.family_name": ["X", "x"]}, "Deux praticiens"),
            ("horaires", {**HOURS, "hours.end": ["8:00", "18:30", "12"]}, "avant le début"),
            ("horaires", {**HOURS, "hours.start": ["25h", "14", "9"]}, "n’est pas une heure"),
            ("horaires", {**HOURS, "hours.days": ["0-0"]}, "au moins un jour"),
            ("motifs", {**VISITS, "visits.m0": ["0", "", "", ""]}, "entre 1 et 720"),
            ("motifs", {**VISITS, "visits.m0": ["", "", "", ""]}, "Personne ne prend ce motif"),
            ("motifs", {**VISITS, "visits.code": ["CS", "CS", "X", "Y"]}, "ont le code CS"),
            ("motifs", {**VISITS, "visits.on": []}, "au moins un motif"),
            ("comptes", {**ACCOUNTS, "manager.repeat": "autre"}, "diffèrent"),
            ("comptes", {**ACCOUNTS, "manager.password": "a", "manager.repeat": "a"}, "trop court"),
            ("comptes", {**ACCOUNTS, "staff.name": ["Michel Aubert", "", ""]}, "déjà l’ident"),
            ("comptes", {**ACCOUNTS, "staff.person": ["", "", ""]}, "de quel praticien"),
        ],
    )  # fmt: skip
    def test_are_said_beside_what_was_typed(self, client, slug, form, said):
        client.post(at("cabinet"), PLACES)
        if slug != "cabinet":
            client.post(at("praticiens"), PEOPLE)
        answer = client.post(at(slug), form)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        assert 'aria-invalid="true"' in page or slug in ("horaires", "motifs")

    def test_nothing_is_created_while_something_is_missing(self, client):
        client.post(at("cabinet"), PLACES)
        page = client.post(at("verifier")).content.decode()
        assert "au moins un praticien" in page
        assert not Practice.objects.exists()


class TestLines:
    def test_a_line_is_added_without_losing_the_others(self, client):
        page = client.post(at("cabinet"), {**PLACES, "ajouter": "sites"}).content.decode()
        assert page.count('name="sites.name"') == 3
        assert 'value="Bourg"' in page

    def test_an_ordinary_week_is_offered_and_can_be_copied(self, client):
        client.post(at("cabinet"), PLACES)
        client.post(at("praticiens"), PEOPLE)
        page = client.get(at("horaires")).content.decode()
        assert page.count('value="8:30"') == 2
        copied = client.post(at("horaires"), {**HOURS, "copier": "1"}).content.decode()
        assert copied.count('value="8h30"') == 2

    def test_the_ready_made_lists_follow_the_specialties(self, client):
        client.post(at("cabinet"), PLACES)
        client.post(at("praticiens"), PEOPLE)
        page = client.get(at("motifs")).content.decode()
        assert "Certificat de sport" in page
        assert "Échographie thyroïdienne" in page


class TestDoor:
    AFAR = {"REMOTE_ADDR": "192.0.2.7"}

    def test_from_afar_it_takes_the_code_of_the_terminal(self, client):
        page = client.get(reverse("first-run"), **self.AFAR)
        assert "code" in page.content.decode()
        assert client.get(at("cabinet"), **self.AFAR)["Location"] == reverse("first-run")
        wrong = client.post(reverse("first-run"), {"code": "AAAA-BBBB-CCCC"}, **self.AFAR)
        assert wrong.status_code == 422
        typed = one_time_code().lower().replace("-", " ")
        right = client.post(reverse("first-run"), {"code": typed}, **self.AFAR)
        assert right["Location"] == at("cabinet")
        assert client.get(at("cabinet"), **self.AFAR).status_code == 200
        assert Client().get(at("cabinet"), **self.AFAR).status_code == 302

    def test_a_proxy_on_the_same_machine_does_not_count_as_this_machine(self, client, settings):
        assert (
            client.get(reverse("first-run"), headers={"X-Forwarded-For": "192.0.2.7"}).status_code
            == 200
        )
        settings.BEHIND_PROXY = True
        assert client.get(reverse("first-run")).status_code == 200

    def test_the_code_opens_nothing_once_there_is_a_practice(self, client):
        small_practice()
        answer = client.post(reverse("first-run"), {"code": one_time_code()}, **self.AFAR)
        assert answer["Location"] == reverse("sign-in")
