"""Times straight from the database as whole minutes since 1970."""

from __future__ import annotations

from typing import Any

from django.db.models import Func, IntegerField


class MinuteOf(Func):
    """Minutes since 1970 of a time, computed by the database.

    Hundreds of times are read for one search; making a datetime of each costs
    more than the search.
    """

    output_field = IntegerField()
    arity = 1

    @property
    def convert_value(self) -> Any:
        """Nothing to convert: the database answers an integer."""
        return self._convert_value_noop  # type: ignore[attr-defined]

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / 60",
            **extra,
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="(extract(epoch FROM %(expressions)s)::bigint / 60)",
            **extra,
        )
