"""Everything that the fieldwork knows, in a workbook: a sheet per table, as it stands, persons and notes included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.accounts.models import User
from survey.db import Base, reader
from survey.fieldwork import contact_models, models
from survey.fieldwork.filling_sheets import Sheets

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Counts of what is exported anyway.
TALLIES = {models.CaseTally.__tablename__, models.CoverageTally.__tablename__}

#: Where what a cell has no room for goes on: the sheet, the line and the column it belongs to, and the piece.
REST = ("sheet", "line", "column", "piece", "text")


def tables() -> Iterator[sa.Table]:
    """The tables of the fieldwork, each after those that it refers to."""
    here = {models.__name__, contact_models.__name__}
    own = {mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__ in here}
    return (table for table in Base.metadata.sorted_tables if table in own and table.name not in TALLIES)


def write(path: Path, session: Session, user_id: int | None, reason: str) -> None:
    """Write the workbook as of one moment, and note who took it and why, in the session; the caller commits."""
    from survey.workbooks import Book

    with (
        Book(path, {"constant_memory": True}) as book,
        reader(session.get_bind().engine).connect().execution_options(yield_per=1000) as db,
    ):
        sheets = Sheets(book)
        people = sa.select(User.id, User.name, User.role).order_by(User.id)
        sheets.add("user", ("id", "name", "role"), db.execute(people))
        for table in tables():
            rows = db.execute(sa.select(table).order_by(*table.primary_key))
            sheets.add(table.name, table.columns.keys(), rows)
        if sheets.rest:
            sheets.add("rest", REST, sheets.rest)
    audit.record(session, audit.Action.FIELDWORK_EXPORT, user_id=user_id, detail=reason)
