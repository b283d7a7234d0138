"""Who is at the keyboard: signed in, locked, unlocked, switched, signed out.

A secret is checked in two steps. The try is written down first, then the
secret is looked at, then the try is erased if it was right: a hundred guesses
sent at once are counted like a hundred sent in a row, and a server that stops
in between forgets nothing.
"""

from __future__ import annotations

import hmac
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, QuerySet

from unisson.core import clock
from unisson.core.access import ANYONE, Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import Act, gesture
from unisson.core.locks import SIGN_IN, lock
from unisson.practice.actions.staff import check_password_strength
from unisson.practice.models import DeskPresence, SignInAttempt, User
from unisson.practice.rules import codes, throttle

WRONG = "Identifiant ou mot de passe incorrect."
KEPT = timedelta(days=1)


# Passwords -------------------------------------------------------------------


def prove_password(username: str, password: str, *, address: str, device: str) -> User:
    """The account this name and password open today.

    The same sentence and the same time whether the name exists or not. Raises
    Refusal, also while too many wrong tries make this account or this address
    wait.
    """
    name = username.strip().lower()
    user = User.objects.filter(username=name).first()
    tried = _reserve(_account_key(name, user, device), address, user=user, device=device)
    if user is None:
        # Costs what a check costs, so that the clock tells nothing.
        make_password(password)
        right = False
    else:
        right = check_password(password, user.password) and user.is_active
    if user is None or not right:
        _tell_failure(user, device, "mot de passe")
        raise Refusal(WRONG, field="password")
    today = clock.today()
    if not user.valid_on(today):
        _tell_failure(user, device, "compte hors de ses dates")
        raise Refusal(_outside(user, today), field="username")
    SignInAttempt.objects.filter(account=tried).delete()
    return user


def _outside(user: User, today: date) -> str:
    if user.valid_from and today < user.valid_from:
        return f"Votre compte s’ouvre le {user.valid_from:%d/%m/%Y}. Voyez avec le gestionnaire."
    return f"Votre compte s’est fermé le {user.valid_until:%d/%m/%Y}. Voyez avec le gestionnaire."


def _account_key(name: str, user: User | None, device: str) -> str:
    """What wrong tries are counted under.

    A desk where she has signed in before has its own count: somebody who
    fails on purpose elsewhere cannot keep her out of it.
    """
    known = user is not None and DeskPresence.objects.filter(user=user, device=device).exists()
    text = f"{name}\n{device if known else ''}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), "sha256").hexdigest()


def _reserve(account: str, address: str, *, user: User | None, device: str) -> str:
    """Count this try before it is looked at; refuse it while one must wait."""
    now = clock.now()
    with transaction.atomic():
        lock(SIGN_IN, [_number(account), _number(address)])
        SignInAttempt.objects.filter(at__lt=now - KEPT).delete()
        tries = SignInAttempt.objects.order_by("-at")
        opens = max(
            (
                at
                for at in (
                    throttle.next_try(_times(tries.filter(account=account)), throttle.ACCOUNT, now),
                    throttle.next_try(_times(tries.filter(address=address)), throttle.ADDRESS, now),
                )
                if at is not None
            ),
            default=None,
        )
        if opens is None:
            SignInAttempt.objects.create(at=now, account=account, address=address)
            return account
    local = clock.local(opens)
    raise Refusal(
        f"Trop d’essais. Le prochain sera possible à {local.hour} h {local.minute:02d} "
        f"et {local.second} s : rien d’autre n’est bloqué.",
        field="password",
    )


def _times(tries: QuerySet[SignInAttempt]) -> list[datetime]:
    """The latest are enough: a hundred wrong tries already wait the longest."""
    return list(tries.values_list("at", flat=True)[:100])


def _self(by: Actor) -> User:
    if by.user_id is None:
        raise Refusal("Il faut être connecté. Rien n’a été changé.")
    return User.objects.get(pk=by.user_id)


def _number(text: str) -> int:
    return int.from_bytes(hmac.new(b"lock", text.encode(), "sha256").digest()[:6])


def _tell_failure(user: User | None, device: str, what: str) -> None:
    """Nobody is known yet: the trail names the account that was tried, when there is one."""
    stranger = Actor(user_id=None, role=ANYONE, name="non identifié", device=device)
    with gesture("session.sign_in", by=stranger) as act:
        act.audit("E", "User", object_id=user.pk if user else None, detail=f"échec : {what}")


def change_password(current: str, new: str, *, by: Actor, address: str) -> User:
    """Choose one's own password; every other session of hers ends."""
    user = _self(by)
    prove_password(user.username, current, address=address, device=by.device)
    if new == current:
        raise Refusal("Choisissez un mot de passe différent de l’actuel.", field="new")
    try:
        check_password_strength(new, user=user)
    except Refusal as refusal:
        raise Refusal(refusal.sentence, field="new") from refusal
    with gesture("session.own_secrets", by=by) as act:
        user.password = make_password(new)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        DeskPresence.objects.filter(user=user).exclude(device=by.device).delete()
        act.audit("U", user, detail="mot de passe changé")
    return user


# Codes -----------------------------------------------------------------------


def set_code(password: str, code: str, *, by: Actor, address: str) -> None:
    """Choose the short code that unlocks a desk, with her password."""
    if sentence := codes.why_not(code):
        raise Refusal(sentence, field="code")
    user = _self(by)
    prove_password(user.username, password, address=address, device=by.device)
    with gesture("session.own_secrets", by=by) as act:
        user.pin = make_password(code)
        user.save(update_fields=["pin"])
        DeskPresence.objects.filter(user=user).update(code_failures=0)
        act.audit("U", user, detail="code choisi")


def forget_code(*, by: Actor) -> None:
    """Back to the password alone."""
    with gesture("session.own_secrets", by=by) as act:
        user = _self(by)
        user.pin = ""
        user.save(update_fields=["pin"])
        act.audit("U", user, detail="code retiré")


def prove_code(user_id: int, code: str, *, device: str) -> User:
    """The person this short code unlocks, at a desk where she gave her password today."""
    present = DeskPresence.objects.filter(user_id=user_id, device=device, day=clock.today())
    presence = present.select_related("user").first()
    if presence is None or not presence.user.pin or not presence.user.valid_on(clock.today()):
        raise Refusal("Ici, aujourd’hui, il faut le mot de passe.", field="secret")
    if not present.filter(code_failures__lt=codes.TRIES).update(
        code_failures=F("code_failures") + 1
    ):
        raise Refusal("Trop de codes faux : tapez le mot de passe.", field="secret")
    if not check_password(code, presence.user.pin):
        _tell_failure(presence.user, device, "code")
        presence.refresh_from_db()
        left = codes.TRIES - presence.code_failures
        if left <= 0:
            raise Refusal("Code faux. Il faut maintenant le mot de passe.", field="secret")
        more = f"Encore {left} essais" if left > 1 else "Encore un essai"
        raise Refusal(f"Code faux. {more}, puis ce sera le mot de passe.", field="secret")
    present.update(code_failures=0)
    return presence.user


# The desk --------------------------------------------------------------------


def signed_in(user: User, *, by: Actor) -> None:
    """She gave her password at this desk."""
    with gesture("session.sign_in", by=by) as act:
        _present(user, by, act)
        act.audit("E", user, detail="connexion")


def unlocked(user: User, *, by: Actor, switched: bool, with_code: bool) -> None:
    """She is back at the keyboard; `switched` when a colleague had it."""
    with gesture("session.unlock", by=by) as act:
        if not with_code:
            _present(user, by, act)
        what = "changement de personne" if switched else "déverrouillage"
        act.audit("E", user, detail=f"{what}, {'code' if with_code else 'mot de passe'}")


def _present(user: User, by: Actor, act: Act) -> None:
    """Her password was given here today: for the rest of the day a code will do."""
    DeskPresence.objects.update_or_create(
        device=by.device,
        user=user,
        defaults={
            "day": clock.today(),
            "signed_in_at": act.at,
            "session": "",
            "code_failures": 0,
        },
    )


def locked(*, by: Actor, idle: bool, session: str) -> None:
    """The keyboard was left, by a key or by itself; her session waits under this key."""
    with gesture("session.lock", by=by) as act:
        DeskPresence.objects.filter(device=by.device, user=_self(by)).update(session=session)
        act.audit("E", "User", object_id=by.user_id, detail="seul" if idle else "à la main")


def signed_out(*, by: Actor) -> None:
    """Gone from this desk: coming back takes the password."""
    with gesture("session.sign_out", by=by) as act:
        DeskPresence.objects.filter(device=by.device, user=_self(by)).delete()
        act.audit("E", "User", object_id=by.user_id, detail="déconnexion")
