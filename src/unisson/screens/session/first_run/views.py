"""The pages themselves: a door, five steps, a last look, and what to keep on paper."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from unisson.core.access import page
from unisson.core.errors import Refusal
from unisson.practice.actions import sessions
from unisson.practice.models import User
from unisson.practice.queries import is_founded
from unisson.screens.session import keyboard
from unisson.screens.session.first_run import door, found
from unisson.screens.session.first_run.draft import KEY, Draft, Problems
from unisson.screens.session.first_run.steps_accounts import Accounts
from unisson.screens.session.first_run.steps_agenda import Hours, Visits
from unisson.screens.session.first_run.steps_house import People, Places

Step = Places | People | Hours | Visits | Accounts
STEPS = (Places, People, Hours, Visits, Accounts)
SLUGS = [step.slug for step in STEPS]
LAST = "verifier"


@dataclass(frozen=True)
class Mark:
    """A step in the list on the left: where it leads, and how far it is."""

    title: str
    address: str
    current: bool
    done: bool


@page("practice.first_run")
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """The door: straight in from the server itself, with its code from elsewhere."""
    if is_founded():
        return redirect("sign-in")
    wrong = request.method == "POST" and not door.knock(request, request.POST.get("code", ""))
    if not door.is_open(request):
        status = 422 if wrong else 200
        return render(request, "session/first_run/door.html", {"wrong": wrong}, status=status)
    return redirect("first-run-step", _first_unfinished(Draft.of(request)))


def _first_unfinished(draft: Draft) -> str:
    return next((step.slug for step in STEPS if step().problems(draft)), LAST)


@page("practice.first_run")
@sensitive_post_parameters("manager.password", "manager.repeat")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """One step: read, kept as typed, checked when she goes on."""
    if is_founded():
        return redirect("sign-in")
    if not door.is_open(request):
        return redirect("first-run")
    if slug == LAST:
        return _last_look(request)
    if slug not in SLUGS:
        raise Http404
    place = SLUGS.index(slug)
    if place >= 2 and not Draft.of(request).people:
        return redirect("first-run-step", People.slug)
    current = STEPS[place]()
    draft = Draft.of(request)
    if request.method == "GET":
        if hasattr(current, "prepare"):
            current.prepare(draft)
            draft.keep(request)
        return _page(request, current, draft, {})
    current.read(draft, request.POST)
    draft.keep(request)
    if request.POST.get("aller") == "retour" and place:
        return redirect("first-run-step", SLUGS[place - 1])
    added = request.POST.get("ajouter", "")
    if added or "copier" in request.POST or "modele" in request.POST:
        return _page(request, current, draft, {}, added)
    problems = current.problems(draft)
    if problems:
        return _page(request, current, draft, problems)
    return redirect("first-run-step", [*SLUGS, LAST][place + 1])


def _page(
    request: HttpRequest,
    current: Step,
    draft: Draft,
    problems: Problems,
    added: str = "",
) -> HttpResponse:
    context = {
        "step": current,
        "tables": current.tables(draft, problems, added),
        "marks": _marks(draft, current.slug),
        "problems": list(problems.values()),
        "number": SLUGS.index(current.slug) + 1,
        "models": isinstance(current, Visits),
    }
    status = 422 if problems else 200
    return render(request, "session/first_run/step.html", context, status=status)


def _marks(draft: Draft, slug: str) -> list[Mark]:
    marks = [
        Mark(
            one.title,
            reverse("first-run-step", args=[one.slug]),
            one.slug == slug,
            _is_done(one(), draft),
        )
        for one in STEPS
    ]
    last = Mark("Vérifier et créer", reverse("first-run-step", args=[LAST]), slug == LAST, False)
    return [*marks, last]


def _is_done(one: Step, draft: Draft) -> bool:
    """Filled in and right. Hours that nobody has looked at yet are not."""
    return not one.problems(draft) and (bool(draft.hours) or not isinstance(one, Hours))


def _last_look(request: HttpRequest) -> HttpResponse:
    draft = Draft.of(request)
    missing = [
        (one.title, reverse("first-run-step", args=[one.slug]), list(problems.values()))
        for one in STEPS
        if (problems := one().problems(draft))
    ]
    refusal = None
    if request.method == "POST" and not missing:
        try:
            return _create(request, draft)
        except Refusal as caught:
            refusal = caught
    context = {
        "draft": draft,
        "marks": _marks(draft, LAST),
        "missing": missing,
        "summary": found.summary(draft),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "session/first_run/check.html", context, status=status)


def _create(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Found the practice, put its manager at the keyboard, show the passwords once."""
    done = found.create(draft)
    manager = User.objects.get(pk=done.manager_id)
    keyboard.known_device(request)
    request.session.pop(KEY, None)
    request.session.pop(door.OPENED, None)
    actor = keyboard.begin(request, manager)
    sessions.signed_in(manager, by=actor)
    request.actor = actor  # type: ignore[attr-defined]
    found.configure_agenda(draft, done, by=actor)
    response = render(request, "session/first_run/done.html", {"done": done})
    return keyboard.mark_device(request, response)
