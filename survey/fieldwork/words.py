"""The index of the words of the names: kept with every change, so that a search costs the same in any list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Organisation, OrganisationAlias, OrganisationWord
from survey.fieldwork.spelling import indexed
from survey.text import fold

#: Words sent in one statement.
MANY = 50_000

#: Words of organisations, each with the folded name beside it.
Words = dict[int, set[tuple[str, str]]]


def add(session: Session, named: Iterable[tuple[int, Iterable[str]]]) -> None:
    """Index organisations that are new, each by its id and its names, the one that it is listed under first."""
    insert(session, [(n, *word) for n, names in named for word in sorted(listed(list(names)))])


def listed(names: Sequence[str]) -> set[tuple[str, str]]:
    """What the index holds of one organisation."""
    folded = fold(names[0])
    return {(word, folded) for word in indexed(names)}


def insert(session: Session, rows: Sequence[tuple[int, str, str]]) -> None:
    """Add words; PostgreSQL takes many at once as lists, ten times sooner than one by one."""
    if not rows:
        return
    if session.get_bind().dialect.name != "postgresql":
        names = ("organisation_id", "word", "folded_name")
        session.execute(sa.insert(OrganisationWord), [dict(zip(names, row, strict=True)) for row in rows])
        return
    lists = sa.text(
        "INSERT INTO organisation_word (organisation_id, word, folded_name) SELECT * FROM unnest("
        "CAST(:ids AS integer[]), CAST(:words AS text[]), CAST(:names AS text[]))"
    )
    for start in range(0, len(rows), MANY):
        some = rows[start : start + MANY]
        session.execute(lists, dict(zip(("ids", "words", "names"), map(list, zip(*some, strict=True)), strict=True)))


def keep(session: Session, organisation_id: int) -> None:
    """Make the words of one organisation those of its names as they stand now."""
    session.flush()
    correct(session, differences(session, [organisation_id]))


def names_of(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """What some organisations are called: name, acronym, other names."""
    named: dict[int, list[str]] = {}
    query = sa.select(Organisation.id, Organisation.name, Organisation.acronym).where(Organisation.id.in_(ids))
    for identifier, name, acronym in session.execute(query):
        named[identifier] = [name, acronym] if acronym else [name]
    others = sa.select(OrganisationAlias.organisation_id, OrganisationAlias.name)
    for identifier, name in session.execute(others.where(OrganisationAlias.organisation_id.in_(ids))):
        named[identifier].append(name)
    return named


def differences(session: Session, ids: Sequence[int]) -> tuple[Words, Words]:
    """The words that the index lacks for some organisations, and those that it has too many."""
    held: Words = defaultdict(set)
    query = sa.select(OrganisationWord.organisation_id, OrganisationWord.word, OrganisationWord.folded_name)
    for identifier, word, folded in session.execute(query.where(OrganisationWord.organisation_id.in_(ids))):
        held[identifier].add((word, folded))
    wanted = {identifier: listed(names) for identifier, names in names_of(session, ids).items()}
    lacking = {n: words - held[n] for n, words in wanted.items() if words - held[n]}
    over = {n: words - wanted.get(n, set()) for n, words in held.items() if words - wanted.get(n, set())}
    return lacking, over


def correct(session: Session, wrong: tuple[Words, Words]) -> int:
    """Add what the index lacks and take away what it has too many; returns in how many organisations."""
    lacking, over = wrong
    for identifier, words in over.items():
        session.execute(
            sa.delete(OrganisationWord).where(
                OrganisationWord.organisation_id == identifier, OrganisationWord.word.in_([word for word, _ in words])
            )
        )
    insert(session, [(n, *word) for n, words in lacking.items() for word in sorted(words)])
    return len(lacking.keys() | over.keys())
