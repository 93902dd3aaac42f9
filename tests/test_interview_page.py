"""Roxane holds an interview: the page as the server draws it, and the forms that need no JavaScript."""

from __future__ import annotations

import re
import uuid

import pytest
import sqlalchemy as sa

from survey.fieldwork import cases
from survey.fieldwork.models import Case, Referral
from survey.instrument.codes import ConsentPurpose, Disposition, Mode, Region, YesNo
from survey.interview import conduct, sheet
from survey.interview.course_models import Parked, Respondent
from survey.interview.models import Consent, Edit, Initiative, Interview, Nonresponse, Note
from tests.browsing import on_sqlite

CONSENT = {"interview": "yes", "quote": "no", "recontact": "yes"}


@pytest.fixture
def block(session, interview):
    added = conduct.add_block(session, interview.id, uuid.uuid4())
    session.commit()
    return added


def test_an_interview_is_one_click_from_its_case(roxane, case, session):
    answer = roxane.post(f"/interviews/start/{case.id}", {"mode": "zoom"})
    assert answer.status_code == 303
    page = roxane.get(answer.location).text
    assert "Q.1<" in page
    assert "Q.17." in page
    interview = session.scalars(sa.select(Interview)).one()
    assert interview.mode is Mode.ZOOM
    assert (case.disposition, case.interviewer_id) == (Disposition.IN_PROGRESS, roxane.id)


def test_a_mode_that_does_not_exist_opens_nothing(roxane, case, session):
    assert roxane.post(f"/interviews/start/{case.id}", {"mode": "pigeon"}).status_code == 400
    assert session.scalars(sa.select(Interview)).all() == []


def test_consent_is_recorded_purpose_by_purpose_with_the_script_that_was_read(roxane, here, session):
    roxane.post(f"{here}/consent", CONSENT)
    given = {row.purpose: row.given for row in session.scalars(sa.select(Consent))}
    assert given == {
        ConsentPurpose.INTERVIEW: YesNo.YES,
        ConsentPurpose.QUOTE: YesNo.NO,
        ConsentPurpose.RECONTACT: YesNo.YES,
    }


def test_a_consent_given_anew_keeps_what_was_said_before(roxane, here, interview, session):
    roxane.post(f"{here}/consent", CONSENT)
    roxane.post(f"{here}/consent", CONSENT | {"interview": "no"})
    said = sa.select(Consent.given).where(Consent.purpose == ConsentPurpose.INTERVIEW).order_by(Consent.id)
    assert session.scalars(said).all() == [YesNo.YES, YesNo.NO]
    assert conduct.outcome(session, interview) is Disposition.REFUSAL


def test_somebody_who_refuses_is_not_asked_anything_more(roxane, here, session):
    assert roxane.post(f"{here}/consent", {"interview": "no"}).status_code == 303
    assert session.scalars(sa.select(Consent.purpose)).all() == [ConsentPurpose.INTERVIEW]


def test_consent_is_asked_in_the_language_of_the_page(roxane, here):
    page = roxane.get(f"{here}?lang=en").text
    assert ConsentPurpose.INTERVIEW.label.en in page
    assert ConsentPurpose.INTERVIEW.label.fr not in page


def test_two_clicks_on_start_open_one_interview(roxane, case, session):
    pages = {roxane.post(f"/interviews/start/{case.id}", {"mode": "phone"}).location for _click in range(2)}
    assert len(pages) == 1
    assert len(session.scalars(sa.select(Interview)).all()) == 1


def test_a_consent_without_an_answer_is_asked_for_in_words(roxane, here, session):
    answer = roxane.post(f"{here}/consent", {"interview": "yes"})
    assert answer.status_code == 422
    assert "Consignez la réponse" in answer.text
    assert session.scalars(sa.select(Consent)).all() == []


def test_a_part_is_saved_as_a_page_without_javascript(roxane, here, block, session):
    form = {
        "name": "Projet « cœur »",
        "year_created": "2018",
        "status": "running",
        "audience": ["youth", "others"],
        "funding__reason": "dont_know",
        "name__note": "À vérifier",
        "description": "ligne 1\r\nligne 2",
    }
    answer = roxane.post(f"{here}/initiatives/{block.uid}", form)
    assert answer.status_code == 303
    session.expire_all()
    assert (block.name, block.year_created, block.status) == ("Projet « cœur »", 2018, "running")
    assert block.description == "ligne 1\nligne 2"
    assert {code.value for code in block.audience} == {"youth", "others"}
    assert session.scalars(sa.select(Nonresponse.item)).all() == ["funding"]
    assert session.scalars(sa.select(Note.text)).all() == ["À vérifier"]


def test_a_page_sent_again_changes_nothing(roxane, here, block, session):
    form = {"name": "Projet", "year_created": "2018"}
    for _time in range(2):
        assert roxane.post(f"{here}/initiatives/{block.uid}", form).status_code == 303
    assert session.scalar(sa.select(sa.func.count()).where(Edit.initiative_id == block.id)) == 2


def test_bad_input_gets_a_sentence_and_keeps_what_was_typed_and_the_rest_is_saved(roxane, here, block, session):
    answer = roxane.post(
        f"{here}/initiatives/{block.uid}",
        {"name": "Projet", "year_created": "vers 2015", "status": "flying", "funding": ["none", "funded"]},
    )
    assert answer.status_code == 422
    assert "année en quatre chiffres" in answer.text
    assert 'value="vers 2015"' in answer.text
    assert "Ce choix n’existe pas" in answer.text
    assert "ne va avec aucune autre" in answer.text
    session.expire_all()
    assert (block.name, block.year_created, block.status) == ("Projet", None, None)


def test_a_note_is_kept_whatever_becomes_of_the_answer(roxane, here, block, session):
    answer = roxane.post(
        f"{here}/initiatives/{block.uid}", {"year_created": "vers 2015", "year_created__note": "Entre 2014 et 2016"}
    )
    assert answer.status_code == 422
    assert session.scalars(sa.select(Note.text)).all() == ["Entre 2014 et 2016"]
    assert "Entre 2014 et 2016" in answer.text


def test_the_review_names_each_question_and_asks_nothing_more_of_who_refused(roxane, here, session):
    roxane.post(f"{here}/sections/others", {"needs": "Un local", "needs__reason": "refused"})
    assert "<strong>Q.16</strong> Une réponse et" in roxane.get(f"{here}/review").text
    roxane.post(f"{here}/consent", {"interview": "no"})
    assert "Sans réponse" not in roxane.get(f"{here}/review").text


def test_what_was_said_comes_back_to_the_letter(roxane, here, block, session):
    said = "«\u00a0œuvre\u00a0»  à  10\u202f%"
    roxane.post(f"{here}/initiatives/{block.uid}", {"name": f"  {said}\r\n"})
    session.expire_all()
    assert block.name == said


def test_an_older_page_does_not_overwrite_without_javascript_either(roxane, colette, here, block, session):
    stale = {"name": "Ce que Roxane a tapé", "name__version": "0"}
    colette.post(f"{here}/initiatives/{block.uid}", {"name": "Ce que Colette a tapé"})
    answer = roxane.post(f"{here}/initiatives/{block.uid}", stale)
    assert answer.status_code == 422
    assert "Ce que Colette a tapé" in answer.text
    assert 'value="Ce que Roxane a tapé"' in answer.text
    version = re.search(r'name="name__version" value="(\d+)"', answer.text).group(1)
    assert roxane.post(f"{here}/initiatives/{block.uid}", stale | {"name__version": version}).status_code == 303
    session.expire_all()
    assert block.name == "Ce que Roxane a tapé"


def test_an_answer_and_its_note_that_a_colleague_changed_are_both_shown_without_javascript(
    roxane, colette, here, block
):
    theirs = {"name": "Ce que Colette a tapé", "name__note": "Sa note"}
    colette.post(f"{here}/initiatives/{block.uid}", theirs)
    answer = roxane.post(f"{here}/initiatives/{block.uid}", {"name": "Ce que Roxane a tapé", "name__note": "La sienne"})
    assert answer.status_code == 422
    assert all(words in answer.text for words in theirs.values())


def test_blocks_are_numbered_as_on_paper_moved_removed_and_brought_back(roxane, here, session):
    for _n in range(3):
        roxane.post(f"{here}/initiatives")
    first, second, third = session.scalars(sa.select(Initiative.uid).order_by(Initiative.position)).all()
    assert {"Q.2.1<", "Q.13.3<"} <= set(re.findall(r"Q\.\d+\.\d+<", roxane.get(here).text))
    roxane.post(f"{here}/initiatives/{third}/up")
    roxane.post(f"{here}/initiatives/{first}/remove")
    live = sa.select(Initiative.uid).where(Initiative.removed_at.is_(None)).order_by(Initiative.position)
    assert session.scalars(live).all() == [third, second]
    page = roxane.get(here).text
    assert "Q.2.3<" not in page
    assert "Initiative retirée" in page
    roxane.post(f"{here}/initiatives/{first}/restore")
    session.commit()
    assert session.scalars(live).all() == [first, third, second]


def test_a_block_added_twice_under_one_id_is_one_block(roxane, here, session):
    uid = str(uuid.uuid4())
    for _time in range(2):
        assert roxane.post(f"{here}/initiatives", {"uid": uid}).status_code == 303
    assert session.scalar(sa.select(sa.func.count()).select_from(Initiative)) == 1


def test_the_id_of_the_blanks_is_nobody_s(roxane, here, session):
    nil = str(uuid.UUID(int=0))
    assert roxane.post(f"{here}/initiatives", {"uid": nil}).status_code == 404
    roxane.post(f"{here}/parked", {"id": nil, "value": "Un projet"})
    roxane.post(f"{here}/referrals", {"id": nil, "person": "Marie Fictive"})
    roxane.post(f"{here}/respondents", {"uid": nil, "name": "Anne Fictive", "from": "general"})
    page = roxane.get(here).text
    assert all(said in page for said in ("Un projet", "Marie Fictive", "Anne Fictive"))
    kept = [
        one
        for table in (Initiative.uid, Parked.id, Referral.id, Respondent.uid)
        for one in session.scalars(sa.select(table))
    ]
    assert len(kept) == 3
    assert uuid.UUID(nil) not in kept


def test_completing_says_what_is_unanswered_and_never_blocks(roxane, here, case, interview, session):
    roxane.post(f"{here}/sections/general", {"has_initiatives": "yes", "initiative_count": "2"})
    roxane.post(f"{here}/initiatives")
    page = roxane.get(f"{here}/review").text
    assert "Q.1 annonce 2 initiatives ; 1 est décrite." in page
    assert "consentement" in page
    assert "Q.3.1" in page
    assert roxane.post(f"{here}/complete").status_code == 303
    session.expire_all()
    assert interview.completed_at is not None
    assert case.disposition is Disposition.COMPLETED


@pytest.mark.parametrize(
    ("blocks", "said"), [(1, "une initiative est décrite ;"), (2, "2 initiatives sont décrites ;")]
)
def test_blocks_under_a_no_are_counted_in_words(roxane, here, blocks, said):
    for _n in range(blocks):
        roxane.post(f"{here}/initiatives")
    roxane.post(f"{here}/sections/general", {"has_initiatives": "no"})
    assert said in roxane.get(f"{here}/review").text


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"has_initiatives": "no"}, Disposition.COMPLETED_NONE),
        ({"has_initiatives": "yes"}, Disposition.COMPLETED),
        ({}, Disposition.PARTIAL),
    ],
)
def test_the_answers_decide_the_outcome(roxane, here, case, session, answers, outcome):
    roxane.post(f"{here}/sections/general", answers)
    roxane.post(f"{here}/complete")
    session.expire_all()
    assert case.disposition is outcome


def test_a_person_who_does_not_consent_is_a_refusal(roxane, here, case, session):
    roxane.post(f"{here}/consent", CONSENT | {"interview": "no"})
    roxane.post(f"{here}/complete")
    session.expire_all()
    assert case.disposition is Disposition.REFUSAL


def test_a_completed_interview_is_changed_only_once_reopened_and_that_is_recorded(
    roxane, here, case, interview, session
):
    roxane.post(f"{here}/complete")
    assert roxane.post(f"{here}/sections/others", {"needs": "Trop tard"}).status_code == 423
    assert roxane.post(f"{here}/initiatives").status_code == 423
    roxane.post(f"{here}/reopen")
    assert roxane.post(f"{here}/sections/others", {"needs": "À temps"}).status_code == 303
    session.expire_all()
    assert interview.needs == "À temps"
    assert {"interview_completed", "interview_reopened"} <= {event.kind for event in case.events}


def test_answers_off_the_route_are_kept_while_the_interview_is_open(roxane, here, block, session):
    roxane.post(f"{here}/initiatives/{block.uid}", {"audience": "youth", "youth_age": "12 à 17 ans"})
    roxane.post(
        f"{here}/initiatives/{block.uid}",
        {"audience": "parents", "audience__version": "1", "youth_age": "12 à 17 ans", "youth_age__version": "1"},
    )
    session.expire_all()
    assert block.youth_age == "12 à 17 ans"
    assert "ne sortira pas des données" in roxane.get(f"{here}/review").text


@on_sqlite
@pytest.mark.parametrize("name", ["versions", "reasons", "notes"])
def test_what_one_interview_holds_is_found_without_reading_all_the_others(session, interview, name):
    query = str(sheet.queries()[name].compile(session.get_bind().engine))
    steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (interview.id, interview.id)).all()
    assert not [step.detail for step in steps if step.detail.startswith("SCAN")]


class TestDrawnOnce:
    """The page is drawn once and filled for everybody: each finds their own in it, and nothing of a colleague."""

    def test_a_page_holds_nothing_of_who_saw_the_last_one(self, roxane, malik, here, session):
        [organisation_id] = cases.open_cases(session, [cases.NewOrganisation("Maison fictive", Region.R01)], None)
        case = session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
        there = f"/interviews/{conduct.start(session, case, Mode.ZOOM, malik.id).id}"
        roxane.post(f"{here}/sections/others", {"needs": "Un local", "needs__note": "Rappeler en mai"})
        hers, his = roxane.get(here).text, malik.get(there).text
        for said in ("Roxane", "Un local", "Rappeler en mai", f'{here}"', f"{here}/", *tokens(hers)):
            assert said in hers
            assert said not in his
        for said in ("Malik", "Maison fictive", "Zoom", f'{there}"', f"{there}/", *tokens(his)):
            assert said in his
            assert said not in roxane.get(here).text

    def test_a_message_is_for_one_person_once(self, roxane, colette, here):
        roxane.get(here)
        with roxane.client.session_transaction() as cookie:
            cookie["_flashes"] = [("warn", "Votre session avait pris fin")]
        pages = [who.get(here).text for who in (colette, roxane, roxane, colette)]
        assert ["Votre session avait pris fin" in page for page in pages] == [False, True, False, False]

    def test_it_speaks_the_language_of_each(self, roxane, here):
        pages = [roxane.get(f"{here}?lang={language}").text for language in ("fr", "en", "fr", "en")]
        assert ["Nouvelle initiative" in page for page in pages] == [True, False, True, False]
        assert ["New initiative" in page for page in pages] == [False, True, False, True]


def tokens(page: str) -> set[str]:
    """What belongs to one session and one request."""
    return set(re.findall(r'(?:csrf_token" value|data-csrf|nonce)="([^"]+)"', page))


class TestRights:
    def test_a_stranger_is_asked_to_log_in(self, stranger, here):
        assert stranger.get(here).status_code == 302

    def test_a_colleague_who_has_not_the_case_gets_403(self, malik, here, block, session):
        for path in ("", "/review"):
            assert malik.get(f"{here}{path}").status_code == 403
        assert malik.post(f"{here}/sections/others", {"needs": "x"}).status_code == 403
        assert malik.post(f"{here}/initiatives/{block.uid}/remove").status_code == 403

    def test_a_coordinator_may_help(self, colette, here):
        assert colette.get(here).status_code == 200

    def test_a_coder_never_sees_a_respondent(self, bastien, anh, here):
        assert bastien.get(here).status_code == 403
        assert anh.get(here).status_code == 403

    def test_a_case_given_to_a_colleague_leaves_with_its_interview(self, roxane, malik, here, case, session):
        cases.assign(session, case, malik.id, None)
        session.commit()
        assert roxane.get(here).status_code == 403
        assert malik.get(here).status_code == 200

    def test_a_case_taken_back_opens_its_interview_to_nobody_else(self, roxane, malik, here, case, session):
        cases.assign(session, case, None, None)
        session.commit()
        assert malik.get(here).status_code == 403
        assert malik.post(f"{here}/sections/others", {"needs": "x"}).status_code == 403
        assert malik.post(f"{here}/complete").status_code == 403
        assert roxane.get(here).status_code == 200

    def test_what_does_not_exist_is_404(self, roxane, here):
        assert roxane.get("/interviews/999").status_code == 404
        assert roxane.post(f"{here}/initiatives/{uuid.uuid4()}/remove").status_code == 404
        assert roxane.post(f"{here}/initiatives", {"uid": "not one"}).status_code == 404

    def test_a_block_of_another_interview_cannot_be_reached_through_this_one(self, roxane, session, case, here, block):
        roxane.post(f"{here}/complete")
        other = conduct.start(session, case, Mode.PHONE, roxane.id)
        session.commit()
        assert roxane.post(f"/interviews/{other.id}/initiatives/{block.uid}", {"name": "x"}).status_code == 404
        assert roxane.post(f"/interviews/{other.id}/initiatives", {"uid": str(block.uid)}).status_code == 404


class TestOneField:
    """What the page's script sends."""

    def send(self, who, here, **asked):
        return who.client.post(f"{here}/answers", json={"id": str(uuid.uuid4()), "version": 0} | asked)

    def test_a_field_is_saved_and_its_receipt_says_what_stands_there(self, roxane, here, block):
        answer = self.send(roxane, here, block=str(block.uid), item="name", value="Projet\x00 ")
        assert answer.json.items() >= {"version": 1, "value": "Projet", "reason": None}.items()
        answer = self.send(roxane, here, block=str(block.uid), item="audience", value=["others", "youth"])
        assert answer.json["value"] == ["youth", "others"]

    def test_a_conflict_shows_both_who_and_when(self, roxane, colette, here):
        self.send(colette, here, item="needs", value="Colette")
        answer = self.send(roxane, here, item="needs", value="Roxane")
        assert answer.status_code == 409
        assert (answer.json["value"], answer.json["who"], answer.json["version"]) == ("Colette", "Colette", 1)
        assert answer.json["yours"] is False
        assert self.send(colette, here, item="needs", value="Colette, dans un autre onglet").json["yours"] is True

    def test_a_conflict_without_javascript_speaks_in_words(self, roxane, colette, here):
        self.send(colette, here, item="has_initiatives", value="yes")
        answer = roxane.post(f"{here}/sections/general", {"has_initiatives": "no"})
        assert "« Oui »" in answer.text.replace("\u00a0", " ")

    @pytest.mark.parametrize("value", [{}, False, 0, 1.5, ["x"], {"a": 1}])
    def test_what_is_no_text_erases_nothing(self, roxane, here, value):
        self.send(roxane, here, item="needs", value="Un local")
        answer = self.send(roxane, here, item="needs", value=value, version=1)
        assert answer.status_code == 400
        bare = {"id": str(uuid.uuid4()), "item": "needs", "version": 1}
        assert roxane.client.post(f"{here}/answers", json=bare).status_code == 400
        assert "Un local" in roxane.get(here).text

    def test_what_cannot_be_an_answer_is_refused_with_a_sentence(self, roxane, here, block):
        answer = self.send(roxane, here, block=str(block.uid), item="year_created", value="jadis")
        assert answer.status_code == 422
        assert "quatre chiffres" in answer.json["error"]

    @pytest.mark.parametrize(
        "body",
        ['{"item": "needs", "version": 2147483646, "value": "x", "id": "7b0e2a0c-6ac0-4b8a-9f5f-2a2f6a4f3a11"}',
         "null", "[]", "3", '"x"', "{", "{}", '{"item": "name"}', '{"item": {"a": 1}, "id": 3, "version": 0}',
         '{"id": "x", "item": "needs", "version": 0}', '{"item": "needs", "version": true, "id": "x"}',
         '{"item": "needs", "version": 0, "value": {"a": []}, "id": "7b0e2a0c-6ac0-4b8a-9f5f-2a2f6a4f3a11"}',
         '{"item": "needs", "version": 0, "value": [1], "id": "7b0e2a0c-6ac0-4b8a-9f5f-2a2f6a4f3a11"}',
         '{"item": "needs", "part": "hat", "version": 0, "id": "7b0e2a0c-6ac0-4b8a-9f5f-2a2f6a4f3a11"}',
         '{"item": "needs", "version": 1e400, "id": "7b0e2a0c-6ac0-4b8a-9f5f-2a2f6a4f3a11"}',
         "[" * 5000 + "]" * 5000],
    )  # fmt: skip
    def test_odd_json_is_a_bad_request_and_never_an_error(self, roxane, here, body):
        answer = roxane.client.post(f"{here}/answers", data=body, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json["error"]
