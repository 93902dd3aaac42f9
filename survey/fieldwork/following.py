"""What goes with an organisation into a new wave: the appointments that it waits for, and that it is left in peace."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from survey.db import now
from survey.fieldwork import office_hours, planning
from survey.fieldwork.contact_models import Appointment, Message
from survey.fieldwork.models import Case, CaseEvent, EventKind, TimeZone
from survey.instrument.codes import AppointmentStatus, Disposition, MessageStatus

OLD, NEW = aliased(Case), aliased(Case)
PLANNED = Appointment.status == AppointmentStatus.PLANNED

Made = list[sa.ColumnElement[bool]]


def today() -> dt.date:
    """The day by which a suspension is over or not."""
    return office_hours.clock(now(), TimeZone.EASTERN).date()


def follow(session: Session, wave: int, user_id: int, organisation_id: int | None = None) -> None:
    """Have what was planned follow into the cases just made in a wave, of one organisation or of all.

    A case that has an appointment has that outcome; its next move and its history say what came with it. So many
    statements whatever the number of cases; the caller counts the tallies afterwards.
    """
    made = [Case.wave == wave]
    entered = [NEW.wave == wave, OLD.wave < wave]
    if organisation_id is not None:
        made.append(Case.organisation_id == organisation_id)
        entered.append(NEW.organisation_id == organisation_id)
    session.flush()
    _bring(session, entered)
    awaited = [*made, sa.exists().where(Appointment.case_id == Case.id, PLANNED)]
    due = planning.first_appointment()
    _change(session, Case, awaited, disposition=Disposition.APPOINTMENT, next_at=due)
    _tell(session, user_id, EventKind.OUTCOME, awaited, code=sa.literal(Disposition.APPOINTMENT.value))
    in_peace = [*made, Case.suspended_until.is_not(None)]
    _put_off(session, in_peace)
    until = sa.cast(Case.suspended_until, sa.Text)
    _tell(session, user_id, EventKind.SUSPENDED, in_peace, code=until, text=Case.suspended_why)
    session.expire_all()


def _bring(session: Session, entered: Made) -> None:
    """The appointments change cases, and with them what is ready to be sent about them."""
    of_one = aliased(Case)
    wave = sa.select(sa.func.max(of_one.wave)).where(of_one.organisation_id == OLD.organisation_id)
    last = OLD.wave == wave.where(of_one.wave < NEW.wave).scalar_subquery()
    about = sa.exists().where(Appointment.id == Message.appointment_id, PLANNED)
    pairs = sa.join(OLD, NEW, NEW.organisation_id == OLD.organisation_id)
    each: tuple[tuple[Any, Made, Made], ...] = (
        (Message, [Message.status == MessageStatus.READY, about], [*entered, last]),
        (Appointment, [PLANNED], entered),
    )
    for table, which, among in each:
        left = sa.select(OLD.id).select_from(pairs).where(*among)
        to = sa.select(NEW.id).select_from(pairs).where(*among, OLD.id == table.case_id).scalar_subquery()
        _change(session, table, [*which, table.case_id.in_(left)], case_id=to)


def _put_off(session: Session, in_peace: Made) -> None:
    """Nothing is due in these cases before their suspension is over."""
    dates = session.scalars(sa.select(Case.suspended_until).where(*in_peace).distinct()).all()
    if dates:
        over = {date: sa.literal(planning.after(date), Case.next_at.type) for date in dates if date}
        resumes = sa.case(over, value=Case.suspended_until)
        _change(session, Case, in_peace, next_at=sa.case((Case.next_at > resumes, Case.next_at), else_=resumes))


def _change(session: Session, table: Any, which: Made, **values: Any) -> None:
    changing = sa.update(table).where(*which).values(values)
    session.execute(changing, execution_options={"synchronize_session": False})


def _tell(session: Session, user_id: int, kind: EventKind, which: Made, **said: sa.SQLColumnExpression[Any]) -> None:
    line: dict[str, sa.SQLColumnExpression[Any]] = {"case_id": Case.id, "user_id": sa.literal(user_id)}
    line |= {"at": sa.literal(now(), CaseEvent.at.type), "kind": sa.literal(kind, CaseEvent.kind.type)} | said
    rows = sa.select(*line.values()).where(*which).order_by(Case.id)
    session.execute(sa.insert(CaseEvent).from_select(list(line), rows))
