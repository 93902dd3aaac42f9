"""A study under way brought in from a table: its attempts and outcomes as if they had been typed, all or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.fieldwork import attempt_known, attempt_plan, cases, columns, merging, naming, planning
from survey.fieldwork.attempt_columns import LAYOUT
from survey.fieldwork.attempt_lines import read_lines
from survey.fieldwork.attempt_moments import Clock
from survey.fieldwork.attempt_plan import Plan, Ready
from survey.fieldwork.attempt_words import OUTCOMES
from survey.fieldwork.contact_models import ContactAttempt
from survey.fieldwork.headings import AS_HEADED, Chosen, Layout
from survey.fieldwork.models import Case, Person
from survey.fieldwork.remarks import Report
from survey.instrument.codes import Disposition
from survey.text import fold


def read(
    data: bytes,
    name: str,
    clock: Clock,
    chosen: Chosen = AS_HEADED,
    outcomes: Mapping[str, Disposition] = OUTCOMES,
    layout: Layout = LAYOUT,
) -> Plan:
    """What a file tells: a large one takes seconds, which no transaction need."""
    plan = Plan()
    plan.table = columns.read(plan, data, name, layout, chosen)
    if plan.table is None or plan.errors:
        return plan
    plan.told = read_lines(plan, plan.table.lines(plan), clock, outcomes)
    if not plan.told and not plan.errors:
        plan.refuse(
            None,
            "Aucune ligne ne dit une démarche ni une issue. Dites ce que contiennent les colonnes.",
            "No line tells an attempt or an outcome. Say what the columns hold.",
        )
    return plan


def find(session: Session, plan: Plan, clock: Clock) -> None:
    """Hold what a file tells against the list and against what was recorded; nothing is written."""
    attempt_plan.find(session, plan)
    attempt_known.set_aside(session, plan, clock.zone, plan)
    attempt_known.ask_when(plan)
    plan.errors.sort(key=lambda remark: remark.line or 0)


def carry_out(session: Session, plan: Plan, clock: Clock, user_id: int | None) -> int:
    """Record what the plan says and return how many attempts; the caller commits. With errors it is a ValueError.

    Who imports made the attempts of which the file names nobody. Nobody's case becomes that of the colleague named.
    """
    if plan.errors:
        raise ValueError("a plan with errors is not carried out")
    ids = sorted({ready.case_id for ready in plan.ready})
    of_case = sa.select(Case.organisation_id)
    theirs = {one for some in naming.batches(ids) for one in session.scalars(of_case.where(Case.id.in_(some)))}
    for some in naming.batches(sorted(theirs)):
        merging.hold(session, some)  # as those who merge do: organisations first, then cases
    held = {case.id: case for some in naming.batches(ids) for case in cases.held(session, Case.id.in_(some))}
    attempt_known.set_aside(session, plan, clock.zone, Report())  # a colleague may have recorded some since
    _record(session, plan.attempts, held, user_id)
    for ready in plan.attempts:
        case = held[ready.case_id]
        if case.last_attempt_at is None or (ready.told.tried and ready.told.tried.at >= case.last_attempt_at):
            case.put_off_to = None
    for interviewer_id in sorted(set(plan.holders.values())):
        held_by = (case_id for case_id, holder in plan.holders.items() if holder == interviewer_id)
        cases.assign_all(session, held_by, interviewer_id, user_id)
    cases.set_outcomes(session, ((held[case_id], to) for case_id, to in plan.outcomes.items()), user_id)
    for case_id, reason in plan.reasons.items():
        held[case_id].refusal_reason = reason
    planning.follow_all(session, list(held.values()))
    detail = f"{len(plan.attempts)} attempts, {len(plan.outcomes)} outcomes"
    audit.record(session, audit.Action.ATTEMPT_IMPORT, user_id=user_id, detail=detail)
    return len(plan.attempts)


def _record(session: Session, attempts: Iterable[Ready], held: dict[int, Case], user_id: int | None) -> None:
    made = [(ready, ready.told.tried, held[ready.case_id]) for ready in attempts]
    persons = _persons(session, {(case.organisation_id, tried.person) for _, tried, case in made if tried})
    rows = [
        {"case_id": case.id, "at": tried.at, "user_id": ready.user_id or user_id, "channel": tried.channel,
         "person_id": persons.get((case.organisation_id, fold(tried.person))), "result": tried.result,
         "next_at": ready.next_at, "note": tried.note}
        for ready, tried, case in made if tried
    ]  # fmt: skip
    if rows:
        session.execute(sa.insert(ContactAttempt), rows, execution_options=cases.IN_BULK)


def _persons(session: Session, named: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """By organisation and folded name, the persons that attempts name; those that it does not have yet are added."""
    wanted: dict[tuple[int, str], str] = {(n, fold(name)): name for n, name in sorted(named) if name}
    there: dict[tuple[int, str], int] = {}
    for some in naming.batches(sorted({organisation_id for organisation_id, _ in wanted})):
        query = sa.select(Person.id, Person.organisation_id, Person.name).where(Person.organisation_id.in_(some))
        for row in session.execute(query.order_by(Person.left_at.is_(None), Person.id.desc())):
            there[row.organisation_id, fold(row.name)] = row.id  # the last word: who has not left, then who came first
    new = {key: Person(organisation_id=key[0], name=name) for key, name in wanted.items() if key not in there}
    session.add_all(new.values())
    session.flush()
    return {key: there[key] if key in there else new[key].id for key in wanted}
