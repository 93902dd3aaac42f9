"""On screen: another person answers, time is told, blocks are rearranged, all without a word lost."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from survey.instrument.codes import ConsentPurpose, YesNo
from survey.interview import conduct, durations, respondents, sittings
from survey.interview.course_models import ActiveTime, Respondent
from survey.interview.models import Initiative
from survey.interview.respondents import Said
from tests.browsing import on_sqlite
from tests.test_call import saved, stored
from tests.test_sittings import past

pytestmark = on_sqlite


@pytest.fixture
def call(at_desk, roxane, here):
    return at_desk(roxane, here)


def test_another_person_answers_from_where_one_is(call, session):
    call.keyboard.press("Alt+n")
    call.keyboard.type("Projet")
    uid = call.locator(".block .record").get_attribute("data-block")
    call.get_by_text("Une autre personne répond").click()
    expect(call.locator(".respondent.new [name=name]")).to_be_focused()
    call.keyboard.type("Personne fictive")
    call.keyboard.press("Tab")
    call.keyboard.type("Directrice")
    call.keyboard.press("Enter")
    row = call.locator(".respondent:not(.new)")
    expect(row.locator("[name=name]")).to_have_value("Personne fictive")
    expect(row.locator("[name=from] option:checked")).to_have_text(re.compile("Projet"))
    saved(call)
    row.locator("[name=function]").fill("Directrice adjointe")
    row.locator("[name=function]").press("Tab")
    saved(call)
    assert stored(session, Respondent.name) == ["Personne fictive"]
    assert stored(session, Respondent.function) == ["Directrice adjointe"]
    assert stored(session, Respondent.initiative_id) == stored(session, Initiative.id)
    assert [str(one) for one in stored(session, Initiative.uid)] == [uid]
    row.get_by_role("button", name="Retirer").click()
    saved(call)
    assert stored(session, Respondent.removed_at) != [None]
    call.reload()
    expect(call.locator(".respondent:not(.new)").get_by_role("button", name="Rétablir")).to_be_visible()


def test_respondents_wait_for_the_network_like_answers(call, session):
    call.context.set_offline(True)
    call.get_by_text("Une autre personne répond").click()
    call.keyboard.type("Personne fictive")
    call.keyboard.press("Enter")
    expect(call.locator(".respondent:not(.new) [name=name]")).to_have_value("Personne fictive")
    expect(call.locator(".save-state")).to_have_attribute("data-state", "waiting")
    row = call.locator(".respondent:not(.new)")
    row.locator("[name=name]").fill("Personne (fictive)")
    row.locator("[name=name]").press("Tab")
    assert stored(session, Respondent.name) == []
    call.context.set_offline(False)
    saved(call)
    assert stored(session, Respondent.name) == ["Personne (fictive)"]


def test_the_page_tells_where_the_time_went(call, session, interview):
    assert stored(session, ActiveTime.seconds) == []
    call.locator("#i-respondent_function").fill("Directrice")
    call.wait_for_timeout(2500)
    with call.expect_response("**/time"):
        call.evaluate("dispatchEvent(new Event('pagehide'))")
    assert set(stored(session, ActiveTime.part)) <= {"general", "introduction"}
    session.rollback()
    spent = durations.spent(session.connection(), [interview.id])
    session.rollback()
    assert spent[interview.id, "general", None].seconds >= 2


def test_whoever_only_looks_tells_nothing(call, session):
    call.mouse.wheel(0, 600)
    call.wait_for_timeout(1500)
    call.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(call.locator(".call-time")).to_have_text("1 min; pas encore assez d’entrevues pour prédire")
    assert stored(session, ActiveTime.seconds) == []


def test_the_bar_says_what_is_left(at_desk, roxane, here, interview, session):
    past(session, roxane, 5)
    sitting = sittings.of_interview(session, interview.id)[0]
    durations.spend(session, sitting, uuid.uuid4(), {"general": 720})
    interview.has_initiatives, interview.initiative_count = YesNo.YES, 4
    session.commit()
    page = at_desk(roxane, here)
    expect(page.locator(".call-time")).to_have_text("12 min; encore environ 25 min")


def test_what_was_typed_is_sent_before_a_block_is_split(call, session):
    call.keyboard.press("Alt+n")
    call.keyboard.type("Deux projets")
    call.locator(".block .menu > summary").click()
    call.get_by_role("button", name="Séparer en deux…").click()
    expect(call.get_by_role("heading", level=1)).to_have_text("Séparer en deux")
    expect(call.locator(".said")).to_have_text("Deux projets")
    call.get_by_role("button", name="Tout copier dans les deux, puis corriger").click()
    expect(call.locator(".block")).to_have_count(2)
    assert stored(session, Initiative.name) == ["Deux projets", "Deux projets"]
    call.get_by_role("button", name="Annuler").click()
    expect(call.locator(".block")).to_have_count(1)


def test_a_page_that_shows_a_block_merged_away_keeps_its_words_on_screen(at_desk, roxane, here, interview, session):
    uids = [uuid.uuid4(), uuid.uuid4()]
    for uid in uids:
        conduct.add_block(session, interview.id, uid)
    conduct.consent(session, interview, {ConsentPurpose.INTERVIEW: YesNo.YES}, roxane.id)
    session.commit()
    page, other = at_desk(roxane, here), at_desk(roxane, f"{here}/initiatives/{uids[0]}/merge?with={uids[1]}")
    other.get_by_role("button", name="Réunir").click()
    expect(other.locator(".block")).to_have_count(1)
    field = page.locator(f"#b-{str(uids[1])[:8]}-description")
    field.fill("Un mot que personne ne doit perdre")
    field.press("Tab")
    expect(page.get_by_text("Cette initiative n’est pas dans l’entrevue.").first).to_be_visible()
    expect(field).to_have_value("Un mot que personne ne doit perdre")


def test_two_colleagues_correct_a_respondent_and_the_second_is_asked(call, colette, here, session):
    call.get_by_text("Une autre personne répond").click()
    call.keyboard.type("Personne fictive")
    call.keyboard.press("Enter")
    saved(call)
    [uid] = stored(session, Respondent.uid)
    row = call.locator(".respondent:not(.new)")
    by_colette = Said("Selon Colette", None, "general")
    respondents.keep(session, 1, uid, 1, by_colette, colette.id)
    session.commit()
    row.locator("[name=name]").fill("Selon Roxane")
    row.locator("[name=name]").press("Tab")
    expect(call.get_by_text("Colette a écrit autre chose")).to_be_visible()
    expect(row.locator("[name=name]")).to_have_value("Selon Roxane")
    row.locator("[name=function]").fill("Directrice")
    row.locator("[name=function]").press("Tab")
    saved(call)
    assert stored(session, Respondent.name) == ["Selon Roxane"]
