"""The flow of the sample: how many entered the list, who was set aside, who gave no interview, who was interviewed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import waves
from survey.fieldwork.models import CoverageTally, Wave
from survey.instrument.codes import INTERIM, Aapor, CaseSource, Disposition, aapor


@dataclass(frozen=True)
class Flow:
    """Cases of a wave in five parts, each with what it is made of: `entered` is the sum of the four others.

    `set_aside` are those not of the target population, `under_way` those without a final outcome.
    """

    entered: Mapping[CaseSource, int]
    set_aside: Mapping[Disposition, int]
    under_way: Mapping[Disposition, int]
    without: Mapping[Disposition, int]
    held: Mapping[Disposition, int]

    @property
    def targeted(self) -> int:
        return sum(sum(part.values()) for part in (self.under_way, self.without, self.held))


def of_wave(session: Session, wave: Wave) -> Flow:
    """The flow of a wave, under the target population that it states."""
    standing = waves.standing(session, wave)

    def those(which: Callable[[Disposition], bool]) -> dict[Disposition, int]:
        return {disposition: n for disposition, n in standing.items() if n and which(disposition)}

    def among(disposition: Disposition, *classes: Aapor) -> bool:
        return disposition not in INTERIM and aapor(disposition, wave.population) in classes

    return Flow(
        _entered(session, wave),
        those(lambda one: among(one, Aapor.NE)),
        those(lambda one: one in INTERIM),
        those(lambda one: among(one, *set(Aapor) - {Aapor.I, Aapor.P, Aapor.NE})),
        those(lambda one: among(one, Aapor.I, Aapor.P)),
    )


def _entered(session: Session, wave: Wave) -> dict[CaseSource, int]:
    query = sa.select(CoverageTally.source, sa.func.sum(CoverageTally.n)).where(CoverageTally.wave == wave.number)
    found = {source: int(n) for source, n in session.execute(query.group_by(CoverageTally.source))}
    return {source: found[source] for source in CaseSource if found.get(source)}
