"""What changed from one release to another: per unit its rows, per variable its cells and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from survey.instrument.dictionary import Value
from survey.release.models import Release, Unit
from survey.release.table import Row, Table, load

#: What numbers the rows of each unit, for good.
KEYS: dict[Unit, tuple[str, ...]] = {
    Unit.ORGANISATION: ("case_id",),
    Unit.CONTACT: ("contact_id",),
    Unit.INTERVIEW: ("interview_id",),
    Unit.INITIATIVE: ("initiative_id",),
    Unit.REFERRAL: ("referral_id",),
    Unit.PARADATA: ("interview_id", "section", "initiative_id"),
    Unit.THEME: ("mark_id",),
    Unit.THEME_TREE: ("theme",),
}
Key = tuple[Value, ...]


@dataclass
class Changes:
    """What changed in a unit. `cells` counts, per variable of both, the rows of both whose value differs."""

    unit: Unit
    rows: tuple[int, int]
    added: list[Key]
    removed: list[Key]
    new_variables: list[str]
    gone_variables: list[str]
    described_anew: list[str]
    cells: dict[str, int] = field(default_factory=dict)
    changed: list[Key] = field(default_factory=list)

    def __bool__(self) -> bool:
        lists = (self.added, self.removed, self.new_variables, self.gone_variables, self.described_anew, self.changed)
        return any(lists)


def compare(session: Session, one: Release, other: Release) -> list[Changes]:
    """What changed from one release to the other, in each unit that both hold."""
    held = [{kept.unit for kept in release.tables} for release in (one, other)]
    return [of_unit(load(session, one, unit), load(session, other, unit)) for unit in Unit if unit in held[0] & held[1]]


def of_unit(before: Table, after: Table) -> Changes:
    """What changed in one unit."""
    was, now = ({v.name: v for v in table.variables} for table in (before, after))
    both = [name for name in now if name in was]
    changes = Changes(
        unit=after.unit,
        rows=(before.row_count, after.row_count),
        added=[],
        removed=[],
        new_variables=[name for name in now if name not in was],
        gone_variables=[name for name in was if name not in now],
        described_anew=[name for name in both if was[name] != now[name]],
    )
    old, new = by_key(before, both), by_key(after, both)
    changes.added = [key for key in new if key not in old]
    changes.removed = [key for key in old if key not in new]
    for key, row in new.items():
        differing = different(old.get(key, row), row, both)
        if differing:
            changes.changed.append(key)
            for name in differing:
                changes.cells[name] = changes.cells.get(name, 0) + 1
    return changes


def by_key(table: Table, names: Sequence[str]) -> dict[Key, Row]:
    """The cells of some variables, by the key of their row."""
    keys, places = ([table.place(name) for name in of] for of in (KEYS[table.unit], names))
    return {tuple(row[n] for n in keys): [row[n] for n in places] for row in table.rows()}


def different(old: Row, new: Row, names: Sequence[str]) -> list[str]:
    """The names of the cells that differ."""
    return [] if old == new else [name for name, was, is_ in zip(names, old, new, strict=True) if was != is_]
