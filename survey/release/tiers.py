"""Three tiers of privacy: what leaves at each, and what is left out and why."""

from __future__ import annotations

import enum
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace

from survey.instrument.grammar import Text
from survey.release import persons
from survey.release.models import ReleaseTable, Unit
from survey.release.opened import opened
from survey.release.table import Row, Table, described, lines

NOTES = Text("Les notes internes ne sortent jamais, à aucun niveau.", "Internal notes never leave, at any tier.")
NAMED = Text(
    "Disent qui est une personne : au niveau « identifié » seulement.",
    "Say who a person is: at the identified tier only.",
)
THIRD = Text(
    "Les personnes nommées à la Q.14 et leurs coordonnées ne sortent à aucun niveau : elles n’ont rien accepté.",
    "The persons named at Q.14 and their contact details leave at no tier: they agreed to nothing.",
)
GONE = Text(
    "Cette version ne garde pas qui sont les personnes : elle a été figée avant, ou elles ont été effacées.",
    "This release does not keep who the persons are: it was frozen before, or they were erased.",
)


class Tier(enum.StrEnum):
    """Who may read an export."""

    RESEARCH = "research"
    OPEN = "open"
    IDENTIFIED = "identified"


NAMES = {
    Tier.RESEARCH: Text("Recherche : sans nom de personne", "Research: without names of persons"),
    Tier.OPEN: Text("Ouvert : ni texte libre ni petit effectif", "Open: neither free text nor small counts"),
    Tier.IDENTIFIED: Text("Identifié : avec le nom des personnes", "Identified: with the names of persons"),
}


@dataclass(frozen=True)
class LeftOut:
    """What an export does not hold, by the names of its variables, and why."""

    why: Text
    variables: tuple[str, ...] = ()


def at(tier: Tier, table: Table, kept: ReleaseTable, secret: str) -> tuple[Table, list[LeftOut]]:
    """A unit as it leaves at a tier, and what was left out of it."""
    left = [LeftOut(NOTES)] + [LeftOut(THIRD)] * (kept.unit is Unit.REFERRAL)
    named = tuple(variable.name for variable in persons.VARIABLES.get(kept.unit, ()))
    if tier is Tier.IDENTIFIED:
        if kept.persons is not None:
            return replace(identified(table, kept), name=f"{table.name}-{tier.value}"), left
        return replace(table, name=f"{table.name}-{tier.value}"), left + [LeftOut(GONE, named)] * bool(named)
    left += [LeftOut(NAMED, named)] * bool(named)
    if tier is Tier.RESEARCH:
        return table, left
    public, more = opened(table, secret)
    return replace(public, name=f"{table.name}-{tier.value}"), left + [LeftOut(*one) for one in more]


def identified(table: Table, kept: ReleaseTable) -> Table:
    """The table with who its persons are beside each row."""
    assert kept.persons_dictionary is not None
    assert kept.persons is not None
    who, named = described(kept.persons_dictionary), gzip.decompress(kept.persons)

    def rows() -> Iterator[Row]:
        beside = lines(lambda number: b"" if number else named, kept.row_count)
        for row, known in zip(table.rows(), beside, strict=True):
            yield row + known

    return replace(table, variables=table.variables + who, rows=rows, extents=None)
