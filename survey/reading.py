"""The database as of one moment, for who reads much of it: nothing moves meanwhile, and nobody who saves waits."""

from __future__ import annotations

import sqlalchemy as sa

#: What one moment takes; the transactions of SQLite see no other.
SNAPSHOT: dict[str, dict[str, object]] = {"postgresql": {"isolation_level": "REPEATABLE READ"}, "sqlite": {}}


def reader(engine: sa.Engine) -> sa.Engine:
    """The same database, each of whose transactions sees the moment of its first query; for reading alone."""
    return engine.execution_options(reading=True, **SNAPSHOT[engine.dialect.name])
