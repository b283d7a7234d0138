"""What every page of the practice shares: the list on the left, forms, acts and their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from unisson.core import access
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal

# Route, words, verb.
SECTIONS = (
    ("settings", "Vue d’ensemble", "practice.configure"),
    ("settings-practitioners", "Praticiens", "practice.configure"),
    ("settings-places", "Sites, salles, matériel", "practice.configure"),
    ("settings-hours", "Horaires", "agenda.configure"),
    ("settings-absences", "Absences et fermetures", "agenda.absence"),
    ("settings-visit-types", "Motifs", "agenda.configure"),
    ("settings-staff", "Comptes", "practice.manage_staff"),
    ("settings-grants", "Qui peut faire quoi", "practice.manage_staff"),
    ("settings-trail", "Journal", "audit.read"),
    ("settings-backups", "Sauvegardes", "practice.see_backups"),
)


def actor(request: HttpRequest) -> Actor:
    """The person whose page this is; the middleware let her in."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def show(
    request: HttpRequest,
    template: str,
    section: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """A page with the list of pages on the left, the current one marked."""
    pages = [
        {"address": reverse(name), "words": words, "current": name == section}
        for name, words, verb in SECTIONS
        if access.may(actor(request), verb)
    ]
    return render(
        request, f"manager/{template}", {"pages": pages, **(context or {})}, status=status
    )


def tried(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Do it if the form is right; a refusal becomes a mistake of its field. Whether it was done."""
    if not form.is_valid():
        return False
    try:
        act()
    except NotAllowed:
        raise
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return False
    return True


def done(request: HttpRequest, sentence: str, route: str, *args: Any) -> HttpResponse:
    """Say what was done, and go back to the list."""
    messages.success(request, sentence)
    return redirect(route, *args)


def asked(request: HttpRequest, act: Callable[[], Any], sentence: str, route: str,
          *args: Any) -> HttpResponse:  # fmt: skip
    """One button, one act: its sentence or its refusal, on the page it leads to."""
    try:
        act()
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, sentence)
    return redirect(route, *args)


class Sent(forms.Form):
    """A form of ours: no colon after labels, and the number that makes a double click one act."""

    request_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["request_id"].initial = uuid4
        for field in self.fields.values():
            field.error_messages["required"] = "À remplir."

    def act_id(self, name: str = "") -> UUID:
        """The id of one of the acts this form asks for: the same when it is sent again."""
        sent: UUID = self.cleaned_data.get("request_id") or uuid4()
        return uuid5(sent, name)

    @property
    def wrong(self) -> bool:
        return bool(self.errors)

    @property
    def general(self) -> list[str]:
        """Mistakes of no field in particular."""
        return [str(one) for one in self.errors.get(NON_FIELD_ERRORS, [])]
