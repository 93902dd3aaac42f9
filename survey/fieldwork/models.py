"""Organisations, the persons in them, and their case in a wave of collection."""

from __future__ import annotations

import datetime as dt
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import User
from survey.db import Base
from survey.instrument.codes import Disposition, Region, TargetPopulation


class Organisation(Base):
    """A sample unit. `folded_name` is what two spellings of its name share (see `survey.text.fold`)."""

    __tablename__ = "organisation"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(unique=True)
    region_code: Mapped[Region | None]
    note: Mapped[str | None]
    created_at: Mapped[dt.datetime]

    persons: Mapped[list[Person]] = relationship(back_populates="organisation", order_by="Person.id")
    cases: Mapped[list[Case]] = relationship(back_populates="organisation", order_by="Case.wave")


class Person(Base):
    """Somebody to reach in an organisation."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    function: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    meeting_url: Mapped[str | None]

    organisation: Mapped[Organisation] = relationship(back_populates="persons")


class Wave(Base):
    """A wave of collection. `population` is of whom it speaks, None until the team says so.

    `e` is the share of the cases of unknown eligibility taken to be eligible, where the team knows it, by `e_method`.
    """

    __tablename__ = "wave"
    __table_args__ = (
        sa.CheckConstraint("e >= 0 AND e <= 1", name="e_is_a_share"),
        sa.CheckConstraint("(e IS NULL) = (e_method IS NULL)", name="e_has_a_method"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opened_at: Mapped[dt.datetime]
    population: Mapped[TargetPopulation | None]
    e: Mapped[float | None]
    e_method: Mapped[str | None]


class Case(Base):
    """An organisation in one wave of collection: exactly one outcome, and perhaps an interviewer."""

    __tablename__ = "case"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "wave"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"))
    wave: Mapped[int] = mapped_column(sa.ForeignKey("wave.number"))
    interviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    disposition: Mapped[Disposition] = mapped_column(default=Disposition.NOT_CONTACTED)

    organisation: Mapped[Organisation] = relationship(back_populates="cases")
    interviewer: Mapped[User | None] = relationship()
    events: Mapped[list[CaseEvent]] = relationship(back_populates="case", order_by="CaseEvent.id.desc()")


class EventKind(enum.StrEnum):
    IMPORTED = "imported"
    OUTCOME = "outcome"
    ASSIGNED = "assigned"
    NOTE = "note"
    INTERVIEW_OPENED = "interview_opened"
    INTERVIEW_COMPLETED = "interview_completed"
    INTERVIEW_REOPENED = "interview_reopened"
    SITTING = "sitting"
    INITIATIVE_SENT = "initiative_sent"
    INITIATIVE_RECEIVED = "initiative_received"


class CaseEvent(Base):
    """One line of a case's history. `code` is the outcome, the interviewer or the interview.

    `text` is a note, the number of a sitting, or the organisation that an initiative came from or went to.
    """

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    kind: Mapped[EventKind]
    code: Mapped[str | None]
    text: Mapped[str | None]

    case: Mapped[Case] = relationship(back_populates="events")
    user: Mapped[User | None] = relationship()


class Referral(Base):
    """An organisation, an initiative or somebody there, named by whoever answered for `case` (Q.14). Never released.

    `id` is made by the browser; `folded_name` is what its `organisation` shares with that of the list which it names.
    """

    __tablename__ = "referral"
    __table_args__ = (sa.CheckConstraint("version >= 1", name="version_counts_from_one"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id", ondelete="CASCADE"), index=True)
    organisation: Mapped[str | None]
    folded_name: Mapped[str] = mapped_column(index=True)
    person: Mapped[str | None]
    function: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    note: Mapped[str | None]
    version: Mapped[int]
    at: Mapped[dt.datetime]
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    removed_at: Mapped[dt.datetime | None]

    case: Mapped[Case] = relationship()
    recorder: Mapped[User] = relationship(foreign_keys=recorded_by)
    changer: Mapped[User] = relationship(foreign_keys=changed_by)


class CaseTally(Base):
    """How many cases stand where, kept with every change, so that a list of 100 000 counts as fast as one of 100.

    A region of "" and an interviewer of 0 stand for none.
    """

    __tablename__ = "case_tally"

    wave: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(primary_key=True)
    interviewer_id: Mapped[int] = mapped_column(primary_key=True)
    disposition: Mapped[Disposition] = mapped_column(primary_key=True)
    n: Mapped[int]
