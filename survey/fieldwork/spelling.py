"""How a name is spelt: its words, those that carry it, and what it looks like to somebody in a hurry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from survey.instrument.codes import Region
from survey.text import fold

#: Characters of a word that are compared: with the longest name beside it, PostgreSQL indexes no more than 2 704 bytes.
WORD = 60
#: No word that somebody types begins with it: what follows is a name at a glance (`glances`).
GLANCE = "="

WRITTEN = re.compile(r"[^\W_]+")
CAPITALS = re.compile(r"\b[^\W\d_a-zà-öø-ÿœæ]{3,}\b")
BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")

#: Words that a name is written with or without.
LITTLE_WORDS = "le la les l de du des d et a au aux en the of and for in inc ltee ltd contre pour par sur sans avec s y"
LITTLE = frozenset(LITTLE_WORDS.split())
#: Words that say what an organisation is, which many share.
KIND_WORDS = (
    "cisss ciusss csss chu clsc calacs cavac cegep cpe ymca ywca centre centres service services police maison maisons "
    "organisme table comite projet programme regroupement association fondation alliance coalition reseau ecole "
    "college universite direction groupe groupes aide intervention action jeunesse jeunes travail rue regional "
    "regionale ville municipalite quebec canada concertation integre sante sociaux universitaire agence ministere "
    "center house school association project"
)
KIND = frozenset(KIND_WORDS.split())
SIDES = frozenset({"est", "ouest", "nord", "sud", "east", "west", "north", "south"})
TOWNS = (
    "sherbrooke longueuil saguenay gatineau granby joliette terrebonne levis rimouski chicoutimi jonquiere amos rouyn "
    "noranda drummondville victoriaville rivieres repentigny blainville brossard nunavik kuujjuaq matane gaspe alma"
)
#: Words that say where. Two organisations of one kind are told apart by them.
PLACES = frozenset(
    {word for region in Region for word in WRITTEN.findall(fold(region.label.fr))}
    - LITTLE - KIND - SIDES - {"iles", "ile", "saint", "lac"}
) | frozenset(TOWNS.split())  # fmt: skip

#: Letters that one takes for another: PlaMP and PIaMP.
ALIKE = str.maketrans("l10", "iio")
SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def words(text: str) -> list[str]:
    """The words of a name or of a search, folded; of what has no letter and no digit, the signs that stand together."""
    plain = fold(text)
    return [word[:WORD] for word in WRITTEN.findall(plain) or plain.split()]


@lru_cache(maxsize=20_000)
def carrying(text: str) -> tuple[str, ...]:
    """The words of a name without the little ones, each saint in full; all of them when no other is left."""
    found = [SAINTS.get(word, word) for word in words(text)]
    return tuple(word for word in found if word not in LITTLE) or tuple(found)


def outside(name: str) -> str:
    """A name without what stands between brackets."""
    return BRACKETS.sub(" ", name)


def inside(name: str) -> list[str]:
    """What stands between the brackets of a name."""
    return [part.strip() for part in BRACKETS.findall(name) if part.strip()]


def look(text: str) -> str:
    """A name run together, letters that look alike being one."""
    return "".join(carrying(text)).translate(ALIKE)


def initials(name: str) -> str | None:
    """The initials of a name of three words or more, as `look` sees them."""
    found = carrying(outside(name))
    return "".join(word[0] for word in found).translate(ALIKE) if 3 <= len(found) <= 12 else None


def short_forms(name: str) -> set[str]:
    """What a name may be called for short, as `look` sees it: its only word, or what it has in capitals."""
    if len(carrying(name)) == 1:
        return {look(name)} if len(look(name)) > 2 else set()
    if name == name.upper():
        return set()
    found = {fold(word) for word in CAPITALS.findall(name)} - KIND - LITTLE
    return {look(word) for word in found}


def glances(names: Iterable[str]) -> set[str]:
    """What the names of one organisation look like: run together, in initials, for short."""
    return {f"{GLANCE}{seen[:WORD]}" for name in names for seen in _seen(name) if len(seen) > 2}


def _seen(name: str) -> Iterator[str]:
    yield look(name)
    yield look(outside(name))
    yield from (look(part) for part in inside(name) if len(carrying(part)) > 1)
    yield from short_forms(name)
    if short := initials(name):
        yield short


def indexed(names: Iterable[str]) -> set[str]:
    """All that the index of words holds of the names of one organisation."""
    given = list(names)
    return {word for name in given for word in words(name)} | glances(given)
