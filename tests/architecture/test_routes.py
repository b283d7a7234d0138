"""No way in without a policy: every route has a verb, every verb is granted."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

import unisson
from unisson.core.access import granted_verbs
from unisson.site.middleware import BEFORE_OWN_PASSWORD

SOURCE = Path(unisson.__file__).parent
VERB = re.compile(
    r"\b(?:gesture|planning|page|may|check)\(\s*(?:[\w.()]+,\s*)?\"([a-z_]+\.[a-z_]+)\""
)


def routes(
    resolver: URLResolver | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site, those of nested lists included."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, address)
        else:
            yield address, entry


ROUTES = list(routes())


def test_the_walk_finds_the_routes():
    found = {address for address, _ in ROUTES}
    assert {"connexion/", "cabinet/", "cabinet/journal/"} <= found


@pytest.mark.parametrize(("address", "route"), ROUTES, ids=[address for address, _ in ROUTES])
def test_every_route_has_a_verb_that_is_granted(address, route):
    verb = getattr(route.callback, "verb", None)
    assert verb, f"/{address} has no @page(...): it is closed to everyone"
    assert verb in granted_verbs(), f"/{address} asks for {verb}, which no policy grants"


@pytest.mark.parametrize(("address", "route"), ROUTES, ids=[address for address, _ in ROUTES])
def test_every_route_has_a_name(address, route):
    assert route.name, f"/{address} has no name"


def test_names_are_given_once():
    names = [route.name for _, route in ROUTES]
    assert sorted(names) == sorted(set(names))


def verbs_in_the_code() -> dict[str, set[str]]:
    """Every verb written in a call that checks the policy, and the files that do."""
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for verb in VERB.findall(path.read_text()):
            found.setdefault(verb, set()).add(str(path.relative_to(SOURCE)))
    return found


def test_every_verb_the_code_asks_for_is_granted():
    asked = verbs_in_the_code()
    assert "session.sign_in" in asked
    missing = {verb: files for verb, files in asked.items() if verb not in granted_verbs()}
    # `gesture.py` and `access.py` show their use in their docstrings.
    assert {
        verb for verb, files in missing.items() if not all("core/" in f for f in files)
    } == set()


def test_verbs_open_before_ones_own_password_exist():
    assert set(BEFORE_OWN_PASSWORD) <= set(granted_verbs())


def test_every_grant_names_known_roles():
    from unisson.practice.roles import ALL

    known = {*ALL, "system", "anyone"}
    assert {role for roles in granted_verbs().values() for role in roles} <= known


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
