"""The codebook says what each variable asks, of whom, and how it was answered: on a page, in PDF, and as DDI."""

from __future__ import annotations

import pypdf
import pytest
from lxml import etree

from survey.instrument.dictionary import Part, plain
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.release import codebook, freezing, table
from survey.release.codebook import Asked
from survey.release.models import Unit
from survey.release.shapes import Shape
from survey.release.tiers import Tier
from tests import recension
from tests.leaving import prepared, unpacked, written
from tests.naming import text_of
from tests.recension import CANARIES
from tests.schemas import schema

DDI = {"d": "ddi:codebook:2_5"}
XML = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def release(session):
    recension.build(session)
    made = freezing.create(session, None, None)
    session.commit()
    return made


def entry(session, name, unit=Unit.INITIATIVE, **more):
    return {one.variable.name: one for one in codebook.entries(prepared(session, "ddi", unit, **more).table)}[name]


def counts_of(one):
    return {category.number: category.count for category in one.counts.categories if category.count}


def test_each_variable_is_counted_on_the_base_that_it_says(release, session):
    status, year = entry(session, "status"), entry(session, "year_created")
    assert counts_of(status) == {2: 1, -8: 1}
    assert (status.counts.rows, status.counts.valid, status.counts.reasons, status.counts.nothing) == (2, 1, 1, 0)
    assert (year.counts.valid, year.counts.least, year.counts.most, counts_of(year)) == (1, 2019, 2019, {-7: 1})
    text = entry(session, "description")
    assert (text.counts.valid, text.counts.nothing, text.counts.least) == (1, 1, None)
    number = entry(session, "initiative_id")
    assert (number.counts.valid, number.counts.least) == (2, None), "a key is not a quantity"


def test_the_question_its_notes_and_its_universe_are_those_of_the_questionnaire(release, session):
    asked = entry(session, "youth_sex_male").asked
    assert asked.number == "Q.9"
    assert [one.fr for one in asked.universe] == ["Q.1 = «\xa0Oui\xa0»", "Q.9 = «\xa0Jeunes\xa0»"]
    assert [one.en for one in asked.universe] == ["Q.1 = “Yes”", "Q.9 = “Young people”"]
    assert entry(session, "organisation_name").asked is None
    noted = [Asked(section, section.question_of(item), item) for section, item in QUESTIONNAIRE.items()]
    said = {note.fr for one in noted for note in one.notes}
    instructions = [i for section in QUESTIONNAIRE.sections for q in section.questions for i in q.instructions]
    assert said >= {plain(instruction.text.fr) for instruction in instructions}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_unit_is_valid_ddi_long_or_wide_at_every_tier(language, release, session, tmp_path):
    official = schema("ddi-codebook-2.5/codebook.xsd")
    orders = [(unit, {"tier": tier}) for unit in Unit for tier in Tier] + [(Unit.INITIATIVE, {"shape": Shape.WIDE})]
    for unit, more in orders:
        of, path = written(session, tmp_path, "ddi", unit, language=language, **more)
        official.assertValid(etree.parse(path))
        assert [one.get("name") for one in etree.parse(path).iterfind(".//d:var", DDI)] == [
            v.name for v in of.variables
        ]


def test_ddi_says_everything_in_both_languages_with_its_frequencies(release, session, tmp_path):
    of, path = written(session, tmp_path, "ddi")
    read = etree.parse(path)
    (status,) = read.xpath("//d:var[@name='status']", namespaces=DDI)
    assert {one.get(XML): one.text for one in status.iterfind("d:labl", DDI)} == {
        "fr": "Q.5 Statut du projet", "en": "Q.5 Status of the project"}  # fmt: skip
    assert {one.get(XML) for one in status.iterfind("d:qstn/d:qstnLit", DDI)} == {"fr", "en"}
    codes = {
        one.findtext("d:catValu", None, DDI): (
            one.get("missing"), one.find("d:labl", DDI).text, one.findtext("d:catStat", None, DDI))
        for one in status.iterfind("d:catgry", DDI)
    }  # fmt: skip
    assert codes["2"] == (None, "En application", "1")
    assert codes["-8"] == ("Y", "Refus", "1")
    assert [one.text for one in status.iterfind("d:sumStat", DDI)] == ["1", "1"]
    sets = {group.get("var") for group in read.iterfind(".//d:varGrp[@type='multipleResp']", DDI)}
    boxes = [variable.name for variable in of.variables if variable.part is Part.BOX]
    assert sorted(name for names in sets for name in names.split()) == sorted(boxes)
    assert read.findtext(".//d:IDNo", None, DDI) == release.sha256
    assert read.findtext(".//d:caseQnty", None, DDI) == "2"
    assert "Reproduction autorisée" in read.findtext(".//d:biblCit", None, DDI)


@pytest.mark.parametrize(("language", "said"), [("fr", "Livre de codes"), ("en", "Codebook")])
def test_the_pdf_says_the_same(language, said, release, session, tmp_path):
    _, path = written(session, tmp_path, "codebook", language=language)
    reader = pypdf.PdfReader(path)
    words = " ".join("".join(page.extract_text() for page in reader.pages).split())
    assert words.startswith(said)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"], "assistive technology reads it"
    assert release.sha256 in words.replace(" ", "")
    for text in ("status", "-8", "2 lignes" if language == "fr" else "2 rows"):
        assert text in words


def test_nothing_that_anybody_said_is_in_a_codebook(release, session, tmp_path):
    for unit in Unit:
        for tier in Tier:
            words = written(session, tmp_path, "ddi", unit, tier=tier)[1].read_text("utf-8")
            assert not [kind for kind, canary in CANARIES.items() if canary in words]
            assert recension.LONG[:200] not in words


def test_anh_reads_it_on_a_page_and_takes_it_away(release, anh):
    page = anh.get("/releases/1/codebook?lang=fr")
    said = text_of(page.text)
    assert "Livre de codes de la version 1" in said
    assert "2 lignes : 1 avec une valeur, 1 avec la raison d’une absence, 0 vides." in said
    assert "Q.1 = « Oui »" in said
    assert "De 2019 à 2019." in said
    with anh.get("/releases/1/export?form=ddi&language=fr") as answer:
        assert "recension-v1-initiative-fr.xml" in unpacked(answer)
    for address in ("/releases/2/codebook", "/releases/1/codebook?unit=nothing"):
        assert anh.get(address).status_code == 404
    for unit in Unit:
        assert anh.get(f"/releases/1/codebook?unit={unit.value}").status_code == 200


def test_a_release_that_lacks_a_unit_has_no_codebook_of_it(release, anh, session):
    session.delete(table.held(session, release, Unit.REFERRAL))
    session.commit()
    assert anh.get("/releases/1/codebook?unit=referral").status_code == 404
    assert "Références" not in text_of(anh.get("/releases/1/codebook?lang=fr").text)
