"""Instants in the sentences of reception: `{% load reception %}{{ visit.since|said_clock }}`."""

from datetime import datetime

from django import template

from unisson.screens.shared.french import minute_of, said_hour

register = template.Library()


@register.filter
def said_clock(moment: datetime) -> str:
    """9 h 35."""
    return said_hour(minute_of(moment))
