"""The database without any extension: declarative base, naming conventions, engines and the session of a request."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


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


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def create_engine(url: str | sa.URL) -> sa.Engine:
    """An engine with the settings that make an acknowledged save a kept one, on SQLite or PostgreSQL."""
    url = sa.make_url(url)
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(
            url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=10, hide_parameters=True
        )
    engine = sa.create_engine(url, pool_size=10, max_overflow=30, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def settings(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        """Writers take the lock first: a read that turns into a write fails at once when another has written."""
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE")

    return engine


def upsert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """INSERT … ON CONFLICT, which both databases spell alike."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table)


class Database:
    """One engine per application, one session per request or per block of a command."""

    def init_app(self, app: Flask) -> None:
        engine = create_engine(app.config["DATABASE_URL"])
        app.extensions["db"] = {"engine": engine, "reader": engine.execution_options(reading=True)}
        app.teardown_appcontext(self.close)

    @property
    def engine(self) -> sa.Engine:
        engine: sa.Engine = current_app.extensions["db"]["engine"]
        return engine

    @property
    def session(self) -> Session:
        """The session of the request: it reads on a safe method, and writes on any other and in commands."""
        if "db_session" not in g:
            reads = has_request_context() and request.method in SAFE_METHODS
            g.db_session = Session(current_app.extensions["db"]["reader" if reads else "engine"])
        session: Session = g.db_session
        return session

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A short transaction of its own, committed at the end: bookkeeping of a request that otherwise reads."""
        with self.engine.begin() as connection:
            yield connection

    @staticmethod
    def close(_error: BaseException | None = None) -> None:
        """Give the connection of the request back; what was not committed is gone."""
        session: Session | None = g.pop("db_session", None)
        if session is not None:
            session.close()


db = Database()
