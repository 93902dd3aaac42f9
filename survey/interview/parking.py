"""The box of what fits nowhere yet: parked while somebody speaks, put where it belongs later, never erased."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey.db import held, now, upsert
from survey.fieldwork import cases, referrals
from survey.fieldwork.referrals import Named
from survey.instrument.grammar import Item
from survey.instrument.questionnaire import INITIATIVES
from survey.interview import conduct, saving
from survey.interview.course_models import Parked, SettledAs
from survey.interview.models import Interview, Part
from survey.interview.saving import Change, Place

DESCRIPTION: Item = next(item for item in INITIATIVES.items if item.name == "description")


class NotParked(LookupError):
    """There is nothing parked under this id in this interview."""


def park(session: Session, interview_id: int, identifier: uuid.UUID, version: int, text: str, user_id: int) -> Parked:
    """Keep what is being typed: a later `version` replaces an earlier one, an earlier one changes nothing.

    What comes once the words were settled, or from somebody else, replaces nothing: it is kept beside, under an id
    that is the same each time. Raises `NotParked` when the id is another interview's.
    """
    row = upsert(session, Parked).values(
        id=identifier, interview_id=interview_id, text=text, version=version, user_id=user_id, at=now()
    )
    session.execute(row.on_conflict_do_nothing(index_elements=[Parked.id]))
    found = find(session, interview_id, identifier)
    if found.user_id != user_id or (found.settled_as and version > found.version):
        return park(session, interview_id, uuid.uuid5(identifier, str(user_id)), version, text, user_id)
    if version > found.version:
        found.text, found.version = text, version
    return found


def find(session: Session, interview_id: int, identifier: uuid.UUID) -> Parked:
    """What was parked, held until the commit. Raises `NotParked`."""
    query = sa.select(Parked).where(Parked.id == identifier, Parked.interview_id == interview_id)
    if (found := held(session, query)) is None:
        raise NotParked(str(identifier))
    return found


def settle(
    session: Session, interview: Interview, parked: Parked, settled_as: SettledAs, made: uuid.UUID, user_id: int
) -> None:
    """Put the words where they belong, under the id `made`; once.

    What the page has already made under that id is left as it is: its words came by themselves.
    """
    if parked.settled_as is not None:
        return
    if settled_as is SettledAs.INITIATIVE:
        _describe(session, conduct.add_block(session, interview.id, made).uid, parked, user_id)
    elif settled_as is SettledAs.REFERRAL:
        _refer(session, interview.case_id, made, parked, user_id)
    elif settled_as is SettledAs.NOTE:
        cases.add_note(session, interview.case, parked.text, user_id)
    parked.settled_as, parked.settled_at, parked.settled_by = settled_as, now(), user_id


def restore(parked: Parked) -> None:
    """Back among what waits; what was made of it stays."""
    parked.settled_as = parked.settled_at = parked.settled_by = None


def of_interview(session: Session, interview_id: int) -> Sequence[Parked]:
    """Everything that was parked in an interview, in the order in which it came, each with who parked it."""
    query = sa.select(Parked).where(Parked.interview_id == interview_id).order_by(Parked.at, Parked.id)
    return session.scalars(query.options(joinedload(Parked.user))).all()


def _describe(session: Session, block: uuid.UUID, parked: Parked, user_id: int) -> None:
    """Save the words as the description of a block that has none."""
    field = saving.find(session.connection(), Place(parked.interview_id, block), DESCRIPTION, Part.ANSWER)
    if field.version == 0:
        change = Change(uuid.uuid4(), DESCRIPTION, Part.ANSWER, 0, parked.text)
        saving.take(session.connection(), field, change, user_id)


def _refer(session: Session, case_id: int, made: uuid.UUID, parked: Parked, user_id: int) -> None:
    try:
        referrals.find(session, case_id, made)
    except referrals.NoReferral:
        referrals.keep(session, case_id, made, 0, Named(note=parked.text), user_id)
