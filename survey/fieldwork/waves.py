"""Waves of collection: of whom each speaks, and how its cases stand against its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import audit
from survey.audit import Action
from survey.db import now, upsert
from survey.fieldwork.models import Case, CaseTally, CoverageTally, Organisation, Wave
from survey.fieldwork.rates import Counts, Outcome, outcome
from survey.instrument.codes import CaseSource, Disposition, OrganisationType, Region, TargetPopulation
from survey.instrument.grammar import Codes

#: The number of the wave under way, in a statement: the last that was opened.
CURRENT = sa.select(sa.func.max(Wave.number)).scalar_subquery()

#: How many cases stand at each outcome.
Standing = Mapping[Disposition, int]


def current(session: Session) -> Wave | None:
    """The wave under way; None as long as the list is empty."""
    return session.scalars(sa.select(Wave).where(Wave.number == CURRENT)).one_or_none()


def under_way(session: Session, case: Case) -> bool:
    """Whether a case is of the wave under way; those of earlier ones stay as they ended."""
    return case.wave == session.scalar(sa.select(CURRENT))


def every(session: Session) -> Sequence[Wave]:
    """The waves, the one under way first."""
    return session.scalars(sa.select(Wave).order_by(Wave.number.desc())).all()


def begin(session: Session) -> int:
    """The number of the wave that new cases belong to; with the very first of them begins the first wave."""
    if wave := current(session):
        return wave.number
    row = upsert(session, Wave).values(number=1, opened_at=now())
    session.execute(row.on_conflict_do_nothing(index_elements=[Wave.number]))
    return 1


@dataclass(frozen=True)
class Population:
    """Of whom a wave speaks; the share `e` of the cases of unknown eligibility taken to be of them, and its source."""

    target: TargetPopulation
    e: Fraction | None = None
    e_method: str | None = None


def state(session: Session, wave: Wave, population: Population, user_id: int | None) -> None:
    """Say of whom a wave speaks. The same again leaves no trace."""
    share = None if population.e is None else float(population.e)
    said = (population.target, share, population.e_method if share is not None else None)
    if (wave.population, wave.e, wave.e_method) == said:
        return
    wave.population, wave.e, wave.e_method = said
    audit.record(session, Action.WAVE_STATE, user_id=user_id, about=("wave", wave.number), detail=population.target)


def standing(session: Session, wave: Wave) -> dict[Disposition, int]:
    """How many cases of a wave stand at each outcome, zeros included; from the tally."""
    query = sa.select(CaseTally.disposition, sa.func.sum(CaseTally.n)).where(CaseTally.wave == wave.number)
    found = {disposition: int(n) for disposition, n in session.execute(query.group_by(CaseTally.disposition))}
    return {disposition: found.get(disposition, 0) for disposition in Disposition}


#: By what the cases of a wave are told apart, and the values of each in their order; the snowball waves are numbers.
PARTS: dict[str, type[Codes] | None] = {
    "region_code": Region,
    "kind": OrganisationType,
    "source": CaseSource,
    "snowball_wave": None,
}
#: A value of one of those; None for the cases that have none.
Value = Codes | int | None


def by(session: Session, wave: Wave, part: str) -> dict[Value, dict[Disposition, int]]:
    """The same for each region, type, source or snowball wave (see `PARTS`) that has cases; those of none come last."""
    column = getattr(CoverageTally, part)
    query = sa.select(column, CoverageTally.disposition, sa.func.sum(CoverageTally.n))
    query = query.where(CoverageTally.wave == wave.number).group_by(column, CoverageTally.disposition)
    found: dict[str | int, dict[Disposition, int]] = {}
    for value, disposition, n in session.execute(query):
        if n:
            found.setdefault(value, {})[disposition] = int(n)
    codes = PARTS[part]
    numbers = sorted(value for value in found if isinstance(value, int))
    values: Sequence[Value] = numbers if codes is None else [*codes, None]
    keys = {value: "" if value is None else value for value in values}
    return {value: found[key] for value, key in keys.items() if key in found}


def read_as(cases: Standing, wave: Wave) -> dict[TargetPopulation, Outcome]:
    """The rates of some cases under each target population, with the `e` of the wave where the team stated one."""
    e = None if wave.e is None else Fraction(str(wave.e))
    return {population: outcome(Counts.of(cases, population), e) for population in TargetPopulation}


def read_by(session: Session, wave: Wave, part: str) -> dict[Value, dict[TargetPopulation, Outcome]]:
    """The rates of each region, type, source or snowball wave, under each target population."""
    return {value: read_as(cases, wave) for value, cases in by(session, wave, part).items()}


@dataclass(frozen=True)
class Reconciliation:
    """The list against its outcomes: `listed` organisations, `cases` of the wave, and what its tally `counted`.

    `left_out` organisations have no case in the wave, of which `duplicates` were merged into others.
    """

    listed: int
    cases: int
    counted: int
    left_out: int = 0
    duplicates: int = 0

    @property
    def holds(self) -> bool:
        return self.listed == self.cases + self.left_out and self.cases == self.counted


def reconcile(session: Session, wave: Wave) -> Reconciliation:
    """Count the list, its cases, its tally and who is out of the wave, each by itself: figures that must agree."""
    of_wave = sa.select(sa.func.count()).select_from(Case).where(Case.wave == wave.number)
    listed = sa.select(sa.func.count()).select_from(Organisation)
    counted = sa.select(sa.func.coalesce(sa.func.sum(CaseTally.n), 0)).where(CaseTally.wave == wave.number)
    left_out = listed.where(out_of(wave.number))
    every = (listed, of_wave, counted, left_out, left_out.where(Organisation.merged_into_id.is_not(None)))
    return Reconciliation(*(int(session.scalar(query) or 0) for query in every))


def out_of(wave: int | sa.ScalarSelect[int]) -> sa.ColumnElement[bool]:
    """Which organisations have no case in a wave."""
    return ~sa.exists().where(Case.organisation_id == Organisation.id, Case.wave == wave)
