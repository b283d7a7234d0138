"""The desk is left and taken again, in a real browser: nothing typed is lost, no name is seen."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.served import Seats
from tests.screens.session_house import PASSWORD

SEED = "session"
CODE = "4719"
FORM = "/cabinet/sites/nouveau/"


@pytest.fixture
def screen(seat) -> BrowserContext:
    """One browser at the desk, nobody signed in."""
    return seat.screen()


def enter_with_code(seat: Seats, screen: BrowserContext, username: str, code: str = CODE) -> Page:
    page = seat.tab(screen, "/connexion/")
    seat.sign_in(page, username, PASSWORD)
    page.goto(seat.practice.address + "/mon-compte/")
    page.fill("#code", code)
    page.fill("#code_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Code enregistré")).to_be_visible()
    return page


def test_a_key_covers_the_page_and_a_code_gives_it_back(seat, screen, practice):
    page = enter_with_code(seat, screen, "m.aubert")
    page.goto(practice.address + FORM)
    page.fill("#id_name", "Cabinet du Bourg")
    page.keyboard.press("Control+Alt+l")

    cover = page.get_by_role("dialog", name="Poste verrouillé")
    expect(cover).to_be_visible()
    expect(page).to_have_title("Verrouillé · Unisson")
    for hidden in (page.get_by_role("heading", name="Nouveau site"), page.locator("#id_name")):
        expect(hidden).not_to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    # Nor does the server answer, whatever the page does.
    assert page.request.get(practice.address + FORM, max_redirects=0).status == 302

    expect(page.get_by_label("Code ou mot de passe")).to_be_focused()
    page.keyboard.type("8302")
    page.keyboard.press("Enter")
    expect(cover.get_by_role("alert")).to_contain_text("Code faux. Encore 4 essais")
    expect(page.get_by_label("Code ou mot de passe")).to_be_focused()
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    expect(cover).to_have_count(0)
    expect(page.locator("#id_name")).to_have_value("Cabinet du Bourg")
    expect(page.locator("#id_name")).to_be_focused()
    # The page still works: its form is accepted.
    page.keyboard.press("Enter")
    expect(page.get_by_text("Site Cabinet du Bourg enregistré.")).to_be_visible()
    assert "session.unlock, M. Aubert, déverrouillage, code" in practice.trail()


def test_what_one_tab_does_the_others_do(seat, screen):
    first = enter_with_code(seat, screen, "m.aubert")
    second = seat.tab(screen, "/cabinet/")
    first.keyboard.press("Control+Alt+l")
    expect(second.get_by_role("dialog", name="Poste verrouillé")).to_be_visible()
    expect(second.get_by_role("heading", name="Réglages")).not_to_be_visible()
    second.get_by_label("Code ou mot de passe").fill(CODE)
    second.keyboard.press("Enter")
    expect(second.get_by_role("heading", name="Réglages")).to_be_visible()
    expect(first.get_by_role("dialog", name="Poste verrouillé")).to_have_count(0)


def test_a_desk_left_alone_locks_itself(seat, screen, practice):
    page = seat.tab(screen, "/connexion/")
    page.clock.install()
    seat.sign_in(page, "c.petit", PASSWORD)
    page.clock.fast_forward("04:30")
    page.mouse.move(200, 200)
    page.clock.fast_forward("04:30")
    expect(page.get_by_role("dialog", name="Poste verrouillé")).to_have_count(0)
    page.clock.fast_forward("01:00")
    expect(page.get_by_label("Code ou mot de passe")).to_be_focused()
    page.reload()
    expect(page).to_have_url(practice.address + "/verrou/?suite=%2F")
    assert "session.lock, C. Petit, seul" in practice.trail()


def test_a_colleague_takes_the_keyboard_with_two_keys_and_her_code(seat, screen, practice):
    page = enter_with_code(seat, screen, "m.aubert")
    other = seat.tab(screen, "/mon-compte/")
    page.goto(practice.address + FORM)
    page.fill("#id_name", "Cabinet de la Gare")
    page.keyboard.press("Control+Alt+l")
    page.get_by_role("link", name="Une autre personne").click()
    seat.sign_in(page, "s.moreau", PASSWORD)
    # The tab that showed her colleague's page no longer does.
    expect(other.get_by_role("heading", name="M. Aubert")).to_have_count(0)

    page.keyboard.press("Control+Alt+l")
    cover = page.get_by_role("dialog", name="Poste verrouillé")
    expect(cover.get_by_role("radio", name="S. Moreau")).to_be_checked()
    page.keyboard.press("Alt+1")
    expect(cover.get_by_role("radio", name="M. Aubert")).to_be_checked()
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="M. Aubert", exact=True)).to_be_visible()
    assert "session.unlock, M. Aubert, changement de personne, code" in practice.trail()
    # What was half typed waits for its author.
    page.goto(practice.address + FORM)
    page.get_by_role("button", name="La reprendre").click()
    expect(page.locator("#id_name")).to_have_value("Cabinet de la Gare")


def test_the_menu_locks_too_and_the_locked_page_works_without_its_cover(seat, screen, practice):
    page = enter_with_code(seat, screen, "c.petit")
    page.get_by_role("button", name="C. Petit", exact=True).click()
    page.get_by_role("button", name="Verrouiller, changer de personne").click()
    expect(page.get_by_label("Code ou mot de passe")).to_be_focused()
    page.goto(practice.address + "/mon-compte/")
    expect(page.get_by_role("heading", name="Poste verrouillé")).to_be_visible()
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    page.wait_for_url(practice.address + "/mon-compte/")


def test_back_after_signing_out_shows_nothing(seat, screen, practice):
    page = seat.tab(screen, "/connexion/")
    seat.sign_in(page, "m.aubert", PASSWORD)
    page.goto(practice.address + "/cabinet/comptes/")
    expect(page.get_by_text("c.petit")).to_be_visible()
    page.get_by_role("button", name="M. Aubert", exact=True).click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(practice.address + "/connexion/")
    page.go_back()
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    expect(page.get_by_text("c.petit")).to_have_count(0)
