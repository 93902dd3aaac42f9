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
    REFERRAL = "referral"
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
    """One unit in a release: the dictionary that reads its rows, which are in its parts.

    Who the persons are stands apart, row by row, so that it can go and the data stay whole.
    """

    __tablename__ = "release_table"

    release_id: Mapped[int] = mapped_column(sa.ForeignKey("release.id", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[Unit] = mapped_column(primary_key=True)
    row_count: Mapped[int]
    dictionary: Mapped[str]
    extents: Mapped[str | None]
    persons_dictionary: Mapped[str | None]
    persons: Mapped[bytes | None]

    parts: Mapped[list[ReleasePart]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="ReleasePart.number"
    )


class ReleasePart(Base):
    """Some rows of a unit in a release, as gzipped JSON lines of `size` bytes: no reader ever holds them all."""

    __tablename__ = "release_part"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["release_id", "unit"], ["release_table.release_id", "release_table.unit"], ondelete="CASCADE"
        ),
    )

    release_id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    rows: Mapped[bytes]


class ExportProgress(Base):
    """How far an export that somebody waits for has come, in rows read. `done` reaches `total` once it is whole."""

    __tablename__ = "export_progress"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    at: Mapped[dt.datetime]
    done: Mapped[int]
    total: Mapped[int]
