"""`python -m tests.bench.exporting DATABASE FOLDER FORMAT TIMES`: one format in a process of its own, as JSON.

Ours reads the release from the database and syncs its files; theirs is the library alone, given a table that is ready
in memory. By turns, after ours once alone, whose memory is what is told.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

import pandas
import pyarrow
import pyreadstat
import xlsxwriter
from pyarrow import parquet
from sqlalchemy.orm import Session

from survey.db import create_engine
from survey.instrument.dictionary import Type
from survey.release import table
from survey.release.exporting import Order, Prepared, export, needed, prepare
from survey.release.models import Unit
from survey.release.table import Row, Table

Writes = Callable[[], object]


def with_csv(rows: list[Row], names: list[str], path: Path, delimiter: str = ",") -> Writes:
    def write() -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerow(names)
            writer.writerows(rows)

    return write


def with_json(rows: list[Row], names: list[str], path: Path) -> Writes:
    records = [dict(zip(names, row, strict=True)) for row in rows]

    def write() -> None:
        with path.open("w", encoding="utf-8") as file:
            json.dump(records, file, ensure_ascii=False)

    return write


def with_xlsxwriter(rows: list[Row], names: list[str], path: Path) -> Writes:
    def write() -> None:
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, names)
            for number, row in enumerate(rows, start=1):
                for place, cell in enumerate(row):
                    if isinstance(cell, int):
                        sheet.write_number(number, place, cell)
                    elif cell is not None:
                        sheet.write_string(number, place, cell)

    return write


def with_arrow(rows: list[Row], names: list[str], path: Path) -> Writes:
    """Of lists of Python, column by column, as Arrow takes them."""
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return lambda: parquet.write_table(pyarrow.table(columns), path)


def frame(of: Table, rows: list[Row], names: list[str]) -> pandas.DataFrame:
    texts = {variable.name for variable in of.variables if variable.type is not Type.NUMBER}
    made = pandas.DataFrame(rows, columns=names)
    return made.assign(
        **{name: made[name].fillna("").astype(str) if name in texts else made[name].astype(float) for name in names}
    )


def theirs(form: str, of: Table, path: Path) -> tuple[str, Writes]:
    """The name of the library, and what makes it write the table that is ready."""
    rows, names = list(of.rows()), [variable.name for variable in of.variables]
    if form in ("csv", "r"):
        return "csv", with_csv(rows, names, path)
    if form == "csv-excel":
        return "csv", with_csv(rows, names, path, ";")
    if form == "json":
        return "json", with_json(rows, names, path)
    if form == "xlsx":
        return "XlsxWriter", with_xlsxwriter(rows, names, path)
    if form == "parquet":
        return "Arrow", with_arrow(rows, names, path)
    ready = frame(of, rows, names)
    if form == "dta":
        return "pyreadstat", lambda: pyreadstat.write_dta(ready, str(path), version=15)
    how: dict[str, Any] = {"compress": True} if form == "zsav" else {"row_compress": True}
    return "pyreadstat", lambda: pyreadstat.write_sav(ready, str(path), **how)


def seconds(do: Writes) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def peak() -> float:
    """The most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def prepared(url: str, forms: Iterable[str]) -> list[Prepared]:
    """The initiatives of the newest release, ready to be written in each format."""
    with Session(create_engine(url)) as session:
        release = table.newest(session)
        assert release
        orders = [Order(Unit.INITIATIVE, form, "fr") for form in forms]
        return [prepare(release, needed(session, release, order), order, "") for order in orders]


def main(url: str, folder: Path, form: str, times: int) -> None:
    [asked] = prepared(url, [form])
    path = folder / f"ours{form}"
    before = peak()
    alone = seconds(lambda: export(asked, path))
    memory = peak() - before
    library, write = theirs(form, asked.table, folder / f"theirs{form}")
    pairs = [(seconds(lambda: export(asked, path)), seconds(write)) for _ in range(times)]
    told = {
        "ours": median([alone, *(one for one, _ in pairs)]),
        "theirs": median(other for _, other in pairs),
        "ratio": median(one / other for one, other in pairs),
        "memory": memory,
        "library": library,
        "rows": asked.table.row_count,
        "megabytes": path.stat().st_size / 1e6,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
