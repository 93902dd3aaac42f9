"""Who named whom: the organisations of the list and the referrals that lead from one to another. No person is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Case, Organisation, Referral
from survey.instrument.codes import Disposition, Fate, OrganisationType, Region

#: The fates of a referral that leads to an organisation.
LEADS = (Fate.NEW, Fate.KNOWN)


class Node(NamedTuple):
    """An organisation that named or was named; `wave` is its snowball wave, `named` how often others named it."""

    id: int
    name: str
    region: Region | None
    kind: OrganisationType | None
    outcome: Disposition
    wave: int
    named: int


class Edge(NamedTuple):
    """One organisation named another, `times` times."""

    source: int
    target: int
    times: int


@dataclass(frozen=True)
class Graph:
    """Nodes by wave, then name; edges by their ends; how many referrals are of each fate, zeros too."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    fates: Mapping[Fate, int]

    def naming(self, identifier: int) -> list[Node]:
        """The organisations that named one, in the order of the nodes."""
        sources = {edge.source for edge in self.edges if edge.target == identifier}
        return [node for node in self.nodes if node.id in sources]


def read(session: Session) -> Graph:
    """The graph of all that respondents named and that leads to the list; what was set aside is left out.

    An organisation that names itself draws nothing; a duplicate stands for the one that is kept.
    """
    kept = _kept(session)
    query = sa.select(Case.organisation_id, Referral.organisation_id, sa.func.count()).join(Referral.case)
    query = query.where(Referral.removed_at.is_(None), Referral.fate.in_(LEADS))
    times: Counter[tuple[int, int]] = Counter()
    rows = session.execute(query.group_by(Case.organisation_id, Referral.organisation_id))
    for source, target, n in rows:
        if target is None:
            continue
        ends = kept.get(source, source), kept.get(target, target)
        if ends[0] != ends[1]:
            times[ends] += n
    edges = [Edge(source, target, n) for (source, target), n in sorted(times.items())]
    return Graph(_nodes(session, edges), edges, _fates(session))


def _kept(session: Session) -> dict[int, int]:
    """The organisation that is kept, for each duplicate of another."""
    merged = sa.select(Organisation.id, Organisation.merged_into_id).where(Organisation.merged_into_id.is_not(None))
    into = {identifier: other for identifier, other in session.execute(merged) if other is not None}
    return {identifier: _last(identifier, into) for identifier in into}


def _last(identifier: int, into: Mapping[int, int]) -> int:
    passed = {identifier}
    while (further := into.get(identifier)) is not None and further not in passed:
        identifier = further
        passed.add(identifier)
    return identifier


def _nodes(session: Session, edges: Iterable[Edge]) -> list[Node]:
    named: Counter[int] = Counter()
    for edge in edges:
        named[edge.source] += 0
        named[edge.target] += edge.times
    any_case = sa.orm.aliased(Case)
    latest = sa.select(sa.func.max(any_case.wave)).where(any_case.organisation_id == Organisation.id).scalar_subquery()
    columns = (Organisation.id, Organisation.name, Organisation.region_code, Organisation.kind)
    query = sa.select(*columns, Case.disposition, Case.snowball_wave).join(Case.organisation)
    query = query.where(Case.wave == latest, Organisation.id.in_(named))
    rows = session.execute(query.order_by(Case.snowball_wave, Organisation.folded_name))
    return [Node(*row, named[row.id]) for row in rows]


def _fates(session: Session) -> dict[Fate, int]:
    query = sa.select(Referral.fate, sa.func.count()).where(
        Referral.removed_at.is_(None), Referral.case_id.is_not(None)
    )
    found = {row[0]: row[1] for row in session.execute(query.group_by(Referral.fate))}
    return {fate: found.get(fate, 0) for fate in Fate}
