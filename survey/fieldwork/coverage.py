"""What the list covers: organisations and interviews by region, outcome and type, zeros included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import waves
from survey.fieldwork.models import Case, CoverageTally, Organisation, OrganisationRegion, Wave
from survey.instrument.codes import Disposition, OrganisationType, Region

#: The outcomes of a case whose interview was held to its end.
HELD = (Disposition.COMPLETED, Disposition.COMPLETED_NONE)

#: Where each region stands on the map of tiles: column from the west, row from the north.
TILES: dict[Region, tuple[int, int]] = {
    Region.R10: (3, 1), Region.R09: (5, 1),
    Region.R08: (1, 2), Region.R02: (4, 2), Region.R11: (6, 2),
    Region.R07: (1, 3), Region.R15: (2, 3), Region.R14: (3, 3),
    Region.R04: (4, 3), Region.R03: (5, 3), Region.R01: (6, 3),
    Region.R13: (2, 4), Region.R06: (3, 4), Region.R17: (4, 4), Region.R12: (5, 4),
    Region.R16: (3, 5), Region.R05: (4, 5),
}  # fmt: skip

#: Shades of a tile: the share of its organisations whose interview was held, from this on.
SHADES = (0, 0.25, 0.5, 0.75, 1)

#: How many cases there are of a region, a type and an outcome; a region or a type of None stands for none.
Cells = Counter[tuple[Region | None, OrganisationType | None, Disposition]]


class Tile(NamedTuple):
    """A region: organisations that are counted there, interviews held, and how many from elsewhere cover it too."""

    region: Region | None
    listed: int
    held: int
    also: int = 0

    @property
    def shade(self) -> int | None:
        """From 1, the lightest; None where there is no organisation."""
        return sum(self.held >= share * self.listed for share in SHADES) if self.listed else None


@dataclass(frozen=True)
class Table:
    """Outcomes by region, of one type of organisation or of all: `n` gives each cell, zeros too."""

    kind: OrganisationType | None
    cells: Cells
    kinds: Collection[OrganisationType | None]

    def n(self, region: Region | None, disposition: Disposition) -> int:
        return sum(self.cells[region, kind, disposition] for kind in self.kinds)

    def of_region(self, region: Region | None) -> int:
        return sum(self.n(region, disposition) for disposition in Disposition)

    def of_outcome(self, disposition: Disposition) -> int:
        return sum(self.n(region, disposition) for region in (*Region, None))

    @property
    def total(self) -> int:
        return sum(map(self.of_region, (*Region, None)))


@dataclass(frozen=True)
class Coverage:
    """The tiles of the 17 regions, that of the organisations of none, the tables, and how many the list holds.

    `several` is how many organisations cover more regions than the one where each is counted.
    """

    tiles: Sequence[Tile]
    nowhere: Tile
    tables: Sequence[Table]
    listed: int
    several: int

    @property
    def counted(self) -> int:
        return sum(tile.listed for tile in (*self.tiles, self.nowhere))

    @property
    def holds(self) -> bool:
        """Whether what is counted by region, type and outcome is the list."""
        return self.counted == self.listed == self.tables[0].total


def read(session: Session, wave: Wave) -> Coverage:
    """The coverage of a wave, from the tally; its cases are counted by themselves."""
    cells = _cells(session, wave)
    also = _also(session, wave)
    places: tuple[Region | None, ...] = (*Region, None)
    tiles = [_tile(region, cells, also.get(region, 0)) for region in places]
    kinds: tuple[OrganisationType | None, ...] = (*OrganisationType, None)
    everything = Table(None, cells, kinds)
    tables = [everything, *(Table(kind, cells, (kind,)) for kind in kinds)]
    listed = waves.reconcile(session, wave).cases
    several = _covering(wave).with_only_columns(sa.func.count(OrganisationRegion.organisation_id.distinct()))
    return Coverage(tiles[:-1], tiles[-1], tables, listed, session.scalar(several) or 0)


def _tile(region: Region | None, cells: Cells, also: int) -> Tile:
    here = {key: n for key, n in cells.items() if key[0] is region}
    return Tile(region, sum(here.values()), sum(n for key, n in here.items() if key[2] in HELD), also)


def _cells(session: Session, wave: Wave) -> Cells:
    columns = (CoverageTally.region_code, CoverageTally.kind, CoverageTally.disposition)
    query = sa.select(*columns, sa.func.sum(CoverageTally.n)).where(CoverageTally.wave == wave.number)
    rows = session.execute(query.group_by(*columns))
    return Counter({(_region(region), _kind(kind), disposition): int(n) for region, kind, disposition, n in rows if n})


def _region(code: str) -> Region | None:
    return Region.of(code) if code else None


def _kind(code: str) -> OrganisationType | None:
    return OrganisationType.of(code) if code else None


def _also(session: Session, wave: Wave) -> dict[Region | None, int]:
    """How many organisations cover a region beside the one where they are counted."""
    columns = (OrganisationRegion.region_code, sa.func.count())
    rows = session.execute(_covering(wave).with_only_columns(*columns).group_by(OrganisationRegion.region_code))
    return {row[0]: row[1] for row in rows}


def _covering(wave: Wave) -> sa.Select[int]:
    """The further regions of the organisations of a wave."""
    query = sa.select(OrganisationRegion.organisation_id).join(
        Organisation, Organisation.id == OrganisationRegion.organisation_id
    )
    query = query.join(Case, Case.organisation_id == Organisation.id).where(Case.wave == wave.number)
    elsewhere = OrganisationRegion.region_code != Organisation.region_code
    return query.where(sa.or_(Organisation.region_code.is_(None), elsewhere))


def outcomes(table: Table) -> Iterator[Disposition]:
    """The outcomes that any organisation of a table has."""
    return (disposition for disposition in Disposition if table.of_outcome(disposition))
