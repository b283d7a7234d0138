"""A day at the desk in a real browser: keys, drafts, a colleague, a server that stops."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.served import Server, until

SEED = "desk"


@pytest.fixture
def practice(founded, tmp_path) -> Iterator[Server]:
    """For each test as it was founded: what one takes or holds is free for the next."""
    folder, known = founded
    own = tmp_path / "practice"
    shutil.copytree(folder, own)
    server = Server(own, known)
    yield server
    server.stop()


def cell(page: Page, number: int):
    return page.locator(f'[data-k="r{number}"]')


def said(page: Page):
    return page.locator(".lecture .dit")


def free(page: Page):
    return page.locator(".s-libre [data-k][tabindex='0']")


def open_booking(page: Page) -> None:
    expect(free(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Chercher le patient")).to_be_focused()


def choose(page: Page, typed: str, name: str) -> None:
    page.keyboard.type(typed)
    answer = page.get_by_role("option", name=re.compile(name))
    expect(answer).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#boite .retenu")).to_contain_text(name)


# The grid under the keyboard ------------------------------------------------------------


def test_one_tab_stop_and_arrows(seat, practice):
    page = seat()
    expect(free(page)).to_be_focused()
    assert page.locator(".grille [data-k][tabindex='0']").count() == 1
    first = page.evaluate("document.activeElement.dataset.k")
    page.keyboard.press("ArrowRight")
    column = page.evaluate("document.activeElement.closest('.col').id")
    assert column == f"col-{practice.known['practitioners'][1]}"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    expect(page.locator(".lecture .quoi")).to_contain_text("–")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")  # the head of the column: its week
    expect(page.get_by_role("link", name="Dr Diallo")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="Dr Nguyen")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    assert page.locator(".grille [data-k][tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.grille')") is None
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('.grille'))")
    assert first.startswith("l")


def test_arrived_in_room_moved_and_taken_back(seat, practice):
    page = seat()
    second = practice.known["booked"][1]
    cell(page, second).focus()
    page.keyboard.press("a")
    expect(said(page)).to_have_text(re.compile("COSTA Maria est arrivée à"))
    expect(cell(page, second)).to_contain_text("Arrivée")
    expect(page.locator("#file")).to_contain_text("COSTA Maria")
    page.keyboard.press("s")
    expect(cell(page, second)).to_contain_text("En salle")
    page.keyboard.press("Control+z")
    expect(cell(page, second)).to_contain_text("Arrivée")
    page.keyboard.press("Control+z")
    expect(cell(page, second)).to_contain_text("Prévue")
    expect(cell(page, second)).to_be_focused()

    page.keyboard.press("d")
    expect(said(page)).to_contain_text("COSTA Maria : choisir une place libre")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Rendez-vous déplacé")
    expect(page.locator(f"#col-{practice.known['practitioners'][0]}")).to_contain_text("COSTA")
    expect(cell(page, second)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Annulé : Rendez-vous déplacé")
    expect(page.locator(f"#col-{practice.known['practitioners'][1]}")).to_contain_text("COSTA")


def test_letters_can_be_switched_off(seat, practice):
    page = seat()
    page.get_by_role("button", name="petit").click()
    page.get_by_label(re.compile("Lettres seules")).uncheck()
    page.keyboard.press("Escape")
    second = practice.known["booked"][1]
    cell(page, second).focus()
    page.keyboard.press("a")
    page.keyboard.press("Enter")  # what a letter did is a button of the opened appointment
    expect(page.locator("#boite")).to_contain_text("COSTA Maria")
    page.get_by_role("button", name=re.compile("^Arrivé")).press("Enter")
    expect(cell(page, second)).to_contain_text("Arrivée")
    steps = f"Appointment.objects.get(pk={second}).visit.steps.count()"
    assert practice.ask(steps) == 1
    page.reload()
    assert page.evaluate("document.body.dataset.lettres") == "non"


def test_names_are_hidden_from_the_counter(seat):
    page = seat()
    page.keyboard.press("F9")
    page.reload()
    blurred = "getComputedStyle(document.querySelector('.rdv .nom')).filter"
    assert "blur" in page.evaluate(blurred)
    page.keyboard.press("F9")
    assert page.evaluate(blurred) == "none"


def test_help_and_the_way_back(seat):
    page = seat()
    expect(free(page)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Touches de la journée")).to_be_visible()
    page.keyboard.press("Escape")
    expect(free(page)).to_be_focused()


def test_squeezing_in_is_said_before_it_is_done(seat, practice):
    page = seat()
    second = practice.known["booked"][1]
    cell(page, second).focus()
    page.keyboard.press("p")
    expect(page.locator("#boite h2")).to_have_text("Ajouter en plus")
    expect(page.locator("#boite")).to_contain_text("déjà prise par COSTA Maria")
    choose(page, "roux", "ROUX Paul")
    page.keyboard.press("Enter")
    expect(page.locator(".s-plus")).to_contain_text("ROUX")
    expect(page.locator(".s-plus")).to_contain_text("En plus")


def test_letters_typed_ahead_of_a_box_are_its_own(seat, practice):
    """F4 then "a…" at once: the patient's name, never an arrival behind the box that comes."""
    page = seat()
    second = practice.known["booked"][1]
    cell(page, second).focus()
    held: list[Route] = []
    page.route("**/rdv/premier/**", lambda route: held.append(route))
    page.keyboard.press("F4")
    page.keyboard.type("sax")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    until(page, lambda: held)
    expect(page.locator("#annonce")).to_contain_text("Ouverture en cours")
    held.pop().continue_()
    expect(page.get_by_role("combobox", name="Chercher le patient")).to_have_value("sa")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#boite")).to_be_hidden()
    page.keyboard.press("F4")
    until(page, lambda: held)
    page.keyboard.press("Escape")  # given up before it came
    expect(said(page)).to_contain_text("Rien n’a été changé")
    page.keyboard.press("a")
    expect(cell(page, second)).to_contain_text("Arrivée")
    steps = f"Appointment.objects.get(pk={second}).visit.steps.count()"
    assert practice.ask(steps) == 1


def test_blocking_and_giving_back(seat, practice):
    page = seat()
    expect(free(page)).to_be_focused()
    page.keyboard.press("b")
    page.get_by_label("Écrit dans l’agenda").fill("Réunion")
    page.keyboard.press("Enter")
    expect(page.locator(".absence")).to_contain_text("Réunion")
    page.locator(".absence button").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Débloquer ce temps").press("Enter")
    expect(page.locator(".absence")).to_have_count(0)


def test_the_next_day_and_back(seat):
    page = seat()
    today = page.locator("h1").inner_text()
    page.keyboard.press("PageDown")
    expect(page.locator("h1")).not_to_have_text(today)
    page.keyboard.press("PageUp")
    expect(page.locator("h1")).to_have_text(today)


# Nothing typed is lost --------------------------------------------------------------------


def test_a_closed_tab_loses_nothing(seat, practice):
    page = seat()
    open_booking(page)
    choose(page, "roux", "ROUX Paul")
    page.get_by_label(re.compile("Raison")).fill("Renouvellement")
    page.reload()  # the browser went down
    pause = page.locator("#pause")
    expect(pause).to_contain_text("1 saisie en pause")
    expect(page.locator("#en-pause")).to_contain_text("ROUX Paul")
    page.keyboard.press("F8")
    expect(page.locator("#boite .retenu")).to_contain_text("ROUX Paul, M 12/03/1951")
    expect(page.get_by_label(re.compile("Raison"))).to_have_value("Renouvellement")
    page.get_by_label(re.compile("Raison")).press("Enter")
    expect(said(page)).to_contain_text("Rendez-vous pris")
    expect(pause).to_be_hidden()
    expect(page.locator("#en-pause")).to_be_hidden()


def test_parked_and_resumed(seat):
    page = seat()
    open_booking(page)
    choose(page, "roux", "ROUX Paul")
    page.keyboard.press("F8")
    expect(page.locator("#boite")).to_be_hidden()
    expect(page.locator("#pause")).to_contain_text("1 saisie en pause")
    page.keyboard.press("F8")
    expect(page.locator("#boite .retenu")).to_contain_text("ROUX Paul")
    page.get_by_role("button", name="Abandonner").press("Enter")
    expect(page.locator("#pause")).to_be_hidden()


def test_a_stopped_server_keeps_the_form_and_books_once(seat, practice):
    page = seat()
    open_booking(page)
    choose(page, "roux", "ROUX Paul")
    before = practice.ask("Appointment.objects.count()")
    practice.stop()
    page.keyboard.press("Enter")
    expect(page.locator("#boite .reponse")).to_contain_text("Le serveur ne répond pas")
    expect(page.locator("#boite .retenu")).to_contain_text("ROUX Paul")
    practice.start()
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Rendez-vous pris", timeout=20000)
    assert practice.ask("Appointment.objects.count()") == before + 1


def test_the_drafts_of_one_are_not_shown_to_another(seat):
    page = seat("petit")
    open_booking(page)
    choose(page, "roux", "ROUX Paul")
    seat.sit(page.context, "leroy")
    page.reload()
    expect(page.get_by_role("button", name="leroy")).to_be_visible()
    expect(page.locator("#pause")).to_be_hidden()
    expect(page.locator("#en-pause")).to_be_hidden()
    page.keyboard.press("F8")
    expect(said(page)).to_have_text("Rien n’est en pause.")
    # Nor lost for the one who typed it.
    seat.sit(page.context, "petit")
    page.reload()
    expect(page.locator("#en-pause")).to_contain_text("ROUX Paul")


# With a colleague ---------------------------------------------------------------------------


def test_a_time_being_booked_is_kept_and_said(seat, practice):
    petit, leroy = seat("petit"), seat("leroy")
    open_booking(petit)
    expect(petit.locator("#boite .tenu")).to_contain_text("Créneau tenu pour vous")
    held = leroy.locator(".s-tenu")
    expect(held).to_contain_text("tenu par petit")
    petit.keyboard.press("Escape")
    expect(held).to_have_count(0)


def test_a_time_taken_meanwhile_offers_the_nearest(seat, practice):
    petit = seat("petit")
    open_booking(petit)
    choose(petit, "roux", "ROUX Paul")
    petit.get_by_label(re.compile("Raison")).fill("Vaccin")
    petit.keyboard.press("F8")  # parked: the time is given back
    leroy = seat("leroy")
    open_booking(leroy)
    choose(leroy, "lebr", "LEBRUN Claire")
    leroy.keyboard.press("Enter")
    expect(said(leroy)).to_contain_text("Rendez-vous pris")
    petit.keyboard.press("F8")
    expect(petit.get_by_label(re.compile("Raison"))).to_have_value("Vaccin")
    petit.get_by_label(re.compile("Raison")).press("Enter")
    expect(petit.locator("#boite [role=alert]").first).to_contain_text("n’est pas libre")
    expect(petit.get_by_label(re.compile("Raison"))).to_have_value("Vaccin")
    nearest = petit.locator("#boite .creneau").first
    expect(nearest).to_be_focused()
    petit.keyboard.press("Enter")
    expect(said(petit)).to_contain_text("Rendez-vous pris")


@pytest.mark.parametrize(("theme", "colours"), [("Sombres", "sombre"), ("Claires", "clair")])
def test_the_colours_chosen_stay(seat, theme, colours):
    page = seat()
    page.get_by_role("button", name="petit").click()
    page.get_by_label(theme).check()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == colours


# A hand that types on ------------------------------------------------------------------------


def test_a_name_typed_on_the_grid_is_a_name_and_marks_nobody(seat, practice):
    page = seat()
    second = practice.known["booked"][1]
    cell(page, second).focus()
    page.keyboard.type("sax", delay=60)
    expect(page.locator("#ordre")).to_have_value("sax")
    expect(page.locator("#ordre")).to_be_focused()
    page.keyboard.press("Escape")
    visits = f"Appointment.objects.filter(pk={second}, visit__isnull=False).count()"
    assert practice.ask(visits) == 0


def test_the_next_name_typed_after_an_answer_marks_nobody(seat, practice):
    page = seat()
    second = practice.known["booked"][1]
    cell(page, second).focus()
    page.keyboard.press("F3")
    page.keyboard.type("costa")
    expect(page.locator('#ordre-liste [aria-selected="true"]')).to_contain_text("COSTA")
    page.keyboard.press("Enter")
    expect(page.locator("#ordre-liste [data-touche]").first).to_be_visible()
    page.keyboard.type("sorel", delay=60)
    expect(page.locator("#ordre")).to_have_value("sorel")
    visits = f"Appointment.objects.filter(pk={second}, visit__isnull=False).count()"
    assert practice.ask(visits) == 0


def test_ctrl_z_names_an_act_of_another_day_before_it_takes_it_back(seat, practice):
    page = seat()
    today = page.locator("h1").inner_text()
    page.keyboard.press("PageDown")
    expect(page.locator("h1")).not_to_have_text(today)
    page.locator(".s-libre [data-k]").first.focus()
    page.keyboard.press("b")
    page.get_by_label("Écrit dans l’agenda").fill("Réunion")
    page.keyboard.press("Enter")
    expect(page.locator(".absence")).to_contain_text("Réunion")
    expect(page.locator("#boite")).to_be_hidden()
    page.keyboard.press("PageUp")
    expect(page.locator("h1")).to_have_text(today)
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Le dernier geste n’est pas sur ce jour")
    standing = "Absence.objects.filter(ended_at__isnull=True).count()"
    assert practice.ask(standing) == 1
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Annulé")
    assert practice.ask(standing) == 0


def test_f4_keeps_what_she_chose_herself(seat, practice):
    """LEBRUN usually sees Dr Diallo; Dr Nguyen and a long visit were asked for."""
    page = seat()
    page.keyboard.press("F4")
    slots = page.locator("#libres")
    expect(slots).to_contain_text("Dr Diallo")
    page.get_by_label("Avec", exact=True).select_option(label="Dr Nguyen")
    expect(slots).not_to_contain_text("Dr Diallo")  # the whole form was drawn again
    expect(page.locator("#ff-praticien")).to_be_focused()
    page.get_by_label("Motif", exact=True).select_option(label="LONG · Consultation longue")
    expect(slots).to_contain_text("40 min")
    page.get_by_role("combobox", name="Chercher le patient").focus()
    choose(page, "lebr", "LEBRUN Claire")
    expect(page.locator("#ff-praticien option:checked")).to_have_text("Dr Nguyen")
    expect(page.locator("#ff-motif option:checked")).to_contain_text("LONG")
    expect(page.locator(".creneau").first).to_contain_text("Dr Nguyen")
