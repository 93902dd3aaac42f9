"""The course of an interview, apart from its answers: sittings, respondents, time, what is parked or carried over."""

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
    changer: Mapped[User] = relationship()


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


class SettledAs(enum.StrEnum):
    """What became of words that were parked; those that somebody put where they belong by hand are handled."""

    INITIATIVE = "initiative"
    REFERRAL = "referral"
    NOTE = "note"
    HANDLED = "handled"


class Parked(Base):
    """Words of a call that fit nowhere yet. They stay here whatever becomes of them, and never leave by a release.

    `id` is made by the browser; `version` counts what it sent while somebody was typing.
    """

    __tablename__ = "parked"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    version: Mapped[int]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[dt.datetime]
    settled_as: Mapped[SettledAs | None]
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    user: Mapped[User] = relationship(foreign_keys=user_id)


#: The call-backs that nobody has made yet, which an index holds apart.
WAITS = sa.text("done_at IS NULL")


class CallBack(Base):
    """Why, and perhaps when, to call again for one block. Never released."""

    __tablename__ = "call_back"
    __table_args__ = (sa.Index(None, "due_on", sqlite_where=WAITS, info={"postgresql": {"where": WAITS}}),)

    initiative_id: Mapped[int] = mapped_column(sa.ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str | None]
    due_on: Mapped[dt.date | None]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship()


class StillTrue(enum.StrEnum):
    """What was answered of a block that was carried over: it is still so, changed or not; or it is no longer there."""

    YES = "yes"
    GONE = "gone"


class Carried(Base):
    """A block that began with what was said in an earlier wave, on `said_on`, in the block `previous_id`.

    Without an answer nobody confirmed it in this wave.
    """

    __tablename__ = "carried"
    __table_args__ = (
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_a_moment"),
        sa.CheckConstraint("(answer IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"),
    )

    initiative_id: Mapped[int] = mapped_column(sa.ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("initiative.id", ondelete="SET NULL"), index=True)
    wave: Mapped[int] = mapped_column(sa.ForeignKey("wave.number"))
    said_on: Mapped[dt.date]
    answer: Mapped[StillTrue | None]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
