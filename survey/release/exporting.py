"""Write one unit of a release in one format, with its manifest: whole files under their names, or none."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.instrument.dictionary import Type, Variable
from survey.instrument.grammar import Text
from survey.release import (
    codebook_document,
    csv_files,
    ddi,
    excel,
    json_file,
    manifest,
    packing,
    parquet,
    qdpx,
    r,
    spss,
    stata,
    tiers,
)
from survey.release.extents import Extent
from survey.release.models import Release, ReleaseTable, Unit
from survey.release.qdpx import By
from survey.release.shapes import REPEATED, Shape, wide
from survey.release.table import Row, Table, held, of
from survey.release.tiers import LeftOut, Tier


@dataclass(frozen=True)
class Format:
    """A way to write a table. `ending` follows the name of the table in the name of the file.

    `write` writes the file at a path and what goes with it beside, under names that begin like it; it returns the
    sentences that whoever opens the file must read. `reads` are the units of a format that is of several, whichever
    is asked for; `shut` is why it never leaves at the open tier.
    """

    name: Text
    ending: str
    write: Callable[[Path, Table, str], Sequence[str]]
    reads: tuple[Unit, ...] = ()
    shut: Text | None = None


SHUT = Text(
    "Un projet REFI-QDA est fait de textes libres, que le niveau ouvert retire : choisissez le niveau recherche.",
    "A REFI-QDA project is made of free texts, which the open tier leaves out: choose the research tier.",
)


def project(name: Text, ending: str, *by: By) -> Format:
    """A REFI-QDA project whose texts are of these kinds."""
    return Format(name, ending, partial(qdpx.write, by=by), qdpx.READS, SHUT)


FORMATS = {
    "sav": Format(Text("SPSS (.sav)", "SPSS (.sav)"), ".sav", spss.write),
    "zsav": Format(Text("SPSS, compressé (.zsav)", "SPSS, compressed (.zsav)"), ".zsav", spss.write_deflated),
    "dta": Format(Text("Stata (.dta)", "Stata (.dta)"), ".dta", stata.write),
    "r": Format(Text("R (script et CSV)", "R (script and CSV)"), ".R", r.write),
    "parquet": Format(Text("Parquet", "Parquet"), ".parquet", parquet.write),
    "xlsx": Format(Text("Excel (.xlsx)", "Excel (.xlsx)"), ".xlsx", excel.write),
    "csv": Format(Text("CSV", "CSV"), ".csv", csv_files.write_csv),
    "csv-excel": Format(Text("CSV pour Excel", "CSV for Excel"), "-excel.csv", csv_files.write_csv_excel),
    "json": Format(Text("JSON", "JSON"), ".json", json_file.write),
    "codebook": Format(Text("Livre de codes (PDF)", "Codebook (PDF)"), ".pdf", codebook_document.write),
    "ddi": Format(Text("DDI-Codebook (XML)", "DDI-Codebook (XML)"), ".xml", ddi.write),
    "qdpx": project(Text("QDPX par question", "QDPX per question"), ".qdpx", By.QUESTION),
    "qdpx-organisation": project(
        Text("QDPX par organisation", "QDPX per organisation"), "-organisation.qdpx", By.ORGANISATION
    ),
    "qdpx-both": project(Text("QDPX, les deux", "QDPX, both kinds"), "-both.qdpx", *By),
}

WORKING = Variable(
    "working_export",
    Text("Export de travail, d’aucune version figée : en date de", "Working export, of no frozen release: as of"),
    Type.TEXT,
)


@dataclass(frozen=True)
class Order:
    """What is asked for: a unit, in a format, in a language, at a tier, in a shape."""

    unit: Unit
    form: str
    language: str
    tier: Tier = Tier.RESEARCH
    shape: Shape = Shape.LONG

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that it takes of a release, the one whose rows it counts first."""
        if FORMATS[self.form].reads:
            return FORMATS[self.form].reads
        return (self.unit, Unit.ORGANISATION) if self.wide else (self.unit,)

    @property
    def wide(self) -> bool:
        """Whether the rows of a case go side by side."""
        return self.shape is Shape.WIDE and self.unit in REPEATED and not FORMATS[self.form].reads

    def __str__(self) -> str:
        return f"{self.units[0].value} {self.form} {self.language} {self.tier.value} {self.shape.value}"


class Shut(ValueError):
    """What does not leave at the tier that was asked for, and why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.fr)
        self.why = why


@dataclass(frozen=True)
class Prepared:
    """A table as it will leave, and what it leaves behind."""

    table: Table
    order: Order
    left_out: Sequence[LeftOut]

    @property
    def file_name(self) -> str:
        """A name that says what it holds, in letters that every system takes: `recension-v3-initiative-fr.sav`."""
        return f"{self.table.name}-{self.order.language}{FORMATS[self.order.form].ending}"


def needed(session: Session, release: Release, order: Order) -> dict[Unit, ReleaseTable]:
    """What a release keeps of the units that an order needs. One that it does not hold raises LookupError."""
    if not release.id:
        return {kept.unit: kept for kept in release.tables}
    return {unit: held(session, release, unit) for unit in order.units}


def prepare(release: Release, kept: Mapping[Unit, ReleaseTable], order: Order, secret: str) -> Prepared:
    """The table that was asked for. `kept` holds every unit of the order. Raises Shut."""
    if (why := FORMATS[order.form].shut) and order.tier is Tier.OPEN:
        raise Shut(why)
    tables: dict[Unit, Table] = {}
    left_out: list[LeftOut] = []
    for unit in order.units:
        tables[unit], more = tiers.at(order.tier, of(release, kept[unit]), kept[unit], secret)
        left_out += [one for one in more if one not in left_out]
    table = tables[order.units[0]]
    if order.wide:
        table = wide(tables[Unit.ORGANISATION], table)
    elif len(tables) > 1:
        table = replace(table, beside={unit: one for unit, one in tables.items() if one is not table})
    return Prepared(table if release.id else dated(table), order, left_out)


def dated(table: Table) -> Table:
    """The table of a working export, which says so on each row."""
    as_of = f"{table.release.created_at:%Y-%m-%dT%H:%M:%SZ}"

    def rows() -> Iterator[Row]:
        return ([as_of, *row] for row in table.rows())

    sizes = {WORKING.name: Extent(utf8=len(as_of), utf16=len(as_of)), **table.measured()}
    return replace(table, variables=(WORKING, *table.variables), rows=rows, extents=sizes)


def write(prepared: Prepared, folder: Path, name: str) -> None:
    """Write the file of that name, what goes with it and its manifest in an empty folder; OSError, ValueError."""
    order = prepared.order
    notices = FORMATS[order.form].write(folder / name, prepared.table, order.language)
    path = folder / f"{name}{manifest.ENDING}"
    manifest.write(path, prepared.table, order.tier, order.language, prepared.left_out, notices)


def export(prepared: Prepared, path: Path) -> None:
    """Write the files beside their place, then put them there, the one that was asked for last: what has its name is
    whole, and so is what goes with it. Raises OSError, ValueError."""
    with TemporaryDirectory(dir=path.parent, prefix=".recension-") as name:
        folder = Path(name)
        write(prepared, folder, path.name)
        for written in sorted(folder.iterdir(), key=lambda written: written.name == path.name):
            with written.open("rb+") as file:
                os.fsync(file.fileno())
            written.replace(path.with_name(written.name))


def package(prepared: Prepared, path: Path) -> None:
    """The files in a zip archive, of which a part that was cut off cannot be opened. Raises OSError, ValueError."""
    at = prepared.table.release.created_at
    with TemporaryDirectory(dir=path.parent) as name, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        write(prepared, Path(name), prepared.file_name)
        for written in sorted(Path(name).iterdir()):
            with written.open("rb") as source, archive.open(packing.entry(written.name, at), "w") as packed:
                shutil.copyfileobj(source, packed, 1 << 20)


def write_down(connection: sa.Connection, prepared: Prepared, user_id: int | None, reason: str = "") -> None:
    """Note who took what, and why, in the transaction of the connection; from the command line it is nobody by name."""
    release = prepared.table.release
    about = ("release", release.id) if release.id else None
    detail = " ".join(filter(None, (str(prepared.order), str(prepared.table.row_count), reason)))
    with Session(connection) as session:
        audit.record(session, audit.Action.RELEASE_EXPORT, user_id=user_id, about=about, detail=detail)
        session.flush()
