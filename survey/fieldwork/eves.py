"""The reminders of the day before an appointment."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import cases, messages, office_hours
from survey.fieldwork.contact_models import Appointment, Message
from survey.fieldwork.message_texts import Study
from survey.fieldwork.messages import Draft
from survey.fieldwork.models import Case, Organisation
from survey.fieldwork.reminders import suspended
from survey.instrument.codes import AppointmentStatus, Disposition, MessageKind

#: Nobody hears twice of one appointment in less time.
REST = dt.timedelta(hours=20)
#: The outcomes of a case that is heard of no more, not even of an appointment that stands.
OFF = frozenset({Disposition.DUPLICATE, Disposition.REFUSAL})


def tomorrow(session: Session, at: dt.datetime) -> Iterator[tuple[int, uuid.UUID]]:
    """Appointments whose eve has come, each with its case, by the clock of the organisation."""
    query = (
        sa.select(Appointment.case_id, Appointment.id, Appointment.starts_at, Organisation.time_zone)
        .join(Case, Case.id == Appointment.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Appointment.status == AppointmentStatus.PLANNED, Case.disposition.not_in(OFF))
        .where(Appointment.starts_at > at, Appointment.starts_at < at + dt.timedelta(days=2))
        .order_by(Appointment.case_id, Appointment.starts_at)
    )
    for case_id, identifier, starts_at, zone in session.execute(query).all():
        eve = eve_of(starts_at, zone)
        if eve <= at and office_hours.clock(at, zone).date() == office_hours.clock(eve, zone).date():
            yield case_id, identifier


def eve_of(starts_at: dt.datetime, zone: str) -> dt.datetime:
    """When offices open on the day before a moment, by the clock of a place."""
    day_before = office_hours.clock(starts_at, zone).date() - dt.timedelta(days=1)
    return office_hours.local_moment(day_before, office_hours.OPENS, zone)


def remind_of(session: Session, study: Study, which: tuple[int, uuid.UUID], at: dt.datetime) -> bool | None:
    """Write the reminder of the day before an appointment; False when it is written or of no use, None for nobody."""
    case_id, identifier = which
    [case] = cases.held(session, Case.id == case_id)
    appointment = session.get_one(Appointment, identifier, populate_existing=True)
    eve = eve_of(appointment.starts_at, case.organisation.time_zone)
    if appointment.status is not AppointmentStatus.PLANNED or case.disposition in OFF or suspended(case, at):
        return False
    about = (Message.appointment_id == identifier, Message.appointment_sequence == appointment.sequence)
    for message in session.scalars(sa.select(Message).where(*about)):
        heard = message.sent_at and at - message.sent_at < REST
        if heard or (message.kind is MessageKind.EVE and message.due_at == eve):
            return False
    if appointment.person is None or messages.address_of(appointment.person) is None:
        return None
    person, language = appointment.person, appointment.language
    letter = messages.compose(session, study, case, person, MessageKind.EVE, language, appointment)
    draft = Draft(MessageKind.EVE, person, language, letter, appointment)
    return messages.prepare(session, case, draft, eve, None) is not None
