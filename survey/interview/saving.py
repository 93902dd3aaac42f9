"""Saving one field: once, in order, never over what somebody else wrote meanwhile.

The edit is the receipt. Its id is made by the browser and unique, so that the same save sent again finds itself; its
version is unique per field, so that of two saves which saw the same version, one only is taken.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from survey import prepared
from survey.accounts.models import User
from survey.db import insert_into, now
from survey.instrument.codes import MissingReason
from survey.instrument.grammar import Item
from survey.interview.answers import Answer, as_text
from survey.interview.models import Edit, Initiative, Interview, Nonresponse, Note, Part
from survey.interview.sheet import ticked_tables
from survey.prepared import Prepared


@dataclass(frozen=True)
class Place:
    """Where a field stands: in the interview itself, or in one of its blocks."""

    interview_id: int
    initiative_id: int | None


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
    """Somebody saved the field since: what, who and when. Nothing was written."""

    version: int
    value: str | None
    reason: MissingReason | None
    who: str
    at: dt.datetime


class Reused(ValueError):
    """The id of the save belongs to another field."""


def save(connection: sa.Connection, place: Place, change: Change, user_id: int) -> Saved | Conflict:
    """Write one field with its history; the caller commits, and answers only then.

    Raises `Reused` when the id was used for another field.
    """
    value = as_text(change.value)
    prepared.begin(connection)
    for _attempt in range(2):
        latest = _latest(connection, place, change)
        same = (latest.value, latest.reason) == (value, change.reason) if latest else value is change.reason is None
        if latest and latest.version != change.version:
            if receipt := _replay(connection, place, change):
                return receipt
            return Saved(latest.version, value, change.reason) if same else _conflict(latest)
        if same:
            return Saved(change.version, value, change.reason)
        if _insert(connection, place, change, value, user_id):
            write(connection, place, change, reason_changed=(latest.reason if latest else None) != change.reason)
            return Saved(change.version + 1, value, change.reason)
        if receipt := _replay(connection, place, change):
            return receipt
    raise Reused(str(change.id))


def write(connection: sa.Connection, place: Place, change: Change, *, reason_changed: bool) -> None:
    """Put the value where it is read from: its column, its ticked rows, or the note; and the reason beside it."""
    field = {"in_interview": place.interview_id, "in_block": place.initiative_id, "of_item": change.item.name}
    of_block = place.initiative_id is not None
    if change.part is Part.NOTE:
        connection.execute(_delete(Note, of_block), field)
        if change.value is not None:
            connection.execute(sa.insert(Note), _row(place, change.item) | {"text": change.value})
        return
    if change.item.many:
        table = ticked_tables()[change.item.name]
        connection.execute(sa.delete(table).where(table.c.initiative_id == place.initiative_id))
        if isinstance(change.value, frozenset) and change.value:
            connection.execute(
                sa.insert(table), [{"initiative_id": place.initiative_id, "code": code} for code in change.value]
            )
    else:
        where = place.initiative_id if of_block else place.interview_id
        _update(change.item.name, of_block).change(connection, id=where, answer=change.value)
    if reason_changed:
        connection.execute(_delete(Nonresponse, of_block), field)
        if change.reason is not None:
            connection.execute(sa.insert(Nonresponse), _row(place, change.item) | {"reason": change.reason})


def _row(place: Place, item: Item) -> dict[str, Any]:
    return {"interview_id": place.interview_id, "initiative_id": place.initiative_id, "item": item.name}


def _in_place(table: type[Edit | Note | Nonresponse], of_block: bool) -> list[sa.ColumnElement[bool]]:
    block = table.initiative_id == sa.bindparam("in_block") if of_block else table.initiative_id.is_(None)
    return [table.interview_id == sa.bindparam("in_interview"), block, table.item == sa.bindparam("of_item")]


@cache
def _delete(table: type[Note | Nonresponse], of_block: bool) -> sa.Delete:
    return sa.delete(table).where(*_in_place(table, of_block))


@cache
def _update(name: str, of_block: bool) -> Prepared:
    record = sa.inspect(Initiative).local_table if of_block else sa.inspect(Interview).local_table
    assert isinstance(record, sa.Table)
    answer: sa.BindParameter[Any] = sa.bindparam("answer", type_=record.c[name].type)
    return Prepared(sa.update(record).where(record.c.id == sa.bindparam("id")).values({name: answer}))


@cache
def _find(of_block: bool) -> Prepared:
    columns: list[Any] = [Edit.id, Edit.version, Edit.value, Edit.reason, Edit.at, User.name.label("who")]
    return Prepared(
        sa.select(*columns)
        .join(User, User.id == Edit.user_id)
        .where(*_in_place(Edit, of_block), Edit.part == sa.bindparam("of_part"))
        .order_by(Edit.version.desc())
        .limit(1)
    )


def _latest(connection: sa.Connection, place: Place, change: Change) -> Any | None:
    of_block = {} if place.initiative_id is None else {"in_block": place.initiative_id}
    return _find(bool(of_block)).one(
        connection, in_interview=place.interview_id, of_item=change.item.name, of_part=change.part, **of_block
    )


def _insert(connection: sa.Connection, place: Place, change: Change, value: str | None, user_id: int) -> bool:
    """Whether the edit was taken. It is not when its id, or its version of the field, is there already."""
    row = _row(place, change.item) | {
        "id": change.id,
        "part": change.part,
        "version": change.version + 1,
        "value": value,
        "reason": change.reason,
        "user_id": user_id,
        "at": now(),
    }
    return _insert_edit(connection.dialect.name).change(connection, **row) == 1


@cache
def _insert_edit(dialect: str) -> Prepared:
    table = sa.inspect(Edit).local_table
    assert isinstance(table, sa.Table)
    values = {column.key: sa.bindparam(column.key, type_=column.type) for column in table.columns}
    return Prepared(insert_into(dialect, table).values(values).on_conflict_do_nothing())


def _replay(connection: sa.Connection, place: Place, change: Change) -> Saved | None:
    """The receipt of the same save, when it came before."""
    edit = connection.execute(sa.select(Edit.__table__).where(Edit.id == change.id)).one_or_none()
    if edit is None:
        return None
    there = (edit.interview_id, edit.initiative_id, edit.item, edit.part)
    if there != (place.interview_id, place.initiative_id, change.item.name, change.part):
        raise Reused(str(change.id))
    return Saved(edit.version, edit.value, edit.reason)


def _conflict(latest: Any) -> Conflict:
    return Conflict(latest.version, latest.value, latest.reason, latest.who, latest.at)
