"""A release: the data as they stood, frozen with their dictionary."""

from __future__ import annotations

import datetime as dt
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base


class Unit(enum.StrEnum):
    """What a row of the data counts."""

    ORGANISATION = "organisation"
    CONTACT = "contact"
    INTERVIEW = "interview"
    INITIATIVE = "initiative"
    PARADATA = "paradata"
    THEME = "theme"
    THEME_TREE = "theme_tree"


class Release(Base):
    """A frozen data set. `sha256` covers the dictionary and the data of every unit, but not who the persons are."""

    __tablename__ = "release"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[dt.datetime]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    note: Mapped[str | None]
    sha256: Mapped[str]

    author: Mapped[User | None] = relationship()
    tables: Mapped[list[ReleaseTable]] = relationship(cascade="all, delete-orphan", order_by="ReleaseTable.unit")


class ReleaseTable(Base):
    """The rows of one unit in a release: gzipped JSON lines, and the dictionary that reads them.

    Who the persons are stands apart, row by row as in `rows`, so that it can go and the data stay whole.
    """

    __tablename__ = "release_table"

    release_id: Mapped[int] = mapped_column(sa.ForeignKey("release.id", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[Unit] = mapped_column(primary_key=True)
    row_count: Mapped[int]
    dictionary: Mapped[str]
    rows: Mapped[bytes]
    persons_dictionary: Mapped[str | None]
    persons: Mapped[bytes | None]


class ExportProgress(Base):
    """How far an export that somebody waits for has come, in rows read. `done` reaches `total` once it is whole."""

    __tablename__ = "export_progress"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    at: Mapped[dt.datetime]
    done: Mapped[int]
    total: Mapped[int]
