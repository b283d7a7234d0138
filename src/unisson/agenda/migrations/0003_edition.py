"""What the practice sets up here raises its edition: see core.edition."""

from django.db import migrations

from unisson.core.sql import edition_triggers, on_engine

TABLES = [
    "agenda_visittype",
    "agenda_visittypeoffer",
    "agenda_visittypeneed",
    "agenda_visittypeneed_options",
    "agenda_openingrule",
    "agenda_openingrule_visit_types",
    "agenda_openingexception",
]


class Migration(migrations.Migration):
    dependencies = [("agenda", "0002_last_word"), ("core", "0004_edition")]
    operations = [on_engine(**edition_triggers("setup", TABLES))]
