"""When the next move of a case is due: what its contact attempts and its appointments say together."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.contact_models import Appointment, ContactAttempt
from survey.fieldwork.models import Case
from survey.instrument.codes import AppointmentStatus


def follow(session: Session, case: Case) -> None:
    """Bring `attempts`, `last_attempt_at` and `next_at` of a case, held by the caller, in step with what was recorded.

    The next move is the first appointment that is planned, or else what the latest attempt asked for.
    """
    session.flush()
    of_case = sa.select(sa.func.count(), sa.func.max(ContactAttempt.at)).where(ContactAttempt.case_id == case.id)
    case.attempts, case.last_attempt_at = session.execute(of_case).one()
    latest = sa.select(ContactAttempt.next_at).where(ContactAttempt.case_id == case.id)
    planned = sa.select(sa.func.min(Appointment.starts_at)).where(
        Appointment.case_id == case.id, Appointment.status == AppointmentStatus.PLANNED
    )
    asked = session.scalar(latest.order_by(ContactAttempt.at.desc(), ContactAttempt.id.desc()).limit(1))
    case.next_at = session.scalar(planned) or asked
