"""Birth places. Their names and codes compare byte by byte, as ranges need (see 0002)."""

from django.db import migrations, models

from unisson.core.sql import on_engine


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0004_merged_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="BirthPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=5)),
                ("name", models.CharField(max_length=80)),
                (
                    "folded",
                    models.CharField(help_text="Le nom tel qu’on le cherche", max_length=80),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("commune", "commune"), ("country", "pays")], max_length=7
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["folded", "code"], name="birth_place_name")],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "valid_from"), name="birth_place_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_from__lte", models.F("valid_until")),
                            _connector="OR",
                        ),
                        name="birth_place_dates_in_order",
                    ),
                ],
            },
        ),
        on_engine(
            postgresql=[
                'ALTER TABLE patients_birthplace ALTER COLUMN folded TYPE varchar(80) COLLATE "C"',
                'ALTER TABLE patients_birthplace ALTER COLUMN code TYPE varchar(5) COLLATE "C"',
            ],
        ),
    ]
