"""Outcome rates of a collection: AAPOR, Standard Definitions, 10th edition, 2023. Each carries what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import NamedTuple, Self

from survey.instrument.codes import Aapor, Disposition, TargetPopulation, aapor


@dataclass(frozen=True)
class Counts:
    """How many cases are of each class. Of `U` nobody knows whether they are eligible; those `known` are."""

    I: int = 0  # noqa: E741 - the letters of the standard
    P: int = 0
    R: int = 0
    NC: int = 0
    O: int = 0  # noqa: E741
    UH: int = 0
    UR: int = 0
    UO: int = 0
    NE: int = 0

    @classmethod
    def of(cls, cases: Mapping[Disposition, int], population: TargetPopulation) -> Self:
        """The classes of cases whose outcomes are known, for a target population."""
        counted = {code.value: 0 for code in Aapor}
        for disposition, n in cases.items():
            counted[aapor(disposition, population).value] += n
        return cls(**counted)

    @property
    def U(self) -> int:  # noqa: N802
        return self.UH + self.UR + self.UO

    @property
    def known(self) -> int:
        return self.I + self.P + self.R + self.NC + self.O


#: What is divided by what. U is UH + UR + UO, and eU the share `e` of it.
FORMULAS: dict[str, tuple[str, str]] = {
    "RR1": ("I", "I + P + R + NC + O + U"),
    "RR2": ("I + P", "I + P + R + NC + O + U"),
    "RR3": ("I", "I + P + R + NC + O + eU"),
    "RR4": ("I + P", "I + P + R + NC + O + eU"),
    "RR5": ("I", "I + P + R + NC + O"),
    "RR6": ("I + P", "I + P + R + NC + O"),
    "COOP1": ("I", "I + P + R + O"),
    "COOP2": ("I + P", "I + P + R + O"),
    "COOP3": ("I", "I + P + R"),
    "COOP4": ("I + P", "I + P + R"),
    "REF1": ("R", "I + P + R + NC + O + U"),
    "REF2": ("R", "I + P + R + NC + O + eU"),
    "REF3": ("R", "I + P + R + NC + O"),
    "CON1": ("I + P + R + O", "I + P + R + O + NC + U"),
    "CON2": ("I + P + R + O", "I + P + R + O + NC + eU"),
    "CON3": ("I + P + R + O", "I + P + R + O + NC"),
}


@dataclass(frozen=True)
class Rate:
    """A share of cases. `value` is None where the denominator is 0 or cannot be known: « non calculable »."""

    name: str
    numerator: Fraction
    denominator: Fraction | None

    @property
    def value(self) -> Fraction | None:
        return self.numerator / self.denominator if self.denominator else None


class Outcome(NamedTuple):
    """The counts of a set of cases, their rates by name, and the `e` that RR3, RR4, REF2 and CON2 take."""

    counts: Counts
    e: Fraction | None
    rates: dict[str, Rate]


def eligible_share(n: Counts) -> Fraction | None:
    """`e`, the share of cases of unknown eligibility taken to be eligible: that among the cases where it is known.

    The proportional allocation of the Standard Definitions (AAPOR, 2023). None when no case is known either way.
    """
    return Fraction(n.known, n.known + n.NE) if n.known + n.NE else None


def outcome(n: Counts, e: Fraction | None = None) -> Outcome:
    """All the rates of these counts; `e` between 0 and 1 where the team knows better than `eligible_share`.

    Raises ValueError for another `e`. Formulas: AAPOR, Standard Definitions, 10th edition, 2023.
    """
    if e is not None and not 0 <= e <= 1:
        raise ValueError("e is a share, between 0 and 1")
    e = eligible_share(n) if e is None else e
    of_each: dict[str, Fraction | None] = {field.name: Fraction(getattr(n, field.name)) for field in fields(n)}
    of_each |= {"U": Fraction(n.U), "eU": Fraction(0) if not n.U else None if e is None else e * n.U}

    def total(terms: str) -> Fraction | None:
        parts = [of_each[term] for term in terms.split(" + ")]
        return None if None in parts else sum(filter(None, parts), Fraction(0))

    rates = {name: Rate(name, total(above) or Fraction(0), total(below)) for name, (above, below) in FORMULAS.items()}
    return Outcome(n, e, rates)
