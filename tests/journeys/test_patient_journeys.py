"""A secretary and her patients, in a real browser, by the keyboard alone.

No test here touches the mouse: every key is one she would press.
"""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.served import Seats, Server

SEED = "patient"


def record(practice: Server, who: str, part: str = "") -> str:
    return f"/patients/{practice.known['people'][who]}/{part}"


def keys(page: Page, *pressed: str) -> None:
    """`"Tab"`, `"Enter"` are keys; anything after `:` is typed."""
    for each in pressed:
        if each.startswith(":"):
            page.keyboard.type(each[1:])
        else:
            page.keyboard.press(each)


def focused(page: Page) -> str:
    """What has the focus: the name of a field, else its words."""
    return str(
        page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
    )


def drafts(page: Page) -> list[str]:
    """The keys of what this browser keeps of forms not yet saved."""
    return list(
        page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('unisson.brouillon.'))")
    )


def test_a_patient_is_created_with_the_keyboard_alone(seat: Seats, practice: Server):
    page = seat("petit", record(practice, "paul"))
    keys(page, "F3", ":dupont lucie")
    expect(page.locator("#ordre-suite")).to_contain_text("Créer")
    keys(page, "ArrowUp", "Enter")
    page.wait_for_url("**/patients/nouveau/**")

    # The birth date has the focus; it is read back at once, before anything else is typed.
    keys(page, ":4 mai 78")
    expect(page.locator("#dit-naissance")).to_contain_text("jeudi 4 mai 1978, 48 ans")
    expect(page.locator("text=Créer un nouveau dossier")).to_have_count(0)
    keys(page, "Tab", ":dup")
    expect(page.locator("#proches")).to_contain_text("Personne de connu")
    keys(page, "Enter")
    expect(page.locator("#proches [data-premier]")).to_be_focused()
    keys(page, "Enter")
    page.wait_for_url("**/nouveau/traits/**")

    # What is known is there, the first field to fill has the focus, no used name is filled.
    assert focused(page) == "birth_name"
    expect(page.locator("#id_birth_date")).to_have_value("4 mai 78")
    expect(page.locator("#id_used_name")).to_have_value("")
    keys(page, ":Dupont", "Tab", ":Lucie", "Tab", ":Lucie Rose", "Tab")
    keys(page, "Space", "Tab", ":Saumur", "Tab", ":49328")
    keys(page, "Tab", "Tab", "Tab", ":06 39 98 20 20", "Enter")
    page.wait_for_url(re.compile(r"/patients/\d+/$"))
    expect(page).to_have_title("DUPONT Lucie, F 04/05/1978 · Unisson")
    expect(page.locator(".message.success")).to_contain_text("créé : DUPONT Lucie, F 04/05/1978")
    expect(page.locator("main")).to_contain_text("06 39 98 20 20")
    assert drafts(page) == []


def test_a_birth_place_is_chosen_with_the_keyboard_alone(seat: Seats, practice: Server):
    page = seat("petit", "/patients/nouveau/traits/?naissance=04/05/1978")
    name, code = page.locator("#id_birth_place_name"), page.locator("#id_birth_place_code")
    said, answers = page.locator("#dit-lieu"), page.locator("#lieu-suite [role=option]")
    name.focus()
    keys(page, ":beaupre")
    expect(answers).to_have_count(2)
    expect(answers.first).to_contain_text("jusqu’au 14/12/2015")
    expect(name).to_have_attribute("aria-expanded", "true")
    assert serious(page) == []
    # Nothing is chosen by itself; an arrow and Enter choose, and fill the code as well.
    expect(code).to_have_value("")
    keys(page, "ArrowDown", "Enter")
    expect(name).to_have_value("Beaupréau")
    expect(code).to_have_value("49023")
    expect(answers).to_have_count(0)
    expect(said).to_have_text("")

    # The birth date comes to be another: what no longer agrees is said, nothing is changed.
    page.locator("#id_birth_date").focus()
    keys(page, "Control+a", ":4/5/2020")
    expect(said).to_contain_text("le lieu 49023 s’appelait « Beaupréau-en-Mauges »")
    expect(code).to_have_value("49023")
    # Another name typed takes away the code that came with the first.
    name.focus()
    keys(page, "Control+a", ":Ang")
    expect(code).to_have_value("")
    expect(said).to_have_text("")
    # A code typed by hand stays, whatever is typed after it.
    code.focus()
    keys(page, ":49999")
    expect(said).to_contain_text("Code 49999 inconnu de la table")
    name.focus()
    keys(page, "Control+a", ":Angers")
    expect(code).to_have_value("49999")


def test_somebody_known_is_faced_before_a_second_record(seat: Seats, practice: Server):
    page = seat("petit", "/patients/nouveau/traits/?naissance=04/05/1978")
    keys(page, ":Morel", "Tab", ":Claire", "Tab", "Tab", "Space", "Enter")
    expect(page.locator("#t-face")).to_contain_text("2 personnes connues ici ont les mêmes traits")
    assert "C’est elle, ouvrir son dossier" in focused(page)
    keys(page, "Enter")
    page.wait_for_url(f"**{record(practice, 'claire')}")


def test_answers_to_letters_typed_before_are_nobodys_choice(seat: Seats, practice: Server):
    """DURAND Paul answers alone; one more letter and Enter at once must not open him."""
    page = seat("petit", record(practice, "claire", "comparer/"))
    field = page.locator("#avec-nom")
    field.focus()
    keys(page, ":durand paul")
    expect(page.locator("#avec-suite [aria-selected=true]")).to_contain_text("DURAND")
    page.route("**/recherche/**", lambda route: None)  # the next answer never comes
    keys(page, ":x")
    expect(page.locator("#avec-suite [aria-selected=true]")).to_have_count(0)
    expect(page.locator("#avec")).to_have_value("")


def test_twins_answer_together_and_nothing_opens_by_itself(seat: Seats, practice: Server):
    page = seat("petit", record(practice, "paul", "comparer/"))
    page.locator("#avec-nom").focus()
    keys(page, ":morel")
    answers = page.locator("#avec-suite [role=option].trouve:not(.creer)")
    expect(answers).to_have_count(3)
    expect(page.locator("#avec-suite [aria-selected=true]")).to_have_count(0)
    expect(answers.first).to_contain_text("jumelle")
    keys(page, "ArrowDown", "ArrowDown", "Enter")
    expect(page.locator("#avec-dit")).to_contain_text("Choisi")
    assert page.locator("#avec").input_value().isdigit()


def test_her_husbands_own_record_is_picked_by_name(seat: Seats, practice: Server):
    page = seat("petit", record(practice, "claire", "entourage/"))
    page.locator("#id_name").focus()
    keys(page, ":Durand")
    page.locator("#proche-nom").focus()
    keys(page, ":durand p")
    # Alone and certain, he is lit, and Enter takes him; the record opens nowhere.
    lit = page.locator("#proche-suite [aria-selected=true]")
    expect(lit).to_contain_text("M 12/03/1951")
    keys(page, "Enter")
    expect(page.locator("#proche-dit")).to_contain_text("Choisi")
    page.locator("#id_relation").focus()
    keys(page, ":conj")
    page.locator("#id_name").focus()
    keys(page, "Enter")
    expect(page.locator(".lignes")).to_contain_text("Son dossier")


def test_two_people_at_once_choose_field_by_field(seat: Seats, practice: Server):
    address = record(practice, "paul", "identite/")
    petit, moreau = seat("petit", address), seat("moreau", address)
    moreau.locator("#id_used_name").focus()
    keys(moreau, ":Bernard", "Enter")
    moreau.wait_for_url(f"**{record(practice, 'paul')}")

    petit.locator("#id_used_name").focus()
    keys(petit, ":Besnard", "Tab", ":Paulo", "Enter")
    expect(petit.locator("#t-conf")).to_have_text(
        "S. Moreau a changé ce dossier pendant votre saisie"
    )
    assert focused(petit) == "used_name"
    petit.locator("[name=used_name]").last.focus()
    keys(petit, "Space", "Enter")
    petit.wait_for_url(f"**{record(practice, 'paul')}")
    expect(petit.locator("h1")).to_have_text("BESNARD Paulo")
    assert drafts(petit) == []


def test_a_duplicate_is_merged_in_two_steps_and_undone(seat: Seats, practice: Server):
    page = seat("petit", record(practice, "claire"))
    keys(page, "c")
    page.wait_for_url("**/comparer/**")
    expect(page.locator("table.face thead")).to_contain_text("LEBRUN Claire")
    page.locator("button[name=garder]").first.focus()
    keys(page, "Enter")
    page.wait_for_url("**/fusions/**")
    expect(page.locator("#t-fus")).to_have_text("Fusion à confirmer")
    page.locator("text=Confirmer la fusion, C. Petit").focus()
    keys(page, "Enter")
    expect(page.locator("#t-fus")).to_have_text("Fusion faite")
    merged = seat("petit", record(practice, "again"))
    expect(merged.locator(".avis")).to_contain_text("Dossier fusionné")
    page.locator("text=Annuler la fusion").focus()
    keys(page, "Enter")
    expect(page.locator("#t-fus")).to_have_text("Fusion annulée")
    merged.reload()
    expect(merged.locator("h1")).to_have_text("MOREL Claire")
    expect(merged.locator(".avis")).to_have_count(0)


def test_what_was_typed_survives_a_closed_tab_and_a_stopped_server(seat: Seats, practice: Server):
    context = seat.screen("petit")
    page = seat.tab(context, record(practice, "clara", "contacts/"))
    page.locator("#id_commune").focus()
    keys(page, "Control+a", ":Trélazé")
    page.close()

    page = seat.tab(context, record(practice, "clara", "contacts/"))
    expect(page.locator(".message.warning")).to_contain_text("n’a pas été enregistrée")
    page.locator("text=La reprendre").focus()
    keys(page, "Enter")
    expect(page.locator("#id_commune")).to_have_value("Trélazé")

    practice.stop()
    try:
        page.locator("#id_commune").focus()
        keys(page, "End", ":-sur-Loire", "Enter")
        expect(page.locator(".coupure")).to_contain_text("Rien n’est enregistré")
        expect(page.locator("#id_commune")).to_have_value("Trélazé-sur-Loire")
        page.close()
    finally:
        practice.start()
    page = seat.tab(context, record(practice, "clara", "contacts/"))
    page.locator("text=La reprendre").focus()
    keys(page, "Enter")
    expect(page.locator("#id_commune")).to_have_value("Trélazé-sur-Loire")
    page.locator("#id_commune").focus()
    keys(page, "Enter")
    page.wait_for_url(f"**{record(practice, 'clara')}")
    expect(page.locator("main")).to_contain_text("Trélazé-sur-Loire")
    assert drafts(page) == []


def test_f9_hides_the_names_and_escape_goes_back(seat: Seats, practice: Server):
    page = seat("petit", record(practice, "claire", "accueil/"))
    keys(page, "F9")
    header = page.locator(".identite")
    assert "blur" in header.evaluate("node => getComputedStyle(node).filter")
    page.locator("#id_text").focus()
    keys(page, "Escape")
    assert page.url.endswith("/accueil/"), "the first Escape leaves the field only"
    keys(page, "Escape")
    page.wait_for_url(f"**{record(practice, 'claire')}")
    for place in (".identite", ".traitsid dd", ".proches table"):
        shown = page.locator(place).first
        assert "blur" in shown.evaluate("node => getComputedStyle(node).filter"), place


def test_the_matricule_is_shown_in_its_place_only_when_asked(seat: Seats, practice: Server):
    page = seat("petit", record(practice, "claire", "controle/"))
    page.locator("#id_ins_matricule").focus()
    keys(page, ":2 78 05 49 007 123 31", "Enter")
    page.wait_for_url(f"**{record(practice, 'claire')}")
    expect(page.locator("#matricule")).to_have_text("INS 2 78 05 49 007 ••• ••")
    page.locator("text=Afficher").focus()
    keys(page, "Enter")
    expect(page.locator("#matricule")).to_contain_text("2 78 05 49 007 123 31")


PAGES = [
    "",
    "identite/",
    "contacts/",
    "accords/",
    "medecin/",
    "deces/",
    "entourage/",
    "accueil/",
    "couverture/",
    "controle/",
    "comparer/",
    "historique/",
    "lectures/",
    "rendez-vous/",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(seat: Seats, practice: Server, scheme: str):
    page = seat("petit", "/patients/nouveau/", color_scheme=scheme)
    addresses = [record(practice, "claire", part) for part in PAGES]
    addresses += [
        "/patients/doublons/",
        "/patients/recherche/?q=morel",
        "/patients/nouveau/?naissance=04051978&nom=mor",
        "/patients/nouveau/traits/?naissance=04/05/1978",
    ]
    found = {}
    for address in addresses:
        page.goto(practice.address + address)
        found |= {address: serious(page)} if serious(page) else {}
    # Mistakes beside their fields, and people to face.
    page.locator("#id_birth_name").focus()
    keys(page, ":M0rel", "Enter")
    expect(page.locator(".erreur").first).to_be_visible()
    found |= {"mistakes": serious(page)} if serious(page) else {}
    assert found == {}


def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    results = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in results
        if each["impact"] in ("serious", "critical")
    ]
