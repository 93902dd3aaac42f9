"""What leaves by itself: written when it is due, once whoever plans, and held back when its reason is gone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import cases, eves, messages, reminders
from survey.fieldwork.contact_models import Message
from survey.fieldwork.message_texts import Study
from survey.fieldwork.models import Case
from survey.instrument.codes import INTERIM, MessageKind


@dataclass
class Planned:
    """How many reminders and eves were written, and how many had nobody to go to."""

    reminders: int = 0
    eves: int = 0
    nobody: int = 0


def plan(session: Session, study: Study, steps: tuple[int, ...], at: dt.datetime) -> Planned:
    """Write what is due at a moment; what is written already stays one. The caller commits."""
    planned = Planned()
    for case_id in reminders.candidates(session, steps, at):
        [case] = cases.held(session, Case.id == case_id)
        rung = reminders.next_rung(session, case, steps, at)
        if rung is None:
            continue
        made = reminders.remind(session, study, case, rung)
        planned.reminders += made
        planned.nobody += not made
    for appointment_id in eves.tomorrow(session, at):
        made_one = eves.remind_of(session, study, appointment_id, at)
        planned.eves += made_one is True
        planned.nobody += made_one is None
    return planned


def stopped(session: Session, message: Message, at: dt.datetime) -> bool:
    """Whether a message that is ready must not leave any more: its case is held by the caller."""
    case = message.case
    if message.kind is MessageKind.THANKS:
        return False
    if case.disposition not in INTERIM or reminders.suspended(case, at):
        return True
    if message.kind is MessageKind.REMINDER:
        return bool(session.scalar(sa.select(reminders.answered(case.id))))
    return messages.outdated(session, message)
