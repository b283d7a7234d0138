"""The first day: from an empty server to the desk by keyboard alone; the demonstration."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.served import Seats, Server, found
from tests.screens.session_house import PASSWORD

SEED = "session"


@pytest.fixture
def served(tmp_path, request, browser):
    """A seat at a server of its own: nothing in it yet, or what the seed named founds."""
    seed = getattr(request, "param", "")
    if seed:
        found(tmp_path, seed)
    server = Server(tmp_path)
    seats = Seats(server, browser)
    yield seats
    seats.close()
    server.stop()


def axe(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the field of that name has the focus: by keyboard, as a person would."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")


def step(page: Page, slug: str) -> None:
    page.wait_for_url(f"**/premiere-fois/{slug}/")
    axe(page)


def test_from_nothing_to_the_desk_without_a_mouse(served):
    page = served.tab(served.screen())
    step(page, "cabinet")
    page.keyboard.type("Maison de santé du Lac")
    tab_to(page, "sites.name")
    page.keyboard.type("Centre")
    page.keyboard.press("Enter")

    step(page, "praticiens")
    tab_to(page, "people.given_name")
    page.keyboard.type("Anne")
    tab_to(page, "people.family_name")
    page.keyboard.press("Enter")
    # Something is missing: it is said, and what was typed is still there.
    expect(page.get_by_role("alert").first).to_contain_text("praticien")
    tab_to(page, "people.given_name")
    page.keyboard.type("Anne")
    tab_to(page, "people.family_name")
    page.keyboard.type("Martin")
    tab_to(page, "people.specialty")
    page.keyboard.type("Médecine générale")
    tab_to(page, "people.room")
    page.keyboard.type("Cabinet 1")
    page.keyboard.press("Enter")

    step(page, "horaires")
    tab_to(page, "hours.start")
    page.keyboard.press("Enter")
    step(page, "motifs")
    tab_to(page, "visits.label")
    page.keyboard.press("Enter")

    step(page, "comptes")
    page.keyboard.type("Michel Aubert")
    tab_to(page, "manager.password")
    page.keyboard.type(PASSWORD)
    tab_to(page, "manager.repeat")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    step(page, "verifier")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="C’est prêt")).to_be_visible()
    axe(page)
    page.keyboard.press("Enter")
    page.wait_for_url(served.practice.address + "/")
    expect(page.get_by_role("rowheader", name="Martin")).to_be_visible()


@pytest.mark.parametrize("served", ["session demonstration"], indirect=True)
def test_a_demonstration_opens_with_one_key(served):
    page = served.tab(served.screen())
    expect(page.get_by_role("heading", name="Essayer, sans mot de passe")).to_be_visible()
    axe(page)
    page.keyboard.press("Enter")
    page.wait_for_url(served.practice.address + "/")
    expect(page.get_by_role("button", name="C. Petit", exact=True)).to_be_visible()


MANAGER = [
    "/cabinet/",
    "/cabinet/praticiens/",
    "/cabinet/praticiens/nouveau/",
    "/cabinet/lieux/",
    "/cabinet/horaires/1/",
    "/cabinet/horaires/1/plage/",
    "/cabinet/absences/nouvelle/",
    "/cabinet/motifs/",
    "/cabinet/motifs/nouveau/",
    "/cabinet/comptes/",
    "/cabinet/comptes/1/",
    "/cabinet/droits/",
    "/cabinet/journal/",
    "/cabinet/sauvegardes/",
    "/mon-compte/",
    "/nulle-part/",
]


def test_every_page_of_the_manager_is_open_to_everyone(seat):
    """axe-core finds nothing at all, light and dark, and the strict policy is never broken."""
    page = seat.tab(seat.screen(), "/connexion/")
    axe(page)
    seat.sign_in(page, "m.aubert", PASSWORD)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for address in MANAGER:
            page.goto(seat.practice.address + address)
            axe(page)
    page.keyboard.press("Control+Alt+l")
    expect(page.get_by_label("Code ou mot de passe")).to_be_focused()
    axe(page)


def test_a_file_of_200_megabytes_is_refused_in_words(seat, tmp_path_factory):
    big = Path(tmp_path_factory.mktemp("big")) / "patients.csv"
    with big.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    page = seat.tab(seat.screen(), "/connexion/")
    page.evaluate(
        """() => {
        const form = document.createElement('form');
        Object.assign(form, { method: 'post', enctype: 'multipart/form-data' });
        form.innerHTML = '<input type="file" name="f" id="big"><button id="send">Oui</button>';
        document.body.append(form);
    }"""
    )
    page.set_input_files("#big", big)
    page.click("#send")
    expect(page.get_by_role("heading", name="Ce fichier est trop gros")).to_be_visible(
        timeout=60000
    )
    big.unlink()
