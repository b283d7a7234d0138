"""Statements that differ between engines, for migrations."""

from collections.abc import Iterable, Sequence

from django.db import migrations


def on_engine(
    *, sqlite: Sequence[str] = (), postgresql: Sequence[str] = (), undo: Sequence[str] = ()
) -> migrations.RunPython:
    """A migration step that runs the statements of the engine in use."""
    forward = {"sqlite": sqlite, "postgresql": postgresql}

    def run(apps, schema_editor):  # type: ignore[no-untyped-def]
        for statement in forward[schema_editor.connection.vendor]:
            schema_editor.execute(statement, params=None)

    def reverse(apps, schema_editor):  # type: ignore[no-untyped-def]
        for statement in undo:
            schema_editor.execute(statement, params=None)

    return migrations.RunPython(run, reverse)


def edition_triggers(topic: str, tables: Iterable[str]) -> dict[str, list[str]]:
    """For `on_engine`: raise the edition of a topic (core.edition) at each write on tables.

    All names are ours: no value from outside goes into these statements.
    """
    sqlite = [
        f"""CREATE TRIGGER edition_{table}_{event} AFTER {event} ON {table} BEGIN
        INSERT OR IGNORE INTO core_edition (topic, number) VALUES ('{topic}', 0);
        UPDATE core_edition SET number = number + 1 WHERE topic = '{topic}'; END"""  # noqa: S608
        for table in tables
        for event in ("INSERT", "UPDATE", "DELETE")
    ]
    postgresql = [
        f"""CREATE TRIGGER edition_{table} AFTER INSERT OR UPDATE OR DELETE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION raise_edition('{topic}')"""
        for table in tables
    ]
    return {"sqlite": sqlite, "postgresql": postgresql}
