"""Write one unit of a release in one format, with its manifest: whole files under their names, or none."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.instrument.dictionary import Type, Variable
from survey.instrument.grammar import Text
from survey.release import codebook_document, csv_files, ddi, excel, json_file, manifest, parquet, r, spss, stata, tiers
from survey.release.extents import Extent
from survey.release.models import Release, ReleaseTable, Unit
from survey.release.shapes import REPEATED, Shape, wide
from survey.release.table import Row, Table, held, of
from survey.release.tiers import LeftOut, Tier


@dataclass(frozen=True)
class Format:
    """A way to write a table. `ending` follows the name of the table in the name of the file.

    `write` writes the file at a path and what goes with it beside, under names that begin like it; it returns the
    sentences that whoever opens the file must read.
    """

    name: Text
    ending: str
    write: Callable[[Path, Table, str], Sequence[str]]


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

    def __str__(self) -> str:
        return f"{self.unit.value} {self.form} {self.language} {self.tier.value} {self.shape.value}"


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
    units = {order.unit, Unit.ORGANISATION} if order.shape is Shape.WIDE else {order.unit}
    if not release.id:
        return {kept.unit: kept for kept in release.tables}
    return {unit: held(session, release, unit) for unit in units}


def prepare(release: Release, kept: Mapping[Unit, ReleaseTable], order: Order, secret: str) -> Prepared:
    """The table that was asked for. `kept` holds the unit, and the cases too for a wide shape."""
    table, left_out = tiers.at(order.tier, of(release, kept[order.unit]), kept[order.unit], secret)
    if order.shape is Shape.WIDE and order.unit in REPEATED:
        cases = kept[Unit.ORGANISATION]
        whole, more = tiers.at(order.tier, of(release, cases), cases, secret)
        table = wide(whole, table)
        left_out = [*left_out, *(one for one in more if one not in left_out)]
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
    at = prepared.table.release.created_at.timetuple()[:6]
    with TemporaryDirectory(dir=path.parent) as name, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        write(prepared, Path(name), prepared.file_name)
        for written in sorted(Path(name).iterdir()):
            entry = zipfile.ZipInfo(written.name, at)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with written.open("rb") as source, archive.open(entry, "w") as packed:
                shutil.copyfileobj(source, packed, 1 << 20)


def write_down(connection: sa.Connection, prepared: Prepared, user_id: int | None, reason: str = "") -> None:
    """Note who took what, and why, in the transaction of the connection; from the command line it is nobody by name."""
    release = prepared.table.release
    about = ("release", release.id) if release.id else None
    detail = " ".join(filter(None, (str(prepared.order), str(prepared.table.row_count), reason)))
    with Session(connection) as session:
        audit.record(session, audit.Action.RELEASE_EXPORT, user_id=user_id, about=about, detail=detail)
        session.flush()
