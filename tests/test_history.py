"""What stood in a field before: nothing is lost by writing over it, and it comes back in one click."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from survey.instrument.codes import Audience, MissingReason
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import conduct, history, saving
from survey.interview.models import Edit, Interview, Part
from survey.interview.saving import Change, Place
from tests.browsing import on_sqlite
from tests.test_call import saved, stored
from tests.test_rearranging import merge

ITEMS = {item.name: item for _section, item in QUESTIONNAIRE.items()}


@pytest.fixture
def say(session, interview, roxane):
    """Save what somebody says in a field, so many minutes after the first save."""
    versions: dict[tuple[object, str, Part], int] = {}

    def said(name, value, minutes=0.0, by=roxane, uid=None, part=Part.ANSWER, reason=None):
        version = versions.get((uid, name, part), 0)
        change = Change(uuid.uuid4(), ITEMS[name], part, version, value, reason)
        saved = saving.save(session.connection(), Place(interview.id, uid), change, by.id)
        versions[uid, name, part] = saved.version
        at = dt.datetime(2026, 3, 2, 14, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
        session.execute(sa.update(Edit).where(Edit.id == change.id).values(at=at))
        session.commit()

    return said


@pytest.fixture
def block(session, interview):
    uid = conduct.add_block(session, interview.id, uuid.uuid4()).uid
    session.commit()
    return uid


def test_one_spell_of_typing_is_one_step_and_each_step_says_who(say, session, interview, malik):
    for n, words in enumerate(["Un", "Un local", "Un local à nous"]):
        say("needs", words, n / 60)
    say("needs", "Deux locaux", 1, by=malik)
    say("needs", "Trois locaux", 10, by=malik)
    steps = history.of_field(session.connection(), Place(interview.id), ITEMS["needs"], Part.ANSWER)
    assert [(step.value, step.who, step.saves) for step in steps] == [
        ("Trois locaux", "Malik", 1),
        ("Deux locaux", "Malik", 1),
        ("Un local à nous", "Roxane", 3),
    ]


def test_the_history_of_a_field_is_read_in_words(say, roxane, here, block):
    say("audience", frozenset({Audience.YOUTH, Audience.PARENTS}), uid=block)
    say("audience", frozenset(), 5, uid=block, reason=MissingReason.REFUSED)
    page = roxane.get(f"{here}/history/audience?block={block}").text
    assert "Refus" in page
    assert f"{Audience.YOUTH.label.fr}, {Audience.PARENTS.label.fr}" in page


def test_the_page_of_an_interview_s_history_leads_to_every_field_that_was_saved(say, roxane, here, block):
    say("needs", "Un local")
    say("name", "Projet", 1, uid=block)
    say("name", "À vérifier", 2, uid=block, part=Part.NOTE)
    page = roxane.get(f"{here}/history").text
    for address in (
        f"{here}/history/needs?part=answer",
        f"{here}/history/name?block={block}&amp;part=answer",
        f"{here}/history/name?block={block}&amp;part=note",
    ):
        assert address in page
        assert roxane.get(address.replace("&amp;", "&")).status_code == 200


def test_what_stood_there_comes_back_in_one_click_and_that_too_is_history(say, session, roxane, here, interview):
    say("needs", "Un local")
    say("needs", "Effacé par mégarde", 5)
    answer = roxane.post(f"{here}/history/needs?part=answer", {"version": 1, "there": 2})
    assert answer.status_code == 303
    assert answer.location.endswith(f"{here}#i-needs")
    session.expire_all()
    assert interview.needs == "Un local"
    said = session.scalars(sa.select(Edit.value).where(Edit.item == "needs").order_by(Edit.version)).all()
    assert said == ["Un local", "Effacé par mégarde", "Un local"]


def test_nothing_comes_back_over_what_a_colleague_wrote_meanwhile(say, session, roxane, here, interview):
    say("needs", "Un local")
    say("needs", "Deux locaux", 5)
    say("needs", "Trois locaux", 9)
    answer = roxane.post(f"{here}/history/needs?part=answer", {"version": 1, "there": 2})
    assert "rien n’a été remplacé" in roxane.get(answer.location).text
    session.expire_all()
    assert interview.needs == "Trois locaux"


def test_a_note_has_a_history_of_its_own(say, roxane, here, block):
    say("name", "Projet", uid=block)
    say("name", "Vérifier l’orthographe", 1, uid=block, part=Part.NOTE)
    told = roxane.get(f"{here}/history/name?block={block}&part=note", headers={"Accept": "application/json"}).get_json()
    written = {"who": "Roxane", "yours": True, "when": "2 mars 2026 09:01"}
    assert told["steps"]["1"] == {"version": 1, "value": "Vérifier l’orthographe", "reason": None} | written
    assert "Projet" not in told["html"]


@pytest.mark.parametrize(
    "address", ["nothing", "name", "needs?block=oops", f"name?block={uuid.UUID(int=7)}", "needs?part=whole"]
)
def test_a_field_that_does_not_exist_has_no_history(roxane, here, address):
    assert roxane.get(f"{here}/history/{address}").status_code == 404


def test_the_history_of_a_case_is_for_who_conducts_it(say, malik, stranger, here):
    say("needs", "Un local")
    for address in (f"{here}/history", f"{here}/history/needs"):
        assert malik.get(address).status_code == 403
        assert stranger.get(address).status_code == 302


def test_what_is_completed_is_only_read(say, session, roxane, here, interview):
    say("needs", "Un local")
    say("needs", "Deux locaux", 5)
    conduct.complete(session, interview, roxane.id)
    session.commit()
    assert "Remettre ceci" not in roxane.get(f"{here}/history/needs").text
    assert roxane.post(f"{here}/history/needs", {"version": 1, "there": 2}).status_code == 423


def test_what_was_said_in_a_block_that_joined_another_is_read_and_comes_back_there_no_more(
    say, session, roxane, here, block, interview
):
    kept = conduct.add_block(session, interview.id, uuid.uuid4()).uid
    for n, words in enumerate(["Un lieu", "Deux lieux"]):
        say("description", words, 5 * n, uid=block)
    address = f"{here}/history/description?block={block}"
    assert "Remettre ceci" in roxane.get(address).text
    assert merge(roxane, here, kept, block)[0].status_code == 303
    page = roxane.get(address).text
    assert "Un lieu" in page
    assert "Remettre ceci" not in page
    assert roxane.post(address, {"version": 1, "there": 2}).status_code == 404


@pytest.mark.parametrize("odd", ["0", "-1", "7", "2147483647", "2147483648", "9" * 20, "9" * 5000, "x", "²"])
def test_a_version_that_a_field_never_had_puts_nothing_back(say, session, roxane, here, interview, odd):
    say("needs", "Un local")
    say("needs", "Deux locaux", 5)
    assert roxane.post(f"{here}/history/needs", {"version": odd, "there": 2}).status_code == 404
    assert (
        "rien n’a été remplacé"
        in roxane.post(f"{here}/history/needs", {"version": 1, "there": odd}, follow_redirects=True).text
    )
    session.expire_all()
    assert interview.needs == "Deux locaux"


@on_sqlite
def test_the_history_that_arrives_is_that_of_the_field_last_asked_for(say, at_desk, roxane, here, session, interview):
    for name, words in (("needs", ("Un local", "Deux locaux")), ("concerns", ("La relève", "Le financement"))):
        for n, said in enumerate(words):
            say(name, said, 5 * n)
    page = at_desk(roxane, here)
    late = []
    page.route("**/history/needs*", lambda route: late.append(route))
    page.locator("#i-needs").focus()
    page.keyboard.press("Alt+h")
    while not late:
        page.wait_for_timeout(20)
    page.keyboard.press("Escape")
    page.locator("#i-concerns").focus()
    page.keyboard.press("Alt+h")
    dialog = page.locator("#history")
    expect(dialog).to_contain_text("La relève")
    with page.expect_response("**/history/needs*") as answer:
        late[0].continue_()
    answer.value.finished()
    page.wait_for_timeout(200)
    expect(dialog).not_to_contain_text("Un local")
    dialog.get_by_role("button", name="Remettre ceci").click()
    expect(page.locator("#i-concerns")).to_have_value("La relève")
    saved(page)
    assert stored(session, Interview.concerns) == ["La relève"]
    assert stored(session, Interview.needs) == ["Deux locaux"]
