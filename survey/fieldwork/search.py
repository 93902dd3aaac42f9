"""The search of the list: every word that is typed begins a word of a name; its cost does not grow with the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork.models import Organisation, OrganisationWord
from survey.fieldwork.spelling import words
from survey.fieldwork.word_index import common, has, holders, spelt_out

#: A search is cut there: more words find nothing more.
LENGTH = 200
#: A beginning that so many words have is rare: those that have it are looked up first, and counted.
RARE = 500
#: Common beginnings are told apart up to there, and followed word by word where no more words than this begin so.
COMPARED, ALONG = 10_000, 16


@dataclass(frozen=True)
class Found:
    """What a search comes down to: organisations `among` some with a word that begins as each of `beginnings` does, and
    whether these are few enough to be counted.

    What is too common to be looked up is found `along` these words of the index, which holds the names of each in the
    order of the list, under the conditions `beside` on `OrganisationWord`; or by leaps between these words and those
    `across`, under those `beside` on `Organisation`. Without, it is found along the list itself.
    """

    among: Sequence[int] | None = None
    beginnings: Sequence[str] = ()
    counted: bool = True
    along: tuple[str, ...] = ()
    beside: tuple[sa.ColumnElement[bool], ...] = ()
    across: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[sa.ColumnElement[bool], ...]:
        """The same as conditions on `Organisation`."""
        among = () if self.among is None else (Organisation.id.in_(self.among),)
        return (*among, *(has(prefix, Organisation.id) for prefix in self.beginnings))


def search(session: Session, text: str) -> Found:
    """Look for the rarest of the words; when each is common, it is followed in the order of the names."""
    asked = typed(text)
    if not asked:
        return Found([] if text.strip() else None)
    held = [(holders(session, prefix, RARE + 1), prefix) for prefix in asked]
    ids, rarest = min(held, key=lambda one: len(one[0]))
    if len(ids) > RARE:
        return everywhere(session, asked)
    return Found(sorted(set(ids)), [prefix for prefix in asked if prefix != rarest])


def everywhere(session: Session, asked: Sequence[str]) -> Found:
    """Follow the words that begin as the rarest of several common ones does, or the list where too many words do."""
    by_holders = sorted(asked, key=lambda prefix: common(session, prefix, COMPARED)) if len(asked) > 2 else asked
    spelt = {prefix: spelt_out(session, prefix, ALONG + 1) for prefix in by_holders}
    few = [prefix for prefix in by_holders if len(spelt[prefix]) <= ALONG]
    if not few:
        return Found(None, asked, counted=False)
    if len(few) > 1:
        others = (has(prefix, Organisation.id) for prefix in asked if prefix not in few[:2])
        return Found(None, asked, False, spelt[few[0]], tuple(others), spelt[few[1]])
    others = (has(prefix, OrganisationWord.organisation_id) for prefix in asked if prefix != few[0])
    return Found(None, asked, False, spelt[few[0]], tuple(others))


def typed(text: str) -> list[str]:
    """The words of a search, without those that another begins with."""
    found = sorted(set(words(text[:LENGTH])))
    return [word for n, word in enumerate(found) if not (n + 1 < len(found) and found[n + 1].startswith(word))]
