"""What an interviewer makes of blocks: one is in fact two, two are one, or it belongs to another organisation.

Everything goes through `saving`, so that versions and history hold, and a page that still shows what was meets a
conflict or a block that is gone. Each act keeps what it wrote recognisable, and can be undone while the interview is
open.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from survey import audit
from survey.accounts.models import User
from survey.audit import Action
from survey.db import now
from survey.fieldwork import cases
from survey.fieldwork.models import Case, EventKind, Organisation
from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Item
from survey.instrument.questionnaire import INITIATIVES
from survey.interview import conduct, saving
from survey.interview.answers import Answer, from_text
from survey.interview.course_models import Rearrangement
from survey.interview.course_models import RearrangementKind as Kind
from survey.interview.merging import Side, joined
from survey.interview.models import Edit, Initiative, Interview, Part
from survey.interview.saving import Change, Place
from survey.interview.sheet import Record


class Share(enum.StrEnum):
    """Which of two blocks has what was said of an item, after a split."""

    STAY = "stay"
    GO = "go"
    BOTH = "both"


class TooLate(ValueError):
    """What an act made has been rearranged since: undo that first."""


Field = tuple[Item, Part]


def split(
    session: Session, act: uuid.UUID, source: Initiative, record: Record, shares: Mapping[str, Share], user_id: int
) -> Initiative:
    """A new block right after `source`, with what `shares` gives it; what is not named stays.

    Raises `saving.Reused` when an id that `act` gives to its saves was used.
    """
    made = conduct.add_block(session, source.interview_id, uuid.uuid4())
    _after(session, source, made)
    here, there = (Place(source.interview_id, block.uid) for block in (source, made))
    for item in INITIATIVES.items:
        share = shares.get(item.name, Share.STAY)
        if share is Share.STAY:
            continue
        for part, value, reason in _said(record, item):
            _put(session, act, there, item, part, value, reason, user_id)
            if share is Share.GO:
                _put(session, act, here, item, part, _nothing(item, part), None, user_id)
    _keep(session, Rearrangement(id=act, kind=Kind.SPLIT, initiative_id=source.id, other_id=made.id), source, user_id)
    return made


def merge(
    session: Session,
    act: uuid.UUID,
    kept: tuple[Initiative, Record],
    other: tuple[Initiative, Record],
    chosen: Mapping[str, Side],
    set_aside: Mapping[str, str],
    user_id: int,
) -> None:
    """Put what the other block says into the one that is kept, and set the other aside as it is.

    `chosen` settles the items that `merging.conflicts` names; what it does not keep goes into the item's note in the
    words of `set_aside`. Raises `merging.Undecided`, and `saving.Reused` as a split does.
    """
    block, record = kept
    gone, other_record = other
    place = Place(block.interview_id, block.uid)
    for item in INITIATIVES.items:
        result = joined(item, record, other_record, chosen.get(item.name))
        _put(session, act, place, item, Part.ANSWER, result.answer, result.reason, user_id)
        aside = set_aside.get(item.name) if result.loser else None
        if note := "\n".join(filter(None, (result.note, aside))):
            _put(session, act, place, item, Part.NOTE, note, None, user_id)
    gone.removed_at, gone.merged_into_id = now(), block.id
    _keep(session, Rearrangement(id=act, kind=Kind.MERGE, initiative_id=block.id, other_id=gone.id), block, user_id)


def move(session: Session, act: uuid.UUID, block: Initiative, to: Interview, user_id: int) -> None:
    """Give a block, with all that was ever said in it, to another interview, at its end."""
    kept = Rearrangement(id=act, kind=Kind.MOVE, initiative_id=block.id, to_interview_id=to.id)
    _keep(session, kept, block, user_id)
    _carry(session, block, to, user_id)


def undo(session: Session, act: Rearrangement, user_id: int) -> list[Item]:
    """Put everything back as it stood before; once. Returns the items that changed since, which stay as they are.

    Raises `TooLate`. Whoever calls holds the interviews of the act.
    """
    if act.undone_at is not None:
        return []
    if _moved_on(act):
        raise TooLate(str(act.id))
    changed: list[Item] = []
    if act.kind is Kind.MOVE:
        _carry(session, act.initiative, session.get_one(Interview, act.interview_id), user_id)
    else:
        assert act.other is not None
        if act.kind is Kind.MERGE:
            act.other.removed_at = act.other.merged_into_id = None
        session.flush()
        changed = _put_back(session, act, act.initiative, user_id)
        if act.kind is Kind.SPLIT:
            conduct.remove_block(session, act.other, user_id)
    act.undone_at = now()
    audit.record(session, Action.INITIATIVE_UNDO, user_id=user_id, about=("initiative", act.initiative_id),
                 detail=act.kind.value)  # fmt: skip
    return changed


def of_interview(connection: sa.Connection, interview_id: int) -> Sequence[Any]:
    """What was done in an interview and can still be undone, the newest first.

    Rows of `id`, `kind`, `at`, `who`, `name` and `other_name` of the blocks, `organisation_id` and `organisation` where
    one moved, `beside`: the `uid` of the block that was made or kept.
    """
    return connection.execute(UNDOABLE, {"of_interview": interview_id}).all()


def _undoable() -> sa.Select[Any]:
    block, other, act = Initiative, aliased(Initiative), Rearrangement
    merged_into = sa.case((act.kind == Kind.MERGE, act.initiative_id))
    untouched = sa.or_(
        act.other_id.is_(None),
        sa.and_(
            other.interview_id == act.interview_id,
            sa.func.coalesce(other.merged_into_id, 0) == sa.func.coalesce(merged_into, 0),
        ),
    )
    named: list[Any] = [User.name.label("who"), block.name, other.name.label("other_name")]
    beside = sa.case((act.kind == Kind.SPLIT, other.uid), (act.kind == Kind.MERGE, block.uid)).label("beside")
    return (
        sa.select(act.id, act.kind, act.at, *named, beside)
        .add_columns(Organisation.id.label("organisation_id"), Organisation.name.label("organisation"))
        .join(block, block.id == act.initiative_id)
        .join(User, User.id == act.user_id)
        .outerjoin(other, other.id == act.other_id)
        .outerjoin(Interview, Interview.id == act.to_interview_id)
        .outerjoin(Case, Case.id == Interview.case_id)
        .outerjoin(Organisation, Organisation.id == Case.organisation_id)
        .where(
            act.interview_id == sa.bindparam("of_interview"),
            act.undone_at.is_(None),
            block.interview_id == sa.func.coalesce(act.to_interview_id, act.interview_id),
            block.merged_into_id.is_(None),
            untouched,
        )
        .order_by(act.at.desc())
    )


UNDOABLE = _undoable()


def _moved_on(act: Rearrangement) -> bool:
    """Whether what it made has been moved or merged away since."""
    home = act.to_interview_id if act.kind is Kind.MOVE else act.interview_id
    if (act.initiative.interview_id, act.initiative.merged_into_id) != (home, None):
        return True
    merged_into = act.initiative_id if act.kind is Kind.MERGE else None
    return act.other is not None and (act.other.interview_id, act.other.merged_into_id) != (home, merged_into)


def _said(record: Record, item: Item) -> Iterator[tuple[Part, Answer, MissingReason | None]]:
    """What a record says of an item: its answer or the reason for none, and the note beside it."""
    reason = record.reasons.get(item.name)
    if record.answered(item) or reason:
        yield Part.ANSWER, record.answers[item.name], reason
    if note := record.notes.get(item.name):
        yield Part.NOTE, note, None


def _nothing(item: Item, part: Part) -> Answer:
    return frozenset() if item.many and part is Part.ANSWER else None


def _after(session: Session, source: Initiative, made: Initiative) -> None:
    """Move a block that stands last to right after another."""
    shown = sa.select(Initiative.id).where(
        Initiative.interview_id == source.interview_id, Initiative.removed_at.is_(None)
    )
    order = list(session.scalars(shown.order_by(Initiative.position, Initiative.id)))
    conduct.move_block(session, made, order.index(source.id) + 1 - order.index(made.id))
    session.flush()


def _edit_id(act: uuid.UUID, place: Place, item: Item, part: Part) -> uuid.UUID:
    return uuid.uuid5(act, f"{place.uid} {item.name} {part.value}")


def _put(
    session: Session,
    act: uuid.UUID,
    place: Place,
    item: Item,
    part: Part,
    value: Answer,
    reason: MissingReason | None,
    user_id: int,
) -> None:
    """Save over whatever version the field has: the interview is held, nobody else saves meanwhile."""
    connection = session.connection()
    field = saving.find(connection, place, item, part)
    change = Change(_edit_id(act, place, item, part), item, part, field.version, value, reason)
    saving.take(connection, field, change, user_id)


def _keep(session: Session, act: Rearrangement, block: Initiative, user_id: int) -> None:
    act.interview_id, act.user_id, act.at = block.interview_id, user_id, now()
    session.add(act)
    session.flush()
    action = {
        Kind.SPLIT: Action.INITIATIVE_SPLIT,
        Kind.MERGE: Action.INITIATIVE_MERGE,
        Kind.MOVE: Action.INITIATIVE_MOVE,
    }[act.kind]
    audit.record(session, action, user_id=user_id, about=("initiative", block.id))


def _carry(session: Session, block: Initiative, to: Interview, user_id: int) -> None:
    """Change the interview of a block: its history, notes and reasons follow by their foreign key."""
    source = session.get_one(Interview, block.interview_id)
    last = sa.select(sa.func.coalesce(sa.func.max(Initiative.position), 0)).where(Initiative.interview_id == to.id)
    block.position = session.scalars(last).one() + 1
    block.interview_id = to.id
    session.flush()
    for here, there, kind in (
        (source, to, EventKind.INITIATIVE_SENT),
        (to, source, EventKind.INITIATIVE_RECEIVED),
    ):
        cases.log(session, here.case_id, kind, user_id, code=str(here.id), text=there.case.organisation.name)


def _put_back(session: Session, act: Rearrangement, block: Initiative, user_id: int) -> list[Item]:
    """Give each field that the act changed in a block what it held before; returns those that changed since."""
    place = Place(block.interview_id, block.uid)
    fields: dict[uuid.UUID, Field] = {
        _edit_id(act.id, place, item, part): (item, part) for item in INITIATIVES.items for part in Part
    }
    changed: list[Item] = []
    saves = sa.select(Edit.__table__).where(Edit.id.in_(fields), Edit.initiative_id == block.id)
    for edit in session.execute(saves).all():
        item, part = fields[edit.id]
        if (edit.item, edit.part) != (item.name, part):
            continue  # a colleague's, under an id that can be guessed
        if saving.find(session.connection(), place, item, part).version != edit.version:
            changed.append(item)
            continue
        before = _version(session, edit, edit.version - 1)
        text = before.value if before else None
        value = text if part is Part.NOTE else from_text(item, text)
        reason = before.reason if before else None
        _put(session, uuid.uuid4(), place, item, part, value, reason, user_id)  # under an id that nobody guesses
    return changed


def _version(session: Session, edit: Any, version: int) -> Any:
    """Another version of the field of an edit, None when there is none."""
    return session.execute(
        sa.select(Edit.value, Edit.reason).where(
            Edit.initiative_id == edit.initiative_id,
            Edit.interview_id == edit.interview_id,
            Edit.item == edit.item,
            Edit.part == edit.part,
            Edit.version == version,
        )
    ).one_or_none()
