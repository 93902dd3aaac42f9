"""How alike two names are, and in what: accents, articles, acronyms, places and slips of the pen are known for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import product

from survey.fieldwork.spelling import (
    KIND,
    PLACES,
    SIDES,
    carrying,
    initials,
    inside,
    look,
    outside,
    short_forms,
)
from survey.instrument.grammar import Codes

#: From so much of 100 on, two names are worth a look.
WORTH_A_LOOK = 70
#: Letters of 100 that two spellings of one word share; fewer when both are long and begin alike.
SAME_WORD, SAME_STEM = 85, 75
#: How long a word must be for it to be misspelt, and to be so beyond its stem.
LONG, VERY_LONG = 5, 8


class Likeness(Codes):
    """Why two names are taken to be one organisation's."""

    SAME = "same", 1, "le même nom, aux signes près", "the same name, but for signs"
    SHORT = "short", 2, "l’un est le sigle de l’autre", "one is the acronym of the other"
    PART = "part", 3, "un nom est dans l’autre", "one name is within the other"
    WORDS = "words", 4, "presque les mêmes mots", "nearly the same words"
    SPELLING = "spelling", 5, "les mêmes mots, écrits autrement", "the same words, spelt otherwise"


@lru_cache(maxsize=50_000)
def compare(one: str, other: str) -> tuple[int, Likeness]:
    """How alike two names are, from 0 to 100, and in what."""
    if look(one) == look(other):
        return 100, Likeness.SAME
    if elsewhere(one, other):
        return 0, Likeness.WORDS
    if look(outside(one)) == look(outside(other)) and not (
        places_in(one) ^ places_in(other) and told_apart(one, other)
    ):
        return 96, Likeness.SAME
    if shortened(one, other) or shortened(other, one):
        return 90, Likeness.SHORT
    return by_words(carrying(one), carrying(other))


def shortened(one: str, other: str) -> bool:
    """Whether one name, or what it has in capitals, is made of the initials of the other or of its capitals."""
    longer = {initials(other), *(initials(part) for part in inside(other))} - {None}
    short = short_forms(one) if len(carrying(one)) > 1 else {look(one)}
    brackets = {look(part) for part in inside(other) if len(carrying(part)) == 1 and part == part.upper()}
    return any(len(word) > 2 and word in longer | brackets for word in short)


def places_in(name: str) -> set[str]:
    return set(carrying(name)) & (PLACES | SIDES)


def told_apart(one: str, other: str) -> bool:
    """Whether both names say something between brackets, of which nothing is shared."""
    first, second = ({word for part in inside(name) for word in carrying(part)} for name in (one, other))
    return bool(first and second and not first & second)


def elsewhere(one: str, other: str) -> bool:
    """Whether the names say that the two are not in one place: CISSS de Laval, CISSS des Laurentides."""
    first, second = places_in(one), places_in(other)
    for some in (PLACES, SIDES):
        if first & some and second & some and not first & second & some:
            return True
    return told_apart(one, other) and bool(first ^ second)


def weight(word: str) -> float:
    """How much a word says of which organisation it is."""
    if word in KIND:
        return 0.3
    return 0.5 if word in PLACES | SIDES or len(word) < 3 else 1.0


def by_words(first: Sequence[str], second: Sequence[str]) -> tuple[int, Likeness]:
    """How alike two names are by the words that carry them."""
    left, right = set(first), set(second)
    shared = left & right
    alike = [(a, b) for a, b in product(sorted(left - shared), sorted(right - shared)) if misspelt(a, b)]
    left -= {a for a, _ in alike}
    right -= {b for _, b in alike}
    common = total(shared) + 0.9 * total(a for a, _ in alike)
    both = total(shared) + total(a for a, _ in alike)
    most = both + total(left - shared) + total(right - shared)
    ratio = common / most if most else 0.0
    if ratio >= 0.85 and alike:
        return round(100 * ratio), Likeness.SPELLING
    within = both >= 0.8 and (not left - shared or not right - shared)
    if within:
        return round(70 + 25 * ratio), Likeness.PART
    return round(100 * ratio), Likeness.WORDS


def total(some: Iterable[str]) -> float:
    return sum(map(weight, some))


def misspelt(one: str, other: str) -> bool:
    """Whether two words are one that somebody misspelt."""
    shorter = min(len(one), len(other))
    if shorter < LONG or (one in PLACES and other in PLACES):
        return False
    stem = shorter >= VERY_LONG and one[: LONG - 1] == other[: LONG - 1]
    return ratio()(one, other) >= (SAME_STEM if stem else SAME_WORD)


@cache
def ratio() -> Callable[[str, str], float]:
    """The share of letters that two words have in common, of 100 (the normalised indel similarity of rapidfuzz)."""
    from rapidfuzz import fuzz  # a fortieth of the start, and most requests compare no names

    return fuzz.ratio
