"""One row of every table, made from what its columns declare: a new table is covered without a word."""

from __future__ import annotations

import datetime as dt
import gzip
import uuid
from typing import Any

import sqlalchemy as sa

from survey.db import Base
from survey.instrument.codes import CaseSource, Fate, MessageStatus

MOMENT = dt.datetime(2022, 3, 1, 12, 30, tzinfo=dt.UTC)

#: What the CHECKs of these columns ask for.
PLAUSIBLE: dict[str, Any] = {
    "user.email": "roxane@exemple.test",
    "initiative.year_created": 2018,
    "referral.source": CaseSource.REFERRAL,
    "referral.fate": Fate.NEW,
    "release_table.extents": "{}",
    "release_part.unit": "organisation",
    "release_part.rows": gzip.compress(b"[1]\n"),
    "message.status": MessageStatus.SENT,
    "theme_mark.start": 0,
    "theme_mark.end": len("œuvre « x »"),
}

VALUES: dict[type, Any] = {
    int: 1,
    str: "œuvre « x »",
    bool: True,
    float: 0.5,
    bytes: b"\x00x",
    dt.datetime: MOMENT,
    dt.date: MOMENT.date(),
    uuid.UUID: uuid.UUID(int=7),
}


def value(column: sa.Column[Any]) -> Any:
    """A value that the column accepts; all keys are alike, so that every foreign key finds its row."""
    if str(column) in PLAUSIBLE:
        return PLAUSIBLE[str(column)]
    if any(key.column.table is column.table for key in column.foreign_keys):
        return None
    if column.foreign_keys:
        return 1 if isinstance(column.type, sa.Integer) else VALUES[column.type.python_type]
    if isinstance(column.type, sa.Enum):
        return next(iter(column.type.enum_class)) if column.type.enum_class else column.type.enums[0]
    kind = dt.datetime if isinstance(column.type, sa.TypeDecorator) else column.type.python_type
    return VALUES[kind]


def one_row_of_each(connection: sa.Connection) -> None:
    for table in Base.metadata.sorted_tables:
        connection.execute(sa.insert(table).values({column.name: value(column) for column in table.columns}))
