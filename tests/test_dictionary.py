"""The dictionary: every item of the questionnaire is there, under names and labels that statistical software takes."""

from __future__ import annotations

import json
import re

import pytest

from survey.instrument.codes import Audience, Funding, MissingReason, YesNo
from survey.instrument.dictionary import Measure, Type, Variable, variables
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.models import RECORDS, Initiative, Interview
from survey.release.models import Unit
from survey.release.units import SECTIONS, dictionary

#: Words that SPSS keeps for itself.
RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}


def of(unit: Unit) -> dict[str, Variable]:
    return {variable.name: variable for variable in dictionary(unit)}


@pytest.mark.parametrize("section", ["general", "initiatives", "others"])
def test_every_item_has_its_variables_and_every_variable_its_item(section):
    made = list(variables(QUESTIONNAIRE[section]))
    for item in QUESTIONNAIRE[section].items:
        mine = [v for v in made if v.item == item.name]
        if item.many:
            assert [v.name for v in mine] == [f"{item.name}_{code.value}" for code in item.codes]
        else:
            assert [v.name for v in mine] == [item.name, f"{item.name}_missing"][: len(mine)]
            assert len(mine) == 2 or mine[0].missing, f"{item.name} cannot say why it has no answer"
    assert {v.item for v in made} == {item.name for item in QUESTIONNAIRE[section].items}


def test_every_section_with_items_belongs_to_the_unit_whose_table_holds_its_answers():
    holders = {Unit.INTERVIEW: Interview, Unit.INITIATIVE: Initiative}
    placed = {name: holders[unit] for unit, names in SECTIONS.items() for name in names}
    assert placed == RECORDS


@pytest.mark.parametrize("unit", Unit)
def test_names_are_unique_and_valid_in_spss_continuations_included(unit):
    names = [v.name for v in dictionary(unit)]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name), name
        assert name not in RESERVED
        assert not re.fullmatch(r".*_\d+", name), f"{name} would collide with the continuation of a text"


def test_every_variable_has_a_label_in_both_languages_without_markup():
    for unit in Unit:
        for variable in dictionary(unit):
            for language in ("fr", "en"):
                label = variable.label(language)
                assert label, variable.name
                assert "*" not in label
                assert "{n}" not in label
                assert "\n" not in label
                assert not label.endswith(":")


def test_a_label_says_the_question_and_the_box_that_it_stands_under():
    initiative, interview = of(Unit.INITIATIVE), of(Unit.INTERVIEW)
    assert initiative["year_created"].label("fr") == "Q.4 Année de création"
    assert initiative["parents_detail"].label("fr") == "Q.9 Précisez – Parents – Clientèle(s) cible du projet"
    assert initiative["youth_sex_male"].label("en").startswith("Q.9 Male – Sex – Young people – Target audience")
    assert initiative["funding_source"].label("fr").startswith("Q.8 Source de financement – Financé –")
    assert interview["initiative_count"].label("fr").startswith("Q.1 Si oui, combien? Nombre – Est-ce que votre")
    assert interview["needs"].label("fr").startswith("Q.16 Quels sont les besoins")


def test_types_measures_codes_and_missing_values_come_from_the_instrument():
    initiative = of(Unit.INITIATIVE)
    assert initiative["status"].values[2]("en") == "Running"
    assert initiative["status"].missing[-8]("fr") == "Refus"
    assert initiative["year_created"].measure is Measure.SCALE
    assert initiative["description"].type is Type.TEXT
    assert not initiative["description"].missing
    assert initiative["description_missing"].values[-7]("fr") == "Ne sait pas"
    assert initiative["audience_youth"].values[1]("fr") == "Coché"
    assert of(Unit.INTERVIEW)["held_on"].type is Type.DATE


def test_no_name_nor_contact_of_a_person_is_in_the_dictionary():
    names = {name for unit in Unit for name in of(unit)}
    assert not {n for n in names if n.startswith(("respondent_name", "others_contacts", "interviewer"))}
    assert "respondent_function" in names


def test_a_cell_holds_the_answer_else_the_reason_else_nothing():
    initiative, why = of(Unit.INITIATIVE), MissingReason.REFUSED
    box = initiative["funding_seeking"]
    assert [box.value({Funding.SEEKING}, None), box.value({Funding.FUNDED}, None)] == [1, 0]
    assert [box.value(None, None), box.value(None, why)] == [None, -8]
    assert [initiative["year_created"].value(2020, why), initiative["year_created"].value(None, why)] == [2020, -8]
    assert initiative["description"].value(None, why) is None
    assert initiative["description_missing"].value(None, why) == -8
    assert of(Unit.INTERVIEW)["has_initiatives"].value(YesNo.NO, None) == 2
    assert initiative["audience_others"].value({Audience.OTHERS}, None) == 1


def test_a_dictionary_kept_as_json_is_read_back_whole():
    for unit in Unit:
        kept = json.loads(json.dumps([variable.as_json() for variable in dictionary(unit)]))
        assert tuple(map(Variable.from_json, kept)) == dictionary(unit)
