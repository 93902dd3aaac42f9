"""Bring a database to the schema of this version, or say how far it is from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class NewerDatabaseError(Exception):
    """The database was written by a later version of the software; the argument is its revision."""


def config(url: str | sa.URL) -> Config:
    """Alembic's configuration for one database."""
    from alembic.config import Config  # half of a start's time, and a start seldom migrates

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "os")
    made.attributes["url"] = str(sa.make_url(url).render_as_string(hide_password=False))
    return made


def upgrade(url: str | sa.URL) -> None:
    """Run the migrations that are missing, in one transaction."""
    from alembic import command

    command.upgrade(config(url), "head")


def current(connection: sa.Connection) -> str | None:
    """The revision of the database, None when it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


def revisions() -> list[str]:
    """The revisions of this version of the software, oldest first: the numbers that the migrations are named by."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def newest() -> str:
    """The newest revision of this version of the software."""
    return revisions()[-1]
