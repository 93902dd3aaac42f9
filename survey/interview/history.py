"""What was said in a field, by whom and when. Every save is kept; those of one spell of typing are shown as one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from survey.accounts.models import User
from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Item
from survey.interview.models import Edit, Initiative, Part
from survey.interview.saving import Place, in_field

#: Saves of one person that follow each other closer than this are one spell of typing.
SPELL = dt.timedelta(minutes=2)
#: As many spells as are shown.
SHOWN = 50


@dataclass(frozen=True)
class Step:
    """A field after one spell of typing: `saves` is of how many saves it is the last.

    Nobody typed what was `carried_from` a wave.
    """

    id: uuid.UUID
    version: int
    who: str
    by: int
    at: dt.datetime
    saves: int
    value: str | None
    reason: MissingReason | None
    carried_from: int | None


@dataclass(frozen=True)
class Field:
    """A field that was saved at least once, and when it last was; `n` is the position of its block."""

    item: str
    part: Part
    uid: uuid.UUID | None
    position: int | None
    removed: bool
    saves: int
    at: dt.datetime


def of_field(connection: sa.Connection, place: Place, item: Item, part: Part) -> list[Step]:
    """The field after each spell of typing, the last first; at most `SHOWN`."""
    marks: list[Any] = [Edit.id, Edit.version, Edit.user_id, Edit.at, Edit.carried_from]
    saves = connection.execute(sa.select(*marks).where(*in_field(place, item, part)).order_by(Edit.version)).all()
    spells = _spells(saves)[: -SHOWN - 1 : -1]
    words: list[Any] = [Edit.id, Edit.value, Edit.reason, User.name.label("who")]
    last = sa.select(*words).join(User, User.id == Edit.user_id).where(Edit.id.in_([spell[-1].id for spell in spells]))
    said = {row.id: row for row in connection.execute(last)}
    return [
        Step(
            end.id,
            end.version,
            said[end.id].who,
            end.user_id,
            end.at,
            len(spell),
            said[end.id].value,
            said[end.id].reason,
            end.carried_from,
        )
        for spell in spells
        for end in spell[-1:]
    ]


def of_interview(connection: sa.Connection, interview_id: int) -> list[Field]:
    """Every field that was saved, the one saved last first."""
    named: list[Any] = [Edit.item, Edit.part, Initiative.uid, Initiative.position, Initiative.removed_at]
    last = sa.func.max(Edit.at, type_=Edit.at.type).label("at")
    fields = (
        sa.select(*named, sa.func.count().label("saves"), last)
        .outerjoin(Initiative, Initiative.id == Edit.initiative_id)
        .where(Edit.interview_id == interview_id)
        .group_by(*named)
        .order_by(last.desc())
    )
    return [
        Field(row.item, row.part, row.uid, row.position, row.removed_at is not None, row.saves, row.at)
        for row in connection.execute(fields)
    ]


def _spells(saves: Sequence[Any]) -> list[list[Any]]:
    spells: list[list[Any]] = []
    for save in saves:
        before = spells[-1][-1] if spells else None
        if (
            before is not None
            and before.carried_from is None
            and save.user_id == before.user_id
            and save.at - before.at < SPELL
        ):
            spells[-1].append(save)
        else:
            spells.append([save])
    return spells
