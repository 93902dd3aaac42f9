"""The database without any extension: declarative base, naming conventions, engines and the session of a request."""

from __future__ import annotations

import datetime as dt
import enum
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from survey import writers
from survey.behind import behind
from survey.writers import InTurn, Result, Together

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
#: How long a writer waits for the others, for a connection or for a row, before it gives up.
BUSY_SECONDS: float = 10
#: How long a connection to PostgreSQL is trusted after its last use.
IDLE_SECONDS = 1


class UTCDateTime(sa.TypeDecorator[dt.datetime]):
    """A moment. Stored in UTC on both databases, aware in Python."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(column_0_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # A code is stored as text, under a CHECK that lists the codes; nothing that people say has a length.
    type_annotation_map = {
        enum.Enum: sa.Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=True,
            length=40,
            values_callable=lambda codes: [code.value for code in codes],
        ),
        str: sa.Text(),
        dt.datetime: UTCDateTime(),
    }


@sa.event.listens_for(Base.metadata, "before_create")
def as_on_postgresql(metadata: sa.MetaData, connection: sa.Connection, **_: object) -> None:
    """What models have on PostgreSQL alone stands in their `info`: `postgresql_…=` loads its dialect on SQLite too."""
    if connection.dialect.name == "postgresql":
        for table in metadata.tables.values():
            things: list[Any] = [table, *table.indexes]
            for thing in things:
                thing.dialect_options["postgresql"].update(thing.info.get("postgresql", {}))


def now() -> dt.datetime:
    """This moment, in UTC, aware."""
    return dt.datetime.now(dt.UTC)


def create_engine(url: str | sa.URL) -> sa.Engine:
    """An engine with the settings that make an acknowledged save a kept one, on SQLite or PostgreSQL."""
    url = sa.make_url(url)
    return _postgresql(url) if url.get_backend_name() == "postgresql" else _sqlite(url)


def _postgresql(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=10,
        pool_timeout=BUSY_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"connect_timeout": math.ceil(BUSY_SECONDS)},
    )
    probe_after_idleness(engine)

    @sa.event.listens_for(engine, "connect")
    def settings(connection: Any, _record: object) -> None:
        connection.autocommit = True  # a transaction begins where the house begins it: a statement alone is one journey
        connection.execute(f"SET lock_timeout = {BUSY_SECONDS * 1000:.0f}")

    know_who_reads(engine)
    engine.dialect.do_begin = begin_as_asked  # type: ignore[method-assign, assignment]
    return engine


def know_who_reads(engine: sa.Engine) -> None:
    """Tell a connection, before each transaction, whether that one only reads."""

    @sa.event.listens_for(engine, "begin")
    def intention(connection: sa.Connection) -> None:
        connection.info["reading"] = bool(connection.get_execution_options().get("reading"))


def begin_as_asked(pooled: sa.PoolProxiedConnection) -> None:
    """Begin on PostgreSQL: all that a reader reads is as of one moment, which SQLite does by itself."""
    driver: Any = pooled.driver_connection
    driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ" if pooled.info["reading"] else "BEGIN", prepare=False)


def _sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=10,
        max_overflow=30,
        pool_timeout=BUSY_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"factory": InTurn},
    )
    turn = Lock()

    @sa.event.listens_for(engine, "connect")
    def settings(connection: InTurn, _record: object) -> None:
        connection.isolation_level = None
        connection.turn, connection.patience = turn, BUSY_SECONDS
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000:.0f}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    know_who_reads(engine)
    engine.dialect.do_begin = InTurn.begin  # type: ignore[method-assign, assignment]
    return engine


def probe_after_idleness(engine: sa.Engine) -> None:
    """Ask a connection that has lain in the pool whether it still lives; to ask at each use costs a save a tenth."""

    @sa.event.listens_for(engine, "checkin")
    def lie(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["lies_since"] = monotonic()

    @sa.event.listens_for(engine, "checkout")
    def probe(connection: Any, record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
        if monotonic() - record.info.get("lies_since", monotonic()) > IDLE_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise sa.exc.InvalidatePoolError from error


def held(session: Session, query: sa.Select[Result]) -> Result | None:
    """The one row of a query as it stands now, held until the commit; None when there is none."""
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def hold_tables(session: Session, *tables: type[Base]) -> None:
    """Until the commit nobody else writes in these tables; whoever reads goes on. On SQLite who writes is alone."""
    if session.get_bind().dialect.name == "postgresql":
        names = ", ".join(f'"{table.__tablename__}"' for table in tables)
        session.execute(sa.text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))


def upsert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """INSERT … ON CONFLICT, which both databases spell alike."""
    return insert_into(session.get_bind().dialect.name, table)


def insert_into(dialect: str, table: type[Base] | sa.Table) -> postgresql.Insert | sqlite.Insert:
    """The INSERT of a database, which knows ON CONFLICT. Where SQLite is used, PostgreSQL's part is never loaded."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)


def reader(engine: sa.Engine) -> sa.Engine:
    """The same database for who only reads: each transaction sees one moment of it, and nobody who saves waits."""
    return engine.execution_options(reading=True)


class Database:
    """One engine per application, one session per request or per block of a command."""

    def init_app(self, app: Flask) -> None:
        engine = create_engine(app.config["DATABASE_URL"])
        write = Together().write if engine.dialect.name == "sqlite" else writers.alone
        app.extensions["db"] = {"engine": engine, "reader": reader(engine), "write": write}
        app.teardown_appcontext(self.close)

    @property
    def engine(self) -> sa.Engine:
        engine: sa.Engine = current_app.extensions["db"]["engine"]
        return engine

    @property
    def connection(self) -> sa.Connection:
        """The connection of the request: it reads on a safe method, and writes on any other and in commands."""
        here = behind(g)
        connection: sa.Connection | None = here.get("db_connection")
        if connection is None:
            reads = has_request_context() and request.method in SAFE_METHODS
            engine: sa.Engine = current_app.extensions["db"]["reader" if reads else "engine"]
            connection = here.db_connection = engine.connect()
        return connection

    @property
    def session(self) -> Session:
        """The session of the request, in the transaction of its connection: what one commits, the other has."""
        if "db_session" not in g:
            g.db_session = Session(self.connection, join_transaction_mode="control_fully")
        session: Session = g.db_session
        return session

    def write(self, work: Callable[[sa.Connection], Result]) -> Result:
        """What `work` gives, once it is committed: on SQLite with what other requests write at the same moment.

        It knows nothing of the request, which may be another's. (PostgreSQL syncs several commits at once by itself.)
        """
        written: Result = current_app.extensions["db"]["write"](self.connection, work)
        return written

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A short transaction of its own, committed at the end: bookkeeping of a request that otherwise reads."""
        with self.engine.begin() as connection:
            yield connection

    @staticmethod
    def close(_error: BaseException | None = None) -> None:
        """Give the connection of the request back; what was not committed is gone."""
        here = behind(g)
        for name in ("db_session", "db_connection"):
            opened: Session | sa.Connection | None = here.pop(name, None)
            if opened is not None:
                opened.close()


db = Database()
