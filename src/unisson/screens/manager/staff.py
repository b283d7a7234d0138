"""Named accounts: who they are, for whom they work, until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unisson.core import access, clock
from unisson.core.access import page
from unisson.practice import roles
from unisson.practice.actions import staff
from unisson.practice.actions.details import AccountDetails
from unisson.practice.models import Practitioner, Site, User
from unisson.screens.manager.fields import Day, Ticks, number, whole
from unisson.screens.manager.frame import Sent, actor, asked, show, tried
from unisson.screens.manager.verbs import groups

SECTION = "settings-staff"
VERB = "practice.manage_staff"


class AccountForm(Sent):
    """One person's account."""

    name = forms.CharField(
        label="Nom affiché au bureau", max_length=80, help_text="Par exemple : C. Petit."
    )
    username = forms.CharField(
        label="Identifiant", max_length=40, help_text="Tapé pour entrer. Par exemple : c.petit."
    )
    role = forms.ChoiceField(label="Rôle", choices=list(roles.LABELS.items()))
    practitioner = forms.ChoiceField(
        label="Est ce praticien, ou le remplace",
        required=False,
        help_text="Pour un praticien ou un remplaçant.",
    )
    works_for = Ticks(
        label="Travaille pour",
        required=False,
        help_text="Rien de coché : pour tous ; un praticien ou un remplaçant, son agenda.",
    )
    sites = Ticks(label="Sur ces sites", required=False, help_text="Rien de coché : partout.")
    valid_from = Day(label="Premier jour", required=False)
    valid_until = Day(
        label="Dernier jour", required=False, help_text="Le compte se ferme seul à minuit."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [
            (one.pk, one.resource.name)
            for one in Practitioner.objects.select_related("resource").filter(resource__active=True)
        ]
        self.fields["practitioner"].choices = whole(people, "")  # type: ignore[attr-defined]
        self.fields["works_for"].choices = whole(people)  # type: ignore[attr-defined]
        self.fields["sites"].choices = whole(list(Site.objects.values_list("pk", "name")))  # type: ignore[attr-defined]

    @property
    def details(self) -> AccountDetails:
        sent = self.cleaned_data
        return AccountDetails(
            username=sent["username"],
            name=sent["name"],
            role=sent["role"],
            practitioner_id=number(sent["practitioner"]),
            works_for=frozenset(int(key) for key in sent["works_for"]),
            sites=frozenset(int(key) for key in sent["sites"]),
            valid_from=sent["valid_from"],
            valid_until=sent["valid_until"],
        )


@page(VERB)
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Everyone who has an account, those who may enter today first."""
    today = clock.today()
    people = list(
        User.objects.select_related("practitioner__resource")
        .prefetch_related("works_for__resource")
        .order_by("role", "name")
    )
    people.sort(key=lambda user: not user.valid_on(today))
    return show(
        request,
        "accounts.html",
        SECTION,
        {"people": [(user, _state(user), user.valid_on(today)) for user in people]},
    )


def _state(user: User) -> str:
    """In words: open, closed, not yet, until when, waiting for its first sign-in."""
    today = clock.today()
    if not user.is_active:
        return "fermé"
    if user.valid_from and user.valid_from > today:
        return f"ouvre le {user.valid_from:%d/%m/%Y}"
    if user.valid_until and user.valid_until < today:
        return f"fermé depuis le {user.valid_until:%d/%m/%Y}"
    if user.must_change_password:
        return "mot de passe provisoire"
    if user.valid_until:
        return f"jusqu’au {user.valid_until:%d/%m/%Y}"
    return "ouvert"


@page(VERB)
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """Open an account; its temporary password is shown once."""
    form = AccountForm(request.POST or None, initial={"role": roles.SECRETARY})
    made: list[tuple[User, str]] = []

    def act() -> None:
        made.append(staff.open_account(form.details, by=actor(request)))

    if request.method == "POST" and tried(form, act):
        return _password(request, *made[0])
    context = {"form": form, "title": "Nouveau compte", "back": SECTION}
    return show(request, "form.html", SECTION, context, status=422 if form.wrong else 200)


@page(VERB)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account that changes; its password and its closing are acts of their own."""
    there = get_object_or_404(User, pk=user_id)
    initial = {
        "name": there.name,
        "username": there.username,
        "role": there.role,
        "practitioner": there.practitioner_id,
        "works_for": [str(key) for key in there.works_for.values_list("pk", flat=True)],
        "sites": [str(key) for key in there.sites.values_list("pk", flat=True)],
        "valid_from": there.valid_from,
        "valid_until": there.valid_until,
    }
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and tried(
        form, lambda: staff.change_account(there.pk, form.details, by=actor(request))
    ):
        return asked(request, lambda: None, f"Compte de {there.name} enregistré.", SECTION)
    context = {"form": form, "there": there, "state": _state(there)}
    return show(request, "account.html", SECTION, context, status=422 if form.wrong else 200)


@page(VERB)
@require_POST
def account_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """A new temporary password, shown once; she is signed out everywhere."""
    get_object_or_404(User, pk=user_id)
    return _password(request, *staff.reset_password(user_id, by=actor(request)))


@page(VERB)
@require_POST
def account_close(request: HttpRequest, user_id: int) -> HttpResponse:
    """Closed at once, on every desk."""
    there = get_object_or_404(User, pk=user_id)
    return asked(
        request,
        lambda: staff.close_account(there.pk, by=actor(request)),
        f"Compte de {there.name} fermé. Son nom reste au journal.",
        SECTION,
    )


@page(VERB)
@require_POST
def account_reopen(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open again, with a new temporary password."""
    get_object_or_404(User, pk=user_id)
    return _password(request, *staff.reopen_account(user_id, by=actor(request)))


def _password(request: HttpRequest, user: User, password: str) -> HttpResponse:
    return show(request, "password.html", SECTION, {"user": user, "password": password})


@page(VERB)
@require_GET
def grants(request: HttpRequest) -> HttpResponse:
    """Who may do what, read out of the policy itself: the page cannot say anything else."""
    held = access.granted_verbs()
    columns = [(role, label) for role, label in roles.LABELS.items()]
    table = [
        (title, [(words, [role in held[verb] for role, _ in columns]) for verb, words in lines])
        for title, lines in groups(held)
    ]
    return show(request, "grants.html", "settings-grants", {"columns": columns, "table": table})
