"""The practice's places, people and accounts, changed from its pages."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.screens.session_house import PASSWORD, Small, small_practice
from unisson.core.models import AuditEvent
from unisson.practice.models import Practice, Practitioner, Resource, Site, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def small() -> Small:
    return small_practice()


@pytest.fixture
def boss(client, small) -> Client:
    client.force_login(small.manager)
    return client


def said(answer) -> str:
    return answer.content.decode()


def follow(client: Client, route: str, form: dict, *args) -> str:
    """Send a form that is accepted; the page it leads to."""
    answer = client.post(reverse(route, args=args), form)
    assert answer.status_code == 302, said(answer)
    return said(client.get(answer["Location"]))


PAGES = [
    "settings",
    "settings-places",
    "settings-site-new",
    "settings-room-new",
    "settings-practitioners",
    "settings-practitioner-new",
    "settings-absences",
    "settings-absence-new",
    "settings-visit-types",
    "settings-visit-type-new",
    "settings-staff",
    "settings-account-new",
    "settings-grants",
    "settings-trail",
    "settings-backups",
]


@pytest.mark.parametrize("route", PAGES)
def test_every_page_opens_for_the_manager(boss, route):
    assert boss.get(reverse(route)).status_code == 200


@pytest.mark.parametrize("route", [p for p in PAGES if "absence" not in p])
@pytest.mark.parametrize("who", ["petit", "doctor"])
def test_and_for_nobody_else(client, small, route, who):
    client.force_login(getattr(small, who))
    answer = client.get(reverse(route))
    assert answer.status_code == 403
    assert "n’est pas ouverte à votre compte" in said(answer)


class TestPlaces:
    def test_a_site_is_added_changed_and_removed(self, boss):
        form = {"name": "Bourg", "phone": "0261910002", "holiday_zone": "FR-6AE",
                "postcode": "49 000"[:5], "commune": "Angers"}  # fmt: skip
        form["postcode"] = "49000"
        assert "Site Bourg enregistré." in follow(boss, "settings-site-new", form)
        site = Site.objects.get(name="Bourg")
        assert (site.phone, site.holiday_zone, site.order) == ("+33261910002", "FR-6AE", 1)
        page = said(boss.get(reverse("settings-site", args=[site.pk])))
        assert "02\u00a061\u00a091\u00a000\u00a002" in page
        follow(boss, "settings-site", {**form, "name": "Le Bourg"}, site.pk)
        site.refresh_from_db()
        assert site.name == "Le Bourg"
        assert "Site Le Bourg retiré." in follow(boss, "settings-site-remove", {}, site.pk)
        assert Site.objects.count() == 1
        lines = AuditEvent.objects.filter(object_type="Site").order_by("id")
        assert [line.action for line in lines][-3:] == ["C", "U", "D"]

    def test_a_site_in_use_stays(self, boss, small):
        follow(boss, "settings-site-new", {"name": "Bourg", "holiday_zone": "FR"})
        page = follow(boss, "settings-site-remove", {}, small.site.pk)
        assert "il reste" in page
        assert Site.objects.count() == 2

    def test_the_last_site_stays(self, boss, small):
        assert "au moins un site" in follow(boss, "settings-site-remove", {}, small.site.pk)

    @pytest.mark.parametrize(
        ("form", "sentence"),
        [
            ({"name": "", "holiday_zone": "FR"}, "À remplir."),
            ({"name": "centre", "holiday_zone": "FR"}, "s’appelle déjà centre"),
            ({"name": "X", "holiday_zone": "FR", "phone": "123"}, "n’est pas un numéro"),
            ({"name": "X", "holiday_zone": "FR", "postcode": "4900"}, "5 chiffres"),
        ],
    )
    def test_mistakes_are_said_and_what_was_typed_stays(self, boss, form, sentence):
        answer = boss.post(reverse("settings-site-new"), form)
        assert answer.status_code == 422
        assert sentence in said(answer)
        assert f'value="{form["name"]}"' in said(answer) or not form["name"]
        assert 'aria-invalid="true"' in said(answer)
        assert Site.objects.count() == 1

    def test_a_machine_is_added_and_retired_without_being_forgotten(self, boss, small):
        follow(boss, "settings-room-new",
               {"name": "Échographe", "kind": "equipment", "site": ""})  # fmt: skip
        machine = Resource.objects.get(name="Échographe")
        assert machine.site is None
        follow(boss, "settings-room-in-use", {"active": ""}, machine.pk)
        machine.refresh_from_db()
        assert not machine.active
        follow(boss, "settings-room-in-use", {"active": "1"}, machine.pk)
        machine.refresh_from_db()
        assert machine.active

    def test_a_practitioner_is_not_a_room(self, boss, small):
        route = reverse("settings-room", args=[small.martin.resource_id])
        assert boss.get(route).status_code == 404


class TestPractitioners:
    FORM = {"title": "Dr", "given_name": "Yann", "family_name": "Le Goff",
            "specialty": "Échographie", "aliases": "écho", "site": "", "home_room": ""}  # fmt: skip

    def test_one_is_added_and_named_for_the_desk(self, boss):
        follow(boss, "settings-practitioner-new", self.FORM)
        one = Practitioner.objects.get(family_name="Le Goff")
        assert (one.resource.name, one.aliases) == ("Dr Le Goff", "écho")

    def test_two_are_not_called_the_same(self, boss):
        answer = boss.post(
            reverse("settings-practitioner-new"), {**self.FORM, "family_name": "martin"}
        )
        assert "déjà un nom affiché" in said(answer)

    def test_a_wrong_rpps_is_refused(self, boss):
        answer = boss.post(
            reverse("settings-practitioner-new"), {**self.FORM, "rpps": "10003456785"}
        )
        assert answer.status_code == 422
        assert "comporte une erreur" in said(answer)

    def test_the_columns_change_places(self, boss, small):
        follow(boss, "settings-practitioner-new", self.FORM)
        one = Practitioner.objects.get(family_name="Le Goff")
        follow(boss, "settings-practitioner-order", {"vers": "gauche"}, one.pk)
        assert [p.family_name for p in Practitioner.objects.all()] == ["Le Goff", "Martin"]

    def test_who_leaves_stays_in_the_list(self, boss, small):
        follow(boss, "settings-practitioner-in-use", {"active": ""}, small.martin.pk)
        small.martin.resource.refresh_from_db()
        assert not small.martin.resource.active
        assert "Dr Martin" in said(boss.get(reverse("settings-practitioners")))


class TestAccounts:
    FORM = {"name": "A. Durand", "username": "a.durand", "role": "secretary"}

    def open(self, boss: Client, **more) -> str:
        """Open an account; its temporary password."""
        answer = boss.post(reverse("settings-account-new"), {**self.FORM, **more})
        assert answer.status_code == 200, said(answer)
        return said(answer).split("<code>")[1].split("</code>")[0]

    def test_a_new_one_enters_with_its_temporary_password_and_chooses_its_own(self, boss):
        password = self.open(boss)
        newcomer = Client()
        answer = newcomer.post(reverse("sign-in"), {"username": "a.durand", "password": password})
        assert answer.status_code == 302
        assert newcomer.get(reverse("settings-absences"))["Location"] == reverse("account")
        assert not AuditEvent.objects.filter(detail__contains=password).exists()

    def test_works_for_limits_whom_she_acts_for(self, boss, small):
        self.open(boss, works_for=[small.martin.pk], sites=[small.site.pk])
        user = User.objects.get(username="a.durand")
        assert list(user.works_for.all()) == [small.martin]
        assert list(user.sites.all()) == [small.site]

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"username": "C.Petit"}, "déjà pris"),
            ({"username": "é!"}, "sans accent"),
            ({"role": "practitioner"}, "de quel praticien"),
            ({"role": "replacement", "practitioner": "@"}, "a une fin"),
            ({"valid_from": "10/12/2026", "valid_until": "09/12/2026"}, "avant le premier"),
            ({"valid_until": "31/02/2027"}, "n’existe pas"),
            ({"role": "king"}, "Sélectionnez un choix valide"),
        ],
    )
    def test_mistakes(self, boss, small, more, sentence):
        more = {k: str(small.martin.pk) if v == "@" else v for k, v in more.items()}
        answer = boss.post(reverse("settings-account-new"), {**self.FORM, **more})
        assert answer.status_code == 422
        assert sentence in said(answer)
        assert User.objects.count() == 4

    def test_a_replacement_has_dates(self, boss, small):
        self.open(boss, username="r.remy", role="replacement", practitioner=small.martin.pk,
                  valid_from="01/12/2026", valid_until="15/12/2026")  # fmt: skip
        user = User.objects.get(username="r.remy")
        assert (user.valid_from, user.valid_until) == (date(2026, 12, 1), date(2026, 12, 15))

    def test_a_forgotten_password_is_replaced_and_every_session_ends(self, boss, small):
        hers = Client()
        hers.post(reverse("sign-in"), {"username": "c.petit", "password": PASSWORD})
        answer = boss.post(reverse("settings-account-password", args=[small.petit.pk]))
        assert "Il ne sera plus montré" in said(answer)
        assert hers.get(reverse("account")).status_code == 302
        again = hers.post(reverse("sign-in"), {"username": "c.petit", "password": PASSWORD})
        assert again.status_code == 422

    def test_a_closed_account_is_out_at_once_and_can_come_back(self, boss, small):
        hers = Client()
        hers.force_login(small.petit)
        assert hers.get(reverse("account")).status_code == 200
        follow(boss, "settings-account-close", {}, small.petit.pk)
        assert hers.get(reverse("account")).status_code == 302
        boss.post(reverse("settings-account-reopen", args=[small.petit.pk]))
        assert User.objects.get(pk=small.petit.pk).must_change_password

    def test_the_manager_cannot_shut_the_door_behind_her(self, boss, small):
        page = follow(boss, "settings-account-close", {}, small.manager.pk)
        assert "votre propre compte" in page
        answer = boss.post(
            reverse("settings-account", args=[small.manager.pk]),
            {"name": "M. Aubert", "username": "m.aubert", "role": "secretary"},
        )
        assert "seul compte de gestionnaire" in said(answer)
        assert User.objects.get(pk=small.manager.pk).role == "manager"


class TestOverview:
    def test_it_lists_what_is_missing_and_where(self, boss, small):
        page = said(boss.get(reverse("settings")))
        assert "Dr Martin n’a pas d’horaires." in page
        assert "Dr Martin ne prend aucun motif." in page
        assert "Un seul compte de gestionnaire" in page
        assert "Rien n’a encore été sauvegardé." in page
        assert reverse("settings-hours-of", args=[small.martin.pk]) in page

    def test_the_delay_of_the_lock_has_bounds(self, boss):
        form = {"name": "Les Lilas", "lock_after_minutes": "3"}
        follow(boss, "settings", form)
        practice = Practice.objects.get()
        assert (practice.name, practice.lock_after_minutes) == ("Les Lilas", 3)
        for wrong in ("0", "90", "toujours"):
            answer = boss.post(reverse("settings"), {**form, "lock_after_minutes": wrong})
            assert answer.status_code == 422
            assert "entre 1 et 60" in said(answer)
