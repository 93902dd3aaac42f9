"""How the collection went: outcomes that are the list, rates under both populations, Annexe A, and the command."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa

import survey.demo
from survey.fieldwork import cases, frame, opening, waves
from survey.fieldwork.cases import NewOrganisation
from survey.fieldwork.models import Case, Wave
from survey.instrument.codes import Disposition, Region, TargetPopulation

ANNEXE = Path(survey.demo.__file__).parent / "annexe_a.csv"
PUBLISHED = {
    Disposition.COMPLETED: 57,
    Disposition.NOT_AVAILABLE: 2,
    Disposition.NO_REPLY: 8,
    Disposition.IMPOSSIBLE: 3,
    Disposition.NOTHING_TO_INVENTORY: 10,
}


@pytest.fixture
def annexe_a(session):
    """The list of the 2022 report, imported as it is."""
    frame.carry_out(session, frame.understand(session, ANNEXE.read_bytes(), ANNEXE.name), None)
    session.commit()


def text_of(html):
    html = re.sub(r'<span class="folded">.*?</span>', "", html)  # headings that a narrow screen alone shows
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("\u202f", " ").split())


def test_every_organisation_of_annexe_a_has_one_outcome_and_the_sum_is_the_list(annexe_a, colette, session):
    wave = waves.current(session)
    assert {outcome: n for outcome, n in waves.standing(session, wave).items() if n} == PUBLISHED
    assert waves.reconcile(session, wave) == waves.Reconciliation(80, 80, 80)
    assert "80 organisations dans la liste, 80 cas, 80 issues" in text_of(colette.get("/outcomes").text)


def test_a_tally_that_lost_a_case_is_said(annexe_a, colette, session):
    session.execute(sa.text("UPDATE case_tally SET n = n - 1 WHERE region_code = '06'"))
    session.commit()
    page = text_of(colette.get("/outcomes").text)
    assert "Les trois comptes diffèrent" in page
    assert "80 cas, 79 issues" in page


def test_the_rates_of_both_populations_stand_side_by_side_with_their_bases(annexe_a, anh):
    page = text_of(anh.get("/outcomes?lang=fr").text)
    assert "RR1 I ÷ (I + P + R + NC + O + U) 57 / 70 81,4 % 67 / 80 83,8 %" in page
    assert "Montréal 14 / 14 100,0 %" in page
    assert "57 / 70 81.4% 67 / 80 83.8%" in text_of(anh.get("/outcomes").text)
    assert "n’est pas un échantillon probabiliste" in page


def test_the_class_on_the_page_of_an_organisation_follows_the_stated_population(session, annexe_a, colette):
    case = session.scalars(sa.select(Case).where(Case.disposition == Disposition.NOTHING_TO_INVENTORY)).first()
    address = f"/organisations/{case.organisation_id}"
    assert "Classe AAPOR : NE, Non admissible" in text_of(colette.get(address).text)
    colette.post("/outcomes/population", {"population": "all_listed"})
    page = text_of(colette.get(address).text)
    assert "Classe AAPOR : I, Entrevue complète" in page
    assert "Rien à recenser (I, Entrevue complète)" in page


def test_the_population_is_stated_once_with_where_e_comes_from(annexe_a, colette, session):
    said = {"population": "all_listed", "e": "0,85", "e_method": "Sondage de 20 cas"}
    assert colette.post("/outcomes/population", said).status_code == 303
    wave = session.scalars(sa.select(Wave)).one()
    assert (wave.population, wave.e, wave.e_method) == (TargetPopulation.ALL_LISTED, 0.85, "Sondage de 20 cas")
    page = colette.get("/outcomes").text
    assert 'value="0,85"' in page
    assert "e, énoncé par l’équipe : Sondage de 20 cas" in text_of(page)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"e": "1"}, "Choisissez une population."),
        ({"population": "all_listed", "e": "85", "e_method": "x"}, "Donnez un nombre entre 0 et 1, comme 0,85."),
        ({"population": "all_listed", "e_method": "x"}, "Donnez aussi le nombre dont vous dites d’où il vient."),
        ({"population": "all_listed", "e": "0.85"}, "Dites comment ce nombre a été obtenu."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stated(annexe_a, colette, session, said, sentence):
    answer = colette.post("/outcomes/population", said)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert waves.current(session).population is None


def test_annexe_a_is_regenerated_by_region_and_outcome(annexe_a, colette):
    page = text_of(colette.get("/outcomes/annexe-a").text)
    assert "Gaspésie–Îles-de-la-Madeleine 0 0 0 0 0 0" in page
    assert "Total 57 2 8 3 10 80" in page
    assert "Estrie (4) Sondé (4) CALACS Agression Estrie CALACS Granby CIUSSS de l'Estrie" in page
    assert "Impossible à rencontrer (3) Maison d'Haïti" in page


def test_an_empty_list_has_no_rates_and_says_what_to_do(colette, app):
    assert "Importez la liste" in colette.get("/outcomes").text
    assert "Total 0" in text_of(colette.get("/outcomes/annexe-a").text)
    assert app.test_cli_runner().invoke(args=["rates"]).exit_code == 1


def test_the_command_gives_each_rate_its_numerator_its_denominator_and_its_value(annexe_a, app):
    said = json.loads(app.test_cli_runner().invoke(args=["rates", "--format", "json"]).stdout)
    assert said["counts"] == {"I": 57, "P": 0, "R": 0, "NC": 8, "O": 5, "UH": 0, "UR": 0, "UO": 0, "NE": 10}
    assert said["rates"]["RR1"] == {"numerator": 57, "denominator": 70, "value": 57 / 70}
    assert said["rates"]["COOP3"] == {"numerator": 57, "denominator": 57, "value": 1}
    assert said["e"] == 70 / 80
    assert said["other_readings"]["all_listed"]["rates"]["RR1"]["denominator"] == 80
    everybody = app.test_cli_runner().invoke(args=["rates", "--population", "all_listed"]).stdout
    assert "RR1\t67 / 80\t83,8" in everybody
    assert "57 / 70" not in everybody


def test_a_rate_that_cannot_be_reckoned_is_null_for_a_script_and_words_for_a_person(session, app):
    cases.open_cases(session, [NewOrganisation("Maison d’essai", Region.R01)], None)
    session.commit()
    run = app.test_cli_runner().invoke
    said = json.loads(run(args=["rates", "--format", "json"]).stdout)
    assert (said["e"], said["rates"]["RR3"]["value"], said["rates"]["RR5"]["value"]) == (None, None, None)
    assert "RR5\t0 / 0\tnon calculable" in run(args=["rates"]).stdout


def test_an_earlier_wave_keeps_its_list_and_its_rates(annexe_a, colette, session, app):
    opening.open_next(session, 1, {Disposition.NO_REPLY}, colette.id)
    session.commit()
    assert "Total 8 8" in text_of(colette.get("/outcomes/annexe-a").text)
    assert "Total 57 2 8 3 10 80" in text_of(colette.get("/outcomes/annexe-a?wave=1").text)
    assert "/outcomes/annexe-a?wave=1" in colette.get("/outcomes?wave=1").text
    assert "/outcomes/annexe-a.pdf?wave=1" in colette.get("/outcomes/annexe-a?wave=1").text
    run = app.test_cli_runner().invoke
    assert json.loads(run(args=["rates", "--format", "json"]).stdout)["counts"]["I"] == 0
    assert json.loads(run(args=["rates", "--wave", "1", "--format", "json"]).stdout)["counts"]["I"] == 57
    assert (colette.get("/outcomes/annexe-a?wave=3").status_code, run(args=["rates", "--wave", "3"]).exit_code) == (
        404,
        1,
    )


def test_an_interviewer_reads_no_rates_and_an_analyst_states_no_population(annexe_a, roxane, anh):
    assert roxane.get("/outcomes").status_code == 403
    assert anh.post("/outcomes/population", {"population": "all_listed"}).status_code == 403
    assert anh.get("/outcomes/annexe-a").status_code == 403
