"""Who answers after the first person: rows that the call screen edits, and that no release reads."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import versions
from survey.db import held, now, upsert
from survey.interview.course_models import Respondent
from survey.interview.models import Initiative


@dataclass(frozen=True)
class Said:
    """What the screen says of a respondent. `part` is a section; `block` may say which initiative."""

    name: str
    function: str | None
    part: str
    block: uuid.UUID | None = None

    @classmethod
    def of(cls, row: Respondent) -> Self:
        return cls(row.name, row.function, row.part, row.initiative.uid if row.initiative else None)


class NoRespondent(LookupError):
    """There is no such respondent in this interview."""


def keep(session: Session, interview_id: int, uid: uuid.UUID, version: int, said: Said, user_id: int) -> Respondent:
    """Add a respondent (`version` 0) or change one, seen at that version; the same words again change nothing.

    Raises `versions.Changed`, and `NoRespondent` when the `uid` is another interview's.
    """
    at, words = now(), _columns(session, interview_id, said)
    row = upsert(session, Respondent).values(
        uid=uid, interview_id=interview_id, version=1, at=at, changed_at=at, changed_by=user_id, **words
    )
    session.execute(row.on_conflict_do_nothing(index_elements=[Respondent.uid]))
    found = find(session, interview_id, uid)
    if versions.replace(found, version, words, user_id):
        session.flush()
    return found


def _columns(session: Session, interview_id: int, said: Said) -> dict[str, str | int | None]:
    block = sa.select(Initiative.id).where(Initiative.uid == said.block, Initiative.interview_id == interview_id)
    initiative_id = session.scalars(block).one_or_none() if said.block else None
    return {"name": said.name, "function": said.function, "part": said.part, "initiative_id": initiative_id}


def find(session: Session, interview_id: int, uid: uuid.UUID) -> Respondent:
    """A respondent, held until the commit. Raises `NoRespondent`."""
    query = sa.select(Respondent).where(Respondent.uid == uid, Respondent.interview_id == interview_id)
    if (found := held(session, query)) is None:
        raise NoRespondent(str(uid))
    return found


def remove(respondent: Respondent) -> None:
    """Set a respondent aside; nothing is erased, and the words stay those of who wrote them."""
    if respondent.removed_at is None:
        respondent.removed_at = now()


def restore(respondent: Respondent) -> None:
    """Bring back a respondent who was set aside."""
    respondent.removed_at = None


def of_interview(session: Session, interview_id: int) -> Sequence[Respondent]:
    """The further respondents of an interview, in the order in which they came, those set aside included."""
    query = sa.select(Respondent).where(Respondent.interview_id == interview_id).order_by(Respondent.id)
    return session.scalars(query.options(joinedload(Respondent.initiative))).all()
