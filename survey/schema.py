"""Bring a database to the schema of this version, or say how far it is from it."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def config(url: str | sa.URL) -> Config:
    """Alembic's configuration for one database."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "os")
    made.attributes["url"] = str(sa.make_url(url).render_as_string(hide_password=False))
    return made


def upgrade(url: str | sa.URL) -> None:
    """Run the migrations that are missing, in one transaction."""
    command.upgrade(config(url), "head")


def current(connection: sa.Connection) -> str | None:
    """The revision of the database, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The newest revision of this version of the software."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
