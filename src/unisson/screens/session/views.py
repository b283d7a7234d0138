"""Signing in and out, the locked screen, one's own password and code."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unisson.core.access import page
from unisson.core.errors import NotAllowed, Refusal
from unisson.practice import queries, roles
from unisson.practice.actions import sessions
from unisson.practice.actors import account_of_request, device_of_request
from unisson.practice.models import User
from unisson.practice.rules import codes
from unisson.screens.session import keyboard

# Signing in ----------------------------------------------------------------------


@page("session.sign_in")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; then where she was going."""
    suite = keyboard.local_path(request.GET.get("suite"))
    if not queries.is_founded():
        return redirect("first-run")
    if request.method == "GET":
        if request.actor is not None:  # type: ignore[attr-defined]
            return redirect(suite)
        return keyboard.mark_device(request, _sign_in_page(request, suite))
    device = keyboard.known_device(request)
    username = request.POST.get("username", "")
    try:
        user = sessions.prove_password(
            username,
            request.POST.get("password", ""),
            address=keyboard.client_address(request),
            device=device,
        )
    except Refusal as refusal:
        answer = _sign_in_page(request, suite, username=username, refusal=refusal)
        return keyboard.mark_device(request, answer)
    return _arrive(request, user, suite)


@page("session.sign_in")
@require_POST
def try_out(request: HttpRequest) -> HttpResponse:
    """One click on an account of the fictitious practice, on this machine only."""
    user = next(
        (one for one in _offered(request) if str(one.pk) == request.POST.get("account")), None
    )
    if user is None:
        raise NotAllowed("session.sign_in")
    keyboard.known_device(request)
    return _arrive(request, user, keyboard.local_path(request.POST.get("suite")))


def _arrive(request: HttpRequest, user: User, suite: str) -> HttpResponse:
    actor = keyboard.begin(request, user)
    sessions.signed_in(user, by=actor)
    return keyboard.mark_device(request, redirect(_landing(user, suite)))


def _landing(user: User, suite: str) -> str:
    """Where she was going; else the desk, or her own day for whoever receives patients."""
    own = suite == "/" and user.role in roles.CARE
    return reverse("practitioner-day") if own else suite


def _offered(request: HttpRequest) -> list[User]:
    """The accounts to try: a demonstration, on a server only this machine can reach."""
    if settings.LISTENS_ON_LOOPBACK and keyboard.from_this_machine(request):
        return queries.demonstration_accounts()
    return []


def _sign_in_page(
    request: HttpRequest, suite: str, *, username: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "practice": queries.practice(),
        "suite": suite,
        "username": username,
        "refusal": refusal,
        "offered": _offered(request),
    }
    status = 200 if refusal is None else 422
    return render(request, "session/sign_in.html", context, status=status)


@page("session.sign_out")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this person's session. Her colleagues' at the same desk go on waiting."""
    keyboard.end(request)
    return redirect("sign-in")


# The locked screen ---------------------------------------------------------------


@page("session.lock")
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Close the keyboard. The page's script stays where it is; a plain form goes to the screen."""
    keyboard.lock(request, idle=request.POST.get("idle") == "1")
    if _by_script(request):
        return HttpResponse(status=204)
    return redirect("unlock")


@page("session.stay")
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """The page says that somebody is at the keyboard."""
    keyboard.heard(request)
    return HttpResponse(status=204)


@page("session.unlock")
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Who comes back, and her code or password. No patient is named here."""
    suite = keyboard.local_path(request.GET.get("suite"))
    present = queries.present_at(device_of_request(request))
    there = account_of_request(request)
    if request.actor is not None and request.method == "GET":  # type: ignore[attr-defined]
        return redirect(suite)
    if not present and there is None:
        return _script_or(request, redirect("sign-in"), {"go": "/connexion/"})
    if request.method == "GET":
        return _unlock_page(request, suite)
    try:
        return _unlock(request, suite, there)
    except Refusal as refusal:
        return _unlock_page(request, suite, refusal=refusal)


def _unlock(request: HttpRequest, suite: str, there: User | None) -> HttpResponse:
    chosen, secret = request.POST.get("account", ""), request.POST.get("secret", "")
    device = device_of_request(request)
    present = {str(one.user_id): one for one in queries.present_at(device)}
    with_code = codes.is_code(secret)
    if chosen not in present and (there is None or chosen != str(there.pk)):
        raise Refusal("Choisissez votre nom dans la liste.", field="account")
    if with_code:
        user = sessions.prove_code(int(chosen), secret, device=device)
    else:
        user = sessions.prove_password(
            User.objects.get(pk=chosen).username,
            secret,
            address=keyboard.client_address(request),
            device=device,
        )
    switched = there is None or there.pk != user.pk
    actor = keyboard.begin(request, user)
    sessions.unlocked(user, by=actor, switched=switched, with_code=with_code)
    where = _landing(user, "/") if switched else suite
    return _script_or(request, redirect(where), {"go": where if switched else ""})


def _unlock_page(
    request: HttpRequest, suite: str, *, refusal: Refusal | None = None
) -> HttpResponse:
    there = account_of_request(request)
    people = queries.present_at(device_of_request(request))
    asked = request.POST.get("account") or (str(there.pk) if there else "")
    context = {
        "people": people,
        "there": there,
        "alone": there is not None and there.pk not in [one.user_id for one in people],
        "chosen": asked or (str(people[0].user_id) if people else ""),
        "suite": suite,
        "refusal": refusal,
        "practice": queries.practice(),
        "demonstration": bool(_offered(request)),
    }
    template = "session/unlock_form.html" if _by_script(request) else "session/unlock.html"
    return render(request, template, context, status=422 if refusal else 200)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Unisson") == "verrou"


def _script_or(
    request: HttpRequest, response: HttpResponse, answer: dict[str, str]
) -> HttpResponse:
    return JsonResponse(answer) if _by_script(request) else response


# One's own password and code -----------------------------------------------------


@page("session.own_secrets")
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Her own account: password and short code."""
    return _account_page(request)


@page("session.own_secrets")
@sensitive_post_parameters("password", "new_password", "repeat_password")
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password, typed twice; the other sessions of hers end."""
    actor = request.actor  # type: ignore[attr-defined]
    new = request.POST.get("new_password", "")
    try:
        if new != request.POST.get("repeat_password", ""):
            raise Refusal("Les deux saisies diffèrent : retapez-les.", field="new")
        user = sessions.change_password(
            request.POST.get("password", ""),
            new,
            by=actor,
            address=keyboard.client_address(request),
        )
    except Refusal as refusal:
        return _account_page(request, password_refusal=refusal)
    update_session_auth_hash(request, user)
    messages.success(
        request, "Mot de passe changé. Vos autres sessions, s’il y en avait, sont fermées."
    )
    return redirect("account")


@page("session.own_secrets")
@sensitive_post_parameters("password", "code")
@require_POST
def change_code(request: HttpRequest) -> HttpResponse:
    """Choose or withdraw the short code."""
    actor = request.actor  # type: ignore[attr-defined]
    if "forget" in request.POST:
        sessions.forget_code(by=actor)
        messages.success(request, "Code retiré. Le mot de passe déverrouille seul.")
        return redirect("account")
    try:
        sessions.set_code(
            request.POST.get("password", ""),
            request.POST.get("code", ""),
            by=actor,
            address=keyboard.client_address(request),
        )
    except Refusal as refusal:
        return _account_page(request, code_refusal=refusal)
    messages.success(
        request,
        "Code enregistré. Il déverrouille les postes où vous avez donné votre mot de passe "
        "le jour même.",
    )
    return redirect("account")


def _account_page(
    request: HttpRequest,
    *,
    password_refusal: Refusal | None = None,
    code_refusal: Refusal | None = None,
) -> HttpResponse:
    user = account_of_request(request)
    context = {
        "user": user,
        "role": user.get_role_display() if user else "",
        "password_refusal": password_refusal,
        "code_refusal": code_refusal,
    }
    status = 422 if password_refusal or code_refusal else 200
    return render(request, "session/account.html", context, status=status)
