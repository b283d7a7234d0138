"""Dates and months in addresses: /jour/2026-11-24/, /mois/2026-11/."""

from datetime import date

from django.urls import register_converter


class Day:
    """A calendar day; an impossible one is a page that does not exist."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


class Month:
    """A month, as its first day."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date | str) -> str:
        return value[:7] if isinstance(value, str) else f"{value:%Y-%m}"


register_converter(Day, "day")
register_converter(Month, "month")
