"""Texts too long for a cell of a format, whole, in a file beside it."""

from __future__ import annotations

import csv
from pathlib import Path

from survey.instrument.grammar import Text
from survey.release.splitting import Layout
from survey.release.table import Table

ENDING = ".texts.csv"

WHOLE = Text(
    "Des textes de {names} dépassent ce qu’une cellule de ce format contient : ils y continuent dans d’autres "
    "colonnes, et sont entiers dans {file}, chacun avec les identifiants de sa ligne.",
    "Texts of {names} are longer than a cell of this format holds: they go on there in further columns, and are whole "
    "in {file}, each with the keys of its row.",
)


def beside(path: Path, table: Table, wide: Layout, language: str) -> list[str]:
    """Write `<name>.texts.csv` where texts had to be split, and say so; nothing where none had."""
    several = [n for n, count in enumerate(wide.counts) if count > 1]
    if not several:
        return []
    keys = [n for n, variable in enumerate(table.variables) if variable.name.endswith("_id")]
    written = path.with_name(path.name + ENDING)
    with written.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(table.variables[n].name for n in keys), "variable", "text"])
        for row in table.rows():
            for n in several:
                text = row[n]
                if isinstance(text, str) and wide.size(text) > wide.limit:
                    writer.writerow([*(row[key] for key in keys), table.variables[n].name, text])
    names = ", ".join(table.variables[n].name for n in several)
    return [WHOLE(language).format(names=names, file=written.name)]
