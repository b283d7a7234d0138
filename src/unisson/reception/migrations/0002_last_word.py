"""The database refuses to take an appointment away from under a patient who came for it."""

from django.db import migrations

from unisson.core.sql import on_engine

LEAVES = """(OLD.status = 'booked' AND NEW.status <> 'booked'
    OR {new} <> {old})"""
CAME = """EXISTS (SELECT 1 FROM reception_visit
    WHERE appointment_id = OLD.id AND state <> 'expected')"""


class Migration(migrations.Migration):
    dependencies = [("reception", "0001_initial"), ("agenda", "0002_last_word")]
    operations = [
        on_engine(
            sqlite=[
                f"""CREATE TRIGGER visit_under_way
                BEFORE UPDATE OF status, start ON agenda_appointment
                WHEN {LEAVES.format(new="date(NEW.start)", old="date(OLD.start)")} AND {CAME}
                BEGIN SELECT RAISE(ABORT, 'visit_under_way'); END"""
            ],
            postgresql=[
                f"""CREATE FUNCTION visit_under_way() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN
                    IF {CAME} THEN
                        RAISE EXCEPTION 'visit_under_way'
                        USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                END $$""",
                f"""CREATE TRIGGER visit_under_way
                BEFORE UPDATE OF status, start ON agenda_appointment
                FOR EACH ROW WHEN {
                    LEAVES.format(
                        new="(NEW.start AT TIME ZONE 'UTC')::date",
                        old="(OLD.start AT TIME ZONE 'UTC')::date",
                    )
                }
                EXECUTE FUNCTION visit_under_way()""",
            ],
        ),
    ]
