"""An example of a file of attempts and outcomes, to be filled in: its headings are those that we know."""

from __future__ import annotations

import io

from survey.fieldwork.attempt_columns import LAYOUT
from survey.fieldwork.filling_sheets import Sheets
from survey.instrument.codes import AttemptResult, Channel, Disposition, RefusalReason
from survey.instrument.grammar import Text

#: What some columns hold in the example, line by line.
LINES: list[dict[str, Text]] = [
    {
        "name": Text("Maison de l’exemple", "Example house"),
        "date": Text("2026-03-09", "2026-03-09"),
        "time": Text("10:30", "10:30"),
        "channel": Channel.PHONE.label,
        "result": AttemptResult.CALL_BACK.label,
        "person": Text("Camille Exemple", "Camille Example"),
        "next": Text("2026-03-12", "2026-03-12"),
        "note": Text("Préfère le matin.", "Prefers mornings."),
        "outcome": Disposition.IN_PROGRESS.label,
    },
    {
        "name": Text("Centre de l’exemple", "Example centre"),
        "date": Text("2026-03-10", "2026-03-10"),
        "channel": Channel.EMAIL.label,
        "result": AttemptResult.REFUSED.label,
        "outcome": Disposition.REFUSAL.label,
        "reason": RefusalReason.TIME.label,
    },
]


def workbook(language: str) -> io.BytesIO:
    """The example as a workbook, in French or in English."""
    from survey.workbooks import Book

    made = io.BytesIO()
    with Book(made, {"in_memory": True}) as book:
        rows = [[getattr(line[name], language) if name in line else None for name in LAYOUT.labels] for line in LINES]
        Sheets(book).add("1", [getattr(label, language) for label in LAYOUT.labels.values()], rows)
    made.seek(0)
    return made
