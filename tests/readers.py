"""The readers of others: what each makes of a file that leaves, given back as the rows that it was written from."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas
import pyreadstat
from pandas.io.stata import StataMissingValue
from pyarrow import parquet

from survey.instrument.dictionary import Type, Value, Variable
from survey.release.csv_files import in_words
from survey.release.splitting import continued
from survey.release.table import Row, Table
from tests import in_r, outside

csv.field_size_limit(1 << 30)

Cells = Mapping[str, Any]
Reader = Callable[[Path, Table], list[Row]]

UNIX, STATA, SPSS = (
    dt.datetime(year, *day, tzinfo=dt.UTC) for year, *day in ((1970, 1, 1), (1960, 1, 1), (1582, 10, 14))
)
#: Stata's and R's letters for our missing codes.
LETTERS = {".a": -7, ".b": -8, ".c": -9, ".d": -6}


def transposed(columns: Iterable[list[Value]]) -> list[Row]:
    return [list(row) for row in zip(*columns, strict=True)]


def since(epoch: dt.datetime, kind: Type, number: float, unit: str) -> str:
    """A date or a moment that is counted from an epoch."""
    moment = epoch + dt.timedelta(**{unit: number})
    return moment.date().isoformat() if kind is Type.DATE else moment.isoformat()


def spread(rows: Iterable[Cells], of: Table, meant: Callable[[Variable, Any], Value]) -> list[Row]:
    """Rows by name, their continued texts joined, each cell as it was meant."""
    read = []
    for row in rows:
        cells: Row = []
        for variable in of.variables:
            more = [one.name for one in continued(variable, len(row))[1:] if one.name in row]
            first, *rest = (meant(variable, row[name]) for name in (variable.name, *more))
            cells.append(first + "".join(str(one) for one in rest if one) if rest and isinstance(first, str) else first)
        read.append(cells)
    return read


def with_csv(path: Path, of: Table) -> list[Row]:
    """Python's csv module."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, strict=True)
    assert head == [variable.name for variable in of.variables]
    kinds = [variable.type for variable in of.variables]
    return [
        [
            None if cell == "" else int(cell) if kind is Type.NUMBER else cell
            for kind, cell in zip(kinds, row, strict=True)
        ]
        for row in rows
    ]


def with_json(path: Path, of: Table) -> list[Row]:
    """Python's json module."""
    return [[row[variable.name] for variable in of.variables] for row in json.loads(path.read_bytes())["rows"]]


def with_arrow(path: Path, of: Table) -> list[Row]:
    """Arrow."""
    read = parquet.read_table(path)
    assert read.column_names == [variable.name for variable in of.variables]
    return [[c.isoformat() if isinstance(c, dt.date) else c for c in row.values()] for row in read.to_pylist()]


def unlabelled(variable: Variable, cell: Any) -> Value:
    """A value from what a spreadsheet shows of it, in French."""
    if cell is None or cell == "":
        return None
    if variable.type is Type.NUMBER:
        labels = {in_words(variable, n, "fr"): n for n in (*variable.values, *variable.missing)}
        return labels[cell] if cell in labels else int(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if variable.type is Type.DATE else cell.replace(tzinfo=dt.UTC).isoformat()
    return str(cell)


def with_openpyxl(path: Path, of: Table) -> list[Row]:
    """openpyxl."""
    head, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return spread((dict(zip(map(str, head), row, strict=True)) for row in rows), of, unlabelled)


def with_csv_for_excel(path: Path, of: Table) -> list[Row]:
    """Python's csv module, the apostrophe before what Excel would compute taken off."""
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
    return spread(rows, of, lambda variable, cell: unlabelled(variable, cell.removeprefix("'")))


def from_spss(variable: Variable, cell: Any) -> Value:
    """A value from the number or the text of a system file."""
    if cell is None or cell != cell or cell == "":
        return None
    if variable.type is Type.TEXT:
        return str(cell)
    return int(cell) if variable.type is Type.NUMBER else since(SPSS, variable.type, float(cell), "seconds")


def with_readstat(path: Path, of: Table) -> list[Row]:
    """ReadStat, through pyreadstat."""
    columns, _words = pyreadstat.read_sav(
        path, output_format="dict", user_missing=True, disable_datetime_conversion=True
    )
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return spread(rows, of, from_spss)


def pspp(path: Path, *commands: str) -> str:
    """What PSPP prints of a system file; a warning or an error of its own fails the test."""
    syntax = path.with_suffix(".pspp")
    syntax.write_text(f"GET FILE='{path}'.\n" + "\n".join(commands) + "\n", encoding="utf-8")
    found = outside.pspp()
    assert found
    done = subprocess.run([found, "-O", "format=csv", str(syntax)], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout
    assert not done.stderr
    assert "warning" not in done.stdout.lower(), done.stdout
    return done.stdout


def through_pspp(path: Path) -> list[dict[str, str]]:
    """The rows of a system file as PSPP writes them out, with the trailing blanks of texts gone."""
    out = path.with_suffix(".out.csv")
    pspp(path, f"SAVE TRANSLATE /OUTFILE='{out}' /TYPE=CSV /FIELDNAMES /CELLS=VALUES /REPLACE.")
    with out.open(encoding="utf-8", newline="") as file:
        return [{name: cell.rstrip(" ") for name, cell in row.items()} for row in csv.DictReader(file)]


def with_pspp(path: Path, of: Table) -> list[Row]:
    """PSPP."""
    written = {Type.DATE: "%m/%d/%Y", Type.MOMENT: "%m/%d/%Y %H:%M:%S"}

    def meant(variable: Variable, cell: str) -> Value:
        if not cell.strip():
            return None
        if variable.type in written:
            moment = dt.datetime.strptime(cell, written[variable.type]).replace(tzinfo=dt.UTC)
            return moment.date().isoformat() if variable.type is Type.DATE else moment.isoformat()
        return int(cell) if variable.type is Type.NUMBER else cell

    return spread(through_pspp(path), of, meant)


def from_stata(kind: Type, value: Any) -> Value:
    """A value from a number, a letter or a text of the file."""
    if isinstance(value, str):
        return LETTERS.get(value, value) if kind is not Type.TEXT else value or None
    if value is None or value != value:
        return None
    units = {Type.DATE: "days", Type.MOMENT: "milliseconds"}
    return since(STATA, kind, float(value), units[kind]) if kind in units else int(value)


def with_pandas(path: Path, of: Table) -> list[Row]:
    """pandas, of a file of Stata."""
    frame = pandas.read_stata(path, convert_dates=False, convert_categoricals=False, convert_missing=True)
    columns = []
    for variable, name in zip(of.variables, frame.columns, strict=True):
        cells = [str(c) if isinstance(c, StataMissingValue) else c for c in frame[name].tolist()]
        columns.append(
            [None if c == "." and variable.type is not Type.TEXT else from_stata(variable.type, c) for c in cells]
        )
    return transposed(columns)


def in_haven(frame: in_r.Frame, of: Table) -> list[Row]:
    """The rows of a file of Stata as haven reads them, which makes dates of dates."""
    columns = zip(of.variables, frame.columns.values(), strict=True)
    return transposed([dated(column) or [from_stata(v.type, c) for c in column.cells] for v, column in columns])


def dated(column: in_r.Column) -> list[Value]:
    """The cells of a column of dates or moments; none of another."""
    kinds = {"Date": (Type.DATE, "days"), "POSIXt": (Type.MOMENT, "seconds")}
    if column.kind not in kinds:
        return []
    kind, unit = kinds[column.kind]
    return [None if c is None else since(UNIX, kind, float(c), unit) for c in column.cells]


def with_haven(path: Path, of: Table) -> list[Row]:
    """R's haven, of a file of Stata."""
    return in_haven(*in_r.frames(path), of)


def in_haven_of_spss(frame: in_r.Frame, of: Table) -> list[Row]:
    """The rows of a system file as haven reads them."""
    columns = {name: dated(column) or column.cells for name, column in frame.columns.items()}
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return spread(rows, of, lambda variable, cell: from_stata(variable.type, cell))


def with_haven_of_spss(path: Path, of: Table) -> list[Row]:
    """R's haven, of a system file of SPSS."""
    return in_haven_of_spss(*in_r.frames(path), of)


def in_r_itself(frame: in_r.Frame, of: Table) -> list[Row]:
    """The rows that the script of R made: an answer, or where there is none its reason."""
    columns = []
    for variable in of.variables:
        column = frame.columns[variable.name]
        cells = dated(column) or [c if c is None or isinstance(c, str) else int(c) for c in column.cells]
        if variable.missing:
            why = frame.columns[f"{variable.name}_missing"].cells
            assert all(answer is None or reason is None for answer, reason in zip(cells, why, strict=True))
            cells = [answer if reason is None else int(reason) for answer, reason in zip(cells, why, strict=True)]
        columns.append(cells)
    return transposed(columns)


def with_r(path: Path, of: Table) -> list[Row]:
    """R alone, by the script."""
    return in_r_itself(*in_r.frames(path), of)


#: Who reads each format; README « What reads what leaves » says what of.
READERS: Mapping[str, Mapping[str, Reader]] = {
    "csv": {"csv (Python)": with_csv},
    "csv-excel": {"csv (Python)": with_csv_for_excel},
    "json": {"json (Python)": with_json},
    "parquet": {"Arrow": with_arrow},
    "xlsx": {"openpyxl": with_openpyxl},
    "sav": {"ReadStat": with_readstat, "PSPP": with_pspp, "haven (R)": with_haven_of_spss},
    "zsav": {"ReadStat": with_readstat, "PSPP": with_pspp, "haven (R)": with_haven_of_spss},
    "dta": {"pandas": with_pandas, "haven (R)": with_haven},
    "r": {"R": with_r},
}
