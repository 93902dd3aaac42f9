"""Parquet: typed columns for Arrow, pandas, R, DuckDB; the dictionary goes in what the file says of itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from survey.instrument.dictionary import Type, Value
from survey.release.table import Row, Table
from survey.release.words import of_data, of_variables

if TYPE_CHECKING:
    import pyarrow

#: Rows that are written together, and characters: what is held in memory at once.
ROWS, CHARACTERS = 4_096, 4 << 20
AS: dict[Type, Callable[[Any], object]] = {
    Type.DATE: dt.date.fromisoformat,
    Type.MOMENT: dt.datetime.fromisoformat,
}


def write(path: Path, table: Table, language: str) -> Sequence[str]:
    """One file: codes are numbers, missing reasons -7 to -9, null where there is nothing."""
    import pyarrow
    from pyarrow import parquet

    schema = described(table, language)
    counted = [variable.name for variable in table.variables if variable.type is not Type.TEXT]
    with parquet.ParquetWriter(path, schema, write_statistics=counted) as writer:
        for rows in batches(table.rows(), table.texts()):
            columns = zip(schema, table.variables, zip(*rows, strict=True), strict=True)
            arrays = [pyarrow.array(typed(variable.type, cells), field.type) for field, variable, cells in columns]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))
    return ()


def described(table: Table, language: str) -> pyarrow.Schema:
    """The columns, each with its label, and under `recension` the release and the dictionary as JSON."""
    import pyarrow

    types = {
        Type.NUMBER: pyarrow.int64(),
        Type.TEXT: pyarrow.string(),
        Type.DATE: pyarrow.date32(),
        Type.MOMENT: pyarrow.timestamp("ms", tz="UTC"),
    }
    said = {"release": of_data(table, language), "dictionary": of_variables(table)}
    fields = [
        pyarrow.field(variable.name, types[variable.type], metadata={"label": variable.label(language)})
        for variable in table.variables
    ]
    return pyarrow.schema(fields, metadata={"recension": json.dumps(said, ensure_ascii=False)})


def typed(kind: Type, cells: Iterable[Value]) -> list[object]:
    """The cells of a column as Python has them: dates and moments in their own types."""
    of = AS.get(kind)
    return [value if value is None or of is None else of(value) for value in cells]


def batches(rows: Iterable[Row], texts: Sequence[int]) -> Iterator[list[Row]]:
    """The rows by as many as are written together, in one list that is emptied for the next; `texts` are places."""
    held: list[Row] = []
    length = 0
    for row in rows:
        held.append(row)
        length += sum(len(text) for n in texts if isinstance(text := row[n], str))
        if len(held) >= ROWS or length >= CHARACTERS:
            yield held
            held.clear()
            length = 0
    if held:
        yield held
