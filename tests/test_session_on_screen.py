"""The end of a session, on screen: a warning, one key, a log-in over the page; no word is lost or seen by others."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from survey.accounts.models import LoginSession, User
from survey.db import now
from survey.interview.models import Interview
from tests.browsing import on_sqlite
from tests.conftest import signed_in
from tests.test_accessibility import LANGUAGES, look_at
from tests.test_accounts import PASSWORD, kept
from tests.test_call import saved, stored

pytestmark = on_sqlite

SENTENCE = "Il manque un local, surtout l’hiver, et quelqu’un pour l’ouvrir le soir."


@pytest.fixture
def sessions(session):
    """Does something to the sessions of everybody, from outside: `sessions("end")`, `sessions(used=238)`."""

    def act(end=None, **minutes):
        session.rollback()
        columns = {"opened": "created_at", "used": "seen_at"}
        when = {columns[name]: now() - dt.timedelta(minutes=n) for name, n in minutes.items()}
        session.execute(sa.delete(LoginSession) if end else sa.update(LoginSession).values(**when))
        session.commit()

    return act


@pytest.fixture
def roxane(roxane, session):
    session.execute(sa.update(User).where(User.id == roxane.id).values(password_hash=kept()))
    session.commit()
    return roxane


def log_in(page, password=PASSWORD):
    page.get_by_label("Mot de passe").fill(password)
    page.keyboard.press("Enter")


def over(page):
    """The log-in over the page."""
    return page.locator("#session-login")


def seen_at(session):
    return stored(session, LoginSession.seen_at)[0]


def test_a_session_that_ends_under_the_fingers_loses_no_letter_and_the_same_person_goes_on(
    at_desk, roxane, here, session, sessions
):
    page = at_desk(roxane, here)
    needs = page.locator("#i-needs")
    needs.focus()
    page.keyboard.type(SENTENCE[:20], delay=20)
    saved(page)
    sessions("end")
    page.keyboard.type(SENTENCE[20:], delay=60)
    expect(needs).to_have_value(SENTENCE)
    expect(over(page)).to_be_visible()
    expect(over(page).get_by_label("Courriel")).to_have_value("roxane@exemple.test")
    expect(needs).to_be_hidden()
    assert SENTENCE not in stored(session, Interview.needs)
    log_in(page, "ce n’est pas le bon")
    expect(over(page).get_by_role("alert")).to_contain_text("ne convient pas")
    log_in(page)
    expect(over(page)).to_be_hidden()
    saved(page)
    assert stored(session, Interview.needs) == [SENTENCE]
    expect(needs).to_be_focused()
    page.keyboard.type(" Merci.")
    saved(page)
    assert stored(session, Interview.needs) == [SENTENCE + " Merci."]


def test_a_letter_that_comes_as_the_log_in_opens_goes_where_it_was_meant(at_desk, roxane, here, sessions):
    page = at_desk(roxane)
    page.clock.install()
    page.goto(here)
    page.locator("#i-needs").fill("Un loca")
    sessions("end")
    page.locator("#i-needs").blur()
    expect(page.locator(".save-state")).to_have_attribute("data-state", "signed-out")
    page.locator("#i-needs").focus()
    page.clock.pause_at(page.evaluate("Date.now()") + 10_000)
    expect(over(page)).to_be_visible()
    page.keyboard.press("l")
    expect(over(page)).to_be_hidden()
    expect(page.locator("#i-needs")).to_have_value("Un local")
    page.clock.run_for(2_000)
    expect(over(page)).to_be_visible()
    expect(over(page).get_by_label("Mot de passe")).to_have_value("")


def test_another_person_at_the_computer_sees_nothing_of_the_draft(at_desk, roxane, malik, here, session, sessions):
    page = at_desk(roxane, here)
    page.route("**/answers", lambda route: route.abort())
    page.locator("#i-needs").fill(SENTENCE)
    sessions("end")
    page.unroute("**/answers")
    expect(over(page)).to_be_visible(timeout=20_000)
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(over(page)).to_be_visible()
    assert "Maison d’essai" not in page.title()
    assert page.evaluate(
        "[...document.querySelectorAll('main *')].every((e) => !e.checkVisibility({visibilityProperty: true}))"
    )
    over(page).get_by_role("link", name="Ce n’est pas moi").click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    assert SENTENCE not in page.content()
    page.go_back()
    assert SENTENCE not in page.content()
    assert stored(session, Interview.needs) == [None]


def test_who_signs_in_in_another_tab_stops_the_page_and_blanks_it(app, at_desk, roxane, malik, here, live, session):
    page = at_desk(roxane, here)
    page.locator("#i-needs").fill(SENTENCE)
    saved(page)
    theirs = signed_in(app, malik.id).get_cookie("recension")
    page.context.add_cookies([{"name": "recension", "value": theirs.value, "url": live}])
    page.context.new_page().goto("/")
    expect(page.get_by_role("heading", name="Cette page est arrêtée")).to_be_visible()
    assert SENTENCE not in page.content()


def test_who_logs_out_in_one_tab_hides_what_is_in_every_other_at_once(at_desk, roxane):
    page = at_desk(roxane, "/account")
    other = page.context.new_page()
    other.goto("/")
    log_out(other)
    expect(other.get_by_text("Votre session est fermée.")).to_be_visible()
    expect(over(page)).to_be_visible()


def test_a_save_that_meets_another_persons_session_stops_the_page_too(app, at_desk, roxane, malik, here, live, session):
    page = at_desk(roxane, here)
    theirs = signed_in(app, malik.id).get_cookie("recension")
    page.context.add_cookies([{"name": "recension", "value": theirs.value, "url": live}])
    page.locator("#i-needs").fill(SENTENCE)
    expect(page.get_by_role("heading", name="Cette page est arrêtée")).to_be_visible()
    assert SENTENCE not in page.content()
    assert stored(session, Interview.needs) == [None]


def comes_back(page):
    """The tab comes to the front again: its page asks what became of the session."""
    page.clock.fast_forward(6_000)
    with page.expect_response("**/session"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize("path", ["/account", "the interview"])
def test_a_warning_comes_two_minutes_before_and_one_key_prolongs_the_session(
    at_desk, roxane, here, session, sessions, path
):
    page = at_desk(roxane)
    page.clock.install()
    page.goto(here if path == "the interview" else path)
    expect(page.locator("html[data-kept-here]")).to_have_count(int(path == "the interview"))  # nothing more to fetch
    sessions(used=237.2)
    comes_back(page)
    page.clock.fast_forward(40_000)
    expect(page.locator("#session-soon")).to_be_hidden()
    sessions(used=238.5)
    page.clock.fast_forward(60_000)
    expect(page.locator("#session-soon")).to_contain_text("votre session se ferme à")
    expect(page.get_by_role("button", name="Rester en ligne")).to_be_focused()
    page.clock.fast_forward(2000)
    with page.expect_response("**/session"):
        page.keyboard.press("Enter")
    expect(page.locator("#session-soon")).to_be_hidden()
    assert seen_at(session) > now() - dt.timedelta(minutes=1)


def test_nobody_is_warned_while_another_tab_is_at_work(at_desk, roxane, sessions):
    page = at_desk(roxane)
    page.clock.install()
    page.goto("/account")
    with page.expect_response("**/session"):
        page.clock.fast_forward(239 * 60_000)
    page.clock.fast_forward(40_000)
    expect(page.locator("#session-soon")).to_be_hidden()


def test_a_session_that_is_too_old_offers_a_new_one_before_it_ends(at_desk, roxane, here, session, sessions):
    sessions(opened=12 * 60 - 3)
    page = at_desk(roxane)
    page.clock.install()
    page.goto(here)
    page.locator("#i-needs").fill("Un local")
    saved(page)
    sessions(opened=12 * 60 - 1.5)
    page.clock.fast_forward(90_000)
    expect(over(page)).to_contain_text("quoi que vous fassiez")
    expect(page.locator("#i-needs")).to_be_visible()
    expect(over(page).get_by_role("link", name="Ce n’est pas moi")).to_be_hidden()
    page.clock.fast_forward(2000)
    log_in(page)
    expect(over(page)).to_be_hidden()
    assert len(stored(session, LoginSession.created_at)) == 1
    assert stored(session, LoginSession.created_at)[0] > now() - dt.timedelta(minutes=1)
    page.locator("#i-needs").fill("Un local et du temps")
    saved(page)
    assert stored(session, Interview.needs) == ["Un local et du temps"]


def test_a_form_that_was_open_when_the_session_ended_can_be_sent_after_the_log_in(at_desk, roxane, case, sessions):
    page = at_desk(roxane, f"/organisations/{case.organisation_id}")
    page.locator("textarea[name=text]").fill("Rappeler lundi matin.")
    sessions("end")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(over(page)).to_be_visible()
    log_in(page)
    expect(over(page)).to_be_hidden()
    page.locator("form:has(textarea[name=text]) button").click()
    expect(page.locator("main")).to_contain_text("Rappeler lundi matin.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warning_the_log_in_and_the_stopped_page_are_clean(at_desk, roxane, here, sessions, language):
    page = at_desk(roxane)
    page.clock.install()
    page.goto(f"{here}?lang={language}")
    expect(page.locator("html[data-kept-here]")).to_have_count(1)  # the page has nothing more to fetch
    sessions(used=239)
    comes_back(page)
    page.clock.fast_forward(40_000)
    expect(page.locator("#session-soon")).to_be_visible()
    found = look_at(page)
    sessions("end")
    page.clock.fast_forward(60_000)
    expect(over(page)).to_be_visible()
    found += look_at(page)
    page.evaluate("new BroadcastChannel('recension-session').postMessage({ user: 'somebody else' })")
    expect(over(page)).to_have_count(0)
    found += look_at(page)
    assert not found, "\n".join(found)


def leaving(page):
    return page.locator("#logout")


def log_out(page):
    page.locator("header .menu summary").click()
    page.get_by_role("button", name="Se déconnecter").click()


@pytest.fixture
def unsent(at_desk, roxane, here):
    """A page with two answers that did not leave, and what lets them go."""
    page = at_desk(roxane, here)
    page.route("**/answers", lambda route: route.abort())
    page.locator("#i-needs").fill(SENTENCE)
    page.locator("#i-concerns").fill("Le transport.")
    expect(page.locator(".save-state")).to_have_attribute("data-state", "waiting")
    return page


def test_who_logs_out_with_words_not_sent_is_asked_first_and_sends_them(unsent, session):
    page = unsent
    log_out(page)
    expect(leaving(page)).to_contain_text("2 réponses écrites sur cet ordinateur ne sont pas encore envoyées.")
    page.keyboard.press("Enter")
    expect(leaving(page).get_by_role("alert")).to_contain_text("Tout n’a pas pu être envoyé")
    page.unroute("**/answers")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Votre session est fermée.")).to_be_visible()
    assert stored(session, Interview.needs) == [SENTENCE]
    assert stored(session, Interview.concerns) == ["Le transport."]


def test_words_not_sent_are_sent_from_any_page(unsent, session):
    page = unsent
    page.goto("/account")
    log_out(page)
    expect(leaving(page)).to_contain_text("2 réponses")
    page.unroute("**/answers")
    leaving(page).get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Votre session est fermée.")).to_be_visible()
    assert stored(session, Interview.needs) == [SENTENCE]
    assert stored(session, Interview.concerns) == ["Le transport."]


def test_words_left_behind_are_sent_when_the_interview_is_opened_again(unsent, session, here):
    page = unsent
    log_out(page)
    leaving(page).get_by_role("button", name="Rester").click()
    expect(leaving(page)).to_be_hidden()
    log_out(page)
    leaving(page).get_by_role("button", name="Me déconnecter quand même").click()
    expect(page.get_by_text("Votre session est fermée.")).to_be_visible()
    page.unroute("**/answers")
    assert stored(session, Interview.needs) == [None]
    page.get_by_label("Courriel").fill("roxane@exemple.test")
    log_in(page)
    page.wait_for_url("/queue")
    page.goto(here)
    expect(page.locator("#i-needs")).to_have_value(SENTENCE)
    saved(page)
    assert stored(session, Interview.needs) == [SENTENCE]


def test_who_has_nothing_to_send_logs_out_at_once(at_desk, roxane, here):
    page = at_desk(roxane, here)
    log_out(page)
    expect(page.get_by_text("Votre session est fermée.")).to_be_visible()
