"""The database's last word: no resource is taken twice, whoever writes.

PostgreSQL has an exclusion constraint for this; SQLite gets triggers. Both
also hold what the comparison relies on: whole minutes, at most a day. SQLite
keeps times as text, so its triggers accept one spelling only
("2026-11-24 08:00:00", UTC), in which the order of texts is the order of times.
"""

from django.db import migrations

from unisson.core.sql import on_engine

SHAPE = """
CREATE TRIGGER occupation_shape_{verb} BEFORE {event} ON agenda_occupation
WHEN NEW.start IS NOT strftime('%Y-%m-%d %H:%M:00', NEW.start)
  OR NEW."end" IS NOT strftime('%Y-%m-%d %H:%M:00', NEW."end")
  OR NEW."end" > datetime(NEW.start, '+1 day')
BEGIN SELECT RAISE(ABORT, 'occupation_shape'); END
"""

# The lower bound on start makes the index on (resource_id, start) enough:
# nothing that began more than a day ago can still be going on.
OVERLAP = """
CREATE TRIGGER occupation_overlap_{verb} BEFORE {event} ON agenda_occupation
WHEN NEW.exclusive AND EXISTS (
    SELECT 1 FROM agenda_occupation AS other
    WHERE other.resource_id = NEW.resource_id
      AND other.exclusive
      AND other.start < NEW."end"
      AND other.start > datetime(NEW.start, '-1 day')
      AND other."end" > NEW.start
      {but_itself}
)
BEGIN SELECT RAISE(ABORT, 'occupation_overlap'); END
"""

COLUMNS = 'resource_id, start, "end", exclusive'


class Migration(migrations.Migration):
    dependencies = [("agenda", "0001_initial")]
    operations = [
        on_engine(
            sqlite=[
                SHAPE.format(verb="insert", event="INSERT"),
                SHAPE.format(verb="update", event=f"UPDATE OF {COLUMNS}"),
                OVERLAP.format(verb="insert", event="INSERT", but_itself=""),
                OVERLAP.format(
                    verb="update",
                    event=f"UPDATE OF {COLUMNS}",
                    but_itself="AND other.id <> OLD.id",
                ),
            ],
            postgresql=[
                "CREATE EXTENSION IF NOT EXISTS btree_gist",
                """ALTER TABLE agenda_occupation ADD CONSTRAINT occupation_shape CHECK (
                    mod(extract(epoch FROM start), 60) = 0
                    AND mod(extract(epoch FROM "end"), 60) = 0
                    AND extract(epoch FROM "end") - extract(epoch FROM start) <= 86400)""",
                """ALTER TABLE agenda_occupation ADD CONSTRAINT occupation_overlap
                EXCLUDE USING gist (
                    resource_id WITH =, tstzrange(start, "end", '[)') WITH &&
                ) WHERE (exclusive)""",
            ],
        ),
    ]
