"""Why a message that is ready does not leave: its reason is gone, or its organisation is suspended."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import cases, eves, reminders
from survey.fieldwork.contact_models import Appointment, Message
from survey.fieldwork.message_texts import ABOUT_AN_APPOINTMENT
from survey.fieldwork.models import Case, Organisation
from survey.fieldwork.waves import CURRENT
from survey.instrument.codes import INTERIM, AppointmentStatus, MessageKind, MessageStatus


class Halt(enum.Enum):
    """What keeps a message here: `SUSPENDED` until the suspension is over, the others for good."""

    OUTCOME = "outcome"
    APPOINTMENT = "appointment"
    WAVE = "wave"
    REPLY = "reply"
    SUSPENDED = "suspended"


def _why(at: dt.datetime) -> sa.Case[Any]:
    """What keeps a message of the statement here; NULL when it may leave."""
    about, asks = Message.kind.in_(ABOUT_AN_APPOINTMENT), Message.kind.in_(reminders.RUNGS)
    stands = sa.exists().where(
        Appointment.id == Message.appointment_id,
        Appointment.sequence == Message.appointment_sequence,
        Appointment.status == AppointmentStatus.PLANNED,
        Appointment.starts_at > at,
    )
    return sa.case(
        (sa.and_(about, Case.disposition.in_(eves.OFF)), Halt.OUTCOME.value),
        (sa.and_(about, ~stands), Halt.APPOINTMENT.value),
        (sa.and_(asks, Case.wave != CURRENT), Halt.WAVE.value),
        (sa.and_(asks, Case.disposition.not_in(INTERIM)), Halt.OUTCOME.value),
        (sa.and_(Message.kind == MessageKind.REMINDER, reminders.answered(Case.id)), Halt.REPLY.value),
        (reminders.in_peace(at), Halt.SUSPENDED.value),
    )


def _ready(*columns: Any) -> sa.Select[Any]:
    joined = sa.select(*columns).join(Case, Case.id == Message.case_id)
    joined = joined.join(Organisation, Organisation.id == Case.organisation_id)
    return joined.where(Message.status == MessageStatus.READY)


def free(at: dt.datetime) -> sa.Select[Any]:
    """The ids of the messages that are ready and may leave at a moment, for a statement."""
    return _ready(Message.id).where(_why(at).is_(None))


def halted(session: Session, at: dt.datetime, *which: sa.ColumnElement[bool]) -> dict[int, Halt]:
    """Of these messages, those that are ready and must not leave at a moment, each with why."""
    found = _ready(Message.id, _why(at)).where(_why(at).is_not(None), *which)
    return {message_id: Halt(why) for message_id, why in session.execute(found)}


def why(session: Session, message_id: int, at: dt.datetime) -> Halt | None:
    """Why a message that is ready must not leave at a moment; None when it may, or is not ready."""
    return halted(session, at, Message.id == message_id).get(message_id)


def drop(session: Session, at: dt.datetime) -> int:
    """Drop what is ready and lost its reason for good; how many. The caller commits."""
    for_good = _why(at) != Halt.SUSPENDED.value
    cases.held(session, Case.id.in_(_ready(Message.case_id).where(for_good)))
    lost = sa.update(Message).where(Message.id.in_(_ready(Message.id).where(for_good)))
    lost = lost.where(Message.status == MessageStatus.READY).values(status=MessageStatus.DROPPED)
    return len(session.scalars(lost.returning(Message.id)).all())
