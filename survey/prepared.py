"""A statement of SQLAlchemy Core, compiled once and then run by the driver: for the path of a save alone.

There the five statements of a save cost more in being dispatched than in being answered (tests/bench/README.md).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

Processor = Callable[[Any], Any]
Statement = sa.Select[*tuple[Any, ...]] | sa.Insert | sa.Update


class Compiled:
    """The statement in the SQL of one database, with what turns its values into the driver's and back."""

    def __init__(self, statement: Statement, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
        self.sql = str(compiled)
        self.defaults = compiled.params
        self.order = compiled.positiontup
        self.binds: dict[str, Processor] = {}
        for name, bind in compiled.binds.items():
            if processor := bind.type.dialect_impl(dialect).bind_processor(dialect):
                self.binds[name] = processor
        columns = list(statement.selected_columns) if isinstance(statement, sa.Select) else []
        self.row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
        self.results = [
            (n, processor)
            for n, column in enumerate(columns)
            if (processor := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def parameters(self, values: dict[str, Any]) -> Any:
        """As the driver wants them: in order, or by name."""
        given = self.defaults | values
        for name, processor in self.binds.items():
            given[name] = processor(given[name])
        return given if self.order is None else [given[name] for name in self.order]

    def as_row(self, found: Any) -> Any:
        cells = list(found)
        for n, processor in self.results:
            cells[n] = processor(cells[n])
        return self.row._make(cells)


class Prepared:
    """A statement whose values are all bound by name."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.compiled: dict[str, Compiled] = {}

    def one(self, connection: sa.Connection, **values: Any) -> Any | None:
        """The first row, its columns by name, or None. It begins no transaction: call `begin` first to be in one."""
        compiled = self._for(connection)
        found = self._run(connection, compiled, values).fetchone()
        return None if found is None else compiled.as_row(found)

    def change(self, connection: sa.Connection, **values: Any) -> int:
        """How many rows changed, in the transaction of the connection."""
        changed: int = self._run(connection, self._for(connection), values).rowcount
        return changed

    def _for(self, connection: sa.Connection) -> Compiled:
        dialect = connection.dialect
        if dialect.name not in self.compiled:
            self.compiled[dialect.name] = Compiled(self.statement, dialect)
        return self.compiled[dialect.name]

    @staticmethod
    def _run(connection: sa.Connection, compiled: Compiled, values: dict[str, Any]) -> Any:
        """The driver's cursor. Its errors become SQLAlchemy's, and a lost connection does not go back to the pool."""
        driver: Any = connection.connection.driver_connection
        dialect = connection.dialect
        try:
            return driver.execute(compiled.sql, compiled.parameters(values))
        except dialect.loaded_dbapi.Error as error:
            if lost := dialect.is_disconnect(error, driver, None):
                connection.invalidate(error)
            raise sa.exc.DBAPIError.instance(
                compiled.sql,
                None,
                error,
                dialect.loaded_dbapi.Error,
                hide_parameters=True,
                connection_invalidated=lost,
                dialect=dialect,
            ) from error


def begin(connection: sa.Connection) -> None:
    """Be in a transaction: what other statements of Core do by themselves."""
    if not connection.in_transaction():
        connection.begin()
