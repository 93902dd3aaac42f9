"""The flow of the sample and Annexe A as a document: what they show adds up to the list."""

from __future__ import annotations

import io

import pypdf
import pytest

from survey.fieldwork import cases, flow, frame, waves
from survey.fieldwork.cases import NewOrganisation
from survey.instrument.codes import CaseSource, Disposition, TargetPopulation
from tests.test_outcomes import ANNEXE, text_of


@pytest.fixture
def listed(session):
    """The list of the 2022 report, then one that was named, one that the coordination suggested, and a duplicate."""
    frame.carry_out(session, frame.understand(session, ANNEXE.read_bytes(), ANNEXE.name), None)
    new = [
        NewOrganisation("Maison (fictive)", source=CaseSource.REFERRAL, snowball_wave=1),
        NewOrganisation("Centre (fictif)", source=CaseSource.COORDINATION, disposition=Disposition.PARTIAL),
        NewOrganisation("CENTRE (fictif), bis", disposition=Disposition.DUPLICATE),
    ]
    cases.open_cases(session, new, None)
    session.commit()
    return session


def drawn(session, population):
    wave = waves.current(session)
    wave.population = population
    return flow.of_wave(session, wave)


@pytest.mark.parametrize("population", [None, *TargetPopulation])
def test_the_parts_are_the_list_whatever_the_population(listed, population):
    found = drawn(listed, population)
    assert found.entered == {CaseSource.FRAME: 81, CaseSource.REFERRAL: 1, CaseSource.COORDINATION: 1}
    assert sum(found.entered.values()) == sum(found.set_aside.values()) + found.targeted
    assert found.under_way == {Disposition.NOT_CONTACTED: 1}
    assert sum(found.without.values()) == 13


def test_nothing_to_inventory_is_set_aside_or_surveyed_as_the_population_says(listed):
    nothing = Disposition.NOTHING_TO_INVENTORY
    aside = drawn(listed, TargetPopulation.WITH_INITIATIVES)
    assert aside.set_aside == {nothing: 10, Disposition.DUPLICATE: 1}
    assert aside.held == {Disposition.COMPLETED: 57, Disposition.PARTIAL: 1}
    counted = drawn(listed, TargetPopulation.ALL_LISTED)
    assert counted.set_aside == {Disposition.DUPLICATE: 1}
    assert counted.held == {Disposition.COMPLETED: 57, Disposition.PARTIAL: 1, nothing: 10}


def test_the_page_shows_the_flow_and_leads_to_the_document(listed, colette):
    page = text_of(colette.get("/outcomes/annexe-a").text)
    assert "Entrées dans la liste : 83 Liste de départ : 81 Nommée par une organisation sondée : 1" in page
    assert "Hors de la population visée : 11" in page
    assert "Sondées : 58 Sondé : 57 Entrevue incomplète : 1" in page
    assert "(l’équipe ne l’a pas encore énoncée)" in page


@pytest.mark.parametrize(("language", "said"), [("fr", "Sondées – 58"), ("en", "Surveyed – 58")])
def test_the_document_holds_every_organisation_and_the_same_figures(listed, colette, language, said):
    answer = colette.get(f"/outcomes/annexe-a.pdf?lang={language}")
    assert answer.mimetype == "application/pdf"
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages).split())
    assert said in text
    assert text.count("CIUSSS") == 6
    for name in ("Projet Intervention Prostitution Québec (PIPQ)", "Le BRAS Outaouais", "Maison (fictive)"):
        assert name in text
    assert "Total 1 57 1 2 8 3 10 1 83" in text


def test_without_a_list_there_is_no_document(colette):
    assert colette.get("/outcomes/annexe-a.pdf").mimetype == "text/html"
