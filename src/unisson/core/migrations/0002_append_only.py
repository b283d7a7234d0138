"""The audit trail refuses to be changed, whoever asks."""

from django.db import migrations

from unisson.core.sql import on_engine

SENTENCE = "le journal ne se modifie pas"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        on_engine(
            sqlite=[
                f"""CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON core_auditevent
                BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"""
                for verb in ("UPDATE", "DELETE")
            ],
            postgresql=[
                f"""CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$""",
                """CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON core_auditevent
                FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()""",
                """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON core_auditevent
                FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()""",
            ],
        ),
    ]
