"""The command line under a secretary's hands: no mouse, few keys, nothing done unseen."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.journeys.served import until

SEED = "orders"
# Counts what the hands do: a key held down or a modifier alone is no key more.
COUNT = """
window.keys = 0; window.clicks = 0;
const modifiers = ['Control', 'Alt', 'Shift'];
addEventListener('keydown', (event) => {
  if (!event.repeat && !modifiers.includes(event.key)) keys += 1;
}, true);
addEventListener('pointerdown', () => { clicks += 1; }, true);
"""


@pytest.fixture
def desk(practice, seat):
    """The desk of somebody signed in, the focus on a patient; her keys are counted."""
    screen = seat.screen("petit")
    screen.add_init_script(COUNT)
    page = seat.tab(screen)
    page.locator(f'[data-k="r{practice.known["appointments"]["mercier"]}"]').focus()
    return page


def line(page: Page):
    return page.locator("#ordre")


def options(page: Page):
    return page.locator("#ordre-liste [role=option]")


def marked(page: Page):
    return page.locator('#ordre-liste [role=option][aria-selected="true"]')


def type_line(page: Page, text: str, understood: str) -> None:
    """F3, the letters, and the answer to the last of them."""
    page.keyboard.press("F3")
    page.keyboard.type(text)
    expect(page.locator(".compris .phrase")).to_contain_text(re.compile(understood))
    expect(page.locator(f'.reponse-ordre[data-pour="{text}"]')).to_be_visible()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.dataset.k ?? document.activeElement.id")


def test_a_known_patient_is_booked_in_ten_keys_and_no_click(desk):
    before = focused(desk)
    desk.evaluate("keys = 0; clicks = 0")
    type_line(desk, "kaci", "Patient.*kaci")
    desk.keyboard.press("Enter")
    expect(desk.locator(".compris .de-qui")).to_contain_text("KACI Nadia")
    expect(options(desk).nth(1)).to_contain_text("Prendre rendez-vous")
    desk.keyboard.press("r")
    expect(desk.locator(".compris")).to_contain_text("avec Dr Nguyen, son praticien habituel")
    expect(marked(desk)).to_contain_text("Dr Nguyen, 20 min")
    desk.keyboard.press("Enter")
    expect(desk.locator(".lecture .dit")).to_contain_text("Rendez-vous pris")
    counted = desk.evaluate("[keys, clicks]")
    assert counted[0] <= 10, counted
    assert counted == [8, 0]
    assert focused(desk) == before
    expect(line(desk)).to_have_value("")
    desk.keyboard.press("Control+z")
    expect(desk.locator(".lecture .dit")).to_contain_text("Annulé")


def test_two_people_of_one_name_take_one_arrow_more(desk):
    desk.evaluate("keys = 0; clicks = 0")
    type_line(desk, "roux", "Patient.*roux")
    expect(marked(desk)).to_have_count(0)
    desk.keyboard.press("Enter")
    expect(desk.locator("#annonce")).to_contain_text("Plusieurs réponses")
    desk.keyboard.press("ArrowDown")
    expect(marked(desk)).to_contain_text("ROUX Léa")
    desk.keyboard.press("Enter")
    expect(desk.locator(".compris .de-qui")).to_contain_text("ROUX Léa")
    desk.keyboard.press("r")
    expect(desk.locator(".compris .phrase")).to_contain_text("Rendez-vous")
    desk.keyboard.press("Enter")
    expect(desk.locator(".lecture .dit")).to_contain_text("Rendez-vous pris")
    assert desk.evaluate("[keys, clicks]") == [10, 0]


def test_a_whole_booking_in_one_line(desk):
    type_line(desk, "rdv kaci demain matin nguyen controle", "Rendez-vous pour kaci, Contrôle")
    expect(desk.locator(".compris .de-qui")).to_contain_text("KACI Nadia")
    desk.keyboard.press("Alt+2")
    expect(desk.locator(".lecture .dit")).to_contain_text("Rendez-vous pris")


def test_an_arrival_is_noted_and_taken_back(desk, practice):
    type_line(desk, "arrive roux paul", "Arrivée de roux paul")
    expect(marked(desk)).to_contain_text("ROUX Paul")
    desk.keyboard.press("Enter")
    cell = desk.locator(f'[data-k="r{practice.known["appointments"]["paul"]}"]')
    expect(cell).to_contain_text("Arrivé")
    expect(desk.locator(".lecture .dit")).to_contain_text("Ctrl Z pour défaire")
    desk.keyboard.press("Control+z")
    expect(cell).not_to_contain_text("Arrivé")


def test_two_arrivals_of_one_name_wait_for_a_choice(desk):
    type_line(desk, "arrive roux", "Arrivée de roux")
    for name in ("ROUX Léa", "ROUX Paul"):
        expect(options(desk).filter(has_text=name)).not_to_have_count(0)
    expect(marked(desk)).to_have_count(0)
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    expect(options(desk).filter(has_text="ROUX Paul")).not_to_have_count(0)
    assert not desk.locator(".rdv .et:has-text('Arrivé')").count()
    desk.keyboard.press("Escape")
    expect(line(desk)).to_have_value("")


def test_free_times_open_the_booking_and_escape_comes_back(desk):
    before = focused(desk)
    type_line(desk, "libre nguyen demain", "Créneaux libres, demain.*Dr Nguyen")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    box = desk.locator("#boite")
    expect(box).to_be_visible()
    expect(box).to_contain_text("Dr Nguyen")
    desk.keyboard.press("Escape")
    expect(box).not_to_be_visible()
    assert focused(desk) == before


def test_a_day_is_gone_to(desk):
    type_line(desk, "jour demain", "Aller au jour, demain")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/jour/\d{4}-\d\d-\d\d/"))


def test_what_is_typed_outlives_an_interruption(desk, practice):
    type_line(desk, "rdv roux jeudi", "Rendez-vous pour roux")
    desk.goto(f"{practice.address}/ordre/")
    expect(line(desk)).to_have_value("rdv roux jeudi")
    desk.reload()
    desk.keyboard.press("F3")
    expect(desk.locator(".suite-ordre .phrase")).to_contain_text("Rendez-vous pour roux")
    desk.keyboard.press("Escape")
    desk.reload()
    expect(line(desk)).to_have_value("")


def test_leaving_the_field_keeps_the_letters_and_f3_shows_the_answer_again(desk):
    type_line(desk, "kaci", "Patient.*kaci")
    desk.keyboard.press("Tab")
    expect(options(desk)).to_have_count(0)
    expect(line(desk)).to_have_value("kaci")
    desk.keyboard.press("F3")
    expect(marked(desk)).to_contain_text("KACI")


def test_enter_ahead_of_the_answer_does_nothing_unseen(desk, practice):
    sent = []
    desk.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    held: list[Route] = []
    desk.route("**/ordre/**", lambda route: held.append(route))
    desk.keyboard.press("F3")
    desk.keyboard.type("arrive mercier")
    desk.keyboard.press("Enter")
    until(desk, lambda: held and held[-1].request.url.endswith("mercier"))
    held[-1].continue_()
    expect(marked(desk)).to_contain_text("MERCIER Théo")
    expect(desk.locator("#annonce")).to_contain_text("Vérifiez, puis Entrée")
    assert sent == []
    desk.unroute("**/ordre/**")
    desk.keyboard.press("Enter")
    expect(desk.locator(".lecture .dit")).to_contain_text("MERCIER Théo")
    desk.keyboard.press("Control+z")


def test_a_new_letter_makes_the_answers_on_screen_nobodys(desk):
    type_line(desk, "kaci", "Patient.*kaci")
    desk.route("**/ordre/**", lambda route: None)
    desk.keyboard.type("x")
    expect(marked(desk)).to_have_count(0)
    desk.keyboard.press("Alt+1")
    expect(desk.locator(".compris .de-qui")).to_have_count(0)


def test_a_server_that_does_not_answer_keeps_the_letters(desk):
    desk.route("**/ordre/**", lambda route: route.abort())
    desk.keyboard.press("F3")
    desk.keyboard.type("kaci")
    expect(desk.locator("#ordre-suite")).to_contain_text("Le serveur ne répond pas")
    expect(line(desk)).to_have_value("kaci")


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("roux", "Patient"),
        ("rdv kaci jeudi prochain", "Rendez-vous"),
        ("arrive roux", "Arrivée"),
        ("libre xyz nguyen", "Créneaux"),
        ("aide", "comprend"),
    ],
)
def test_the_answers_are_accessible_in_light_and_in_dark(desk, text, understood):
    type_line(desk, text, understood)
    for scheme in ("light", "dark"):
        desk.emulate_media(color_scheme=scheme)
        found = Axe().run(desk).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert not serious, [(v["id"], v["nodes"][0]["html"]) for v in found]


def test_the_page_without_a_script_is_accessible_and_acts(seat):
    page = seat("petit", "/ordre/?q=salle+mercier", java_script_enabled=False)
    button = page.get_by_role("button", name=re.compile("MERCIER Théo"))
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("MERCIER Théo")
    expect(page.locator(".compris")).to_contain_text("En salle")
    page = seat("petit", "/ordre/?q=rdv+roux")
    found = Axe().run(page).response["violations"]
    assert not [v["id"] for v in found if v["impact"] in ("serious", "critical")]
