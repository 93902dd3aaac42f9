"""The columns of a table that somebody sends: what each one holds, by its heading or because somebody says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from survey.fieldwork import sheets
from survey.fieldwork.headings import Chosen, Layout, key
from survey.fieldwork.remarks import Remark, Report, shorten

#: Examples shown of each column, and among how many rows they are looked for.
EXAMPLES, AMONG = 3, 200


@dataclass(frozen=True)
class Column:
    """A column as it is shown: what it is called, what it holds, its first values; `twice` when it is not alone to."""

    position: int
    letter: str
    heading: str
    holds: str
    examples: list[str]
    twice: bool


@dataclass(frozen=True)
class Table:
    """The rows of a file, under the line that gives the headings, and what each of their columns holds."""

    line: int
    headings: list[str]
    holds: list[str]
    rows: Sequence[sheets.Row]

    def columns(self) -> list[Column]:
        """The columns that have a heading or a value, for somebody to say what they hold."""
        head, held = list(islice(self.rows, AMONG)), Counter(self.holds)
        found = []
        for n, (heading, holds) in enumerate(zip(self.headings, self.holds, strict=True)):
            values = dict.fromkeys(shorten(cells[n], 40) for _, cells in head if n < len(cells) and cells[n].strip())
            if values or heading.strip():
                twice = bool(holds) and held[holds] > 1
                found.append(Column(n, letter(n), shorten(heading), holds, list(values)[:EXAMPLES], twice))
        return found

    def lines(self, report: Report) -> Iterator[tuple[int, dict[str, str]]]:
        """Each line with what its columns hold; one that has more cells than headings goes to the report."""
        width, at = len(self.headings), {holds: n for n, holds in enumerate(self.holds) if holds}
        for line, cells in self.rows:
            if any(cell.strip() for cell in cells[width:]):
                report.refuse(
                    line,
                    "plus de cellules que de titres ; un texte qui contient le séparateur se met entre guillemets.",
                    "more cells than headings; a text that contains the delimiter goes between quotation marks.",
                )
            else:
                yield line, {name: cells[n] if n < len(cells) else "" for name, n in at.items()}


def letter(position: int) -> str:
    """What a spreadsheet calls a column: A, B, … Z, AA."""
    above, last = divmod(position, 26)
    return (letter(above - 1) if above else "") + chr(ord("A") + last)


def read(report: Report, data: bytes, name: str, layout: Layout, chosen: Chosen) -> Table | None:
    """The table of a file; what is wrong with it or with its columns goes to the report. None for what is no table."""
    try:
        rows = sheets.read(data, name, lambda cells: len(layout.known(cells)))
    except sheets.UnreadableError as error:
        report.errors.append(Remark(error.line, error.text))
        return None
    if not rows:
        report.refuse(None, "Ce fichier est vide.", "This file is empty.")
        return None
    chosen = Chosen({n: one if one in layout.labels else "" for n, one in chosen.columns.items()}, chosen.headless)
    table = headless(rows, chosen) if chosen.headless else headed(rows, layout, chosen)
    if layout.needed not in table.holds:
        report.refuse(None, layout.lacking.fr, layout.lacking.en)
    else:
        say_ignored(report, table, layout, chosen)
        refuse_doubled(report, table)
    return table


def headed(rows: Sequence[sheets.Row], layout: Layout, chosen: Chosen) -> Table:
    """The table under its headings: the first row that has the heading needed, or else looks most like headings."""

    def merit(n: int) -> tuple[bool, int, int]:
        known = layout.known(rows[n][1])
        if layout.needed in known:
            return True, 0, 0
        return False, len(known), sum(bool(cell.strip()) for cell in rows[n][1])

    start = max(range(len(rows[: sheets.HEAD])), key=merit)
    line, headings = rows[start]
    holds = [chosen.columns.get(n, layout.column_of(heading)) for n, heading in enumerate(headings)]
    return Table(line, headings, holds, rows[start + 1 :])


def headless(rows: Sequence[sheets.Row], chosen: Chosen) -> Table:
    """The table of a file whose first row is one like the others."""
    width = max(len(cells) for _, cells in rows)
    return Table(rows[0][0], [""] * width, [chosen.columns.get(n, "") for n in range(width)], rows)


def say_ignored(report: Report, table: Table, layout: Layout, chosen: Chosen) -> None:
    """Say which columns are left out without anybody having said so."""
    left = [
        shorten(heading)
        for n, heading in enumerate(table.headings)
        if heading.strip() and not table.holds[n] and n not in chosen.columns and key(heading) not in layout.by_key
    ]
    if left:
        report.notice(
            table.line,
            f"colonnes inconnues, laissées de côté : {', '.join(f'« {name} »' for name in left)}.",
            f"unknown columns, left out: {', '.join(f'“{name}”' for name in left)}.",
        )


def refuse_doubled(report: Report, table: Table) -> None:
    """Refuse two columns that say the same: nobody could tell which one counts."""
    for holds in dict.fromkeys(filter(None, table.holds)):
        same = [shorten(h) or letter(n) for n, h in enumerate(table.headings) if table.holds[n] == holds]
        if len(same) > 1:
            fr, en = ", ".join(f"« {name} »" for name in same), ", ".join(f"“{name}”" for name in same)
            report.refuse(
                table.line,
                f"plusieurs colonnes disent la même chose : {fr} ; gardez-en une.",
                f"several columns say the same: {en}; keep one.",
            )
