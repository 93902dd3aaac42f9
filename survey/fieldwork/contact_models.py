"""What is done to reach a case: contact attempts, appointments and messages."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.accounts.models import Language, User
from survey.db import Base
from survey.fieldwork.models import Case, Person
from survey.instrument.codes import (
    AppointmentStatus,
    AttemptResult,
    Channel,
    MessageKind,
    MessageStatus,
    Mode,
)


class ContactAttempt(Base):
    """One attempt to reach a case: how, whom, what came of it, and when to try again."""

    __tablename__ = "contact_attempt"
    __table_args__ = (sa.Index(None, "case_id", "at"), sa.Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    channel: Mapped[Channel]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)
    result: Mapped[AttemptResult]
    next_at: Mapped[dt.datetime | None]
    note: Mapped[str | None]

    case: Mapped[Case] = relationship()
    user: Mapped[User | None] = relationship()
    person: Mapped[Person | None] = relationship()


class Appointment(Base):
    """A moment agreed with somebody for an interview. `sequence` counts its changes, as calendars do (RFC 5545)."""

    __tablename__ = "appointment"
    __table_args__ = (
        sa.CheckConstraint("minutes > 0", name="lasts"),
        sa.CheckConstraint("sequence >= 0", name="sequence_counts_from_zero"),
        sa.Index(None, "user_id", "starts_at"),
        sa.Index(None, "starts_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)
    starts_at: Mapped[dt.datetime]
    minutes: Mapped[int]
    mode: Mapped[Mode]
    meeting_url: Mapped[str | None]
    language: Mapped[Language]
    status: Mapped[AppointmentStatus] = mapped_column(default=AppointmentStatus.PLANNED)
    sequence: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None]
    made_at: Mapped[dt.datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))

    case: Mapped[Case] = relationship()
    person: Mapped[Person | None] = relationship()
    user: Mapped[User] = relationship(foreign_keys=user_id)
    maker: Mapped[User] = relationship(foreign_keys=made_by)


class Message(Base):
    """An e-mail to somebody of a case, written once: `step` numbers those of one kind, and no two have the same.

    `appointment_id` is the one it speaks of, as it stood at `appointment_sequence`. `claimed_at` is when somebody last
    began to send it, `sent_at` when it left, or was said to have been sent by hand.
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "kind", "step"),
        sa.CheckConstraint("step >= 1", name="step_counts_from_one"),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at_a_moment"),
        sa.CheckConstraint("appointment_id IS NULL OR appointment_sequence IS NOT NULL", name="of_a_moment"),
        sa.CheckConstraint("status <> 'sending' OR claimed_at IS NOT NULL", name="claimed_at_a_moment"),
        sa.Index(None, "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)
    appointment_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("appointment.id", ondelete="SET NULL"), index=True
    )
    appointment_sequence: Mapped[int | None]
    kind: Mapped[MessageKind]
    step: Mapped[int]
    language: Mapped[Language]
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    status: Mapped[MessageStatus] = mapped_column(default=MessageStatus.READY)
    made_at: Mapped[dt.datetime]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    due_at: Mapped[dt.datetime]
    claimed_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    trouble: Mapped[str | None]

    case: Mapped[Case] = relationship()
    person: Mapped[Person | None] = relationship()


class MessageTemplate(Base):
    """What the team wrote in place of a message of the house, in one language."""

    __tablename__ = "message_template"

    kind: Mapped[MessageKind] = mapped_column(primary_key=True)
    language: Mapped[Language] = mapped_column(primary_key=True)
    subject: Mapped[str]
    body: Mapped[str]
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
