"""The instrument and the tables say the same thing, and each says it once."""

from __future__ import annotations

from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.models import RECORDS
from tests import seam


def test_every_item_has_its_column_or_its_ticked_table_with_the_right_type_and_codes():
    assert list(seam.items_without_a_place(QUESTIONNAIRE, RECORDS)) == []


def test_every_column_that_holds_an_answer_has_its_item_and_bookkeeping_is_never_missing():
    assert list(seam.columns_without_an_item(QUESTIONNAIRE, RECORDS)) == []


def test_the_variables_are_those_of_the_contract_each_once():
    assert list(seam.names_amiss(QUESTIONNAIRE, RECORDS)) == []


def test_rules_look_backwards_at_codes_that_are_there():
    assert list(seam.rules_amiss(QUESTIONNAIRE)) == []


def test_every_section_with_items_has_its_table_and_every_table_its_section():
    assert {section.name for section in QUESTIONNAIRE.sections if section.items} == set(RECORDS)
    assert set(RECORDS.values()) == set(seam.BOOKKEEPING) == set(seam.CONTRACT)
