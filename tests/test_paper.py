"""The questionnaire on paper, as a page and as a PDF: every wording when blank, every word said when filled."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from collections.abc import Iterator
from typing import Any

import html5lib
import pypdf
import pytest
from sqlalchemy.orm import Session

from survey import typeset
from survey.db import now
from survey.fieldwork import waves
from survey.fieldwork.models import Case, Organisation
from survey.instrument.codes import Audience, Funding, MissingReason, Mode, Region, RiskLevel, Sex, Status, YesNo
from survey.instrument.grammar import Question, Text
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import paper
from survey.interview.models import Initiative, Interview, Nonresponse, Note
from tests.conftest import Colleague
from tests.test_questionnaire_wording import texts

LONG = " ".join(f"mot{n} œuvre « à l’été »," for n in range(2000))[:40_000].strip()
HOSTILE = '#import "x" $x^2$ *gras* _it_ @ref \\ \\n <b> `code` // fin /* [x] ${} {{ x }} "q" \'a\' -- ... ~ #eval("1")'
EMOJI = "Un mot 😀, ᐃᓄᒃᑎᑐᑦ, 漢字, עברית et fin"
ENDLESS = "https://exemple.test/" + "a" * 900
LINES = "- premier\n- deuxième\n\n  - en retrait"


def squeezed(text: str) -> str:
    """A text without its white space and its marks of emphasis: how lines fall is not what is held here."""
    return re.sub(r"[\s*]", "", text)


def read(pdf: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def read_page(html: str) -> str:
    page = html5lib.parse(html, namespaceHTMLElements=False)
    return squeezed("".join(page.find(".//article").itertext()))


def fields(elements: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for element in elements:
        for field in element.get("fields", ()):
            yield field
            yield from fields(field["options"])


@pytest.fixture
def interview(session: Session, roxane: Colleague) -> Interview:
    """An interview with two blocks, one of them removed a moment later, and a note that is nobody else's business."""
    organisation = Organisation(
        name="Maison de l’Œuvre #1", folded_name="maison", region_code=Region.R03, created_at=now()
    )
    case = Case(organisation=organisation, wave=waves.begin(session), interviewer_id=roxane.id)
    opened = Interview(
        case=case, interviewer_id=roxane.id, instrument_version="2022", mode=Mode.PHONE, opened_at=now(),
        respondent_name="Personne Fictive", held_on=dt.date(2022, 3, 1), has_initiatives=YesNo.YES, initiative_count=2,
        concerns=LONG, needs=HOSTILE, closing_remarks=EMOJI,
    )  # fmt: skip
    session.add(opened)
    session.flush()
    block = Initiative(
        uid=uuid.uuid4(), interview_id=opened.id, position=1, name="Sortir", description=LINES, year_created=2015,
        status=Status.RUNNING, funding={Funding.FUNDED}, funding_source="Une fondation",
        audience={Audience.YOUTH, Audience.OTHERS}, youth_sex={Sex.ALL}, youth_risk={RiskLevel.AT_RISK},
        further_information=ENDLESS,
    )  # fmt: skip
    removed = Initiative(uid=uuid.uuid4(), interview_id=opened.id, position=2, name="Effacée", removed_at=now())
    session.add_all([block, removed])
    session.flush()
    session.add_all(
        [
            Nonresponse(
                interview_id=opened.id, initiative_id=block.id, item="delivery", reason=MissingReason.DONT_KNOW
            ),
            Nonresponse(interview_id=opened.id, item="knows_others", reason=MissingReason.REFUSED),
            Note(interview_id=opened.id, item="concerns", text="note interne, entre nous"),
            Note(interview_id=opened.id, initiative_id=block.id, item="name", text="autre note interne"),
        ]
    )
    session.commit()
    return opened


@pytest.fixture
def pdf_of(roxane: Colleague, interview: Interview):
    def fetched(**query: str) -> str:
        response = roxane.get(f"/interviews/{interview.id}/paper.pdf", query_string=query)
        assert (response.status_code, response.mimetype) == (200, "application/pdf")
        return read(response.data)

    return fetched


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_blank_form_holds_every_wording_with_its_source_on_the_page_and_in_the_pdf(roxane, language):
    pdf = read(roxane.get(f"/questionnaire/paper.pdf?blocks=1&lang={language}").data)
    page = read_page(roxane.get(f"/questionnaire/paper?blocks=1&lang={language}").text)
    for text in texts(QUESTIONNAIRE):
        wording = squeezed(text.numbered(1)(language))
        assert wording in pdf
        assert wording in page
    for section in QUESTIONNAIRE.sections:
        for question in section.questions:
            assert squeezed(Text(question.number, "").numbered(1).fr) in pdf


def test_the_blank_form_has_six_blocks_as_printed_or_as_many_as_asked_for(roxane):
    printed = read(roxane.get("/questionnaire/paper.pdf").data)
    assert "OUOUTILS6" in printed
    assert "Q.13.6" in printed
    assert "OUOUTILS7" not in printed
    assert roxane.get("/questionnaire/paper?blocks=40").text.count('<section class="block">') == 40
    assert "Q.13.1" in read_page(roxane.get("/questionnaire/paper?blocks=1").text)
    assert [roxane.get(f"/questionnaire/paper?blocks={n}").status_code for n in ("0", "41", "-1")] == [404, 404, 404]
    assert roxane.get("/questionnaire/paper?blocks=many").status_code == 200


def test_no_at_question_1_leads_to_question_14_on_paper(roxane):
    for drawn in (
        read(roxane.get("/questionnaire/paper.pdf?blocks=1").data),
        read_page(roxane.get("/questionnaire/paper?blocks=1").text),
    ):
        assert "Non→Q.14" in drawn
        assert drawn.count("→") == 1


def test_notes_to_the_interviewer_are_told_from_what_is_read_aloud(roxane):
    page = roxane.get("/questionnaire/paper?blocks=1").text
    assert page.count('<p class="note"><strong>Note à l&#39;intervieweur :</strong>') == 4
    document = paper.document(QUESTIONNAIRE, "fr", None, 1)
    kinds = [element["kind"] for element in document["sections"][0]["elements"]]
    assert kinds == ["statement"] * 6 + ["note"] + ["statement"]


def test_a_choice_of_one_and_boxes_to_tick_look_different(roxane):
    drawn = read(roxane.get("/questionnaire/paper.pdf?blocks=1").data)
    assert "◯Encoursdedéveloppement" in drawn
    assert "☐Nonfinancé" in drawn
    assert "☐Tiercesparties¹" in drawn
    assert "objectifsprincipauxduprojet³" in drawn
    assert "☒" not in drawn
    assert "◉" not in drawn


def test_the_filled_form_holds_each_answer_whole_and_as_it_was_said(pdf_of, interview, roxane):
    pdf = pdf_of()
    page = read_page(roxane.get(f"/interviews/{interview.id}/paper").text)
    for said in (LONG, HOSTILE, LINES, ENDLESS, "Maison de l’Œuvre #1", "Capitale-Nationale", "Une fondation", "2015"):
        assert without_page_numbers(squeezed(said)) in without_page_numbers(pdf)
        assert squeezed(said) in page
    assert squeezed(EMOJI) in page
    assert "2022-03-01" in pdf
    assert "Roxane" in pdf


def test_no_word_is_so_long_that_it_runs_off_the_page(roxane, interview):
    pages = pypdf.PdfReader(io.BytesIO(roxane.get(f"/interviews/{interview.id}/paper.pdf").data)).pages
    assert max(len(line) for page in pages for line in page.extract_text().splitlines()) < 160


def without_page_numbers(text: str) -> str:
    """A long answer goes on over the foot of the page, where its subject and its number stand."""
    return re.sub(r"(Maisondel’Œuvre#1)?\d+/\d+", "", text)


def test_a_character_that_no_font_has_stands_as_its_code_point_and_the_rest_is_unharmed(pdf_of):
    pdf = pdf_of()
    shown = "".join(f"[U+{ord(c):04X}]" if c in typeset.unprintable(c) else c for c in squeezed(EMOJI))
    for word in re.split(r"[\u0590-\u05ff]+", shown):  # right-to-left words are extracted in either direction
        assert word in pdf


def test_boxes_are_ticked_as_answered(pdf_of):
    pdf = pdf_of()
    for ticked in ("◉Oui", "◯Non", "◉Enapplication", "☒Financé", "☐Nonfinancé", "☒Jeunes", "☐Parents", "☒Touslessexes"):
        assert ticked in pdf
    assert "☒Jeunesàrisque" in pdf


def test_why_there_is_no_answer_is_said_and_what_was_not_asked_is_left_out(pdf_of):
    pdf = pdf_of()
    assert re.search(r"Q\.12\.1.{0,90}\(Nesaitpas\)", pdf)
    assert re.search(r"Q\.14\..{0,190}\(Refus\)", pdf)
    assert re.search(r"Q\.6\.1.{0,90}\(Sansréponse\)", pdf)
    assert pdf.count("Précisez:") == 1
    english = pdf_of(lang="en")
    assert re.search(r"Q\.12\.1.{0,90}\(Don'tknow\)", english)
    assert re.search(r"Q\.6\.1.{0,120}\(Noanswer\)", english)


def test_the_filled_form_has_the_blocks_of_the_interview_and_no_other(pdf_of):
    pdf = pdf_of()
    assert "OUOUTILS1" in pdf
    assert "OUOUTILS2" not in pdf
    assert "Effacée" not in pdf


def test_an_interview_without_initiatives_says_so(pdf_of, interview, session):
    session.query(Initiative).delete()
    interview.has_initiatives = YesNo.NO
    session.commit()
    pdf = pdf_of()
    assert "Aucuneinitiativedécrite." in pdf
    assert "◉Non→Q.14" in pdf
    assert "Q.2.1" not in pdf


def test_internal_notes_are_on_no_paper(pdf_of, interview, roxane):
    page = roxane.get(f"/interviews/{interview.id}/paper").text
    assert "interne" not in pdf_of()
    assert "interne" not in page


def test_the_pdf_says_its_language_its_title_and_is_accessible(roxane, interview):
    for lang, language in (("fr", "fr-CA"), ("en", "en-CA")):
        for path in ("/questionnaire/paper.pdf", f"/interviews/{interview.id}/paper.pdf"):
            reader = pypdf.PdfReader(io.BytesIO(roxane.get(f"{path}?lang={lang}").data))
            assert reader.root_object["/Lang"] == language
            assert QUESTIONNAIRE.title(lang) in reader.metadata.title
            assert reader.root_object["/MarkInfo"]["/Marked"]
            assert b"pdfuaid:part>1<" in reader.root_object["/Metadata"].get_data()
            assert len(reader.outline) > 0


def test_any_character_that_can_be_typed_can_be_printed():
    latin = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x250)]))
    document = paper.document(QUESTIONNAIRE, "fr", None, 1)
    assert typeset.unprintable(latin) == "", "all that stands below U+0250 must be in the fonts that come with typst"
    wild = "".join(map(chr, [*range(0x250, 0x3000, 7), 0xFE0F, 0x200D, 0x1F468, 0xE0001, 0xFFFD, 0x10FFFD]))
    assert typeset.pdf(paper.TEMPLATE, document | {"subject": wild}).startswith(b"%PDF")


def test_the_paper_is_drawn_from_plain_data():
    document = paper.document(QUESTIONNAIRE, "fr", None, 2)
    drawn = [field["name"] for section in document["sections"] for field in fields(everything(section))]
    initiatives = [item.name for item in QUESTIONNAIRE["initiatives"].items]
    once = [item.name for section, item in QUESTIONNAIRE.items() if not section.repeats]
    assert sorted(drawn) == sorted([*once, *initiatives, *initiatives])
    assert all(type(part) in (dict, list, str, bool, int, type(None)) for part in parts(document))


def everything(section: dict[str, Any]) -> list[dict[str, Any]]:
    return [*section["elements"], *(element for block in section["blocks"] for element in block["elements"])]


def parts(node: Any) -> Iterator[Any]:
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(child)


def test_the_blank_form_is_for_the_team_and_the_filled_one_for_who_conducts_the_case(
    interview, roxane, malik, colette, bastien, anh, odile, stranger
):
    blank = {"/questionnaire/paper?blocks=1", "/questionnaire/paper.pdf?blocks=1"}
    filled = {f"/interviews/{interview.id}/paper", f"/interviews/{interview.id}/paper.pdf"}
    for path in blank:
        assert {who.get(path).status_code for who in (roxane, malik, colette, bastien, anh, odile)} == {200}
    for path in filled:
        assert {who.get(path).status_code for who in (roxane, colette, odile)} == {200}
        assert {who.get(path).status_code for who in (malik, bastien, anh)} == {403}
    assert {stranger.get(path).status_code for path in blank | filled} == {302}
    assert {roxane.get(f"/interviews/999/paper{ending}").status_code for ending in ("", ".pdf")} == {404}


def test_every_numbered_question_is_a_heading(roxane):
    page = html5lib.parse(roxane.get("/questionnaire/paper?blocks=1").text, namespaceHTMLElements=False)
    headings = [squeezed("".join(h.itertext())) for level in ("h3", "h4") for h in page.iter(level)]
    asked = [q for s in QUESTIONNAIRE.sections for q in s.elements if isinstance(q, Question) and q.text]
    for question in asked:
        number = squeezed(Text(question.number, "").numbered(1).fr)
        assert any(heading.startswith(number) for heading in headings), number
