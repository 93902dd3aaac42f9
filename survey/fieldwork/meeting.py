"""Two common words that meet: the names that have both, by leaps from a name of one to the next of the other.

Where the names that have the one stand together and those that have the other elsewhere, a leap passes over thousands
that a walk along either would look at (after Demaine, López-Ortiz & Munro, « Adaptive set intersections », 2000).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

#: Leaps of one statement at first, and how many times more in each one after it.
LEAPS, MORE = 120, 4


def names(
    session: Session, one: Sequence[str], other: Sequence[str], start: str, *, backwards: bool = False
) -> Iterator[list[str]]:
    """The folded names that have a word of each, from after `start` on or back from it, some at a time, in order."""
    words = {f"a{n}": word for n, word in enumerate(one)} | {f"b{n}": word for n, word in enumerate(other)}
    query, leaps, before = sa.text(_statement(len(one), len(other), backwards)), LEAPS, start
    while True:
        said = {**words, "start": start, "before": before, "leaps": leaps}
        landed = session.scalars(query, said).all()
        yield [name for before, name in zip(landed[0::2], landed[1::2], strict=False) if name and name == before]
        if len(landed) < leaps or landed[-1] is None:
            return
        before, start, leaps = landed[-2], landed[-1], leaps * MORE


def _statement(one: int, other: int, backwards: bool) -> str:
    """Names in turn: the first with the other word, from the last one on, or after it where both met; then, from there
    on, the first with the one word.
    """
    return f"""
        WITH RECURSIVE leap (name, before, n) AS (
            SELECT CAST(:start AS text), CAST(:before AS text), 0
            UNION ALL
            SELECT CASE WHEN n % 2 = 1 THEN {_next("a", one, False, backwards)}
                        WHEN name = before THEN {_next("b", other, True, backwards)}
                        ELSE {_next("b", other, False, backwards)} END, name, n + 1
            FROM leap WHERE name IS NOT NULL AND n < :leaps
        )
        SELECT name FROM leap WHERE n > 0 ORDER BY n
    """  # noqa: S608 – names of ours


def _next(word: str, words: int, strictly: bool, backwards: bool) -> str:
    """The first name with one of some words, from the last name on."""
    first, beyond = ("max", "<") if backwards else ("min", ">")
    each = (
        f"SELECT (SELECT {first}(folded_name) FROM organisation_word WHERE word = :{word}{n}"  # noqa: S608
        f" AND folded_name {beyond}{'' if strictly else '='} leap.name) AS name"
        for n in range(words)
    )
    return f"(SELECT {first}(name) FROM ({' UNION ALL '.join(each)}) AS of_each)"  # noqa: S608
