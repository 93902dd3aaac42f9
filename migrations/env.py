"""Migrations in one transaction, on their own connection: all of one, or nothing.

SQLite alters a table by copying it; with foreign keys on, the copy would delete the children of the original. So they
are off here, and checked before the commit. On PostgreSQL an advisory lock lets one server migrate while others wait.
"""

import sqlalchemy as sa
from alembic import context

import survey.accounts.models
import survey.api.models
import survey.audit
import survey.fieldwork.contact_models
import survey.fieldwork.models
import survey.interview.course_models
import survey.interview.models
import survey.interview.presence
import survey.receipts
import survey.release.models  # noqa: F401
from survey.db import Base

ADVISORY_LOCK = 20220001


def engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def settings(connection, _record):
            connection.isolation_level = None
            for pragma in ("foreign_keys=OFF", "synchronous=FULL", "busy_timeout=30000"):
                connection.execute(f"PRAGMA {pragma}")

        @sa.event.listens_for(engine, "begin")
        def begin(connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def run() -> None:
    with engine(context.config.attributes["url"]).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            context.run_migrations()
            if connection.dialect.name == "sqlite" and (
                broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            ):
                raise RuntimeError(f"a migration broke foreign keys: {broken[:5]}")


run()
