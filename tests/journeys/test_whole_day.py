"""A whole day of a secretary who has read nothing: keyboard only, what the screens say to do.

One long journey on purpose: each act leaves the practice as the next one finds it,
as a day does. What the database holds at the end is counted.
"""

import re

from playwright.sync_api import Page, expect

SEED = "desk"


def keys(page: Page, *pressed: str) -> None:
    """`"Tab"`, `"Enter"` are keys; anything after `:` is typed."""
    for each in pressed:
        if each.startswith(":"):
            page.keyboard.type(each[1:])
        else:
            page.keyboard.press(each)


def said(page: Page, words: str) -> None:
    expect(page.locator(".lecture .dit")).to_contain_text(re.compile(words))


def order(page: Page, text: str, understood: str) -> None:
    """The command line: typed, understood, then done."""
    keys(page, "F3", f":{text}")
    expect(page.locator(".compris .phrase")).to_contain_text(re.compile(understood))
    expect(page.locator(f'.reponse-ordre[data-pour="{text}"]')).to_be_visible()


def cell(page: Page, number: int):
    return page.locator(f'[data-k="r{number}"]')


def call_next(doctor: Page, name: str) -> None:
    """The doctor reads the name under Enter, then calls it."""
    following = doctor.locator("[data-va=suivant]")
    expect(following).to_contain_text(name)
    expect(following).to_be_focused()
    doctor.wait_for_timeout(750)  # a name that has just changed is read before it is called
    keys(doctor, "Enter")


def chosen(page: Page, letters: str, name: str) -> None:
    keys(page, f":{letters}")
    answer = page.get_by_role("option", name=re.compile(name))
    expect(answer).to_have_attribute("aria-selected", "true")
    keys(page, "Enter")


def test_a_day(seat, practice):
    tessier, costa, hamel = practice.known["booked"]
    petit = seat("petit")
    nguyen = seat("nguyen", "/praticien/")
    mouse: list[str] = []
    petit.expose_function("souris", lambda: mouse.append("touched"))
    petit.add_init_script("addEventListener('pointerdown', () => souris(), true)")
    petit.reload()

    # The telephone: somebody known, first free time.
    keys(petit, "F4")
    chosen(petit, "lebr", "LEBRUN Claire")
    expect(petit.locator(".creneau").first).to_be_focused()
    keys(petit, "Enter")
    expect(petit.get_by_label("Motif")).to_be_focused()
    keys(petit, "Enter")
    said(petit, "Rendez-vous pris")

    # At the counter: M. TESSIER, who was expected. His doctor sees it and calls him in.
    order(petit, "arrive tessier", "Arrivée")
    keys(petit, "Enter")
    said(petit, "TESSIER Jean est arrivé à")
    call_next(nguyen, "TESSIER Jean")
    expect(cell(petit, tessier)).to_contain_text("En consultation")

    # Mme COSTA arrives, is put in a room by mistake, and taken back.
    cell(petit, costa).focus()
    keys(petit, "a")
    said(petit, "COSTA Maria est arrivée à")
    keys(petit, "s")
    expect(cell(petit, costa)).to_contain_text("En salle")
    keys(petit, "Control+z")
    expect(cell(petit, costa)).to_contain_text("Arrivée")

    # Somebody nobody knows here: birth date first, three letters, then the record.
    order(petit, "nouveau patient", "Créer un patient")
    keys(petit, "Enter")
    petit.wait_for_url("**/patients/nouveau/**")
    expect(petit.locator("#naissance")).to_be_focused()
    keys(petit, ":14/02/1990", "Tab", ":cha", "Enter")
    expect(petit.locator("#proches [data-premier]")).to_be_focused()
    keys(petit, "Enter")
    petit.wait_for_url("**/nouveau/traits/**")
    expect(petit.locator("#id_birth_name")).to_be_focused()
    keys(petit, ":Chastel", "Tab", ":Rose", "Tab", "Tab", "Space", "Enter")
    petit.wait_for_url(re.compile(r"/patients/\d+/$"))
    expect(petit).to_have_title(re.compile("CHASTEL Rose, F 14/02/1990"))
    order(petit, "chastel", "Patient")
    keys(petit, "Escape", "Escape")

    # M. HAMEL telephones: moved to his doctor's colleague, without the mouse.
    petit.goto(practice.address)
    cell(petit, hamel).focus()
    keys(petit, "d")
    said(petit, "HAMEL G.* : choisir une place libre")
    keys(petit, "ArrowLeft", "ArrowDown", "Enter")
    said(petit, "Rendez-vous déplacé")

    # The doctor is done with M. TESSIER and calls the next one.
    call_next(nguyen, "Terminer et appeler COSTA Maria")
    expect(cell(petit, tessier)).to_contain_text("Sorti")
    expect(cell(petit, costa)).to_contain_text("En consultation")

    # In the middle of a booking the browser goes down; F8 takes it up again.
    expect(petit.locator(".s-libre [data-k]").first).to_be_visible()
    petit.locator(".s-libre [data-k]").first.focus()
    keys(petit, "Enter")
    chosen(petit, "roux", "ROUX Paul")
    expect(petit.locator("#boite .retenu")).to_contain_text("ROUX Paul")
    petit.reload()
    keys(petit, "F8")
    expect(petit.locator("#boite .retenu")).to_contain_text("ROUX Paul, M 12/03/1951")
    keys(petit, "Enter")
    said(petit, "Rendez-vous pris")

    # M. HAMEL calls again: he cancels, she says why and who asked.
    cell(petit, hamel).focus()
    keys(petit, "Enter")
    petit.get_by_role("button", name=re.compile("Annuler le rendez-vous")).press("Enter")
    expect(petit.locator("#boite")).to_contain_text("Demandé par")
    keys(petit, "Enter")
    said(petit, "HAMEL.*annulé|Rendez-vous annulé")
    expect(cell(petit, hamel)).to_have_count(0)

    # The doctor finishes; she leaves the desk locked, the names covered.
    nguyen.keyboard.press("t")
    expect(cell(petit, costa)).to_contain_text("Sorti")
    keys(petit, "Control+Alt+l")
    expect(petit.get_by_role("dialog", name="Poste verrouillé")).to_be_visible()

    # What the practice holds in the evening.
    assert mouse == []
    for seen in (tessier, costa):
        assert practice.ask(f"Appointment.objects.get(pk={seen}).visit.state") == "left"
    assert practice.ask(f"Appointment.objects.get(pk={hamel}).status") == "cancelled"
    booked = "Appointment.objects.filter(patient__birth_name='%s', status='booked').count()"
    assert practice.ask(booked % "ROUX") == 1
    assert practice.ask(booked % "MOREL") == 2  # seen forty days ago, and again today
    verbs = {line.split(", ")[0] for line in practice.trail()}
    done = {"patients.create", "agenda.book", "agenda.move", "agenda.cancel", "session.lock"}
    assert done <= verbs, verbs
