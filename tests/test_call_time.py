"""On screen: another person answers, time is told, blocks are rearranged, all without a word lost."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from survey.instrument.codes import ConsentPurpose, YesNo
from survey.interview import conduct, durations, respondents, sittings
from survey.interview.course_models import ActiveTime, Respondent
from survey.interview.drawing import block_key
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
    expect(call.locator(".call-time")).to_have_text("1 min ; pas encore assez d’entrevues pour prédire")
    assert stored(session, ActiveTime.seconds) == []


def test_the_bar_says_what_is_left(at_desk, roxane, here, interview, session):
    past(session, roxane, 5)
    sitting = sittings.of_interview(session, interview.id)[0]
    durations.spend(session, sitting, uuid.uuid4(), {"general": 720})
    interview.has_initiatives, interview.initiative_count = YesNo.YES, 4
    session.commit()
    page = at_desk(roxane, here)
    expect(page.locator(".call-time")).to_have_text("12 min ; encore environ 25 min")


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
    call.get_by_role("button", name="Défaire").click()
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
    field = page.locator(f"#{block_key(uids[1])}-description")
    field.fill("Un mot que personne ne doit perdre")
    field.press("Tab")
    expect(page.get_by_text("Cette initiative n’est pas dans l’entrevue.").first).to_be_visible()
    expect(field).to_have_value("Un mot que personne ne doit perdre")


@pytest.fixture
def two_versions(call, colette, session):
    """A respondent whom Colette corrected while Roxane's page, which has not seen it, goes on."""
    call.get_by_text("Une autre personne répond").click()
    call.keyboard.type("Personne fictive")
    call.keyboard.press("Enter")
    saved(call)
    [uid] = stored(session, Respondent.uid)
    respondents.keep(
        session, 1, uid, stored(session, Respondent.version)[0], Said("Selon Colette", None, "general"), colette.id
    )
    session.commit()
    row = call.locator(".respondent:not(.new)")
    row.locator("[name=name]").fill("Selon Roxane")
    expect(row.locator(".row-trouble")).to_contain_text("Colette a écrit autre chose")
    return row


def test_who_goes_on_typing_puts_nothing_over_a_colleague_s_words(call, two_versions, session):
    row = two_versions
    expect(row.locator(".row-trouble")).to_contain_text("Selon Colette")
    with call.expect_response("**/respondents") as answer:
        row.locator("[name=function]").press_sequentially("Directrice")
    assert answer.value.status == 409
    assert stored(session, Respondent.name) == ["Selon Colette"]
    row.get_by_role("button", name="Garder ma version").click()
    saved(call)
    expect(row.locator(".row-trouble")).to_have_count(0)
    assert stored(session, Respondent.name) == ["Selon Roxane"]
    assert stored(session, Respondent.function) == ["Directrice"]


def test_a_colleague_s_version_of_a_respondent_is_taken(call, two_versions, session):
    row = two_versions
    row.get_by_role("button", name="Prendre la sienne").click()
    saved(call)
    expect(row.locator("[name=name]")).to_have_value("Selon Colette")
    row.locator("[name=function]").fill("Directrice")
    row.locator("[name=function]").press("Tab")
    saved(call)
    assert stored(session, Respondent.name) == ["Selon Colette"]
    assert stored(session, Respondent.function) == ["Directrice"]


def test_a_new_respondent_is_saved_while_being_typed(call, session):
    call.get_by_text("Une autre personne répond").click()
    with call.expect_response("**/respondents"):
        call.keyboard.type("Personne fic")
    assert stored(session, Respondent.name) == ["Personne fic"]
    call.keyboard.type("tive")
    call.keyboard.press("Enter")
    row = call.locator(".respondent:not(.new)")
    expect(row).to_have_count(1)
    with call.expect_response("**/respondents"):
        row.locator("[name=function]").press_sequentially("Directrice")
    saved(call)
    assert stored(session, Respondent.name) == ["Personne fictive"]
    call.get_by_text("Une autre personne répond").click()
    call.keyboard.type("Troisième")
    call.keyboard.press("Enter")
    saved(call)
    assert stored(session, Respondent.name) == ["Personne fictive", "Troisième"]


def test_what_is_typed_of_a_respondent_survives_the_end_of_the_browser(call, here, session):
    call.route("**/respondents", lambda route: route.abort())
    call.get_by_text("Une autre personne répond").click()
    call.keyboard.type("Personne fic")
    expect(call.locator(".save-state")).to_have_attribute("data-state", "waiting")
    context = call.context
    call.close(run_before_unload=False)
    page = context.new_page()
    page.goto(here)
    expect(page.locator(".respondent:not(.new) [name=name]")).to_have_value("Personne fic")
    saved(page)
    assert stored(session, Respondent.name) == ["Personne fic"]
