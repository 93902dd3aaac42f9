"""The course of an interview, apart from its answers: sittings, respondents, time spent, what became of its blocks."""

from __future__ import annotations

import datetime as dt
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base
from survey.instrument.codes import Mode
from survey.interview.models import Initiative


class RearrangementKind(enum.StrEnum):
    SPLIT = "split"
    MERGE = "merge"
    MOVE = "move"


class Rearrangement(Base):
    """One act on the blocks of an interview. `id` is that of the form that asked it.

    `initiative` was split, took the other in, or moved; `other` is the block made by a split or set aside by a merger;
    `to_interview` is where a block moved.
    """

    __tablename__ = "rearrangement"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[RearrangementKind]
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    initiative_id: Mapped[int] = mapped_column(sa.ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int | None] = mapped_column(sa.ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    to_interview_id: Mapped[int | None] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]

    initiative: Mapped[Initiative] = relationship(foreign_keys=initiative_id)
    other: Mapped[Initiative | None] = relationship(foreign_keys=other_id)


class Sitting(Base):
    """A stretch of time in which one interviewer worked in an interview. `number` counts from 1 within it."""

    __tablename__ = "sitting"
    __table_args__ = (
        sa.UniqueConstraint("interview_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts_from_one"),
        sa.CheckConstraint("ended_at >= began_at", name="ends_after_it_began"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"))
    number: Mapped[int]
    interviewer_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    began_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime]
    mode: Mapped[Mode]

    interviewer: Mapped[User] = relationship()


class Respondent(Base):
    """Somebody who answered after the first person did, from some part of the interview on. Names never leave.

    The first person is in the answers. `part` is the name of a section; of section 2, `initiative` may say which block.
    """

    __tablename__ = "respondent"
    __table_args__ = (sa.CheckConstraint("version >= 1", name="version_counts_from_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(unique=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    function: Mapped[str | None]
    part: Mapped[str]
    initiative_id: Mapped[int | None] = mapped_column(sa.ForeignKey("initiative.id", ondelete="SET NULL"), index=True)
    version: Mapped[int]
    at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    removed_at: Mapped[dt.datetime | None]

    initiative: Mapped[Initiative | None] = relationship()


class ActiveTime(Base):
    """How long one visit of the page was at work in one part of an interview, in all so far.

    A visit has an id made by the browser; `part` is the name of a section, or the `uid` of a block.
    """

    __tablename__ = "active_time"
    __table_args__ = (sa.CheckConstraint("seconds >= 0", name="seconds_are_not_negative"),)

    visit: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    initiative_id: Mapped[int | None] = mapped_column(sa.ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    sitting_id: Mapped[int] = mapped_column(sa.ForeignKey("sitting.id", ondelete="CASCADE"), index=True)
    seconds: Mapped[int]
