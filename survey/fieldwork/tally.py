"""How many cases stand where: tallies that follow each change, so that 100 000 count as fast as 100."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import hold_tables, upsert
from survey.fieldwork.models import Case, CaseTally, CoverageTally, Organisation
from survey.instrument.codes import CaseSource, Disposition

Tally = type[CaseTally] | type[CoverageTally]
TALLIES: tuple[Tally, ...] = (CaseTally, CoverageTally)


class Place(NamedTuple):
    """Where a case stands: "" for no region or type, 0 for no interviewer."""

    wave: int
    region_code: str
    kind: str
    source: CaseSource
    snowball_wave: int
    interviewer_id: int
    disposition: Disposition


#: The line of a tally: what it keeps of a place.
Line = tuple[object, ...]

#: What the cases give for each part of a place.
COUNTED: dict[str, sa.SQLColumnExpression[object]] = {
    "wave": Case.wave,
    "region_code": sa.func.coalesce(sa.type_coerce(Organisation.region_code, sa.Text), ""),
    "kind": sa.func.coalesce(sa.type_coerce(Organisation.kind, sa.Text), ""),
    "source": Case.source,
    "snowball_wave": Case.snowball_wave,
    "interviewer_id": sa.func.coalesce(Case.interviewer_id, 0),
    "disposition": Case.disposition,
}


def place(case: Case) -> Place:
    """Where a case stands in the tallies."""
    of = case.organisation
    return Place(
        case.wave,
        str(of.region_code or ""),
        str(of.kind or ""),
        case.source,
        case.snowball_wave,
        case.interviewer_id or 0,
        case.disposition,
    )


def keys(tally: Tally) -> list[str]:
    return [column.name for column in tally.__table__.primary_key.columns]  # type: ignore[attr-defined]


def shift(session: Session, moves: Counter[Place]) -> None:
    """Apply differences to the tallies, always in the same order, so that two writers never wait for each other."""
    for tally in TALLIES:
        lines: Counter[Line] = Counter()
        for one, n in moves.items():
            lines[tuple(getattr(one, name) for name in keys(tally))] += n
        add(session, tally, lines)


def add(session: Session, tally: Tally, lines: Counter[Line]) -> None:
    names = keys(tally)
    for line in sorted(lines, key=repr):
        if n := lines[line]:
            row = upsert(session, tally).values(dict(zip(names, line, strict=True)) | {"n": n})
            more = {"n": tally.n + row.excluded.n}
            session.execute(row.on_conflict_do_update(index_elements=names, set_=more))


def count_wave(session: Session, wave: int) -> None:
    """Begin the tallies of a wave that has none yet, of which the caller holds the cases."""
    for tally in TALLIES:
        columns = [COUNTED[name] for name in keys(tally)]
        cases = sa.select(*columns, sa.func.count()).select_from(Case).join(Case.organisation)
        session.execute(
            sa.insert(tally).from_select([*keys(tally), "n"], cases.where(Case.wave == wave).group_by(*columns))
        )


def differences(session: Session) -> dict[Tally, Counter[Line]]:
    """What each line of a tally lacks (more than 0) or has too much; empty when it is what the cases are.

    Several queries: for them to speak of one moment, the session reads a snapshot, or holds the tallies as `recount`.
    """
    return {tally: wrong for tally in TALLIES if (wrong := _lacks(session, tally))}


def _lacks(session: Session, tally: Tally) -> Counter[Line]:
    names = keys(tally)
    columns = [COUNTED[name] for name in names]
    query = sa.select(*columns, sa.func.count()).select_from(Case).join(Case.organisation).group_by(*columns)
    counted = {tuple(row[:-1]): row[-1] for row in session.execute(query)}
    kept = {
        tuple(row[:-1]): row[-1]
        for row in session.execute(sa.select(*(getattr(tally, name) for name in names), tally.n))
    }
    return Counter({key: n for key in counted | kept if (n := counted.get(key, 0) - kept.get(key, 0))})


def recount(session: Session) -> int:
    """Make the tallies what the cases are, and everybody wait meanwhile; returns how many of their lines were wrong."""
    hold_tables(session, CaseTally, CoverageTally)
    wrong = differences(session)
    for tally, lines in wrong.items():
        add(session, tally, lines)
    return sum(map(len, wrong.values()))
