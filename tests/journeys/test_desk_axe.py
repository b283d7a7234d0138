"""Every page and dialog of the desk, read by axe-core: nothing serious, nothing critical."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from unisson.core import clock

SEED = "desk"
GRAVE = ("serious", "critical")


def check(page: Page, where: str) -> list[str]:
    """What axe holds against the page, as lines."""
    found = Axe().run(page).response["violations"]
    return [
        f"{where}: {rule['id']} ({rule['impact']}): {node['html'][:160]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages(seat, practice, scheme):
    today, who = clock.today(), practice.known["practitioners"][0]
    page = seat(color_scheme=scheme)
    wrong = []
    for address in (
        "/",
        "/jour/2026-02-01/",
        f"/semaine/{who}/{today}/",
        f"/mois/{today:%Y-%m}/",
        f"/liste/{today}/",
        f"/jour/{today}/imprimer/",
    ):
        page.goto(practice.address + address)
        expect(page.locator("#contenu")).to_be_visible()
        wrong += check(page, address)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs(seat, practice, scheme):
    page = seat(color_scheme=scheme)
    box = page.locator("#boite")
    wrong = []

    def opened(name: str, words: str) -> None:
        expect(box).to_contain_text(words)
        wrong.extend(check(page, name))
        page.keyboard.press("Escape")
        expect(box).to_be_hidden()

    free = page.locator(".s-libre [data-k]").first
    booked = page.locator(f'[data-k="r{practice.known["booked"][1]}"]')
    free.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Chercher le patient")).to_be_focused()
    page.keyboard.type("morel")
    expect(page.locator("#patient-suite .trouve[data-patient]")).to_have_count(2)
    wrong += check(page, "réponses")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    opened("réserver", "jumelle")
    page.keyboard.press("F4")
    opened("premier libre", "Premier créneau libre")
    booked.focus()
    page.keyboard.press("Enter")
    opened("rendez-vous", "COSTA Maria")
    booked.focus()
    page.keyboard.press("p")
    opened("en plus", "Ajouter en plus")
    free.focus()
    page.keyboard.press("b")
    opened("bloquer", "Bloquer du temps")
    page.get_by_role("button", name="Plus").click()
    wrong += check(page, "menu")
    page.get_by_text("Déclarer une absence").click()
    opened("absence", "Déclarer une absence")
    booked.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("Annuler le rendez-vous")).click()
    opened("annuler", "Demandé par")
    page.get_by_role("button", name="petit").click()
    wrong += check(page, "compte")
    page.keyboard.press("Escape")
    free.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Touches de la journée")).to_be_visible()
    wrong += check(page, "touches")
    assert not wrong, "\n".join(wrong)


def test_forced_colours_and_double_size(seat):
    page = seat(forced_colors="active", device_scale_factor=2)
    page.set_viewport_size({"width": 640, "height": 400})  # 1280 x 800 at 200 %
    expect(page.locator("#contenu")).to_be_visible()
    assert not check(page, "200 %")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
