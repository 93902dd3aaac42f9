"""The interviews of a case as its history tells them, and what became of an organisation in earlier waves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from survey.fieldwork import teams, timeline
from survey.fieldwork.models import Case, CaseEvent, EventKind
from survey.fieldwork.teams import Within
from survey.fieldwork.timeline import Entry

OF_AN_INTERVIEW = {EventKind.INTERVIEW_OPENED, EventKind.INTERVIEW_COMPLETED, EventKind.INTERVIEW_REOPENED}


class Numbered(NamedTuple):
    """An interview as the page of its organisation lists it. `number` counts within the case."""

    id: int
    number: int
    opened_at: dt.datetime
    open: bool


class Past(NamedTuple):
    """An organisation in an earlier wave: its case, the interviews that were held and its history, the newest first."""

    case: Case
    interviews: list[Numbered]
    history: list[Entry]


def interviews(history: Sequence[CaseEvent]) -> list[Numbered]:
    """The interviews of a case, the newest first, and whether each is open: the last that happened to it tells."""
    of_each: dict[int, list[CaseEvent]] = {}
    for event in history:
        if event.kind in OF_AN_INTERVIEW and event.code:
            of_each.setdefault(int(event.code), []).append(event)
    return [
        Numbered(identifier, n, of_one[-1].at, of_one[0].kind is not EventKind.INTERVIEW_COMPLETED)
        for n, (identifier, of_one) in enumerate(sorted(of_each.items()), start=1)
    ][::-1]


def earlier(session: Session, organisation_id: int, before: int, members: Within, private: bool) -> list[Past]:
    """What became of an organisation in the waves before one, the newest first.

    Persons and notes only if `private`; of a case of another team than that of these `members`, no history.
    """
    query = (
        sa.select(Case)
        .where(Case.organisation_id == organisation_id, Case.wave < before)
        .options(joinedload(Case.of_wave), joinedload(Case.interviewer))
        .options(selectinload(Case.events).joinedload(CaseEvent.user))
    )
    found = session.scalars(query.order_by(Case.wave.desc())).all()
    seen = {case.id: _told(case, private) for case in found if teams.sees(members, case.interviewer_id)}
    lines = timeline.of_cases(session, seen, private) if seen else {}
    return [Past(case, interviews(case.events), lines.get(case.id, [])) for case in found]


def _told(case: Case, private: bool) -> list[CaseEvent]:
    return [event for event in case.events if private or event.kind is not EventKind.NOTE]
