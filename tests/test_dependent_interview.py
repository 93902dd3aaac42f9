"""What was said in an earlier wave begins the interview of a new one: confirmed, changed or gone, block by block."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from html import unescape

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from survey.audit import AuditEntry
from survey.fieldwork import opening
from survey.fieldwork.models import Case
from survey.instrument.codes import Disposition
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import carrying, conduct, history, saving, sheet
from survey.interview.course_models import Carried, StillTrue
from survey.interview.drawing import block_key
from survey.interview.models import Consent, Edit, Initiative, Interview, Nonresponse, Note, Part
from survey.interview.saving import Change, Place
from survey.release import freezing, table
from survey.release.models import Unit
from tests.browsing import on_sqlite
from tests.test_accessibility import look_at

ITEMS = {item.name: item for _section, item in QUESTIONNAIRE.items()}
JSON = {"Accept": "application/json"}

FIRST = {
    "name": "Ateliers de rue (fictifs)",
    "description": "Le soir,\nau parc.",
    "year_created": "2018",
    "status": "running",
    "funding": ["funded", "seeking"],
    "audience": ["youth", "parents"],
    "youth_age": "12 à 17 ans",
    "parents_detail": "Des mères surtout",
    "objectives__reason": "dont_know",
    "components__note": "Une confidence",
}
SECOND = {"name": "Trajet (fictif)", "status": "suspended"}


@pytest.fixture
def last_time(roxane, case, session):
    """The interview of the first wave, completed: two initiatives, and section 3."""
    roxane.post(f"/interviews/start/{case.id}", {"mode": "phone"})
    interview_id = session.scalars(sa.select(Interview.id)).one()
    session.commit()
    here = f"/interviews/{interview_id}"
    roxane.post(f"{here}/consent", {"interview": "yes", "quote": "yes", "recontact": "yes"})
    general = {"held_on": "2021-03-12", "held_on__version": "1", "has_initiatives": "yes", "initiative_count": "2"}
    roxane.post(f"{here}/sections/general", general)
    for words in (FIRST, SECOND):
        uid = uuid.uuid4()
        roxane.post(f"{here}/initiatives", {"uid": str(uid)})
        assert roxane.post(f"{here}/initiatives/{uid}", words).status_code == 303
    roxane.post(f"{here}/sections/others", {"knows_others": "yes", "needs": "Un local ouvert le soir"})
    assert roxane.post(f"{here}/complete").status_code == 303
    return interview_id


@pytest.fixture
def second_wave(session, last_time, colette):
    """The case of the same organisation in the wave that Colette opened."""
    opening.open_next(session, 1, {Disposition.COMPLETED}, colette.id)
    session.commit()
    [case_id] = session.scalars(sa.select(Case.id).where(Case.wave == 2)).all()
    session.commit()
    return case_id


@pytest.fixture
def again(session, roxane, second_wave):
    """Where Roxane's interview of the second wave is; nothing of it is confirmed yet."""
    answer = roxane.post(f"/interviews/start/{second_wave}", {"mode": "phone"})
    assert answer.status_code == 303
    return answer.location


def text_of(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").split())


def blocks(session, here):
    """The blocks of an interview as its page has them."""
    session.rollback()
    found = sheet.load(session.connection(), int(here.rsplit("/", 1)[1])).blocks
    session.rollback()
    return found


def answers(record):
    return {name: value for name, value in record.answers.items() if value not in (None, frozenset())}


def act(colleague, here, record, what, **more):
    path = f"{here}/initiatives/{record.uid}/{what}"
    return colleague.post(path, {"form_id": str(uuid.uuid4()), **more}, headers=JSON)


def save(colleague, here, record, item, value, version):
    sent = {"id": str(uuid.uuid4()), "block": str(record.uid), "item": item, "value": value, "version": version}
    return colleague.post(f"{here}/answers", json=sent)


def of_field(session, here, record, item):
    place = Place(int(here.rsplit("/", 1)[1]), record.uid)
    found = history.of_field(session.connection(), place, ITEMS[item], Part.ANSWER)
    session.rollback()
    return [(step.value, step.version, step.carried_from) for step in found]


def frozen(session, unit):
    freezing.create(session, None, None)
    session.commit()
    kept = table.load(session, table.newest(session), unit)
    names = [variable.name for variable in kept.variables]
    return [dict(zip(names, row, strict=True)) for row in kept.rows()]


@pytest.fixture
def one_confirmed(session, roxane, again):
    act(roxane, again, blocks(session, again)[0], "confirm")


class TestWhatIsCarried:
    def test_each_initiative_begins_with_what_was_answered_last_time(self, session, last_time, again):
        before = blocks(session, f"/interviews/{last_time}")
        now = blocks(session, again)
        assert [answers(one) for one in now] == [answers(one) for one in before]
        assert len(answers(now[0])) == 8
        assert {one.uid for one in now}.isdisjoint(one.uid for one in before)
        assert [(one.carried.wave, one.carried.said_on, one.carried.answer) for one in now] == [
            (1, dt.date(2021, 3, 12), None)
        ] * 2
        rows = session.scalars(sa.select(Carried.previous_id).order_by(Carried.initiative_id)).all()
        assert rows == [one.id for one in before]

    def test_the_rest_is_asked_anew(self, session, roxane, last_time, again):
        """Consent, respondent, Q.1, section 3, what had no answer; and a note stays where it was confided."""
        found = sheet.load(session.connection(), int(again.rsplit("/", 1)[1]))
        session.rollback()
        assert answers(found.interview) == {"held_on": found.interview.answers["held_on"]}
        assert found.interview.answers["held_on"] != dt.date(2021, 3, 12)
        assert found.consents == {}
        assert found.blocks[0].reasons == {}
        assert found.blocks[0].notes == {}
        for kind in (Consent, Nonresponse, Note):
            assert set(session.scalars(sa.select(kind.interview_id))) == {last_time}

    def test_what_is_carried_has_versions_and_history_like_what_is_typed(self, session, roxane, again):
        first = blocks(session, again)[0]
        assert of_field(session, again, first, "name") == [("Ateliers de rue (fictifs)", 1, 1)]
        assert of_field(session, again, first, "funding") == [("seeking funded", 1, 1)]
        assert of_field(session, again, first, "objectives") == []
        assert save(roxane, again, first, "name", "Ateliers de ruelle", 0).status_code == 409
        assert save(roxane, again, first, "name", "Ateliers de ruelle", 1).status_code == 200
        assert of_field(session, again, first, "name") == [
            ("Ateliers de ruelle", 2, None),
            ("Ateliers de rue (fictifs)", 1, 1),
        ]
        page = text_of(roxane.get(f"{again}/history/name?block={first.uid}").text)
        assert page.count("repris de la vague 1") == 1

    def test_an_answer_off_the_route_is_not_carried(self, session, roxane, last_time, colette):
        before = f"/interviews/{last_time}"
        roxane.post(f"{before}/reopen")
        first = blocks(session, before)[0]
        version = first.versions["audience", Part.ANSWER]
        assert save(roxane, before, first, "audience", ["parents"], version).status_code == 200
        roxane.post(f"{before}/complete")
        opening.open_next(session, 1, {Disposition.COMPLETED}, colette.id)
        session.commit()
        case_id = session.scalars(sa.select(Case.id).where(Case.wave == 2)).one()
        session.commit()
        here = roxane.post(f"/interviews/start/{case_id}", {"mode": "phone"}).location
        assert "youth_age" not in answers(blocks(session, here)[0])

    def test_a_first_wave_has_nothing_to_carry(self, session, roxane, last_time, case):
        here = roxane.post(f"/interviews/start/{case.id}", {"mode": "phone"}).location
        assert blocks(session, here) == []
        assert "toujours exact" not in roxane.get(here).text
        assert "Dit la dernière fois" not in roxane.get(here).text

    def test_nothing_is_carried_twice(self, session, roxane, second_wave, again):
        assert roxane.post(f"/interviews/start/{second_wave}", {"mode": "phone"}).location == again
        roxane.post(f"{again}/complete")
        another = roxane.post(f"/interviews/start/{second_wave}", {"mode": "phone"}).location
        assert another != again
        assert blocks(session, another) == []

    def test_an_interview_that_was_declined_hides_no_earlier_one(self, session, roxane, second_wave, again):
        roxane.post(f"{again}/consent", {"interview": "no", "quote": "no", "recontact": "no"})
        roxane.post(f"{again}/complete")
        another = roxane.post(f"/interviews/start/{second_wave}", {"mode": "phone"}).location
        assert len(blocks(session, another)) == 2

    def test_what_nobody_confirmed_is_as_old_as_it_was(self, session, roxane, colette, again):
        first, second = blocks(session, again)
        act(roxane, again, first, "confirm")
        session.execute(
            sa.update(Interview).where(Interview.completed_at.is_(None)).values(held_on=dt.date(2023, 5, 4))
        )
        roxane.post(f"{again}/sections/general", {"has_initiatives": "yes"})
        roxane.post(f"{again}/complete")
        opening.open_next(session, 2, set(Disposition), colette.id)
        session.commit()
        case_id = session.scalars(sa.select(Case.id).where(Case.wave == 3)).one()
        session.commit()
        third = roxane.post(f"/interviews/start/{case_id}", {"mode": "phone"}).location
        said = [(one.carried.wave, one.carried.said_on) for one in blocks(session, third)]
        assert said == [(2, dt.date(2023, 5, 4)), (1, dt.date(2021, 3, 12))]
        assert len(blocks(session, third)) == 2
        assert second.unconfirmed


class TestOneBlockAtATime:
    def test_the_page_says_when_it_was_said_and_asks(self, session, roxane, again):
        page = roxane.get(again).text
        assert text_of(page).count("Dit le 12 mars 2021 (vague 1) – toujours exact ?") == 2
        assert page.count(" data-to-confirm>") == 2
        assert "Un local ouvert le soir" in text_of(page.split('id="others"')[1])
        assert "toujours exact" not in page.split('id="blank-block"')[1]

    def test_one_act_confirms_one_block(self, session, roxane, again):
        first, second = blocks(session, again)
        assert act(roxane, again, first, "confirm").status_code == 200
        first, second = blocks(session, again)
        assert (first.carried.answer, first.carried.who) == (StillTrue.YES, "Roxane")
        assert second.unconfirmed
        page = text_of(roxane.get(again).text)
        assert re.search(r"confirmé le .+ par Roxane", page)
        act(roxane, again, first, "doubt")
        assert blocks(session, again)[0].unconfirmed
        said = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2)).all()
        assert said == ["initiative.doubt", "initiative.confirm"]

    def test_the_same_confirmation_sent_again_a_day_later_undoes_no_doubt(self, session, roxane, again):
        first, _ = blocks(session, again)
        form_id = str(uuid.uuid4())
        act(roxane, again, first, "confirm", form_id=form_id)
        act(roxane, again, first, "doubt")
        assert act(roxane, again, first, "confirm", form_id=form_id).status_code == 200
        assert blocks(session, again)[0].unconfirmed

    def test_one_that_no_longer_exists_is_set_aside_and_says_why(self, session, roxane, again):
        first, second = blocks(session, again)
        act(roxane, again, first, "gone")
        assert [one.uid for one in blocks(session, again)] == [second.uid]
        assert "Initiative retirée : Ateliers de rue (fictifs) – n’existe plus" in text_of(roxane.get(again).text)
        act(roxane, again, first, "restore")
        assert blocks(session, again)[0].unconfirmed

    def test_without_javascript_a_form_does_it(self, session, roxane, again):
        first = blocks(session, again)[0]
        answer = roxane.post(f"{again}/initiatives/{first.uid}/confirm")
        assert answer.location == f"{again}#{block_key(first.uid)}"
        assert not blocks(session, again)[0].unconfirmed

    def test_what_is_new_has_nothing_to_confirm(self, session, roxane, again):
        uid = uuid.uuid4()
        roxane.post(f"{again}/initiatives", {"uid": str(uid)})
        assert roxane.post(f"{again}/initiatives/{uid}/confirm").status_code == 404

    def test_who_does_not_conduct_the_case_confirms_nothing(self, session, malik, bastien, stranger, again):
        first = blocks(session, again)[0]
        for who, status in ((malik, 403), (bastien, 403)):
            assert act(who, again, first, "confirm").status_code == status
        assert stranger.post(f"{again}/initiatives/{first.uid}/confirm").status_code == 303
        assert blocks(session, again)[0].unconfirmed

    def test_nothing_is_confirmed_in_a_completed_interview(self, session, roxane, again):
        first = blocks(session, again)[0]
        roxane.post(f"{again}/complete")
        assert act(roxane, again, first, "confirm").status_code == 423
        page = roxane.get(again).text
        assert "Oui, toujours exact" not in page
        assert "toujours exact ?" in page

    def test_the_look_over_lists_what_nobody_confirmed(self, session, roxane, again):
        first, _ = blocks(session, again)
        act(roxane, again, first, "confirm")
        page = text_of(roxane.get(f"{again}/review").text)
        assert "Personne n’a confirmé dans cette vague" in page
        assert "Trajet (fictif) , dit le 12 mars 2021" in page
        assert "Ateliers de rue (fictifs) , dit" not in page


class TestWhatLeaves:
    @pytest.fixture
    def told(self, session, roxane, again):
        """One confirmed, one not, one new, in an interview whose route leads through section 2."""
        roxane.post(f"{again}/sections/general", {"has_initiatives": "yes"})
        first, second = blocks(session, again)
        act(roxane, again, first, "confirm")
        uid = uuid.uuid4()
        roxane.post(f"{again}/initiatives", {"uid": str(uid)})
        roxane.post(f"{again}/initiatives/{uid}", {"name": "Nouvelle (fictive)"})
        return first, second

    def test_a_release_says_what_was_confirmed_and_where_it_comes_from(self, session, roxane, again, told):
        before = sorted(session.scalars(sa.select(Carried.previous_id)))
        rows = {row["name"]: row for row in frozen(session, Unit.INITIATIVE) if row["wave"] == 2}
        assert {name: row["confirmed"] for name, row in rows.items()} == {
            "Ateliers de rue (fictifs)": 1,
            "Trajet (fictif)": 0,
            "Nouvelle (fictive)": None,
        }
        assert [row["previous_initiative_id"] for row in rows.values()] == [*before, None]
        assert {row["confirmed"] for row in frozen(session, Unit.INITIATIVE) if row["wave"] == 1} == {None}

    @pytest.mark.parametrize(
        ("item", "value", "reason"),
        [("name", "Autre nom", ""), ("objectives", "", "refused"), ("audience", ["youth"], "")],
    )
    def test_what_changed_is_said_to_have_changed_whenever_it_was_typed(
        self, session, roxane, again, told, item, value, reason
    ):
        first, _ = told
        sent = {"id": str(uuid.uuid4()), "block": str(first.uid), "item": item, "value": value, "reason": reason}
        version = first.versions.get((item, Part.ANSWER), 0)
        assert roxane.post(f"{again}/answers", json=sent | {"version": version}).status_code == 200
        row = next(row for row in frozen(session, Unit.INITIATIVE) if row["initiative_id"] == first.id)
        assert row["confirmed"] == 2

    def test_what_came_back_to_what_it_was_has_not_changed(self, session, roxane, again, told):
        first, _ = told
        for n, name in enumerate(["Autre nom", "Ateliers de rue (fictifs)"], start=1):
            assert save(roxane, again, first, "name", name, n).status_code == 200
        assert carrying.changed(session.connection()) == set()

    def test_one_that_no_longer_exists_is_counted_and_not_described(self, session, roxane, again, told):
        _, second = told
        act(roxane, again, second, "gone")
        row = next(row for row in frozen(session, Unit.INTERVIEW) if row["wave"] == 2)
        assert (row["initiatives_gone"], row["initiatives_described"]) == (1, 2)

    def test_paradata_count_what_was_typed_and_say_what_was_confirmed(self, session, roxane, again, told):
        first, second = told
        save(roxane, again, second, "name", "Trajets", 1)
        rows = {row["initiative_id"]: row for row in frozen(session, Unit.PARADATA)}
        assert first.id not in rows
        assert (rows[second.id]["edits"], rows[second.id]["confirmed"]) == (1, 0)


def test_a_save_says_nothing_of_waves(session, interview, roxane):
    """What is typed is carried from nowhere, on both databases, in whichever statement it is saved."""
    uid = conduct.add_block(session, interview.id, uuid.uuid4()).uid
    change = Change(uuid.uuid4(), ITEMS["name"], Part.ANSWER, 0, "Projet")
    saving.save(session.connection(), Place(interview.id, uid), change, roxane.id)
    path = f"/interviews/{interview.id}/answers"
    session.commit()
    sent = {"id": str(uuid.uuid4()), "block": str(uid), "item": "name", "value": "Projets", "version": 1}
    assert roxane.post(path, json=sent).status_code == 200
    assert set(session.scalars(sa.select(Edit.carried_from))) == {None}
    assert session.scalar(sa.select(sa.func.count()).select_from(Initiative)) == 1


def saved(page):
    expect(page.locator(".save-state")).to_have_attribute("data-state", "saved")


@on_sqlite
class TestOnScreen:
    def test_block_by_block_with_one_key(self, roxane, session, again, at_desk):
        page = at_desk(roxane, again)
        page.keyboard.press("Alt+v")
        expect(page.locator("article .carried").first).to_be_focused()
        assert [one.unconfirmed for one in blocks(session, again)] == [True, True]
        page.keyboard.press("Alt+v")
        expect(page.locator("article .carried").nth(1)).to_be_focused()
        expect(page.locator("article .carried").first).to_contain_text("confirmé")
        expect(page.locator(".rail [data-to-confirm]")).to_have_count(1)
        saved(page)
        assert [one.unconfirmed for one in blocks(session, again)] == [False, True]
        page.keyboard.press("Alt+v")
        expect(page.locator(".rail [data-to-confirm]")).to_have_count(0)
        page.get_by_role("button", name="Pas encore confirmé").nth(1).click()
        saved(page)
        assert [one.unconfirmed for one in blocks(session, again)] == [False, True]

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_axe_finds_nothing_where_something_is_to_be_confirmed(
        self, roxane, again, one_confirmed, language, at_desk
    ):
        page = at_desk(roxane, f"{again}?lang={language}")
        page.locator(".last-time summary").click()
        assert look_at(page) == []
        page.goto(f"{again}/review?lang={language}")
        assert look_at(page) == []

    def test_a_change_then_the_key(self, roxane, session, again, at_desk):
        page = at_desk(roxane, again)
        first = page.locator("article").first
        first.get_by_role("link", name="A changé").press("Enter")
        expect(first.locator("input[name=name]")).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.type(" et ruelles")
        expect(first.get_by_role("button", name="C’est à jour")).to_be_visible()
        page.keyboard.press("Alt+v")
        saved(page)
        now = blocks(session, again)[0]
        assert now.answers["name"] == "Ateliers de rue (fictifs) et ruelles"
        assert not now.unconfirmed
        assert now.changed
        page.reload()
        page.locator("article .past").first.click()
        expect(page.locator("#history")).to_contain_text("repris de la vague 1")

    def test_one_that_no_longer_exists_without_the_network(self, roxane, session, again, at_desk):
        page = at_desk(roxane, again)
        page.route("**/interviews/**", lambda route: route.abort())
        page.route("**/alive", lambda route: route.abort())
        page.locator("article").first.get_by_role("button", name="N’existe plus").click()
        expect(page.locator(".removed")).to_contain_text("Ateliers de rue (fictifs) – n’existe plus")
        page.keyboard.press("Alt+v")
        page.keyboard.press("Alt+v")
        expect(page.locator(".save-state")).to_have_attribute("data-state", "waiting")
        assert len(blocks(session, again)) == 2
        page.keyboard.press("Alt+t")
        expect(page.locator("#finish")).to_be_visible()
        expect(page.locator(".still-unconfirmed")).to_be_hidden()
        page.keyboard.press("Escape")
        page.unroute("**/interviews/**")
        page.unroute("**/alive")
        saved(page)
        [left] = blocks(session, again)
        assert left.answers["name"] == "Trajet (fictif)"
        assert not left.unconfirmed
        page.get_by_role("button", name="Rétablir").click()
        expect(page.locator(".rail [data-to-confirm]")).to_have_count(1)
        saved(page)
        assert blocks(session, again)[0].unconfirmed
