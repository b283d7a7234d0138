"""A known patient telephones: booked in ten keys at most, and without the mouse."""

import re

from playwright.sync_api import Page, expect

SEED = "desk"
MOST = 10

COUNT = """() => {
    window.touches = []; window.clics = 0;
    addEventListener('keydown', (event) => touches.push(event.key), true);
    addEventListener('pointerdown', () => { clics += 1; }, true);
}"""


def counted(page: Page) -> list[str]:
    """The keys pressed, as the browser saw them; the mouse must not have been touched."""
    assert page.evaluate("window.clics") == 0
    return page.evaluate("window.touches")


def typed(page: Page, text: str) -> None:
    for letter in text:
        page.keyboard.press(letter)


def test_first_free_time_of_a_known_patient(seat, practice):
    page = seat()
    expect(page.locator(".lecture .quoi")).not_to_be_empty()
    page.evaluate(COUNT)
    page.keyboard.press("F4")
    expect(page.get_by_role("combobox", name="Chercher le patient")).to_be_focused()
    typed(page, "lebr")
    answer = page.get_by_role("option", name=re.compile("LEBRUN Claire"))
    expect(answer).to_have_attribute("aria-selected", "true")  # alone, and certain
    page.keyboard.press("Enter")
    slot = page.locator(".creneau").first
    expect(slot).to_be_focused()
    expect(page.locator("#boite")).to_contain_text("LEBRUN Claire, née MOREL, F 04/05/1978")
    expect(slot).to_contain_text("Dr Diallo")  # whom she saw last
    page.keyboard.press("Enter")
    expect(page.locator("#boite h2")).to_have_text("Rendez-vous")
    expect(page.get_by_label("Motif")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#boite")).to_be_hidden()
    expect(page.locator(".lecture .dit")).to_contain_text("Rendez-vous pris")
    keys = counted(page)
    assert len(keys) <= MOST, keys
    booked = f"Appointment.objects.filter(patient_id={practice.known['patients'][0]}).count()"
    assert practice.ask(booked) == 2


def test_a_free_slot_of_the_day(seat, practice):
    page = seat()
    expect(page.locator(".s-libre [data-k][tabindex='0']")).to_be_focused()
    page.evaluate(COUNT)
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Chercher le patient")).to_be_focused()
    typed(page, "roux")
    expect(page.get_by_role("option", name=re.compile("ROUX Paul"))).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_label("Motif")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".lecture .dit")).to_contain_text("Rendez-vous pris")
    # The focus is on what was booked.
    expect(page.locator("[data-k^=r][tabindex='0']")).to_be_focused()
    expect(page.locator("[data-k^=r]:focus")).to_contain_text("ROUX")
    keys = counted(page)
    assert len(keys) <= MOST, keys


def test_nothing_is_chosen_by_itself_between_twins(seat, practice):
    page = seat()
    page.keyboard.press("F4")
    expect(page.get_by_role("combobox", name="Chercher le patient")).to_be_focused()
    typed(page, "morel")
    answers = page.locator("#patient-suite .trouve[data-patient]")
    expect(answers).to_have_count(2)
    expect(page.locator("#patient-suite [aria-selected=true]")).to_have_count(0)
    expect(answers.first).to_contain_text("jumelle")
    page.keyboard.press("Enter")
    expect(answers).to_have_count(2)  # nothing happened
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#boite .retenu")).to_contain_text("F 04/05/1978")
    expect(page.locator("#boite .marque-id")).to_contain_text("jumelle")
