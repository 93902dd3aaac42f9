"""The themes of what was said, as a tree, and the words that coders marked with them."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base
from survey.interview.models import Field, of_one_field


def once_among_siblings(name: str, *columns: str, where: str) -> sa.Index:
    """A name that no two themes share under one parent; one that is retired leaves its name to another."""
    condition = sa.text(f"{where} AND retired_at IS NULL")
    return sa.Index(name, *columns, unique=True, sqlite_where=condition, info={"postgresql": {"where": condition}})


class Theme(Base):
    """A theme. One that is retired keeps its marks and takes no more."""

    __tablename__ = "theme"
    __table_args__ = (
        sa.CheckConstraint("parent_id <> id", name="is_not_under_itself"),
        sa.CheckConstraint("length(trim(name)) > 0", name="has_a_name"),
        once_among_siblings("uq_theme_root_name", "name", where="parent_id IS NULL"),
        once_among_siblings("uq_theme_child_name", "parent_id", "name", where="parent_id IS NOT NULL"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    definition: Mapped[str | None]
    created_at: Mapped[dt.datetime]
    retired_at: Mapped[dt.datetime | None]


class ThemeMark(Field, Base):
    """A theme on a passage of an answer, or on the whole of it, by a coder. Its `id` is made by the browser.

    `start` and `end` count code points of the answer as `survey.text` normalises it, the end not included; `text` is
    what was marked, so that a mark whose words moved on since is known.
    """

    __tablename__ = "theme_mark"
    __table_args__ = (
        *of_one_field("theme_mark", "theme_id", "coder_id", "start", "end"),
        sa.CheckConstraint('start >= 0 AND "end" > start', name="marks_something"),
        sa.CheckConstraint('length(text) = "end" - start', name="text_is_what_was_marked"),
        sa.CheckConstraint("NOT whole OR start = 0", name="whole_begins_at_the_beginning"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    coder_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    start: Mapped[int]
    end: Mapped[int]
    whole: Mapped[bool]
    text: Mapped[str]
    created_at: Mapped[dt.datetime]

    theme: Mapped[Theme] = relationship()
    coder: Mapped[User] = relationship()
