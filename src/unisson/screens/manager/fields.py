"""Fields that take hours, days and lengths as people type them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from unisson.core.errors import Refusal
from unisson.screens.shared import typed

WEEKDAYS = [
    ("0", "lundi"),
    ("1", "mardi"),
    ("2", "mercredi"),
    ("3", "jeudi"),
    ("4", "vendredi"),
    ("5", "samedi"),
    ("6", "dimanche"),
]


class Typed(forms.CharField):
    """A line of text read by a function that may refuse it. Empty is None."""

    def __init__(self, read: Callable[[str], Any], *, width: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read = read
        self.widget.attrs.update({"autocomplete": "off", "class": width} if width else {})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.read(text)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence) from None


class Hour(Typed):
    """8:30, 8h30, 830. `end`: 24:00 is shown for midnight."""

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        super().__init__(typed.hour, width="court", max_length=8, **kwargs)
        self.end = end

    def prepare_value(self, value: Any) -> Any:
        return typed.shown_hour(value, end=self.end) if isinstance(value, time) else value


class Day(Typed):
    """jj/mm/aaaa."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(typed.day, width="date", max_length=12, **kwargs)
        self.widget.attrs["placeholder"] = "jj/mm/aaaa"

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value


class Minutes(Typed):
    """A length in minutes."""

    def __init__(self, what: str = "Durée", *, least: int = 0, most: int = 720, **kwargs: Any):
        super().__init__(
            lambda text: typed.minutes(text, what, least=least, most=most),
            width="court",
            max_length=20,
            **kwargs,
        )


class Ticks(forms.MultipleChoiceField):
    """Several of a short list, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple


def whole(choices: list[tuple[Any, str]], none: str | None = None) -> list[tuple[str, str]]:
    """Choices by number, as text; with a first one for nothing."""
    shown = [(str(key), words) for key, words in choices]
    return [("", none), *shown] if none is not None else shown


def number(text: str) -> int | None:
    return int(text) if text else None
