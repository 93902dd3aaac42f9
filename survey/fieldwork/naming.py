"""The names of the list: each is that of one organisation, and leads to the one that is kept of duplicates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import hold_tables
from survey.fieldwork.models import Organisation, OrganisationAlias
from survey.text import fold, line

One = TypeVar("One")

#: Names looked up in one statement.
AT_ONCE = 5000


class Taken(sa.exc.IntegrityError):
    """Another organisation has one of the names: `holders` says which, by the folded name."""

    def __init__(self, holders: Mapping[str, int]) -> None:
        super().__init__("a name", dict(holders), ValueError("the name of another organisation"))
        self.holders = holders


def hold(session: Session) -> None:
    """Have whoever else names organisations wait until the commit: no two then take one name, as name and as alias."""
    hold_tables(session, OrganisationAlias)


def holders(session: Session, folded: Iterable[str]) -> dict[str, int]:
    """Whose these folded names are, be it as name or as alias; duplicates answer for themselves."""
    names = sorted(set(folded) - {""})
    found: dict[str, int] = {}
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        for table, column in ((Organisation, Organisation.id), (OrganisationAlias, OrganisationAlias.organisation_id)):
            query = sa.select(table.folded_name, column).where(table.folded_name.in_(some))
            found |= {row.folded_name: row[1] for row in session.execute(query)}
    return found


def find(session: Session, folded: Iterable[str]) -> dict[str, int]:
    """The organisation of the list that each of these folded names leads to: of duplicates, the one that is kept."""
    found = holders(session, folded)
    ends = kept(session, found.values())
    return {name: ends[identifier] for name, identifier in found.items()}


def kept(session: Session, ids: Iterable[int]) -> dict[int, int]:
    """For each organisation, itself or the one that is kept of it in the end."""
    ends = {identifier: identifier for identifier in ids}
    query = sa.select(Organisation.id, Organisation.merged_into_id).where(Organisation.merged_into_id.is_not(None))
    asked = set(ends)
    while asked:
        into: dict[int, int] = {}
        for some in batches(sorted(asked)):
            into |= {n: to for n, to in session.execute(query.where(Organisation.id.in_(some))) if to is not None}
        ends = {first: into.get(end, end) for first, end in ends.items()}
        asked = set(into.values())
    return ends


def batches(some: Sequence[One]) -> Iterator[Sequence[One]]:
    """The ids, or what has one, as many at a time as a statement takes."""
    return (some[start : start + AT_ONCE] for start in range(0, len(some), AT_ONCE))


def merged_into(session: Session, organisation_id: int) -> Sequence[Organisation]:
    """The duplicates of an organisation, and theirs, by name."""
    found: set[int] = set()
    asked: Collection[int] = {organisation_id}
    while asked:
        asked = set(session.scalars(sa.select(Organisation.id).where(Organisation.merged_into_id.in_(asked)))) - found
        found |= set(asked)
    if not found:
        return []
    query = sa.select(Organisation).where(Organisation.id.in_(found))
    return session.scalars(query.order_by(Organisation.folded_name)).all()


def known_as(session: Session, organisation_id: int) -> set[str]:
    """Every folded name that leads to an organisation: its own, its aliases, and those of its duplicates."""
    ids = [organisation_id, *(one.id for one in merged_into(session, organisation_id))]
    own = sa.select(Organisation.folded_name).where(Organisation.id.in_(ids))
    others = sa.select(OrganisationAlias.folded_name).where(OrganisationAlias.organisation_id.in_(ids))
    return {*session.scalars(own), *session.scalars(others)}


def distinct(names: Iterable[str], but: str = "") -> list[str]:
    """The names on one line each, without blanks, without `but`, and without what folds alike twice."""
    found = {fold(name): line(name) for name in reversed(list(names))}
    return [name for folded, name in reversed(found.items()) if folded and folded != fold(but)]


def claim(session: Session, organisation_id: int | None, names: Iterable[str]) -> None:
    """Make sure that no other organisation has these names, until the commit. Raises `Taken`."""
    hold(session)
    others = {n: whose for n, whose in holders(session, map(fold, names)).items() if whose != organisation_id}
    if others:
        raise Taken(others)


def rename(session: Session, organisation: Organisation, name: str, aliases: Sequence[str]) -> None:
    """Give an organisation a name and its other names. Raises `Taken`."""
    wanted = {fold(alias): alias for alias in distinct(aliases, but=name)}
    claim(session, organisation.id, [name, *wanted.values()])
    organisation.name, organisation.folded_name = name, fold(name)
    held = {alias.folded_name: alias for alias in organisation.aliases}
    for folded, alias in held.items():
        if folded in wanted:
            alias.name = wanted[folded]
        else:
            organisation.aliases.remove(alias)
    session.flush()
    organisation.aliases += [
        OrganisationAlias(name=alias, folded_name=folded) for folded, alias in wanted.items() if folded not in held
    ]
