"""French words in templates: `{% load french %} {{ day|long_day }}`."""

from django import template

from unisson.screens.shared import french

register = template.Library()
for _name in (
    "long_day",
    "short_day",
    "month_name",
    "hour",
    "said_hour",
    "clock_hour",
    "said",
    "duration",
    "phone",
):
    register.filter(_name, getattr(french, _name))


@register.filter
def agree(word: str, sex: str) -> str:
    """`{{ "Arrivé"|agree:line.sex }}`."""
    return french.agree(word, sex)


@register.filter
def counted(count: int, words: str) -> str:
    """`{{ n|counted:"absent" }}`, `{{ n|counted:"travail,travaux" }}`."""
    one, _, many = words.partition(",")
    return french.plural(count, one, many)
