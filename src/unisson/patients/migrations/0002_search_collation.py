"""Search keys compare byte by byte on PostgreSQL too: prefix ranges need it, SQLite does it."""

from django.db import migrations

from unisson.core.sql import on_engine


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]
    operations = [
        on_engine(
            postgresql=[
                'ALTER TABLE patients_searchkey ALTER COLUMN token TYPE varchar(64) COLLATE "C"',
                'ALTER TABLE patients_searchkey ALTER COLUMN line TYPE varchar(160) COLLATE "C"',
            ],
        ),
    ]
