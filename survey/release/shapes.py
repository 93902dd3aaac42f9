"""Long, a row per record, or wide, a row per case with its records side by side."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from survey.instrument.dictionary import Value, Variable
from survey.instrument.grammar import Text
from survey.release.models import Unit
from survey.release.table import Row, Table
from survey.release.units import FACTS


class Shape(enum.StrEnum):
    """What a row is."""

    LONG = "long"
    WIDE = "wide"


NAMES = {
    Shape.LONG: Text("Longue : une ligne par unité", "Long: one row per unit"),
    Shape.WIDE: Text("Large : une ligne par dossier d’organisation", "Wide: one row per case of an organisation"),
}
#: The units of which a case may have several.
REPEATED = (Unit.CONTACT, Unit.INTERVIEW, Unit.INITIATIVE, Unit.REFERRAL, Unit.THEME)
CASE_ID = "case_id"


def wide(cases: Table, records: Table) -> Table:
    """Every case, those without a record too, then its records in their order: `<variable>_r1`, `<variable>_r2` …

    What the cases say already is not said again. Both tables are of one release at one tier.
    """
    known = {variable.name for variable in FACTS[Unit.ORGANISATION]}
    places = [n for n, variable in enumerate(records.variables) if variable.name not in known]
    of_case: dict[Value, list[Row]] = defaultdict(list)
    owner = records.place(CASE_ID)
    for row in records.rows():
        of_case[row[owner]].append([row[n] for n in places])
    most = max(map(len, of_case.values()), default=0)
    repeated = [numbered(records.variables[n], rank) for rank in range(1, most + 1) for n in places]
    here, of_record = cases.place(CASE_ID), records.measured()
    sizes = {**cases.measured(), **{one.name: of_record[one.name.rpartition("_r")[0]] for one in repeated}}

    def rows() -> Iterator[Row]:
        for row in cases.rows():
            yield row + beside(of_case.get(row[here], ()), most * len(places))

    return replace(
        records,
        variables=(*cases.variables, *repeated),
        row_count=cases.row_count,
        rows=rows,
        name=f"{records.name}-{Shape.WIDE.value}",
        extents=sizes,
    )


def beside(records: Sequence[Row], room: int) -> Row:
    """The cells of the records of a case, one after the other, and nothing in what room is left."""
    cells = [cell for record in records for cell in record]
    return cells + [None] * (room - len(cells))


def numbered(variable: Variable, rank: int) -> Variable:
    """The variable of the record of a rank."""
    label = Text(f"({rank}) {variable.label.fr}", f"({rank}) {variable.label.en}")
    return replace(variable, name=f"{variable.name}_r{rank}", label=label)
