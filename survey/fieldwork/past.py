"""The interviews of a case as its history tells them, and what became of an organisation in earlier waves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload, with_loader_criteria

from survey.fieldwork.models import Case, CaseEvent, EventKind

OF_AN_INTERVIEW = {EventKind.INTERVIEW_OPENED, EventKind.INTERVIEW_COMPLETED, EventKind.INTERVIEW_REOPENED}


class Numbered(NamedTuple):
    """An interview as the page of its organisation lists it. `number` counts within the case."""

    id: int
    number: int
    opened_at: dt.datetime
    open: bool


class Past(NamedTuple):
    """An organisation in an earlier wave: its case, and the interviews that were held, the newest first."""

    case: Case
    interviews: list[Numbered]


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


def earlier(session: Session, organisation_id: int, before: int) -> list[Past]:
    """What became of an organisation in the waves before one, the newest first."""
    of_interviews = with_loader_criteria(CaseEvent, CaseEvent.kind.in_(OF_AN_INTERVIEW))
    query = (
        sa.select(Case)
        .where(Case.organisation_id == organisation_id, Case.wave < before)
        .options(joinedload(Case.of_wave), joinedload(Case.interviewer), selectinload(Case.events), of_interviews)
    )
    found = session.scalars(query.order_by(Case.wave.desc())).all()
    return [Past(case, interviews(case.events)) for case in found]
