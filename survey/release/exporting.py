"""Write one unit of a release in one format: a whole file under its name, or none."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.instrument.grammar import Text
from survey.release import csv_files, excel, spss
from survey.release.models import Release
from survey.release.table import Table


@dataclass(frozen=True)
class Format:
    """A way to write a table. `ending` follows the name of the table in the name of the file."""

    name: Text
    ending: str
    mimetype: str
    write: Callable[[Path, Table, str], None]


FORMATS = {
    "sav": Format(Text("SPSS (.sav)", "SPSS (.sav)"), ".sav", "application/x-spss-sav", spss.write),
    "xlsx": Format(
        Text("Excel (.xlsx)", "Excel (.xlsx)"),
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        excel.write,
    ),
    "csv": Format(Text("CSV", "CSV"), ".csv", "text/csv", csv_files.write_csv),
    "csv-excel": Format(Text("CSV pour Excel", "CSV for Excel"), "-excel.csv", "text/csv", csv_files.write_csv_excel),
}


def file_name(table: Table, form: str, language: str) -> str:
    """A name that says what the file holds, in letters that every system takes: `recension-v3-initiative-fr.sav`."""
    return f"{table.name}-{language}{FORMATS[form].ending}"


def export(table: Table, form: str, language: str, path: Path) -> None:
    """Write the file beside its place, then put it there: what has the name is whole. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        FORMATS[form].write(part, table, language)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_down(connection: sa.Connection, release: Release, user_id: int | None, detail: str) -> None:
    """Note who took what, in the transaction of the connection; from the command line it is nobody by name."""
    with Session(connection) as session:
        audit.record(
            session, audit.Action.RELEASE_EXPORT, user_id=user_id, about=("release", release.id), detail=detail
        )
        session.flush()
