"""Long answers on screen: what is pasted is cleaned, boxes grow, and what stood there before comes back."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Page, expect

from survey.interview import saving
from survey.interview.models import Part
from survey.interview.saving import Change, Place
from tests.browsing import on_sqlite
from tests.test_call import saved
from tests.test_history import ITEMS

pytestmark = on_sqlite

FROM_WORD = "Aide\u00ad\u200b\x0baux jeunes\r\nn\u0303ou\x07s \u2028«\u00a0ici\u00a0»"
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const pasted = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(pasted);
}"""


#: A browser that does not know `field-sizing`.
OF_AN_OLD_BROWSER = """
const can = CSS.supports.bind(CSS);
CSS.supports = (...asked) => !asked[0].includes("field-sizing") && can(...asked);
addEventListener("DOMContentLoaded", () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("textarea { field-sizing: fixed !important }");
  document.adoptedStyleSheets = [sheet];
});
"""


@pytest.fixture
def call(at_desk, roxane, here) -> Page:
    return at_desk(roxane, here)


@pytest.fixture
def erased(session, interview, roxane, malik):
    """An answer that Roxane wrote, and Malik erased since."""
    for n, (words, by) in enumerate((("Un local à nous", roxane), (None, malik))):
        change = Change(uuid.uuid4(), ITEMS["needs"], Part.ANSWER, n, words)
        saving.save(session.connection(), Place(interview.id), change, by.id)
    session.commit()


def test_what_stood_in_a_field_comes_back_by_keyboard_and_is_saved(erased, call, interview, session):
    box = call.locator("#i-needs")
    box.focus()
    call.keyboard.press("Alt+h")
    history = call.get_by_role("dialog", name="Historique d’une réponse")
    expect(history.locator("li").first).to_contain_text("Malik")
    history.get_by_role("button", name="Remettre ceci").press("Enter")
    expect(history).to_be_hidden()
    expect(box).to_be_focused()
    expect(box).to_have_value("Un local à nous")
    saved(call)
    session.rollback()
    assert interview.needs == "Un local à nous"
    session.rollback()


def test_the_history_says_when_the_server_does_not_answer(erased, call):
    call.locator("#i-needs").focus()
    call.route("**/history/**", lambda route: route.abort())
    call.keyboard.press("Alt+h")
    expect(call.get_by_text("L’historique est sur le serveur")).to_be_visible()
    call.keyboard.press("Escape")
    expect(call.locator("#i-needs")).to_be_focused()


def test_what_is_pasted_from_word_loses_its_controls_and_keeps_its_lines(call, interview, session):
    call.locator("#i-needs").focus()
    call.evaluate(PASTE, FROM_WORD)
    expect(call.locator("#i-needs")).to_have_value("Aide\naux jeunes\nñous \n«\u00a0ici\u00a0»")
    call.keyboard.press("Control+z")
    expect(call.locator("#i-needs")).to_have_value("")
    call.keyboard.press("Control+Shift+z")
    call.locator("#i-respondent_name").focus()
    call.evaluate(PASTE, "Personne\x0bfictive\u200b")
    expect(call.locator("#i-respondent_name")).to_have_value("Personne fictive")
    saved(call)
    session.rollback()
    assert interview.needs == "Aide\naux jeunes\nñous \n«\u00a0ici\u00a0»"
    session.rollback()


def test_a_box_grows_with_what_is_typed_in_every_browser(at_desk, roxane, here):
    for name, script in (("needs", ""), ("concerns", OF_AN_OLD_BROWSER)):
        page = at_desk(roxane)
        page.add_init_script(script)
        page.goto(here)
        box = page.locator(f"#i-{name}")
        before = box.bounding_box()["height"]
        box.fill("ligne\n" * 12)
        assert box.bounding_box()["height"] > before * 2


def test_the_spelling_is_checked_in_the_french_of_canada(call):
    record = call.locator(".record").first
    assert record.get_attribute("spellcheck") == "true"
    assert record.get_attribute("lang") == "fr-CA"


def test_a_click_that_records_the_consents_does_not_take_the_focus_from_who_types_already(at_desk, roxane, here):
    page = at_desk(roxane, here)
    for purpose in ("interview", "quote", "recontact"):
        page.locator(f".consent input[name={purpose}][value=yes]").check()
    page.locator(".consent button").click()
    page.keyboard.press("Alt+n")
    page.keyboard.type("Ateliers en milieu de vie", delay=40)
    expect(page.locator("article input[name=name]")).to_have_value("Ateliers en milieu de vie")
    expect(page.locator("#i-respondent_name")).to_have_value("")


def test_a_click_that_records_the_consents_leads_to_the_first_question(at_desk, roxane, here):
    page = at_desk(roxane, here)
    for purpose in ("interview", "quote", "recontact"):
        page.locator(f".consent input[name={purpose}][value=yes]").check()
    page.locator(".consent button").click()
    expect(page.locator("#i-respondent_name")).to_be_focused()
