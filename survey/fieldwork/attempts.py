"""Contact attempts: recorded, corrected, removed; the outcome and the next move of the case follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import audit
from survey.accounts.models import Role
from survey.audit import Action
from survey.fieldwork import attempt_rules, cases, planning
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.models import Case, CaseEvent, EventKind
from survey.instrument.codes import AttemptResult, Channel, Disposition, RefusalReason


@dataclass(frozen=True)
class Attempt:
    """What is said of an attempt: how, what came of it, at which moment, who was reached, when to try again."""

    channel: Channel
    result: AttemptResult
    at: dt.datetime
    person_id: int | None = None
    next_at: dt.datetime | None = None
    note: str | None = None


def record(
    session: Session,
    case: Case,
    said: Attempt,
    user_id: int | None,
    *,
    reason: RefusalReason | None = None,
    anyway: bool = False,
) -> ContactAttempt:
    """Record an attempt; nobody's case becomes that of who made it. Its outcome follows the attempts in their order.

    An outcome is not undone by an interim one but `anyway`. `reason` is that of a refusal.
    """
    cases.held(session, Case.id == case.id)
    led_to = _replayed(session, case)
    attempt = ContactAttempt(case_id=case.id, user_id=user_id, **asdict(said))
    session.add(attempt)
    if case.interviewer_id is None and user_id is not None:
        cases.assign(session, case, user_id, user_id)
    if latest(session, case.id) is attempt:
        case.put_off_to = None
        to = attempt_rules.leads(case.disposition, said.result, anyway)
        cases.set_outcome(session, case, agreed(session, case.id, case.disposition, to), user_id)
    else:
        _settle(session, case, led_to, user_id)
    if said.result is AttemptResult.REFUSED and case.disposition is Disposition.REFUSAL:
        case.refusal_reason = reason or case.refusal_reason
    planning.follow(session, case)
    return attempt


def record_all(session: Session, made: Sequence[tuple[Case, Attempt, int | None]]) -> None:
    """Record attempts made just now by some users, in cases held by the caller; no case changes hands."""
    after = [bool(case.last_attempt_at and case.last_attempt_at > said.at) for case, said, _ in made]
    late, last = (
        [one for one, is_late in zip(made, after, strict=True) if is_late is which] for which in (True, False)
    )
    rows = [{"case_id": case.id, "user_id": user_id} | asdict(said) for case, said, user_id in last]
    if rows:
        session.execute(sa.insert(ContactAttempt), rows, execution_options=cases.IN_BULK)
    outcomes = {}
    for case, said, _ in last:
        case.put_off_to = None
        to = attempt_rules.leads(case.disposition, said.result)
        outcomes[case.id] = case, agreed(session, case.id, case.disposition, to)
    cases.set_outcomes(session, outcomes.values(), None)
    planning.follow_all(session, [case for case, _ in outcomes.values()])
    for case, said, user_id in late:
        record(session, case, said, None).user_id = user_id


def agreed(session: Session, case_id: int, current: Disposition, to: Disposition) -> Disposition:
    """Where an attempt leads, but for an appointment that stands: to write or call meanwhile does not undo it."""
    if to is not Disposition.IN_PROGRESS or current is not Disposition.APPOINTMENT:
        return to
    return Disposition.APPOINTMENT if planning.has_appointment(session, case_id) else to


def latest(session: Session, case_id: int) -> ContactAttempt | None:
    """The latest attempt of a case; None when there is none."""
    session.flush()
    query = sa.select(ContactAttempt).where(ContactAttempt.case_id == case_id)
    return session.scalars(query.order_by(*planning.LATEST).limit(1)).one_or_none()


def may_change(attempt: ContactAttempt, role: Role, user_id: int) -> bool:
    """Whether somebody may correct or remove an attempt: who made it, and the coordination."""
    return attempt.user_id == user_id or cases.conducts_all(role)


def correct(
    session: Session, attempt: ContactAttempt, said: Attempt, user_id: int, *, reason: RefusalReason | None = None
) -> None:
    """Say of an attempt what it was. The same again leaves no trace."""
    [case] = cases.held(session, Case.id == attempt.case_id)
    told: dict[str, Any] = asdict(said)
    changed = any(getattr(attempt, name) != value for name, value in told.items())
    led_to = _replayed(session, case)
    for name, value in told.items():
        setattr(attempt, name, value)
    if changed:
        cases.log(session, case.id, EventKind.ATTEMPT_CORRECTED, user_id)
        audit.record(session, Action.ATTEMPT_CORRECT, user_id=user_id, about=("case", case.id))
        _settle(session, case, led_to, user_id)
    if said.result is AttemptResult.REFUSED and case.disposition is Disposition.REFUSAL:
        case.refusal_reason = reason
    planning.follow(session, case)


def remove(session: Session, attempt: ContactAttempt, user_id: int) -> None:
    """Take away an attempt that was not made; that it was taken away stays."""
    [case] = cases.held(session, Case.id == attempt.case_id)
    led_to = _replayed(session, case)
    session.delete(attempt)
    cases.log(session, case.id, EventKind.ATTEMPT_REMOVED, user_id)
    audit.record(session, Action.ATTEMPT_REMOVE, user_id=user_id, about=("case", case.id))
    _settle(session, case, led_to, user_id)
    planning.follow(session, case)


def _settle(session: Session, case: Case, led_to: Disposition, user_id: int | None) -> None:
    """The outcome that the attempts had led to follows them; somebody's own choice is left alone."""
    if case.disposition is led_to:
        to = agreed(session, case.id, case.disposition, _replayed(session, case))
        cases.set_outcome(session, case, to, user_id)


def _replayed(session: Session, case: Case) -> Disposition:
    """Where the attempts of a case lead one after the other, from where it stood before anybody tried."""
    session.flush()
    query = sa.select(ContactAttempt.result).where(ContactAttempt.case_id == case.id)
    to = _before(session, case)
    for result in session.scalars(query.order_by(ContactAttempt.at, ContactAttempt.id)):
        to = attempt_rules.leads(to, result)
    return to


def _before(session: Session, case: Case) -> Disposition:
    """Where a case stood before anybody tried: as it came into the list, or in progress once an interview began."""
    began = {EventKind.IMPORTED, EventKind.INTERVIEW_OPENED}
    query = sa.select(CaseEvent.kind, CaseEvent.code).where(CaseEvent.case_id == case.id, CaseEvent.kind.in_(began))
    row = session.execute(query.order_by(CaseEvent.id.desc()).limit(1)).one_or_none()
    if row is None:
        return Disposition.NOT_CONTACTED
    return Disposition.IN_PROGRESS if row.kind is EventKind.INTERVIEW_OPENED else Disposition.of(row.code)


def of_cases(session: Session, case_ids: Collection[int]) -> Sequence[ContactAttempt]:
    """The attempts of some cases, the latest first, each with who made it and whom it was to reach."""
    query = sa.select(ContactAttempt).where(ContactAttempt.case_id.in_(case_ids))
    query = query.options(joinedload(ContactAttempt.user), joinedload(ContactAttempt.person))
    return session.scalars(query.order_by(*planning.LATEST)).all()
