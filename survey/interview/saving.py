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
from sqlalchemy.orm import aliased

from survey import prepared
from survey.accounts.models import Role, User
from survey.db import insert_into, now
from survey.fieldwork import cases
from survey.fieldwork.models import Case
from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Item
from survey.interview.answers import Answer, as_text
from survey.interview.models import Edit, Initiative, Interview, Nonresponse, Note, Part
from survey.interview.sheet import conducted_by, ticked_tables
from survey.prepared import Prepared


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
    field = _find(bool(of_block)).one(
        connection, in_interview=place.interview_id, of_item=item.name, of_part=part, **of_block
    )
    if field is None:
        raise Nowhere(place)
    return field


def take(connection: sa.Connection, field: Any, change: Change, user_id: int) -> Saved | Conflict:
    """Write the field that was found, if it is still as the browser saw it. Raises `Reused`."""
    value = as_text(change.value)
    same = (field.value, field.reason) == (value, change.reason)
    if field.version not in (0, change.version):
        if receipt := _replay(connection, field, change):
            return receipt
        if same:
            return Saved(field.version, value, change.reason)
        unchanged = _said(connection, field, change) == (value, change.reason)
        return Saved(change.version, value, change.reason) if unchanged else _conflict(field)
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
    edit = _row(field, change.item) | {
        "id": change.id,
        "part": change.part,
        "version": change.version + 1,
        "value": value,
        "reason": change.reason,
        "user_id": user_id,
        "at": now(),
    }
    plain = change.part is Part.ANSWER and not change.item.many and field.reason == change.reason
    if plain and connection.dialect.name == "postgresql":
        of_block = field.initiative_id is not None
        there = field.initiative_id if of_block else field.interview_id
        both = _insert_and_update(change.item.name, of_block)
        return both.change(connection, **edit, there=there, answer=change.value) == 1
    taken = _insert_edit(connection.dialect.name).change(connection, **edit) == 1
    if taken:
        write(connection, field, change)
    return taken


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
        _update(change.item.name, of_block).change(connection, there=where, answer=change.value)
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


@cache
def _find(of_block: bool) -> Prepared:
    """One statement for all that a save asks. The latest edit is found by its version: to sort them reads them all."""
    columns: list[Any] = [Interview.id.label("interview_id"), Interview.completed_at, conducted_by()]
    edits: list[Any] = [Edit.value, Edit.reason, Edit.at, Edit.user_id.label("by"), User.name.label("who")]
    version = sa.func.coalesce(Edit.version, 0).label("version")
    statement = sa.select(*columns, *(_BLOCK if of_block else _NO_BLOCK), version, *edits)
    statement = statement.join_from(Interview, Case, Case.id == Interview.case_id)
    if of_block:
        uid = sa.bindparam("uid", type_=sa.Uuid())
        here = sa.and_(Initiative.interview_id == Interview.id, Initiative.merged_into_id.is_(None))
        statement = statement.join(Initiative, sa.and_(here, Initiative.uid == uid))
    latest = aliased(Edit)
    last = sa.select(sa.func.max(latest.version)).where(*_in_field(latest, of_block)).correlate(Interview, Initiative)
    return Prepared(
        statement.outerjoin(Edit, sa.and_(*_in_field(Edit, of_block), Edit.version == last.scalar_subquery()))
        .outerjoin(User, User.id == Edit.user_id)
        .where(Interview.id == sa.bindparam("in_interview"))
        .with_for_update(key_share=True, of=Interview)
    )


_BLOCK: list[Any] = [Initiative.id.label("initiative_id"), Initiative.uid]
_NO_BLOCK: list[Any] = [sa.null().label("initiative_id"), sa.null().label("uid")]


def _in_field(edit: type[Edit], of_block: bool) -> list[sa.ColumnElement[bool]]:
    block = edit.initiative_id == Initiative.id if of_block else edit.initiative_id.is_(None)
    item, part = sa.bindparam("of_item", type_=sa.Text()), sa.bindparam("of_part", type_=Edit.part.type)
    return [edit.interview_id == Interview.id, block, edit.item == item, edit.part == part]


@cache
def _update(name: str, of_block: bool) -> Prepared:
    return Prepared(_set(name, of_block))


def _set(name: str, of_block: bool) -> sa.Update:
    record = (Initiative if of_block else Interview).__table__
    assert isinstance(record, sa.Table)
    answer: sa.BindParameter[Any] = sa.bindparam("answer", type_=record.c[name].type)
    return sa.update(record).where(record.c.id == sa.bindparam("there")).values({name: answer})


@cache
def _insert_edit(dialect: str) -> Prepared:
    return Prepared(_edit_of(dialect))


@cache
def _insert_and_update(name: str, of_block: bool) -> Prepared:
    """Both at once, where each statement is a journey."""
    taken = _edit_of("postgresql").returning(Edit.id).cte("taken")
    return Prepared(_set(name, of_block).where(sa.exists(sa.select(taken.c.id))))


def _edit_of(dialect: str) -> Any:
    table = sa.inspect(Edit).local_table
    assert isinstance(table, sa.Table)
    values = {column.key: sa.bindparam(column.key, type_=column.type) for column in table.columns}
    return insert_into(dialect, table).values(values).on_conflict_do_nothing()


def _replay(connection: sa.Connection, field: Any, change: Change) -> Saved | None:
    """The receipt of the same save, when it came before."""
    edit = connection.execute(sa.select(Edit.__table__).where(Edit.id == change.id)).one_or_none()
    if edit is None:
        return None
    there = (edit.interview_id, edit.initiative_id, edit.item, edit.part)
    if there != (field.interview_id, field.initiative_id, change.item.name, change.part):
        raise Reused(str(change.id))
    return Saved(edit.version, edit.value, edit.reason)


def _said(connection: sa.Connection, field: Any, change: Change) -> tuple[str | None, MissingReason | None]:
    """What stood in the field at the version that the browser saw: to say that again contradicts nobody."""
    of_block = Edit.initiative_id.is_not_distinct_from(field.initiative_id)
    in_field = [
        Edit.interview_id == field.interview_id,
        of_block,
        Edit.item == change.item.name,
        Edit.part == change.part,
    ]
    seen = sa.select(Edit.value, Edit.reason).where(*in_field, Edit.version == change.version)
    row = connection.execute(seen).one_or_none()
    return (None, None) if row is None else (row.value, row.reason)


def _conflict(field: Any) -> Conflict:
    return Conflict(field.version, field.value, field.reason, field.who, field.at, field.by)
