"""Words that wait in the browser while something else happens at once: a late database, another tab, a colleague."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Page, Route, expect

from survey.interview import conduct, drafts
from survey.interview.models import Edit, Initiative, Interview
from tests.browsing import on_sqlite, until
from tests.test_accessibility import LANGUAGES, look_at
from tests.test_call import saved, stored
from tests.test_offline import FIRST_SCHEMA, opened, waits

pytestmark = on_sqlite

#: The browser's own database opens only once the test says so, in this tab.
LATE = """const open = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = async function (...asked) {
    while (!sessionStorage.getItem("now")) await new Promise((done) => setTimeout(done, 20));
    return open.apply(this, asked);
};"""

ENTRIES = """async () => {
    const opening = indexedDB.open("recension");
    const store = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
    const asking = store.transaction("outbox").objectStore("outbox").getAll();
    const found = await new Promise((done) => { asking.onsuccess = () => done(asking.result); });
    store.close();
    return found.filter(({ state }) => state !== "kept").length;
}"""

#: Another tab sends and the server takes its time, until `letGo` is called there.
SENDS = """(name) => new Promise((begun) => navigator.locks.request(name, () => {
    begun();
    return new Promise((done) => { window.letGo = done; });
}))"""
QUEUED = "async (name) => (await navigator.locks.query()).pending.some((lock) => lock.name === name)"

WORDS = "Il manque un local ouvert le soir."
OTHERS = "Il manque un lieu ouvert le soir."


@pytest.fixture
def call(at_desk, roxane, here):
    return opened(at_desk(roxane, here, service_workers="allow"))


def test_what_is_typed_before_the_browsers_database_opens_is_kept_there_too(call, session):
    call.add_init_script(LATE)
    call.reload()
    call.context.set_offline(True)
    call.locator("#i-needs").focus()
    call.keyboard.type(WORDS)
    call.keyboard.press("Alt+n")
    expect(call.locator("article.block")).to_have_count(1)
    waits(call, 2)
    with call.expect_event("dialog") as leaving:
        call.close(run_before_unload=True)
    assert leaving.value.type == "beforeunload"
    leaving.value.dismiss()
    call.evaluate("sessionStorage.setItem('now', 1)")
    until(call, ENTRIES, 2)
    call.reload()
    expect(call.locator("#i-needs")).to_have_value(WORDS)
    expect(call.locator("article.block")).to_have_count(1)
    call.context.set_offline(False)
    saved(call)
    assert (stored(session, Interview.needs), len(stored(session, Initiative.uid))) == ([WORDS], 1)


@pytest.fixture
def two_tabs(call, here):
    """Offline, both wrote in Q.16; the first, where the words had grown since they were first sent, is closed."""
    other = call.context.new_page()
    other.goto(here)
    opened(other)
    call.context.set_offline(True)
    call.locator("#i-needs").fill("Il manque")
    waits(call, 1)
    call.locator("#i-needs").fill(WORDS)
    waits(call, 2)
    until(call, ENTRIES, 2)
    other.locator("#i-concerns").fill("Le financement")
    waits(other, 1)
    other.locator("#i-needs").fill(OTHERS)  # the line is known to be down: this was not sent once
    waits(other, 2)
    call.close()
    waits(other, 4)
    return other


def test_two_tabs_that_wrote_in_one_field_are_two_versions_when_one_is_gone(two_tabs, session):
    page = two_tabs
    expect(page.locator("#i-needs")).to_have_value(OTHERS)
    page.locator("#i-needs").press_sequentially(" Et du temps.")
    page.context.set_offline(False)
    trouble = page.locator("#i-needs-trouble")
    expect(trouble).to_contain_text("Vous avez écrit ici dans un autre onglet")
    expect(trouble).to_contain_text(WORDS)
    expect(page.locator("#i-needs")).to_have_value(f"{OTHERS} Et du temps.")
    assert stored(session, Interview.needs) == [WORDS]
    trouble.get_by_role("button", name="Garder les deux").click()
    saved(page)
    assert stored(session, Interview.needs) == [f"{OTHERS} Et du temps.\n{WORDS}"]
    assert WORDS in stored(session, Edit.value, "needs")


def test_words_of_a_tab_that_is_gone_are_shown_when_a_colleague_was_first(two_tabs, at_desk, colette, here, session):
    """Three versions: a colleague's, this tab's, and that of the other, which stands nowhere on this page."""
    theirs = at_desk(colette, here)
    theirs.locator("#i-needs").fill("Tout autre chose")
    saved(theirs)
    page = two_tabs
    page.context.set_offline(False)
    expect(page.locator("#i-needs-trouble")).to_contain_text("Colette a écrit ici")
    expect(page.locator("#i-needs")).to_have_value(OTHERS)
    expect(page.locator(".aside-list blockquote")).to_have_text([WORDS])
    page.locator("#i-needs").fill("Ni l’un ni l’autre")
    expect(page.locator(".save-state")).to_have_attribute("data-state", "refused")
    expect(page.locator("#i-needs-trouble")).to_contain_text("Colette a écrit ici")
    expect(page.locator(".aside-list blockquote")).to_have_text([WORDS])
    page.get_by_role("button", name="Garder ma version").click()
    page.get_by_role("button", name="Abandonner").click()
    saved(page)
    assert stored(session, Interview.needs) == ["Ni l’un ni l’autre"]


def test_who_goes_back_on_an_end_while_another_tab_sends_ends_nothing(call, here, session):
    other = call.context.new_page()
    other.goto("/account")
    lock = call.evaluate("`recension-sends-${document.querySelector('.call').dataset.answers}`")
    other.evaluate(SENDS, lock)
    call.context.set_offline(True)
    call.reload()
    expect(call.locator(".save-state")).to_contain_text("Hors réseau")
    call.keyboard.press("Alt+t")
    call.get_by_role("dialog").get_by_role("button", name="Terminer l’entrevue").press("Enter")
    expect(call.locator(".finished")).to_be_visible()
    call.context.set_offline(False)
    until(call, QUEUED, True, lock)
    call.get_by_role("button", name="Revenir aux réponses").press("Enter")
    other.evaluate("letGo()")
    call.locator("#i-needs").fill(WORDS)
    saved(call)
    until(call, QUEUED, False, lock)
    expect(call.locator("#i-needs")).to_have_value(WORDS)
    assert (stored(session, Interview.needs), stored(session, Interview.completed_at)) == ([WORDS], [None])


def held_back(page: Page) -> list[Route]:
    """The saves of a page, as they come: each goes on once it is told to."""
    saves: list[Route] = []
    page.route("**/answers", lambda route: saves.append(route))
    return saves


def die(page: Page, saves: list[Route]) -> None:
    """As if the browser were killed: on its way out the page writes nothing more and sends nothing more."""
    page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new Error('dead'); }; }")
    page.route("**/answers", lambda route: route.abort())
    for save in saves:
        save.abort()
    page.close()


def wait_for_save(page: Page, saves: list[Route]) -> Route:
    while not saves:
        page.wait_for_timeout(20)
    return saves.pop()


def test_a_browser_that_dies_as_a_save_is_acknowledged_meets_no_conflict_with_itself(at_desk, roxane, here, session):
    page = at_desk(roxane)
    page.clock.install()
    page.goto(here)
    saves = held_back(page)
    page.locator("#i-needs").fill(WORDS[:20])
    sent = wait_for_save(page, saves)
    page.locator("#i-needs").fill(WORDS)
    until(page, ENTRIES, 2)
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 0.01)
    sent.continue_()
    until(page, ENTRIES, 1)
    context = page.context
    die(page, saves)
    again = context.new_page()
    again.goto(here)
    expect(again.locator("#i-needs")).to_have_value(WORDS)
    saved(again)
    assert stored(session, Interview.needs) == [WORDS]


def test_a_browser_that_dies_twice_meets_no_conflict_with_itself_either(at_desk, roxane, here, session):
    page = at_desk(roxane, here)
    saves = held_back(page)
    page.locator("#i-needs").fill(WORDS[:20])
    page.locator("#i-needs").blur()
    wait_for_save(page, saves).abort()
    page.locator("#i-needs").fill(WORDS)
    until(page, ENTRIES, 2)
    context = page.context
    die(page, saves)
    again = context.new_page()
    saves = held_back(again)
    again.goto(here)
    wait_for_save(again, saves).continue_()
    wait_for_save(again, saves).abort()
    until(again, ENTRIES, 1)
    die(again, saves)
    last = context.new_page()
    last.goto(here)
    saved(last)
    assert stored(session, Interview.needs) == [WORDS]


def test_a_page_that_looked_for_a_history_without_the_network_sees_it_come_back(call):
    call.context.set_offline(True)
    call.reload()
    expect(call.locator(".save-state")).to_contain_text("Hors réseau")
    call.locator("#i-needs").focus()
    call.keyboard.press("Alt+h")
    expect(call.locator("#history .unreachable")).to_be_visible()
    call.keyboard.press("Escape")
    call.context.set_offline(False)
    saved(call)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_refused_because_a_colleague_ended_the_interview_wait_in_sight_until_it_is_reopened(
    at_desk, roxane, colette, here, interview, session, language
):
    says = {
        "fr": ("Une réponse écrite sur cet ordinateur n’est pas encore envoyée.", "Rouvrez l’entrevue"),
        "en": ("One answer written on this computer has not been sent yet.", "Reopen the interview"),
    }[language]
    page = at_desk(roxane, f"{here}?lang={language}")
    conduct.complete(session, interview, colette.id)
    session.commit()
    page.locator("#i-needs").fill(WORDS)
    expect(page.locator(".save-state")).to_have_attribute("data-state", "closed")
    until(page, ENTRIES, 1)
    page.reload()
    for said in says:
        expect(page.locator(".unsent")).to_contain_text(said)
    found = look_at(page)
    assert not found, "\n".join(found)
    page.goto("/account")
    page.locator(".unsent a").click()
    expect(page.locator(".unsent")).not_to_be_empty()
    page.locator("form[action$='/reopen'] button").click()
    expect(page.locator("#i-needs")).to_have_value(WORDS)
    saved(page)
    assert stored(session, Interview.needs) == [WORDS]


def test_an_interview_that_a_colleague_ended_is_reopened_from_the_page_and_what_waits_goes(
    at_desk, roxane, colette, here, interview, session
):
    page = at_desk(roxane, here)
    reopen = page.get_by_role("button", name="Rouvrir l’entrevue")
    expect(reopen).to_be_hidden()
    conduct.complete(session, interview, colette.id)
    session.commit()
    page.locator("#i-needs").fill(WORDS)
    expect(page.locator(".call-bar [data-finish]")).to_be_hidden()
    reopen.press("Enter")
    expect(page.locator("#i-needs")).to_have_value(WORDS)
    saved(page)
    assert stored(session, Interview.needs) == [WORDS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_whose_key_the_server_replaced_are_counted_apart_and_can_be_let_go(
    at_desk, roxane, here, interview, session, language
):
    says, let_go = {
        "fr": ("Une réponse gardée sur cet ordinateur ne peut plus être ouverte", "Abandonner"),
        "en": ("One answer kept on this computer can no longer be opened", "Let go"),
    }[language]
    page = at_desk(roxane, "/alive")
    body = {"id": str(uuid.uuid4()), "block": None, "item": "needs", "part": "answer", "version": 0}
    words = {"kind": "answer", "body": body | {"value": WORDS, "reason": None}}
    whose = {"user": str(roxane.id), "interview": str(interview.id)}
    session.rollback()
    page.evaluate(FIRST_SCHEMA, whose | {"key": drafts.key("celle d’avant", roxane.id), "words": words})
    page.goto(f"{here}?lang={language}")
    expect(page.locator(".unsent")).to_contain_text(says)
    found = look_at(page)
    assert not found, "\n".join(found)
    page.locator(".unsent").get_by_role("button", name=let_go).click()
    expect(page.locator(".unsent")).to_be_empty()
    until(page, ENTRIES, 0)
    page.reload()
    saved(page)
    expect(page.locator(".unsent")).to_be_empty()
