"""Two colleagues in one interview see where the other is, and are told of it once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browsing import on_sqlite
from tests.test_accessibility import LANGUAGES, look_at

pytestmark = on_sqlite


def test_a_colleague_is_seen_at_the_field_and_in_the_bar_and_announced_once(at_desk, roxane, colette, here):
    hers, theirs = at_desk(roxane), at_desk(colette)
    for page in (hers, theirs):
        page.clock.install()
        page.goto(here)
    announced = hers.locator(".others-said")
    expect(announced).to_be_empty()
    hers.clock.fast_forward(15_000)
    expect(announced).to_have_text("Colette vient d’arriver dans l’entrevue.")
    expect(hers.locator(".others-here")).to_contain_text("Colette est aussi dans l’entrevue")
    hers.evaluate("document.querySelector('.others-said').textContent = ''")
    theirs.locator("#i-needs").focus()
    with theirs.expect_response("**/presence"):
        theirs.clock.fast_forward(15_000)
    hers.clock.fast_forward(15_000)
    expect(hers.locator(".others-here")).to_contain_text("Colette est dans Q.16.")
    expect(hers.locator("[data-item=needs] > .here")).to_have_text("Colette")
    expect(announced).to_be_empty()
    expect(theirs.locator(".others-here")).to_contain_text("Roxane est aussi dans l’entrevue")


def test_who_was_there_is_forgotten_when_the_line_is_down(at_desk, roxane, colette, here):
    at_desk(colette, here).locator("#i-needs").focus()
    page = at_desk(roxane)
    page.clock.install()
    page.goto(here)
    expect(page.locator(".others-here")).to_contain_text("Colette")
    page.route("**/presence", lambda route: route.abort())
    page.clock.fast_forward(30_000)
    expect(page.locator(".others-here")).to_contain_text("Colette")
    page.clock.fast_forward(20_000)
    expect(page.locator(".others-here")).to_be_empty()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_shows_a_colleague_is_clean(at_desk, roxane, colette, here, language):
    theirs = at_desk(colette)
    theirs.clock.install()
    theirs.goto(here)
    theirs.locator("#i-needs").focus()
    with theirs.expect_response("**/presence"):
        theirs.clock.fast_forward(15_000)
    page = at_desk(roxane, f"{here}?lang={language}")
    expect(page.locator(".here")).to_be_visible()
    found = look_at(page)
    assert not found, "\n".join(found)
