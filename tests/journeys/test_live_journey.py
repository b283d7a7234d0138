"""Three people at work at once, in real browsers on a real server: what one does, all see."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.journeys.seeds.live import SECRET
from tests.journeys.served import Server

SEED = "live"


def key(practice: Server, who: str, number: int) -> str:
    return f"r{practice.known['appointments'][who][number]}"


def cell(page: Page, practice: Server, who: str, number: int) -> Locator:
    """One appointment of one practitioner on the desk. Each test has a practitioner of its own."""
    return page.locator(f'[data-k="{key(practice, who, number)}"]')


def arrive(page: Page, practice: Server, who: str, *numbers: int) -> None:
    for number in numbers:
        cell(page, practice, who, number).focus()
        page.keyboard.press("a")
        expect(cell(page, practice, who, number)).to_contain_text("Arrivé")


def test_an_arrival_appears_on_the_colleagues_screen_without_moving_anything(seat, practice):
    petit, leroy = seat("petit"), seat("leroy")
    cell(leroy, practice, "Nguyen", 3).focus()
    place = leroy.evaluate(
        """() => {
            const grid = document.querySelector('.grille');
            grid.scrollTo({ top: grid.scrollTop + 7, behavior: 'instant' });
            return grid.scrollTop;
        }"""
    )
    arrive(petit, practice, "Nguyen", 1)
    expect(cell(leroy, practice, "Nguyen", 1)).to_contain_text("Arrivé")
    expect(leroy.locator("#file")).to_contain_text("ROUX Jean")
    expect(leroy.locator("#annonce")).to_have_text(
        re.compile(r"M\.\sROUX Jean est arrivé, Dr Nguyen")
    )
    assert leroy.evaluate("document.activeElement.dataset.k") == key(practice, "Nguyen", 3)
    assert leroy.evaluate("document.querySelector('.grille').scrollTop") == place

    # The focused one changes too: the focus stays on it.
    arrive(petit, practice, "Nguyen", 3)
    expect(cell(leroy, practice, "Nguyen", 3)).to_contain_text("Arrivé")
    assert leroy.evaluate("document.activeElement.dataset.k") == key(practice, "Nguyen", 3)


def test_ones_own_act_is_not_announced_twice(seat, practice):
    petit, leroy = seat("petit"), seat("leroy")
    arrive(petit, practice, "Nguyen", 4)
    expect(petit.locator("#annonce")).to_have_text(re.compile("OLIVIER Jean est arrivé à"))
    arrive(leroy, practice, "Nguyen", 5)
    expect(petit.locator("#annonce")).to_have_text(re.compile("LEBRUN Jean est arrivé, Dr Nguyen"))
    assert "OLIVIER" not in petit.locator("#annonce").text_content()


def test_what_is_being_typed_in_is_left_alone(seat, practice):
    petit, leroy = seat("petit"), seat("leroy")
    leroy.evaluate(
        """() => {
            const field = Object.assign(document.createElement('input'), { id: 'essai' });
            document.getElementById('file').append(field);
            field.focus();
        }"""
    )
    leroy.keyboard.type("12 rue")
    count = leroy.locator("#t-att .n")
    before = count.text_content()
    arrive(petit, practice, "Nguyen", 6)
    expect(cell(leroy, practice, "Nguyen", 6)).to_contain_text("Arrivé")
    assert leroy.evaluate("document.getElementById('essai').value") == "12 rue"
    expect(count).to_have_text(before)
    cell(leroy, practice, "Nguyen", 0).focus()
    expect(leroy.locator("#essai")).to_have_count(0)
    expect(count).to_have_text(str(int(before) + 1))


def test_a_locked_desk_hears_nothing_and_catches_up_when_its_owner_is_back(seat, practice):
    petit, morel = seat("petit"), seat("morel")
    cell(morel, practice, "Nguyen", 0).focus()
    morel.keyboard.press("Control+Alt+l")
    expect(morel.locator("dialog.verrou [name=secret]")).to_be_visible()
    arrive(petit, practice, "Nguyen", 7)
    assert "Arrivé" not in cell(morel, practice, "Nguyen", 7).text_content()
    morel.locator("dialog.verrou [name=secret]").fill(SECRET)
    morel.keyboard.press("Enter")
    expect(morel.locator("dialog.verrou")).to_have_count(0)
    expect(cell(morel, practice, "Nguyen", 7)).to_contain_text("Arrivé")


def test_a_stopped_server_is_said_and_what_was_missed_comes_back(seat, practice):
    leroy = seat("leroy")
    practice.stop()
    gone = leroy.locator("#hors-connexion")
    expect(gone).to_have_text(
        re.compile(r"Hors connexion depuis \d+ h \d\d, l’affichage peut dater"), timeout=20000
    )
    practice.start()
    arrive(seat("petit"), practice, "Nguyen", 2)
    expect(cell(leroy, practice, "Nguyen", 2)).to_contain_text("Arrivé", timeout=20000)
    expect(gone).to_have_count(0)


def test_the_practitioner_calls_the_next_one_in_with_one_key(seat, practice):
    petit, diallo = seat("petit"), seat("Diallo", "/praticien/")
    expect(diallo.locator("#journee")).to_contain_text("Personne n’attend.")
    # Plan order, whoever came first.
    arrive(petit, practice, "Diallo", 2, 1)
    following = diallo.locator("[data-va=suivant]")
    expect(following).to_contain_text("Appeler ROUX Paul")
    expect(following).to_be_focused()
    diallo.wait_for_timeout(750)  # a name that has just changed is read before it is called
    diallo.keyboard.press("Enter")
    expect(cell(petit, practice, "Diallo", 1)).to_contain_text("En consultation")
    expect(petit.locator("#annonce")).to_have_text(
        re.compile("ROUX Paul est en consultation, Dr Diallo")
    )
    expect(diallo.locator(".lecture .dit")).to_contain_text("ROUX Paul est en consultation")
    expect(following).to_contain_text("Terminer et appeler COSTA Paul")

    diallo.keyboard.press("Control+z")
    expect(cell(petit, practice, "Diallo", 1)).to_contain_text("Arrivé")
    expect(following).to_contain_text("Appeler ROUX Paul")

    diallo.keyboard.press("1")
    expect(cell(petit, practice, "Diallo", 2)).to_contain_text("En consultation")
    diallo.keyboard.press("t")
    expect(cell(petit, practice, "Diallo", 2)).to_contain_text("Sorti")
    expect(diallo.locator("#journee")).to_contain_text("1 vu")


def test_a_name_that_changes_under_the_hand_is_not_called(seat, practice):
    petit, marchal = seat("petit"), seat("Marchal", "/praticien/")
    arrive(petit, practice, "Marchal", 2)
    expect(marchal.locator("[data-va=suivant]")).to_contain_text("COSTA")
    # A hand that was already on its way when the name changed.
    marchal.evaluate(
        """() => new MutationObserver((_, observer) => {
            const next = document.querySelector('[data-va=suivant]');
            if (!next?.textContent.includes('ROUX')) return;
            observer.disconnect();
            setTimeout(() => next.click());
        }).observe(document.getElementById('journee'), { childList: true })"""
    )
    arrive(petit, practice, "Marchal", 1)
    expect(marchal.locator(".lecture .dit")).to_contain_text("Le suivant vient de changer")
    expect(cell(petit, practice, "Marchal", 1)).to_contain_text("Arrivé")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_practitioners_page_is_accessible(seat, practice, scheme):
    first = {"light": 1, "dark": 4}[scheme]
    arrive(seat("petit"), practice, "Ferrand", first, first + 1, first + 2)
    ferrand = seat("Ferrand", "/praticien/", color_scheme=scheme)
    expect(ferrand.locator("[data-va=suivant]")).to_be_focused()
    ferrand.keyboard.press("Enter")
    expect(ferrand.locator("#journee")).to_contain_text("Terminer et appeler")
    found = Axe().run(ferrand)
    assert found.violations_count == 0, found.generate_report()
