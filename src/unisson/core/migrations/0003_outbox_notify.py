"""PostgreSQL wakes up those who follow the outbox, once a transaction, at its commit."""

from django.db import migrations

from unisson.core.sql import on_engine


class Migration(migrations.Migration):
    dependencies = [("core", "0002_append_only")]
    operations = [
        on_engine(
            postgresql=[
                """CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_notify('unisson_outbox', ''); RETURN NULL; END $$""",
                """CREATE TRIGGER outbox_notify AFTER INSERT ON core_outboxevent
                FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify()""",
            ],
        ),
    ]
