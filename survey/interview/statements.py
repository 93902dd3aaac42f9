"""The statements of a save, each compiled once: a field as it is, its edit, its value; or all three in one."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from survey.accounts.models import User
from survey.db import insert_into
from survey.fieldwork.models import Case
from survey.interview.models import Edit, Initiative, Interview
from survey.interview.sheet import conducted_by
from survey.prepared import Prepared

_EDITS: Any = sa.inspect(Edit).local_table
#: What a save says of an edit; it carries nothing over.
_SAID = [column for column in _EDITS.columns if column.key != "carried_from"]
_BOUND: dict[str, Any] = {column.key: sa.bindparam(column.key, type_=column.type) for column in _SAID}
_ITEM = sa.bindparam("of_item", type_=sa.Text())


@cache
def find(of_block: bool) -> Prepared:
    """All that a save asks of `of_item` and `of_part` in `in_interview`, and there in the block `uid`; held."""
    return Prepared(_find(of_block))


@cache
def update(name: str, of_block: bool) -> Prepared:
    """Puts `answer` in the column of an item, in the record whose id is `there`."""
    return Prepared(_set(name, of_block).where(_record(of_block).c.id == sa.bindparam("there")))


@cache
def insert_edit(dialect: str) -> Prepared:
    """Adds an edit, unless its id or its version is there already."""
    return Prepared(insert_into(dialect, _EDITS).values(_BOUND).on_conflict_do_nothing())


@cache
def whole(name: str, of_block: bool) -> Prepared:
    """On PostgreSQL, the save of an answer whose reason stays: one row changes when it is taken, and else none.

    It is when the field is as the browser saw it and other than what is sent, the interview open, and the case
    nobody's or `user_id`'s, or `anybodys`. Who waited for a colleague finds the rows as that colleague left them, for
    they are held: a block that was merged or moved meanwhile is not there any more.
    """
    edits = sa.select(Edit.version, Edit.value, Edit.reason).where(*_in_field(Edit, of_block))
    last = edits.correlate(Interview, Initiative).order_by(Edit.version.desc()).limit(1).lateral("last")
    version = sa.func.coalesce(last.c.version, 0).label("version")
    field = _held(of_block).add_columns(version, last.c.value, last.c.reason).outerjoin(last, sa.true()).cte("field")
    codes = {name: sa.cast(_BOUND[name], sa.Text()) for name in ("part", "reason")}  # a type that every use agrees on
    sent = _BOUND | codes | {"interview_id": field.c.interview_id, "item": _ITEM}
    sent["initiative_id"] = field.c.initiative_id if of_block else sa.null()
    seen = sa.or_(field.c.version == 0, field.c.version == sent["version"] - 1)
    theirs = sa.or_(sa.bindparam("anybodys", type_=sa.Boolean()), field.c.conducted_by.is_(None))
    allowed = sa.and_(field.c.completed_at.is_(None), sa.or_(theirs, field.c.conducted_by == sent["user_id"]))
    changes = sa.and_(
        field.c.value.is_distinct_from(sent["value"]), field.c.reason.is_not_distinct_from(sent["reason"])
    )
    rows = sa.select(*sent.values()).select_from(field).where(allowed, seen, changes)
    insert = insert_into("postgresql", _EDITS).from_select(list(sent), rows).on_conflict_do_nothing()
    taken = insert.returning(Edit.initiative_id if of_block else Edit.interview_id).cte("taken")
    return Prepared(_set(name, of_block).where(_record(of_block).c.id == taken.c[0]))


def _record(of_block: bool) -> sa.Table:
    record = (Initiative if of_block else Interview).__table__
    assert isinstance(record, sa.Table)
    return record


def _set(name: str, of_block: bool) -> sa.Update:
    record = _record(of_block)
    answer: sa.BindParameter[Any] = sa.bindparam("answer", type_=record.c[name].type)
    return sa.update(record).values({name: answer})


def _held(of_block: bool) -> sa.Select[Any]:
    """The interview and its block, with whose they are; nobody completes, merges or moves them meanwhile."""
    columns: list[Any] = [Interview.id.label("interview_id"), Interview.completed_at, conducted_by()]
    statement = sa.select(*columns, *(_BLOCK if of_block else _NO_BLOCK))
    statement = statement.join_from(Interview, Case, Case.id == Interview.case_id)
    if of_block:
        uid = sa.bindparam("uid", type_=sa.Uuid())
        here = sa.and_(Initiative.interview_id == Interview.id, Initiative.merged_into_id.is_(None))
        statement = statement.join(Initiative, sa.and_(here, Initiative.uid == uid))
    return statement.where(Interview.id == sa.bindparam("in_interview")).with_for_update(
        key_share=True, of=[Interview, Initiative] if of_block else Interview
    )


def _find(of_block: bool) -> sa.Select[Any]:
    """The latest edit is found by its version: SQLite reads them all to sort them."""
    edits: list[Any] = [Edit.value, Edit.reason, Edit.at, Edit.user_id.label("by"), User.name.label("who")]
    version = sa.func.coalesce(Edit.version, 0).label("version")
    latest = aliased(Edit)
    last = sa.select(sa.func.max(latest.version)).where(*_in_field(latest, of_block)).correlate(Interview, Initiative)
    statement = _held(of_block).add_columns(version, *edits)
    statement = statement.outerjoin(Edit, sa.and_(*_in_field(Edit, of_block), Edit.version == last.scalar_subquery()))
    return statement.outerjoin(User, User.id == Edit.user_id)


_BLOCK: list[Any] = [Initiative.id.label("initiative_id"), Initiative.uid]
_NO_BLOCK: list[Any] = [sa.null().label("initiative_id"), sa.null().label("uid")]


def _in_field(edit: type[Edit], of_block: bool) -> list[sa.ColumnElement[bool]]:
    block = edit.initiative_id == Initiative.id if of_block else edit.initiative_id.is_(None)
    part = sa.bindparam("of_part", type_=Edit.part.type)
    return [edit.interview_id == Interview.id, block, edit.item == _ITEM, edit.part == part]
