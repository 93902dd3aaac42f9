"""JSON: one object that holds the release, its dictionary and its rows, written row by row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from survey.release.table import Table
from survey.release.words import of_data, of_variables


def write(path: Path, table: Table, language: str) -> Sequence[str]:
    """Nothing changed: codes are numbers, missing reasons -7 to -9, dates ISO 8601, null where there is nothing."""
    names = [variable.name for variable in table.variables]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"release": {text(of_data(table, language))},\n"dictionary": [')
        file.write(",".join(f"\n{text(variable)}" for variable in of_variables(table)))
        file.write('\n],\n"rows": [')
        for number, row in enumerate(table.rows()):
            file.write(("," if number else "") + "\n" + text(dict(zip(names, row, strict=True))))
        file.write("\n]}\n")
    return ()


def text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
