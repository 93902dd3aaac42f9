"""Outcome rates: the formulas of AAPOR on figures worked out by hand, and what Annexe A gives under each population."""

from __future__ import annotations

from fractions import Fraction

import pytest

from survey.fieldwork.rates import Counts, eligible_share, outcome
from survey.instrument.codes import AAPOR, Aapor, Disposition, TargetPopulation, aapor

NAMES = "RR1 RR2 RR3 RR4 RR5 RR6 COOP1 COOP2 COOP3 COOP4 REF1 REF2 REF3 CON1 CON2 CON3"
WORKED = Counts(I=5, P=3, R=2, NC=1, O=2, UH=1, UO=1, NE=1)


def values(counts, e=None):
    return {rate.name: rate.value for rate in outcome(counts, e).rates.values()}


def test_every_rate_is_what_was_worked_out_by_hand():
    by_hand = "1/3 8/15 5/14 4/7 5/13 8/13 5/12 2/3 1/2 4/5 2/15 1/7 2/13 4/5 6/7 12/13"
    assert values(WORKED, Fraction(1, 2)) == dict(zip(NAMES.split(), map(Fraction, by_hand.split()), strict=True))


def test_e_is_the_share_of_the_eligible_among_those_of_whom_it_is_known():
    assert eligible_share(WORKED) == Fraction(13, 14)
    assert outcome(WORKED).e == Fraction(13, 14)
    assert values(WORKED)["RR3"] == Fraction(5) / (13 + Fraction(13, 14) * 2)


def test_a_rate_carries_its_numerator_and_its_base():
    rates = {rate.name: (rate.numerator, rate.denominator) for rate in outcome(WORKED).rates.values()}
    assert rates["RR2"] == (8, 15)
    assert rates["CON1"] == (12, 15)


def test_nothing_over_nothing_is_not_a_rate():
    assert set(values(Counts()).values()) == {None}
    assert set(values(Counts(NE=4)).values()) == {None}


def test_where_nobody_knows_who_is_eligible_only_the_rates_that_ask_for_e_are_lacking():
    known = {name for name, value in values(Counts(UH=7)).items() if value is not None}
    assert known == {"RR1", "RR2", "REF1", "CON1"}


@pytest.mark.parametrize("e", [Fraction(-1, 10), Fraction(11, 10)])
def test_a_share_out_of_its_bounds_is_refused(e):
    with pytest.raises(ValueError, match="between 0 and 1"):
        outcome(WORKED, e)


def test_the_target_population_alone_says_what_nothing_to_inventory_is():
    differing = {
        disposition for disposition in Disposition if len({aapor(disposition, one) for one in TargetPopulation}) > 1
    }
    assert differing == {Disposition.NOTHING_TO_INVENTORY}
    [nothing] = differing
    assert aapor(nothing, TargetPopulation.WITH_INITIATIVES) is Aapor.NE
    assert aapor(nothing, TargetPopulation.ALL_LISTED) is Aapor.I


def test_annexe_a_reads_57_of_67_or_67_of_77_and_57_of_70_with_the_three_that_could_not_be_met():
    annexe = {
        Disposition.COMPLETED: 57,
        Disposition.NOT_AVAILABLE: 2,
        Disposition.NO_REPLY: 8,
        Disposition.NOTHING_TO_INVENTORY: 10,
    }
    with_three = annexe | {Disposition.IMPOSSIBLE: 3}

    def rr1(cases, population):
        rate = outcome(Counts.of(cases, population)).rates["RR1"]
        return rate.numerator, rate.denominator

    assert rr1(annexe, TargetPopulation.WITH_INITIATIVES) == (57, 67)
    assert rr1(annexe, TargetPopulation.ALL_LISTED) == (67, 77)
    assert rr1(with_three, TargetPopulation.WITH_INITIATIVES) == (57, 70)
    assert rr1(with_three, TargetPopulation.ALL_LISTED) == (67, 80)


def test_every_outcome_has_a_class():
    assert set(AAPOR) == set(Disposition)
