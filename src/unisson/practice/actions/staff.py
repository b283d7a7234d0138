"""Named accounts: opened, changed, closed, never shared and never deleted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import Act, gesture
from unisson.practice import roles
from unisson.practice.actions.details import AccountDetails
from unisson.practice.models import DeskPresence, User

TOO_CLOSE = "Ce mot de passe ressemble trop à votre nom."
# Read aloud over a desk or copied from paper: no letter that looks like a digit.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class NewAccount:
    """Details, a password already hashed, and whether she must choose another at first."""

    details: AccountDetails
    hashed: str
    must_change_password: bool = True


def temporary_password() -> str:
    """Four groups of four, 79 bits: good for one sign-in, easy to copy."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def open_account(details: AccountDetails, *, by: Actor) -> tuple[User, str]:
    """A new account and its temporary password, shown once and kept nowhere."""
    password = temporary_password()
    with gesture("practice.manage_staff", by=by) as act:
        user = create_account(NewAccount(details, make_password(password)), act)
    return user, password


def create_account(account: NewAccount, act: Act) -> User:
    """Part of a gesture that opens one or several accounts."""
    user = User(must_change_password=account.must_change_password)
    details = account.details.clean()
    user.password = account.hashed
    _fill(user, details)
    act.audit("C", user, detail=f"{user.name}, {roles.LABELS[user.role]}")
    return user


def change_account(user_id: int, details: AccountDetails, *, by: Actor) -> User:
    """Change who she is here: role, dates, for whom she works."""
    with gesture("practice.manage_staff", by=by) as act:
        user = User.objects.get(pk=user_id)
        if user.role == roles.MANAGER and details.role != roles.MANAGER:
            _not_the_last_manager(user)
        _fill(user, details.clean())
        act.audit("U", user, detail=f"{user.name}, {roles.LABELS[user.role]}")
        act.tell("practice.changed")
    return user


def close_account(user_id: int, *, by: Actor) -> User:
    """Shut at once, on every desk. The name stays in the trail."""
    with gesture("practice.manage_staff", by=by) as act:
        user = User.objects.get(pk=user_id)
        if user.pk == by.user_id:
            raise Refusal("Vous ne pouvez pas fermer votre propre compte.")
        _not_the_last_manager(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        DeskPresence.objects.filter(user=user).delete()
        act.audit("U", user, detail="compte fermé")
    return user


def reopen_account(user_id: int, *, by: Actor) -> tuple[User, str]:
    """Open a closed account again, with a new temporary password."""
    password = temporary_password()
    with gesture("practice.manage_staff", by=by) as act:
        user = User.objects.get(pk=user_id)
        user.is_active = True
        _new_password(user, password, must_change=True)
        act.audit("U", user, detail="compte rouvert")
    return user, password


def reset_password(user_id: int, *, by: Actor) -> tuple[User, str]:
    """A temporary password for someone who forgot hers; signs her out everywhere."""
    password = temporary_password()
    with gesture("practice.manage_staff", by=by) as act:
        user = User.objects.get(pk=user_id)
        _new_password(user, password, must_change=True)
        act.audit("U", user, detail="mot de passe remplacé")
    return user, password


def check_password_strength(password: str, *, user: User) -> None:
    """Refuse a password that is short, common, or close to her name."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        said = [TOO_CLOSE if e.code == "password_too_similar" else e for e in error.error_list]
        sentences = [s if isinstance(s, str) else " ".join(s.messages) for s in said]
        raise Refusal(" ".join(sentences), field="password") from error


def _new_password(user: User, password: str, *, must_change: bool) -> None:
    user.password = make_password(password)
    user.must_change_password = must_change
    user.pin = ""
    user.save()
    DeskPresence.objects.filter(user=user).delete()


def _not_the_last_manager(user: User) -> None:
    others = User.objects.filter(role=roles.MANAGER, is_active=True).exclude(pk=user.pk)
    if user.role == roles.MANAGER and user.is_active and not others.exists():
        raise Refusal(
            f"{user.name} est le seul compte de gestionnaire : il reste ouvert. "
            "Ouvrez-en d’abord un autre."
        )


def _fill(user: User, details: AccountDetails) -> None:
    user.username = details.username
    user.name = details.name
    user.role = details.role
    user.practitioner_id = details.practitioner_id
    user.valid_from = details.valid_from
    user.valid_until = details.valid_until
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refusal(
            f"L’identifiant {details.username} est déjà pris.", field="username"
        ) from error
    user.works_for.set(details.works_for)
    user.sites.set(details.sites)
