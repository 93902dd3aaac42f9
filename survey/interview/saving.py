"""Saving one field: once, in order, never over what somebody else wrote meanwhile.

The edit is the receipt. Its id is made by the browser and unique, so that the same save sent again finds itself; its
version is unique per field, so that of two saves which saw the same version, one only is taken.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from survey import prepared
from survey.accounts.models import Role
from survey.db import now
from survey.fieldwork import cases
from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Item
from survey.interview import statements
from survey.interview.answers import Answer, as_text
from survey.interview.models import Edit, Initiative, Nonresponse, Note, Part
from survey.interview.sheet import ticked_tables

#: No field is ever saved so often: a version from beyond is no version.
VERSIONS = 1_000_000
#: A page may have seen versions that a restored backup does not know, but none that leaves no room for more.
FIRST_VERSIONS = VERSIONS // 2


@dataclass(frozen=True)
class Place:
    """Where a field stands: in the interview itself, or in the block that the browser knows by this `uid`."""

    interview_id: int
    uid: uuid.UUID | None = None


@dataclass(frozen=True)
class Change:
    """What the browser asks: `version` is the one it last saw, 0 when the field was never saved."""

    id: uuid.UUID
    item: Item
    part: Part
    version: int
    value: Answer
    reason: MissingReason | None = None


@dataclass(frozen=True)
class Saved:
    """The receipt: the version that the field has now, and what stands in it."""

    version: int
    value: str | None
    reason: MissingReason | None


@dataclass(frozen=True)
class Conflict:
    """Somebody saved the field since, `by` the id of a user: what, who and when. Nothing was written."""

    version: int
    value: str | None
    reason: MissingReason | None
    who: str
    at: dt.datetime
    by: int


class Reused(ValueError):
    """The id of the save belongs to another field."""


class Nowhere(LookupError):
    """There is no such interview, or no such block in it."""


class NotTheirs(PermissionError):
    """The case of this interview is a colleague's."""


class Completed(ValueError):
    """The interview is completed: nothing is saved there until it is reopened."""


Outcome = Saved | Conflict | Nowhere | Reused


def save_each(
    connection: sa.Connection, wanted: Sequence[tuple[Place, Change]], role: Role, user_id: int
) -> list[Outcome]:
    """Write fields of one interview, in order; the caller commits, once. What is refused holds up nothing else.

    Whoever changes a field twice here has seen their own first change. Raises `NotTheirs` and `Completed`.
    """
    if len(wanted) == 1 and (saved := _in_one(connection, *wanted[0], role, user_id)):
        return [saved]
    outcomes: list[Outcome] = []
    seen: dict[tuple[Place, str, Part], int] = {}
    for place, change in wanted:
        key = place, change.item.name, change.part
        try:
            field = open_field(connection, place, change.item, change.part, role, user_id)
            outcome = take(connection, field, replace(change, version=max(change.version, seen.get(key, 0))), user_id)
        except (Nowhere, Reused) as refusal:
            outcomes.append(refusal)
            continue
        if isinstance(outcome, Saved):
            seen[key] = outcome.version
        outcomes.append(outcome)
    return outcomes


def open_field(connection: sa.Connection, place: Place, item: Item, part: Part, role: Role, user_id: int) -> Any:
    """A field as `find` gives it, if this user may write there. Raises `Nowhere`, `NotTheirs` and `Completed`."""
    field = find(connection, place, item, part)
    if not cases.conducts(role, user_id, field.conducted_by):
        raise NotTheirs(place)
    if field.completed_at is not None:
        raise Completed(place)
    return field


def save(connection: sa.Connection, place: Place, change: Change, user_id: int) -> Saved | Conflict:
    """Write one field with its history; the caller commits, and answers only then.

    Raises `Nowhere`, and `Reused` when the id was used for another field.
    """
    return take(connection, find(connection, place, change.item, change.part), change, user_id)


def find(connection: sa.Connection, place: Place, item: Item, part: Part) -> Any:
    """A field as it stands, in the transaction of its save, held so that nobody completes the interview meanwhile.

    Of the interview `completed_at` and `conducted_by`; of the field `place`, `initiative_id` and the latest edit:
    `version` (0 when there is none), `value`, `reason`, `at`, `by`, `who`. Raises `Nowhere`.
    """
    prepared.begin(connection)
    of_block = {} if place.uid is None else {"uid": place.uid}
    field = statements.find(bool(of_block)).one(
        connection, in_interview=place.interview_id, of_item=item.name, of_part=part, **of_block
    )
    if field is None:
        raise Nowhere(place)
    return field


def take(connection: sa.Connection, field: Any, change: Change, user_id: int) -> Saved | Conflict:
    """Write the field that was found, if it is still as the browser saw it. Raises `Reused`."""
    if field.version == 0 and change.version >= FIRST_VERSIONS:
        change = replace(change, version=0)
    value = as_text(change.value)
    same = (field.value, field.reason) == (value, change.reason)
    if field.version not in (0, change.version):
        if receipt := _replay(connection, field, change):
            return receipt
        if same:
            return Saved(field.version, value, change.reason)
        seen = at_version(connection, Place(field.interview_id, field.uid), change.item, change.part, change.version)
        unchanged = (value, change.reason) == ((seen.value, seen.reason) if seen else (None, None))
        return Saved(change.version, value, change.reason) if unchanged else _conflict(field)  # it contradicts nobody
    if same:
        return Saved(change.version, value, change.reason)
    if _put(connection, field, change, value, user_id):
        return Saved(change.version + 1, value, change.reason)
    if receipt := _replay(connection, field, change):
        return receipt
    place = Place(field.interview_id, field.uid)
    if (now_there := find(connection, place, change.item, change.part)).version == field.version:
        raise Reused(str(change.id))
    return take(connection, now_there, change, user_id)


def _put(connection: sa.Connection, field: Any, change: Change, value: str | None, user_id: int) -> bool:
    """Whether the edit was taken, and with it the value. It is not when its id, or its version, is there already."""
    edit = _row(field, change.item) | _edit(change, value, user_id)
    taken = statements.insert_edit(connection.dialect.name).change(connection, **edit) == 1
    if taken:
        write(connection, field, change)
    return taken


def _in_one(connection: sa.Connection, place: Place, change: Change, role: Role, user_id: int) -> Saved | None:
    """Save in a single statement, where each is a journey; None when anything stands in its way, which `take` tells."""
    plain = change.part is Part.ANSWER and not change.item.many and change.version < FIRST_VERSIONS
    if connection.dialect.name != "postgresql" or not plain or not cases.conducts(role, user_id, None):
        return None
    of_block = {} if place.uid is None else {"uid": place.uid}
    value = as_text(change.value)
    taken = statements.whole(change.item.name, bool(of_block)).change(
        connection,
        in_interview=place.interview_id,
        of_item=change.item.name,
        of_part=change.part,
        **of_block,
        **_edit(change, value, user_id),
        answer=change.value,
        anybodys=cases.conducts_all(role),
    )
    return Saved(change.version + 1, value, change.reason) if taken else None


def _edit(change: Change, value: str | None, user_id: int) -> dict[str, Any]:
    return {
        "id": change.id,
        "part": change.part,
        "version": change.version + 1,
        "value": value,
        "reason": change.reason,
        "user_id": user_id,
        "at": now(),
    }


def write(connection: sa.Connection, field: Any, change: Change) -> None:
    """Put the value where it is read from: its column, its ticked rows, or the note; and the reason beside it."""
    of_block = field.initiative_id is not None
    here = {"in_interview": field.interview_id, "in_block": field.initiative_id, "of_item": change.item.name}
    if change.part is Part.NOTE:
        connection.execute(_delete(Note, of_block), here)
        if change.value is not None:
            connection.execute(sa.insert(Note), _row(field, change.item) | {"text": change.value})
        return
    if change.item.many:
        table = ticked_tables()[change.item.name]
        connection.execute(sa.delete(table).where(table.c.initiative_id == field.initiative_id))
        if isinstance(change.value, frozenset) and change.value:
            connection.execute(
                sa.insert(table), [{"initiative_id": field.initiative_id, "code": code} for code in change.value]
            )
    else:
        where = field.initiative_id if of_block else field.interview_id
        statements.update(change.item.name, of_block).change(connection, there=where, answer=change.value)
    if field.reason != change.reason:
        connection.execute(_delete(Nonresponse, of_block), here)
        if change.reason is not None:
            connection.execute(sa.insert(Nonresponse), _row(field, change.item) | {"reason": change.reason})


def _row(field: Any, item: Item) -> dict[str, Any]:
    return {"interview_id": field.interview_id, "initiative_id": field.initiative_id, "item": item.name}


@cache
def _delete(table: type[Note | Nonresponse], of_block: bool) -> sa.Delete:
    block = table.initiative_id == sa.bindparam("in_block") if of_block else table.initiative_id.is_(None)
    return sa.delete(table).where(
        table.interview_id == sa.bindparam("in_interview"), block, table.item == sa.bindparam("of_item")
    )


def _replay(connection: sa.Connection, field: Any, change: Change) -> Saved | None:
    """The receipt of the same save, when it came before."""
    edit = connection.execute(sa.select(Edit.__table__).where(Edit.id == change.id)).one_or_none()
    if edit is None:
        return None
    there = (edit.interview_id, edit.initiative_id, edit.item, edit.part)
    if there != (field.interview_id, field.initiative_id, change.item.name, change.part):
        raise Reused(str(change.id))
    return Saved(edit.version, edit.value, edit.reason)


def at_version(connection: sa.Connection, place: Place, item: Item, part: Part, version: int) -> Any | None:
    """`value` and `reason` of a field as one save left it, or None when there is no such save."""
    there = sa.select(Edit.value, Edit.reason).where(*in_field(place, item, part), Edit.version == version)
    return connection.execute(there).one_or_none()


def in_field(place: Place, item: Item, part: Part) -> list[sa.ColumnElement[bool]]:
    """Which edits are those of a field."""
    block = sa.select(Initiative.id).where(Initiative.uid == place.uid).scalar_subquery()
    return [
        Edit.interview_id == place.interview_id,
        Edit.initiative_id.is_(None) if place.uid is None else Edit.initiative_id == block,
        Edit.item == item.name,
        Edit.part == part,
    ]


def _conflict(field: Any) -> Conflict:
    return Conflict(field.version, field.value, field.reason, field.who, field.at, field.by)
