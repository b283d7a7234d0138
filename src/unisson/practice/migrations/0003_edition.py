"""What the practice sets up here raises its edition: see core.edition."""

from django.db import migrations

from unisson.core.sql import edition_triggers, on_engine

TABLES = ["practice_site", "practice_resource", "practice_practitioner"]


class Migration(migrations.Migration):
    dependencies = [("practice", "0002_sign_in"), ("core", "0004_edition")]
    operations = [on_engine(**edition_triggers("setup", TABLES))]
