"""The inbox of the snowball: what was named at Q.14 or suggested, with what the list holds under that name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey.fieldwork import deciding, listing, matching, referrals
from survey.fieldwork.likeness import Likeness
from survey.fieldwork.listing import Filters, listed
from survey.fieldwork.models import Case, Organisation, Referral
from survey.instrument.codes import CaseSource, Disposition, Fate, Region
from survey.text import fold

PAGE = 20
#: Decisions shown below the inbox, where each can be undone.
DECISIONS = 15
#: What the team itself may suggest.
TEAM = (CaseSource.COORDINATION, CaseSource.COMMITTEE)

#: What one answer is for: all that bears one name, and what has none by itself.
KEY = sa.func.coalesce(sa.func.nullif(Referral.folded_name, ""), sa.cast(Referral.id, sa.Text))
WAITING = (Referral.fate == Fate.PENDING, Referral.removed_at.is_(None))
SOURCES = (joinedload(Referral.case).joinedload(Case.organisation), joinedload(Referral.recorder))


@dataclass(frozen=True)
class Held:
    """An organisation of the list, where it stands, and whether it has the very name that was given, or one like it."""

    id: int
    name: str
    region: Region | None
    disposition: Disposition
    exact: bool = False
    likeness: Likeness | None = None


@dataclass(frozen=True)
class Entry:
    """Referrals of one name that wait for a decision, the oldest first.

    `times` is how often it was named in all, with what is decided; `held` is what the list has under it, best first.
    """

    rows: Sequence[Referral]
    times: int
    held: Sequence[Held] = ()

    @property
    def name(self) -> str:
        return self.rows[0].organisation or ""

    @property
    def key(self) -> str:
        return str(self.rows[0].id)


@dataclass(frozen=True)
class Waiting:
    """One page of the inbox: its entries, how many referrals wait in all, and whether a further page follows."""

    entries: Sequence[Entry]
    referrals: int
    further: bool


def page(session: Session, number: int = 1) -> Waiting:
    """What waits, the oldest first; `number` counts pages from 1."""
    since = sa.func.min(Referral.at).label("since")
    query = sa.select(KEY.label("key"), since).where(*WAITING).group_by(KEY).order_by(since, "key")
    keys = list(session.scalars(query.limit(PAGE + 1).offset((number - 1) * PAGE)))
    rows = session.scalars(
        sa.select(Referral).where(*WAITING, KEY.in_(keys[:PAGE])).options(*SOURCES).order_by(Referral.at, Referral.id)
    )
    of_each: dict[str, list[Referral]] = {}
    for row in rows:
        of_each.setdefault(row.folded_name or str(row.id), []).append(row)
    total = session.scalar(sa.select(sa.func.count()).select_from(Referral).where(*WAITING)) or 0
    return Waiting(_with_the_list(session, list(of_each.values())), total, len(keys) > PAGE)


def entry(session: Session, ids: Collection[object]) -> Entry | None:
    """The entry of referrals that wait; None when none of them does any more."""
    query = sa.select(Referral).where(*WAITING, Referral.id.in_(ids)).options(*SOURCES)
    rows = list(session.scalars(query.order_by(Referral.at, Referral.id)))
    return _with_the_list(session, [rows])[0] if rows else None


def _with_the_list(session: Session, groups: Iterable[Sequence[Referral]]) -> list[Entry]:
    groups = list(groups)
    names = {rows[0].folded_name for rows in groups} - {""}
    times = _times(session, names)
    exact = referrals.under(session, names)
    before = {row.organisation_id for rows in groups for row in rows if row.organisation_id}
    new = {rows[0].folded_name: rows[0].organisation or "" for rows in groups if rows[0].folded_name not in exact}
    alike = {folded: dict(_alike(session, name)) for folded, name in new.items() if folded}
    found = described(session, {*exact.values(), *before, *(one for those in alike.values() for one in those)})
    return [
        Entry(
            rows,
            times.get(rows[0].folded_name, 1),
            _proposed(rows, exact, alike.get(rows[0].folded_name, {}), found),
        )
        for rows in groups
    ]


def _alike(session: Session, name: str) -> Iterator[tuple[int, Likeness]]:
    for one in matching.propose(session, name):
        yield one.organisation_id, one.likeness


def _proposed(
    rows: Sequence[Referral], exact: Mapping[str, int], alike: Mapping[int, Likeness], found: Mapping[int, Held]
) -> list[Held]:
    """What the list holds under the name of these referrals, what they led to before they were changed, then what has
    a name like theirs, and why.
    """
    ids = [exact.get(rows[0].folded_name), *(row.organisation_id for row in rows), *alike]
    held = [found[identifier] for identifier in dict.fromkeys(filter(None, ids)) if identifier in found]
    return [replace(one, exact=one.id == ids[0], likeness=alike.get(one.id)) for one in held]


def _times(session: Session, names: Collection[str]) -> dict[str, int]:
    query = sa.select(Referral.folded_name, sa.func.count()).where(
        Referral.folded_name.in_(names), Referral.removed_at.is_(None)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Referral.folded_name))}


def described(session: Session, ids: Collection[int]) -> dict[int, Held]:
    """Organisations of the list by their id, as they stand in the wave under way."""
    query = sa.select(Organisation.id, Organisation.name, Organisation.region_code, Case.disposition)
    rows = session.execute(query.join(Case, listed()).where(Organisation.id.in_(ids)))
    return {row.id: Held(row.id, row.name, row.region_code, row.disposition) for row in rows}


@dataclass(frozen=True)
class Decision:
    """What was decided at one moment by somebody, of referrals of one name; `led_to` is their organisation."""

    rows: Sequence[Referral]
    at: dt.datetime
    by: str | None
    led_to: Held | None = None
    undoable: bool = True

    @property
    def fate(self) -> Fate:
        return self.rows[0].fate


def decisions(session: Session) -> list[Decision]:
    """The latest decisions, the newest first, and whether each can still be undone."""
    query = sa.select(Referral).where(Referral.decided_at.is_not(None)).options(joinedload(Referral.decider))
    newest = (Referral.decided_at.desc(), Referral.decided_by, Referral.at, Referral.id)
    rows = session.scalars(query.order_by(*newest).limit(DECISIONS * 4)).all()
    groups = [list(of_one) for _, of_one in groupby(rows, lambda row: (row.decided_at, row.decided_by))][:DECISIONS]
    led_to = described(session, {row.organisation_id for rows in groups for row in rows if row.organisation_id})
    made = {rows[0].organisation_id for rows in groups if rows[0].fate is Fate.NEW}
    untouched = deciding.untouched(session, {identifier for identifier in made if identifier})
    return [
        Decision(
            rows,
            rows[0].decided_at,  # type: ignore[arg-type]
            rows[0].decider.name if rows[0].decider else None,
            led_to.get(rows[0].organisation_id or 0),
            rows[0].fate is not Fate.NEW or rows[0].organisation_id in untouched,
        )
        for rows in groups
    ]


def found_under(session: Session, words: str) -> list[Held]:
    """The organisations that somebody means by a name: the one that has it, or else those that its words find."""
    if same := referrals.under(session, [fold(words)]):
        return list(described(session, same.values()).values())
    rows = listing.page(session, Filters(words)).rows[:PAGE]
    return [Held(row.id, row.name, row.region_code, row.disposition) for row in rows]
