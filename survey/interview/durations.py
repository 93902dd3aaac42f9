"""How long interviews take, part by part, and how often each item was saved: kept apart from the answers.

The page measures the time that somebody is at work in each part. An interview that was never measured (without
JavaScript, or before there was a measure) is reckoned from its saves: the time between two saves of one person is spent
in the part of the second, unless it is long enough to be a silence.
"""

from __future__ import annotations

import datetime as dt
import statistics
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import upsert
from survey.instrument.codes import ConsentPurpose, YesNo
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.course_models import ActiveTime, Sitting
from survey.interview.models import Consent, Edit, Initiative, Interview

#: Between two saves further apart than this, nobody was at work as far as the saves tell.
PAUSE = dt.timedelta(minutes=5)
#: The interviews that predictions look back on, and how few are too few.
LATEST, ENOUGH = 50, 5
#: In which section each item stands.
SECTIONS = {item.name: section.name for section, item in QUESTIONNAIRE.items()}
BLOCKS = next(section.name for section in QUESTIONNAIRE.sections if section.repeats)

#: Interview, section, and the block when it is one.
Part = tuple[int, str, int | None]


@dataclass(frozen=True)
class Spent:
    """Seconds in a part of an interview, as the page measured them or as the saves tell."""

    seconds: int
    measured: bool


@dataclass(frozen=True)
class Usual:
    """The usual seconds of each section, those of one block under the name of theirs; of how many interviews."""

    seconds: Mapping[str, int]
    interviews: int

    @property
    def enough(self) -> bool:
        return self.interviews >= ENOUGH


def spend(session: Session, sitting: Sitting, visit: uuid.UUID, seconds: Mapping[str, int]) -> None:
    """Keep how long a visit has been at work in each part so far; sent again, or late, it changes nothing.

    Parts are names of sections and `uid`s of blocks, as `str` spells them; a block that is not there yet will be in a
    later sending.
    """
    sections = {name: None for name in seconds if name in {section.name for section in QUESTIONNAIRE.sections}}
    blocks = sa.select(Initiative.uid, Initiative.id).where(
        Initiative.interview_id == sitting.interview_id, Initiative.uid.in_(_uids(seconds))
    )
    known = {**sections, **{str(uid): identifier for uid, identifier in session.execute(blocks)}}
    for part in sorted(known):
        row = upsert(session, ActiveTime).values(
            visit=visit,
            part=part,
            interview_id=sitting.interview_id,
            initiative_id=known[part],
            sitting_id=sitting.id,
            seconds=seconds[part],
        )
        longer = {"seconds": row.excluded.seconds}
        session.execute(
            row.on_conflict_do_update(
                index_elements=[ActiveTime.visit, ActiveTime.part],
                set_=longer,
                where=sa.and_(
                    ActiveTime.seconds < row.excluded.seconds, ActiveTime.interview_id == row.excluded.interview_id
                ),
            )
        )


def _uids(parts: Collection[str]) -> list[uuid.UUID]:
    found = []
    for part in parts:
        try:
            uid = uuid.UUID(part)
        except ValueError:
            continue
        if str(uid) == part:
            found.append(uid)
    return found


def spent(connection: sa.Connection, interview_ids: Collection[int] | None = None) -> dict[Part, Spent]:
    """The time spent in each part of these interviews, of all when none is named."""
    which = [] if interview_ids is None else [ActiveTime.interview_id.in_(interview_ids)]
    section = sa.case((ActiveTime.initiative_id.is_(None), ActiveTime.part), else_=BLOCKS)
    columns = (ActiveTime.interview_id, section, ActiveTime.initiative_id)
    total = sa.func.sum(ActiveTime.seconds)
    found: dict[Part, Spent] = {
        (row[0], row[1], row[2]): Spent(int(row[3]), measured=True)
        for row in connection.execute(sa.select(*columns, total).where(*which).group_by(*columns))
    }
    for part, seconds in _from_saves(connection, interview_ids).items():
        found[part] = Spent(seconds, measured=False)
    return found


def _from_saves(connection: sa.Connection, interview_ids: Collection[int] | None) -> dict[Part, int]:
    """The seconds between saves that follow each other, in the interviews that no page measured."""
    seconds: dict[Part, float] = defaultdict(float)
    before: tuple[int, int, dt.datetime] | None = None
    measured = sa.exists().where(ActiveTime.interview_id == Edit.interview_id)
    query = sa.select(Edit.interview_id, Edit.user_id, Edit.initiative_id, Edit.item, Edit.at)
    query = query.where(~measured, Edit.carried_from.is_(None))
    if interview_ids is not None:
        query = query.where(Edit.interview_id.in_(interview_ids))
    for edit in connection.execute(query.order_by(Edit.interview_id, Edit.user_id, Edit.at, Edit.version)):
        if before is not None and before[:2] == (edit.interview_id, edit.user_id) and edit.at - before[2] <= PAUSE:
            between = (edit.at - before[2]).total_seconds()
            seconds[edit.interview_id, SECTIONS[edit.item], edit.initiative_id] += between
        before = (edit.interview_id, edit.user_id, edit.at)
    return {part: round(value) for part, value in seconds.items()}


def completed() -> tuple[sa.ColumnElement[bool], ...]:
    """Which interviews were held to their end, with consent."""
    declined = sa.select(Consent.interview_id).where(
        Consent.purpose == ConsentPurpose.INTERVIEW, Consent.given == YesNo.NO
    )
    return Interview.completed_at.is_not(None), Interview.id.not_in(declined)


def usual(connection: sa.Connection) -> Usual:
    """What the last completed interviews took: the median of each section, and that of a block."""
    latest = sa.select(Interview.id).where(*completed()).order_by(Interview.completed_at.desc()).limit(LATEST)
    by_section: dict[str, list[int]] = defaultdict(list)
    interviews = set()
    for (interview_id, section, block), time in spent(connection, list(connection.scalars(latest))).items():
        interviews.add(interview_id)
        if block is not None or section != BLOCKS:
            by_section[section].append(time.seconds)
    medians = {section: round(statistics.median(seconds)) for section, seconds in by_section.items()}
    return Usual(medians, len(interviews))
