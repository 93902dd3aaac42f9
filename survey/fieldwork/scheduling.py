"""What leaves by itself: written when it is due, once whoever plans, and dropped when its reason is gone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from survey.fieldwork import cases, eves, halting, reminders
from survey.fieldwork.message_texts import Study
from survey.fieldwork.models import Case


@dataclass
class Planned:
    """How many reminders and eves were written, which organisations had nobody for theirs, and what was dropped."""

    reminders: int = 0
    eves: int = 0
    nobody: list[str] = field(default_factory=list)
    eves_to_nobody: list[str] = field(default_factory=list)
    dropped: int = 0


def plan(session: Session, study: Study, steps: tuple[int, ...], at: dt.datetime) -> Planned:
    """Drop what lost its reason and write what is due; what is written already stays one. The caller commits."""
    planned = Planned(dropped=halting.drop(session, at))
    for case_id in reminders.candidates(session, steps, at):
        [case] = cases.held(session, Case.id == case_id)
        rung = reminders.next_rung(session, case, steps, at)
        if rung is None:
            continue
        made = reminders.remind(session, study, case, rung)
        planned.reminders += made
        if not made:
            planned.nobody.append(case.organisation.name)
    for case_id, appointment_id in eves.tomorrow(session, at):
        made_one = eves.remind_of(session, study, (case_id, appointment_id), at)
        planned.eves += made_one is True
        if made_one is None:
            planned.eves_to_nobody.append(session.get_one(Case, case_id).organisation.name)
    return planned
