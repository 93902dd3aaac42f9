"""What was said in an earlier wave begins the interview of a new one, to be confirmed block by block.

This is proactive dependent interviewing: what was said is put before the respondent, instead of asked afresh (Jäckle,
"Dependent Interviewing: A Framework and Application to Current Research", 2006; Lynn, Jäckle, Jenkins & Sala, "The
Effects of Dependent Interviewing on Responses to Questions on Income Sources", 2005, after Mathiowetz & McGonagle,
2000). Who is asked whether something changed is tempted to say no (Hoogendoorn, "A Questionnaire Design for Dependent
Interviewing that Addresses the Problem of Cognitive Satisficing"): a change costs no more than a confirmation, one key
confirms one block and never all of them, and what nobody confirmed is released as such. Consent, the respondent, Q.1
and section 3 are asked anew, and so is what had no answer.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from survey import audit
from survey.audit import Action
from survey.db import held, now
from survey.fieldwork.models import Case
from survey.instrument.codes import ConsentPurpose, YesNo
from survey.instrument.grammar import Item
from survey.instrument.questionnaire import INITIATIVES
from survey.interview.answers import Answer, as_text
from survey.interview.course_models import Carried, StillTrue
from survey.interview.models import Consent, Edit, Initiative, Interview, Part
from survey.interview.sheet import Record, Sheet, columns, load, ticked_tables

#: Rows with and without a value go in one statement.
IN_BULK = {"render_nulls": True}

#: What was answered by an act on a block, and how the audit log names it.
ACTS = {
    StillTrue.YES: Action.INITIATIVE_CONFIRM,
    StillTrue.GONE: Action.INITIATIVE_GONE,
    None: Action.INITIATIVE_DOUBT,
}


class NotCarried(LookupError):
    """The block began in this interview: nothing of it is to be confirmed."""


def carry(session: Session, interview: Interview, case: Case, user_id: int) -> None:
    """Begin a new interview with the blocks of the last one that was completed, when that was in an earlier wave."""
    last = last_said(session.connection(), case.organisation_id, case.wave) if case.wave > 1 else None
    if last is None or last.wave == case.wave or (sheet := load(session.connection(), last.id)) is None:
        return
    records = [record for record in sheet.blocks if next(sheet.asked(INITIATIVES, record), None)]
    if records:
        _copy(session, interview.id, sheet, records, last, user_id)


def last_said(connection: sa.Connection, organisation_id: int, wave: int) -> Any | None:
    """The last interview with an organisation that was completed and not declined, up to a wave.

    `id`, `wave`, `said_on` and the answers of section 3; None when there is none.
    """
    consents = sa.select(Consent.given).where(
        Consent.interview_id == Interview.id, Consent.purpose == ConsentPurpose.INTERVIEW
    )
    consent = consents.order_by(Consent.id.desc()).limit(1).scalar_subquery()
    query = (
        sa.select(Interview.id, Case.wave, _day().label("said_on"), *columns("others").values())
        .join(Case, Case.id == Interview.case_id)
        .where(
            Case.organisation_id == organisation_id,
            Case.wave <= wave,
            Interview.completed_at.is_not(None),
            consent.is_distinct_from(YesNo.NO),
        )
        .order_by(Case.wave.desc(), Interview.completed_at.desc())
    )
    return connection.execute(query.limit(1)).one_or_none()


def _day() -> sa.ColumnElement[dt.date]:
    """When an interview was held; when it was opened, where nobody noted that."""
    return sa.func.coalesce(Interview.held_on, sa.func.date(Interview.opened_at, type_=sa.Date()), type_=sa.Date())


def _copy(
    session: Session, interview_id: int, sheet: Sheet, records: Sequence[Record], last: Any, user_id: int
) -> None:
    """The blocks, what was answered in each with an edit of its own, and where they come from."""
    answers = [{item.name: record.answers[item.name] for item in said(sheet, record)} for record in records]
    blocks = _blocks(session, interview_id, answers)
    sources = [since(record, last) for record in records]
    at = now()
    edits = [
        {"id": uuid.uuid4(), "interview_id": interview_id, "initiative_id": block, "item": name, "part": Part.ANSWER,
         "version": 1, "value": as_text(answer), "reason": None, "user_id": user_id, "at": at, "carried_from": wave}
        for block, of_block, (wave, _said_on) in zip(blocks, answers, sources, strict=True)
        for name, answer in of_block.items()
    ]  # fmt: skip
    carried = [
        {"initiative_id": block, "previous_id": record.id, "wave": wave, "said_on": said_on}
        for block, record, (wave, said_on) in zip(blocks, records, sources, strict=True)
    ]
    session.execute(sa.insert(Edit), edits, execution_options=IN_BULK)
    session.execute(sa.insert(Carried), carried)


def _blocks(session: Session, interview_id: int, answers: Sequence[Mapping[str, Answer]]) -> list[int]:
    """New blocks with these answers, in their order; their ids."""
    uids = [uuid.uuid4() for _block in answers]
    rows = [
        {"uid": uid, "interview_id": interview_id, "position": n}
        | {name: of_block.get(name) for name in columns("initiatives")}
        for n, (uid, of_block) in enumerate(zip(uids, answers, strict=True), start=1)
    ]
    insert = sa.insert(Initiative).returning(Initiative.uid, Initiative.id)
    made = {row.uid: row.id for row in session.execute(insert, rows, execution_options=IN_BULK)}
    for name, table in ticked_tables().items():
        ticks = [
            {"initiative_id": made[uid], "code": code}
            for uid, of_block in zip(uids, answers, strict=True)
            if isinstance(codes := of_block.get(name), frozenset)
            for code in codes
        ]
        if ticks:
            session.connection().execute(sa.insert(table), ticks)
    return [made[uid] for uid in uids]


def said(sheet: Sheet, record: Record) -> Iterator[Item]:
    """The items of a block that were asked and answered."""
    return (item for item in sheet.asked(INITIATIVES, record) if record.answered(item))


def since(record: Record, last: Any) -> tuple[int, dt.date]:
    """The wave in which what a block says was last said, and the day: what nobody confirmed is as old as it was."""
    return (record.carried.wave, record.carried.said_on) if record.unconfirmed else (last.wave, last.said_on)


def answer(session: Session, block: Initiative, still: StillTrue | None, user_id: int) -> None:
    """Note what was answered of a block that was carried over; None takes it back. Raises `NotCarried`."""
    carried = held(session, sa.select(Carried).where(Carried.initiative_id == block.id))
    if carried is None:
        raise NotCarried(str(block.uid))
    if carried.answer is still:
        return
    carried.answer = still
    carried.answered_at, carried.answered_by = (now(), user_id) if still else (None, None)
    audit.record(session, ACTS[still], user_id=user_id, about=("initiative", block.id))


def changed(connection: sa.Connection) -> set[int]:
    """The blocks that were carried over and say something else by now."""
    latest, first, newer = Edit, aliased(Edit), aliased(Edit)

    def same_field(other: Any) -> sa.ColumnElement[bool]:
        of_block = other.interview_id == latest.interview_id, other.initiative_id == latest.initiative_id
        return sa.and_(*of_block, other.item == latest.item, other.part == latest.part)

    query = (
        sa.select(Carried.initiative_id)
        .join(latest, latest.initiative_id == Carried.initiative_id)
        .outerjoin(first, sa.and_(same_field(first), first.carried_from.is_not(None)))
        .where(
            latest.part == Part.ANSWER,
            ~sa.exists().where(same_field(newer), newer.version > latest.version),
            sa.or_(latest.reason.is_not(None), sa.func.coalesce(latest.value, "") != sa.func.coalesce(first.value, "")),
        )
    )
    return set(connection.scalars(query.distinct()))
