"""The desk of a small practice at 9:41 on Tuesday 24 November 2026, and a secretary's browser."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from tests.modules.reception_house import DAY, House
from unisson.practice.models import User

__all__ = ["DAY", "House", "Secretary", "account"]


def account(username: str = "petit", role: str = "secretary", **more: Any) -> User:
    user = User(username=username, name="C. Petit", role=role, **more)
    user.set_unusable_password()
    user.save()
    return user


class Secretary(Client):
    """A signed-in browser that asks as the page's scripts do."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.force_login(user)

    def piece(self, address: str, **query: Any) -> HttpResponse:
        """What a dialog asks for."""
        return self.get(address, query, headers={"X-Boite": "1"})

    def act(self, address: str, **fields: Any) -> HttpResponse:
        """What a key or a form sends, from today's desk."""
        return self.post(address, {"request_id": str(uuid4()), "page": DAY.isoformat(), **fields})
