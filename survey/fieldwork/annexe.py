"""Annexe A: the organisations of a wave, by region and outcome, and the figures that must add up."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Case, Organisation
from survey.instrument.codes import Disposition, Region


@dataclass(frozen=True)
class Part:
    """The organisations of one region, by outcome, in the order of their names; region None for those of none."""

    region: Region | None
    names: dict[Disposition, list[str]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return sum(map(len, self.names.values()))


def parts(session: Session, wave: int) -> list[Part]:
    """The wave of this number: every region in the order of its code, those without an organisation too, then none."""
    query = sa.select(Organisation.region_code, Case.disposition, Organisation.name)
    query = query.join(Case.organisation).where(Case.wave == wave).order_by(Organisation.folded_name)
    found: dict[Region | None, Part] = {region: Part(region) for region in Region}
    for region, disposition, name in session.execute(query):
        found.setdefault(region, Part(region)).names.setdefault(disposition, []).append(name)
    return list(found.values())
