"""The network goes away in mid-call: the interview goes on, opens again, ends; and all of it is there in the end."""

from __future__ import annotations

import json
import re
import uuid

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from survey.instrument.codes import ConsentPurpose, Disposition, YesNo
from survey.interview import drafts, durations, offline_views, sittings
from survey.interview.models import Consent, Edit, Initiative, Interview
from tests.browsing import on_sqlite
from tests.conftest import signed_in
from tests.test_call import held, hold, saved, stored, type_in

pytestmark = on_sqlite

KEPT = "Boolean(navigator.serviceWorker.controller) && 'keptHere' in document.documentElement.dataset"
state = ".save-state"


def opened(page: Page) -> Page:
    """The page, once the browser could open it without the network."""
    while not page.evaluate(KEPT):
        page.wait_for_timeout(20)
    return page


@pytest.fixture
def call(at_desk, roxane, here):
    return opened(at_desk(roxane, here, service_workers="allow"))


def waits(page: Page, n: int) -> None:
    expect(page.locator(state)).to_have_attribute("data-state", "waiting")
    expect(page.locator(state)).to_have_attribute("data-waiting", str(n))


def test_what_is_typed_without_the_network_waits_in_words_and_goes_when_it_is_back(call, session):
    call.context.set_offline(True)
    call.locator("#i-needs").fill("Un local")
    expect(call.locator(state)).to_have_text("1 réponse attend le réseau")
    call.locator("#i-concerns").fill("Le financement")
    expect(call.locator(state)).to_have_text("2 réponses attendent le réseau")
    call.context.set_offline(False)
    saved(call)
    assert (stored(session, Interview.needs), stored(session, Interview.concerns)) == (["Un local"], ["Le financement"])


def test_a_page_loaded_again_without_the_network_is_as_it_was_left(call, session):
    call.locator("#i-respondent_function").fill("Directrice")
    saved(call)
    call.context.set_offline(True)
    call.keyboard.press("Alt+n")
    type_in(call, "Projet 🧡", "<Tab>", "Une description")
    call.locator("#i-needs").fill("Un local")
    call.locator("[data-item=has_initiatives] input[value=yes]").check()
    waits(call, 5)
    call.reload()
    waits(call, 5)
    expect(call.locator("#i-needs")).to_have_value("Un local")
    expect(call.locator("#i-respondent_function")).to_have_value("Directrice")
    expect(call.locator("article.block input[name=name]")).to_have_value("Projet 🧡")
    expect(call.locator("article.block textarea[name=description]")).to_have_value("Une description")
    expect(call.locator("[data-item=has_initiatives] input[value=yes]")).to_be_checked()
    call.locator("#i-needs").fill("Un local, et du temps")
    call.goto("/account")
    expect(call.get_by_role("heading", name="Le serveur ne répond pas")).to_be_visible()
    call.go_back()
    expect(call.locator("#i-needs")).to_have_value("Un local, et du temps")
    call.context.set_offline(False)
    saved(call)
    assert stored(session, Interview.needs) == ["Un local, et du temps"]
    assert stored(session, Initiative.name) == ["Projet 🧡"]
    assert stored(session, Initiative.description) == ["Une description"]
    call.reload()
    expect(call.locator("#i-needs")).to_have_value("Un local, et du temps")


def test_a_text_that_grows_over_several_loads_without_the_network_meets_no_conflict_with_itself(call, session):
    call.context.set_offline(True)
    for words in ("Un", "Un local", "Un local, et", "Un local, et du temps"):
        call.locator("#i-needs").fill(words)
        call.wait_for_timeout(300)
        call.reload()
        expect(call.locator("#i-needs")).to_have_value(words)
    call.context.set_offline(False)
    saved(call)
    assert stored(session, Interview.needs) == ["Un local, et du temps"]
    assert sorted(stored(session, Edit.version, "needs")) == [1, 2, 3, 4]


def test_the_time_goes_on_from_what_the_page_knew_and_is_the_server_s_again_on_line(call, interview, session):
    shown = call.locator(".call-time")
    session.rollback()
    sitting = sittings.of_interview(session, interview.id)[0]
    durations.spend(session, sitting, uuid.uuid4(), {"general": 720})
    session.commit()
    call.reload()
    expect(shown).to_have_text(re.compile("^12 min"))
    opened(call).context.set_offline(True)
    call.reload()
    expect(shown).to_have_text(re.compile("^12 min"))
    call.locator("#i-respondent_function").fill("Directrice")
    call.wait_for_timeout(2500)
    durations.spend(session, sitting, uuid.uuid4(), {"general": 300})
    session.commit()
    call.reload()
    expect(shown).to_have_text(re.compile("^12 min"))
    call.context.set_offline(False)
    expect(shown).to_have_text(re.compile("^17 min"))
    session.rollback()
    told = durations.spent(session.connection(), [interview.id])[interview.id, "general", None].seconds
    session.rollback()
    assert told > 1020


def test_consent_is_recorded_without_the_network_and_once(call, session):
    call.context.set_offline(True)
    for purpose in ("interview", "quote", "recontact"):
        call.locator(f".consent input[name={purpose}][value=yes]").check()
    call.get_by_role("button", name="Consigner les réponses").dblclick()
    expect(call.locator("#i-respondent_name")).to_be_focused()
    waits(call, 1)
    call.reload()
    expect(call.locator("#opening summary").first).to_have_text("Consentement consigné")
    expect(call.locator(".consent input[name=quote][value=yes]")).to_be_checked()
    call.context.set_offline(False)
    saved(call)
    assert sorted(stored(session, Consent.purpose)) == sorted(ConsentPurpose)


def test_blocks_come_go_and_move_without_the_network(call, session):
    for name in ("Un", "Deux", "Trois"):
        call.locator(".rail .add-block button").click()
        type_in(call, name)
        call.wait_for_timeout(510)
    saved(call)
    call.context.set_offline(True)
    blocks, names = call.locator("article.block"), call.locator("article.block input[name=name]")
    blocks.nth(2).get_by_role("button", name="Monter cette initiative").click()
    blocks.nth(0).get_by_role("button", name="Retirer cette initiative").click()
    expect(names.nth(0)).to_have_value("Trois")
    expect(blocks.nth(0).locator("h3")).to_contain_text("1")
    expect(blocks.nth(1).locator(".q").first).to_contain_text("2")
    call.reload()
    expect(names).to_have_count(2)
    expect(names.nth(0)).to_have_value("Trois")
    call.get_by_role("button", name="Rétablir").click()
    call.locator("article.block input[name=name]").nth(0).fill("Un, revenu")
    waits(call, 4)
    call.wait_for_timeout(300)
    call.reload()
    for n, name in enumerate(("Un, revenu", "Trois", "Deux")):
        expect(names.nth(n)).to_have_value(name)
        expect(call.locator(".rail-blocks .rail-name").nth(n)).to_have_text(name)
    call.context.set_offline(False)
    saved(call)
    session.rollback()
    found = session.scalars(sa.select(Initiative).order_by(Initiative.position)).all()
    assert [(one.name, one.removed_at) for one in found] == [("Un, revenu", None), ("Trois", None), ("Deux", None)]
    session.rollback()


def test_an_interview_ends_without_the_network_and_one_may_go_back_on_it(call, case, session):
    call.context.set_offline(True)
    call.locator("[data-item=has_initiatives] input[value=no]").check()
    call.keyboard.press("Alt+t")
    dialog = call.get_by_role("dialog", name="Terminer hors réseau")
    expect(dialog.get_by_role("link", name=re.compile("Q.14"))).to_be_visible()
    dialog.get_by_role("button", name="Terminer l’entrevue").press("Enter")
    expect(call.locator(".finished")).to_be_visible()
    expect(call.locator("#i-needs")).to_be_disabled()
    call.get_by_role("button", name="Revenir aux réponses").press("Enter")
    call.locator("#i-needs").fill("Un local")
    call.keyboard.press("Alt+t")
    dialog.get_by_role("button", name="Terminer l’entrevue").press("Enter")
    call.reload()
    expect(call.locator(".finished")).to_be_visible()
    call.context.set_offline(False)
    expect(call.get_by_text("Entrevue terminée le")).to_be_visible()
    assert stored(session, Interview.needs) == ["Un local"]
    assert (case.disposition, stored(session, Interview.has_initiatives)) == (Disposition.COMPLETED_NONE, [YesNo.NO])
    call.context.set_offline(True)
    call.reload()
    expect(call.get_by_role("heading", name="Le serveur ne répond pas")).to_be_visible()


def test_finishing_when_all_is_saved_and_the_network_just_went_asks_here(call, case):
    call.locator("[data-item=has_initiatives] input[value=no]").check()
    saved(call)
    call.context.set_offline(True)
    expect(call.locator(state)).to_have_text("Tout est enregistré")
    call.keyboard.press("Alt+t")
    dialog = call.get_by_role("dialog", name="Terminer hors réseau")
    expect(dialog).to_be_visible()
    expect(call.locator(state)).to_have_text("Hors réseau ; tout ce qui précède est enregistré")
    dialog.get_by_role("button", name="Retourner à l’entrevue").press("Enter")
    call.context.set_offline(False)
    saved(call)
    call.keyboard.press("Alt+t")
    expect(call).to_have_url(re.compile("/review"))


def test_the_end_without_the_network_shows_from_its_title_and_says_what_lacks_in_words(call):
    call.context.set_offline(True)
    for _ in range(4):
        call.keyboard.press("Alt+n")
    call.keyboard.press("Alt+t")
    dialog = call.get_by_role("dialog", name="Terminer hors réseau")
    expect(dialog.get_by_role("heading", level=2)).to_be_in_viewport(ratio=1)
    expect(dialog.get_by_role("button", name="Terminer l’entrevue")).to_be_in_viewport(ratio=1)
    expect(dialog.locator("a", has_text="Q.16")).to_have_text(re.compile(r"Q\.16\. \w+ \w+"))
    call.keyboard.press("Escape")
    call.set_viewport_size({"width": 360, "height": 300})
    call.keyboard.press("Alt+t")
    expect(dialog.get_by_role("heading", level=2)).to_be_in_viewport(ratio=1)


def test_an_interview_that_was_ended_opens_again_for_a_word_that_is_refused(call, session):
    call.context.set_offline(True)
    call.keyboard.press("Alt+n")
    year = call.locator("article.block input[name=year_created]")
    year.fill("jadis")
    call.keyboard.press("Alt+t")
    call.get_by_role("dialog").get_by_role("button", name="Terminer l’entrevue").press("Enter")
    expect(year).to_be_disabled()
    call.context.set_offline(False)
    expect(call.locator(state)).to_have_attribute("data-state", "refused")
    expect(call.locator(".aside-list")).to_contain_text("quatre chiffres")
    assert stored(session, Interview.completed_at) == [None]
    year.fill("2015")
    call.keyboard.press("Alt+t")
    expect(call).to_have_url(re.compile("/review"))
    assert stored(session, Initiative.year_created) == [2015]


def test_a_poisoned_answer_is_put_aside_in_words_and_the_rest_goes_on(call, session):
    """The server fails on it whatever one does: it stays, with its sentence and its words, and holds up nothing."""
    call.context.set_offline(True)
    call.locator("#i-needs").fill("poison")
    call.locator("#i-concerns").fill("Le financement")
    waits(call, 2)

    def fail(route):
        route.fulfill(
            status=500, json={"error": "Une erreur s’est produite"}
        ) if "poison" in route.request.post_data else route.fallback()

    call.context.route("**/answers", fail)
    call.context.set_offline(False)
    expect(call.locator(state)).to_have_attribute("data-state", "refused", timeout=15_000)
    assert stored(session, Interview.concerns) == ["Le financement"]
    expect(call.locator("#i-needs-trouble")).to_have_text("Une erreur s’est produite")
    expect(call.locator(".aside-list a")).to_have_text(re.compile("Q.16"))
    expect(call.locator("#i-needs")).to_have_value("poison")
    call.context.unroute("**/answers")
    call.locator("#i-needs").fill("Un local")
    saved(call)
    assert stored(session, Interview.needs) == ["Un local"]
    expect(call.locator(".aside-list")).to_be_hidden()


def test_two_tabs_of_one_interview_send_one_after_the_other_and_show_what_the_other_saved(call, here, session):
    other = call.context.new_page()
    other.goto(here)
    opened(other)
    call.context.set_offline(True)
    call.locator("#i-needs").fill("Un local")
    other.locator("#i-concerns").fill("Le financement")
    for page in (call, other):
        waits(page, 1)
    call.close()
    call.context.set_offline(False)
    saved(other)
    expect(other.locator("#i-needs")).to_have_value("Un local")
    assert (stored(session, Interview.needs), stored(session, Interview.concerns)) == (["Un local"], ["Le financement"])


def test_a_second_person_at_the_computer_opens_nothing_of_it(call, roxane, malik, colette, here, live, session):
    call.context.set_offline(True)
    call.locator("#i-needs").fill("Le secret de Roxane")
    waits(call, 1)
    call.context.route("**/answers", lambda route: route.abort())
    call.context.set_offline(False)
    cookie = colette.client.get_cookie("recension")
    call.context.add_cookies([{"name": "recension", "value": cookie.value, "url": live}])
    call.goto("/account")
    expect(call.locator(".unsent")).to_be_empty()
    call.goto(here)
    expect(call.locator("#i-needs")).to_have_value("")
    call.context.set_offline(True)
    call.context.clear_cookies()
    call.goto(here)
    assert "Le secret de Roxane" not in call.content()


@pytest.fixture
def left_open(at_desk, roxane, here):
    """Roxane's interview, whose words are saved and kept, in a tab that nobody closes; its clock can be put forward."""
    page = at_desk(roxane, service_workers="allow")
    page.clock.install()
    page.goto(here)
    opened(page).locator("#i-needs").fill("Le secret de Roxane")
    saved(page)
    page.reload()
    return opened(page)


def nothing_opens(left_open: Page, here: str) -> None:
    """Its tab went on for a while; the line is cut, and whoever is there opens the interview."""
    left_open.clock.fast_forward(21_000)
    left_open.wait_for_timeout(500)
    left_open.context.set_offline(True)
    theirs = left_open.context.new_page()
    theirs.goto(here)
    expect(theirs.get_by_role("heading", name="Le serveur ne répond pas")).to_be_visible()


def test_who_logs_out_beside_a_tab_left_open_leaves_nothing_to_open_without_the_network(left_open, here):
    other = left_open.context.new_page()
    other.goto("/")
    other.locator("header .menu summary").click()
    other.get_by_role("button", name="Se déconnecter").click()
    expect(other.get_by_text("Votre session est fermée.")).to_be_visible()
    expect(left_open.locator("#session-login")).to_be_visible()
    nothing_opens(left_open, here)


def test_a_tab_that_another_person_stopped_opens_nothing_for_them_without_the_network(
    left_open, colette, here, live, session
):
    """Even once the browser put its worker to sleep, which forgets who is there."""
    cookie = colette.client.get_cookie("recension")
    left_open.context.add_cookies([{"name": "recension", "value": cookie.value, "url": live}])
    other = left_open.context.new_page()
    other.goto("/")
    expect(left_open.get_by_role("heading", name="Cette page est arrêtée")).to_be_visible()
    browser = left_open.context.new_cdp_session(other)
    browser.send("ServiceWorker.enable")
    browser.send("ServiceWorker.stopAllWorkers")
    nothing_opens(left_open, here)


def test_who_logs_in_again_over_the_page_goes_on_without_the_network(left_open, roxane, here, live, app, session):
    mine = signed_in(app, roxane.id).get_cookie("recension")
    left_open.context.clear_cookies()
    left_open.locator("#i-concerns").fill("Le financement")
    expect(left_open.locator("#session-login")).to_be_visible()
    left_open.context.add_cookies([{"name": "recension", "value": mine.value, "url": live}])
    left_open.context.new_page().goto("/account")  # in another tab
    saved(left_open)
    left_open.wait_for_timeout(500)
    left_open.context.set_offline(True)
    left_open.reload()
    expect(left_open.locator("#i-needs")).to_have_value("Le secret de Roxane")


def test_a_whole_interview_by_keyboard_alone_without_the_network_is_the_same_in_the_database(
    call, interview, case, session
):
    call.context.set_offline(True)
    hold(call)
    call.keyboard.press("Alt+t")
    dialog = call.get_by_role("dialog", name="Terminer hors réseau")
    expect(dialog.get_by_role("button", name="Retourner à l’entrevue")).to_be_focused()
    call.keyboard.press("Shift+Tab")
    call.keyboard.press("Enter")
    expect(call.locator(".finished")).to_be_visible()
    call.context.set_offline(False)
    expect(call.get_by_text("Entrevue terminée le")).to_be_visible()
    held(session, interview, case)
    assert sorted(stored(session, Consent.given)) == [YesNo.YES] * 3


#: The database of the browser as its first version made it, with one answer that waits.
FIRST_SCHEMA = """async ({ key: text, user, interview, words }) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt"]);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const clear = new TextEncoder().encode(JSON.stringify(words));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, clear);
    const opening = indexedDB.open("recension", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
    const store = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
    const change = store.transaction("outbox", "readwrite");
    const sealed = { iv, data };
    change.objectStore("outbox").put({ id: words.body.id, user, interview, tab: "gone", state: "waiting", sealed });
    await new Promise((done) => { change.oncomplete = done; });
    store.close();
}"""


def test_what_an_older_version_of_the_software_kept_is_sent_by_the_newer(
    app, at_desk, roxane, here, interview, session
):
    page = at_desk(roxane, "/alive")
    body = {"id": str(uuid.uuid4()), "block": None, "item": "needs", "part": "answer", "version": 0}
    said = {"value": "Un local", "reason": None}
    kept = {"kind": "answer", "body": body | said}
    whose = {"user": str(roxane.id), "interview": str(interview.id)}
    session.rollback()
    page.evaluate(FIRST_SCHEMA, whose | {"key": drafts.key(app.config["SECRET_KEY"], roxane.id), "words": kept})
    page.goto("/account")
    expect(page.locator(".unsent")).to_contain_text("Une réponse écrite sur cet ordinateur n’est pas encore envoyée.")
    page.get_by_role("link", name="Ouvrir l’entrevue pour les envoyer").click()
    expect(page.locator("#i-needs")).to_have_value("Un local")
    saved(page)
    assert stored(session, Interview.needs) == ["Un local"]
    page.goto("/account")
    expect(page.locator(".unsent")).to_be_empty()


def test_a_new_release_of_the_software_replaces_what_the_browser_kept_of_the_old_one(app, monkeypatch):
    worker = app.test_client().get("/service-worker.js")
    assert worker.mimetype == "text/javascript"
    assert "export " not in worker.text
    kept = re.search(r"const ASSETS = (.*);", worker.text)
    assert kept
    for path in json.loads(kept[1]):
        with app.test_client().get(path) as answer:
            assert answer.status_code == 200
    offline_views.version.cache_clear()
    monkeypatch.setattr(offline_views, "ASSETS", ("style.css",))
    assert app.test_client().get("/service-worker.js").text.split("\n")[0] != worker.text.split("\n")[0]
    offline_views.version.cache_clear()


@pytest.mark.parametrize(("name", "path"), [("Version papier", "/paper"), ("Historique de l’entrevue", "/history")])
def test_a_page_that_the_server_must_draw_waits_in_words_without_the_network(call, name, path):
    call.context.set_offline(True)
    call.get_by_role("link", name=name).press("Enter")
    expect(call.get_by_role("alert").filter(has_text="Le réseau ne répond pas")).to_be_in_viewport(ratio=1)
    call.context.set_offline(False)
    saved(call)
    expect(call.locator(".line-down")).to_be_hidden()
    call.get_by_role("link", name=name).press("Enter")
    expect(call).to_have_url(re.compile(path))


def test_a_block_is_not_split_without_the_network_and_the_page_says_why(call):
    call.keyboard.press("Alt+n")
    saved(call)
    call.context.set_offline(True)
    call.locator(".tools .menu summary").press("Enter")
    call.get_by_role("button", name="Séparer en deux…").press("Enter")
    expect(call.locator(".line-down")).to_be_visible()
    call.context.set_offline(False)
    saved(call)
    call.get_by_role("button", name="Séparer en deux…").press("Enter")
    expect(call).to_have_url(re.compile("/split"))
