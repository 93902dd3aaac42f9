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

    @property
    def total(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class Rate:
    """A share of cases. `value` is None where the denominator is 0 or cannot be known: « non calculable »."""

    name: str
    numerator: int
    denominator: Fraction | None

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.numerator) / self.denominator if self.denominator else None


class Outcome(NamedTuple):
    """The counts of a set of cases, their rates, and the `e` with which RR3, RR4, REF2 and CON2 were reckoned."""

    counts: Counts
    e: Fraction | None
    rates: tuple[Rate, ...]


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
    taken = Fraction(0) if not n.U else None if e is None else e * n.U
    done, reached = n.I + n.P, n.I + n.P + n.R + n.O

    def over(base: int, unknown: Fraction | int | None = 0) -> Fraction | None:
        return None if unknown is None else Fraction(base) + unknown

    bases = {
        "RR1": (n.I, over(n.known, n.U)),
        "RR2": (done, over(n.known, n.U)),
        "RR3": (n.I, over(n.known, taken)),
        "RR4": (done, over(n.known, taken)),
        "RR5": (n.I, over(n.known)),
        "RR6": (done, over(n.known)),
        "COOP1": (n.I, over(reached)),
        "COOP2": (done, over(reached)),
        "COOP3": (n.I, over(done + n.R)),
        "COOP4": (done, over(done + n.R)),
        "REF1": (n.R, over(n.known, n.U)),
        "REF2": (n.R, over(n.known, taken)),
        "REF3": (n.R, over(n.known)),
        "CON1": (reached, over(reached + n.NC, n.U)),
        "CON2": (reached, over(reached + n.NC, taken)),
        "CON3": (reached, over(reached + n.NC)),
    }
    return Outcome(n, e, tuple(Rate(name, *parts) for name, parts in bases.items()))
