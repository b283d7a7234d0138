"""Statements that differ between engines, for migrations."""

from collections.abc import Sequence

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
