"""Messages: written once, claimed by one sender, and what became of each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import audit
from survey.accounts.models import Language
from survey.audit import Action
from survey.db import now, upsert
from survey.fieldwork import attempts, cases, message_texts, naming
from survey.fieldwork.addresses import address
from survey.fieldwork.attempt_rules import proposed
from survey.fieldwork.attempts import Attempt
from survey.fieldwork.contact_models import Appointment, Message, MessageTemplate
from survey.fieldwork.message_texts import OURS, Letter, Study
from survey.fieldwork.models import Case, Person
from survey.instrument.codes import (
    AttemptResult,
    Channel,
    MessageKind,
    MessageStatus,
)
from survey.text import line, normalise

#: As long as this after somebody began to send a message, nobody may say that it did not leave.
UNDER_WAY = dt.timedelta(minutes=10)
PAGE = 50


class NoAddress(Exception):
    """There is nobody to write to, or their address is none."""


class Taken(Exception):
    """Somebody else did it first."""


@dataclass(frozen=True)
class Draft:
    """A message to be written: its exact words, to whom, in which language."""

    kind: MessageKind
    person: Person
    language: Language
    letter: Letter
    appointment: Appointment | None = None


def address_of(person: Person) -> str | None:
    """The first good address of somebody who has not left; None when there is none."""
    if person.left_at is not None:
        return None
    return address(person.email) or address(person.other_email)


def reachable(persons: Sequence[Person]) -> list[Person]:
    """Those who can be written to, in the order given."""
    return [person for person in persons if address_of(person)]


def language_of(case: Case, person: Person | None) -> Language:
    """The language in which to write: the person's, or else the organisation's, French where nobody said."""
    return (person and person.language) or case.organisation.language or Language.FRENCH


def template(session: Session, kind: MessageKind, language: Language) -> Letter:
    """The text of a kind of message before its blanks are filled: the team's own, or else the house's."""
    row = session.get(MessageTemplate, (kind, language))
    return Letter(row.subject, row.body) if row else OURS[kind][language]


def compose(
    session: Session,
    study: Study,
    case: Case,
    person: Person,
    kind: MessageKind,
    language: Language,
    appointment: Appointment | None = None,
) -> Letter:
    """The exact words of a message."""
    said = message_texts.values(study, case, person, case.interviewer, language, appointment)
    return message_texts.fill(template(session, kind, language), language, said)


def prepare(
    session: Session, case: Case, draft: Draft, due_at: dt.datetime, user_id: int | None, step: int | None = None
) -> Message | None:
    """Write a message that is ready to be sent. Raises `NoAddress`.

    Without a `step` it is one more of its kind; with one, None when that one exists already.
    """
    recipient = address_of(draft.person)
    if recipient is None:
        raise NoAddress
    cases.held(session, Case.id == case.id)
    row = upsert(session, Message).values(
        case_id=case.id,
        person_id=draft.person.id,
        appointment_id=draft.appointment.id if draft.appointment else None,
        appointment_sequence=draft.appointment.sequence if draft.appointment else None,
        kind=draft.kind,
        step=step or _last_step(session, case.id, draft.kind) + 1,
        language=draft.language,
        recipient=recipient,
        subject=line(draft.letter.subject),
        body=normalise(draft.letter.body).strip(),
        made_at=now(),
        made_by=user_id,
        due_at=due_at,
    )
    made = session.scalar(row.on_conflict_do_nothing().returning(Message.id))
    if made is None:
        return None
    audit.record(session, Action.MESSAGE_PREPARE, user_id=user_id, about=("message", made), detail=draft.kind)
    return session.get_one(Message, made)


def _last_step(session: Session, case_id: int, kind: MessageKind) -> int:
    query = sa.select(sa.func.coalesce(sa.func.max(Message.step), 0))
    return int(session.scalar(query.where(Message.case_id == case_id, Message.kind == kind)) or 0)


def claim(session: Session, message_id: int) -> Message | None:
    """Take a message that is ready for oneself: of several who try, one gets it, and None the others.

    The caller commits before the first word to the mail server. Whoever finds the message `sending` afterwards cannot
    know whether it left, and leaves it alone.
    """
    taking = sa.update(Message).where(Message.id == message_id, Message.status == MessageStatus.READY)
    taken = session.scalar(taking.values(status=MessageStatus.SENDING, claimed_at=now()).returning(Message.id))
    return None if taken is None else session.get(Message, taken, populate_existing=True)


def sent(session: Session, message_id: int, user_id: int | None, *, was: MessageStatus) -> None:
    """Note that a message left, and the contact attempt that it is. Raises `Taken` unless it still is what it `was`."""
    if not sent_all(session, [message_id], user_id, was=was):
        raise Taken


def sent_all(session: Session, message_ids: Sequence[int], user_id: int | None, *, was: MessageStatus) -> int:
    """The same for those of these messages that still are what they `was`; returns how many."""
    made: list[tuple[Case, Attempt, int | None]] = []
    for some in naming.batches(sorted(message_ids)):
        of_them = sa.select(Message.case_id).where(Message.id.in_(some), Message.status == was)
        held = {case.id: case for case in cases.held(session, Case.id.in_(of_them))}
        at = now()
        turning = sa.update(Message).where(Message.id.in_(some), Message.case_id.in_(held), Message.status == was)
        turning = turning.values(status=MessageStatus.SENT, sent_at=at, trouble=None)
        told = (Message.id, Message.case_id, Message.person_id, Message.made_by, Message.kind)
        for row in sorted(session.execute(turning.returning(*told)).all()):
            case = held[row.case_id]
            next_at = proposed(AttemptResult.MESSAGE, at, case.organisation.time_zone)
            said = Attempt(Channel.EMAIL, AttemptResult.MESSAGE, at, row.person_id, next_at)
            made.append((case, said, user_id or row.made_by))
            audit.record(session, Action.MESSAGE_SEND, user_id=user_id, about=("message", row.id), detail=row.kind)
    attempts.record_all(session, made)
    return len(made)


def not_sent(session: Session, message_id: int, trouble: str, *, again: bool) -> None:
    """Note that a message that was claimed certainly did not leave; `again` says that it may be tried once more."""
    to = MessageStatus.READY if again else MessageStatus.FAILED
    _turn(session, message_id, MessageStatus.SENDING, to, trouble=line(trouble)[:300])


def settle(session: Session, message: Message, to: MessageStatus, user_id: int) -> None:
    """What somebody says of a message: it left, it is to be sent again, it is dropped. Raises `Taken`.

    One that is being sent is left alone as long as it may be under way.
    """
    was = message.status
    if was is MessageStatus.SENDING and message.claimed_at and now() - message.claimed_at < UNDER_WAY:
        raise Taken
    if (was, to) not in SETTLED:
        raise Taken
    if to is MessageStatus.SENT:
        sent(session, message.id, user_id, was=was)
        return
    _turn(session, message.id, was, to)
    audit.record(session, Action.MESSAGE_SETTLE, user_id=user_id, about=("message", message.id), detail=to)


#: What somebody may make of a message.
SETTLED = {
    (was, to)
    for was in (MessageStatus.READY, MessageStatus.SENDING, MessageStatus.FAILED)
    for to in (MessageStatus.READY, MessageStatus.SENT, MessageStatus.DROPPED)
    if was is not to
}


def _turn(session: Session, message_id: int, was: MessageStatus, to: MessageStatus, **also: object) -> None:
    turning = sa.update(Message).where(Message.id == message_id, Message.status == was)
    if session.scalar(turning.values(status=to, **also).returning(Message.id)) is None:
        raise Taken


def of_status(
    session: Session, status: MessageStatus, limit: int = PAGE, case_id: int | None = None
) -> Sequence[Message]:
    """The latest messages of a status, with their cases and organisations."""
    query = sa.select(Message).where(Message.status == status)
    if case_id is not None:
        query = query.where(Message.case_id == case_id)
    of = joinedload(Message.case).joinedload(Case.organisation)
    return session.scalars(query.options(of).order_by(Message.due_at.desc(), Message.id.desc()).limit(limit)).all()


def of_case(session: Session, case_id: int) -> Sequence[Message]:
    """Those of a case, the latest first."""
    return session.scalars(sa.select(Message).where(Message.case_id == case_id).order_by(Message.id.desc())).all()


def counted(session: Session) -> dict[MessageStatus, int]:
    """How many messages stand where."""
    query = sa.select(Message.status, sa.func.count()).group_by(Message.status)
    found = {status: int(n) for status, n in session.execute(query)}
    return {status: found.get(status, 0) for status in MessageStatus}


def about(session: Session, appointment_id: uuid.UUID) -> Sequence[Message]:
    """Those that speak of an appointment, the latest first."""
    return session.scalars(
        sa.select(Message).where(Message.appointment_id == appointment_id).order_by(Message.id.desc())
    ).all()
