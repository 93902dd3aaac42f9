"""Every page, for each role, in both languages, at three widths: axe finds nothing, nothing leaves the window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from flask import Flask, url_for
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.accounts import links
from survey.accounts.models import Language, Purpose, Role
from survey.accounts.permissions import PERMISSIONS
from survey.api.operations import OPERATIONS
from tests.browsing import Desk, on_sqlite
from tests.conftest import Colleague, hire
from tests.under_way import Arguments, under_way

pytestmark = on_sqlite

WIDTHS = (320, 768, 1280)
LANGUAGES = ("fr", "en")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

#: What answers GET and is not a page to look at.
NOT_PAGES = {
    "static",
    "accounts.session_left",
    "offline.alive",
    "offline.shell",
    "timing.left",
    "offline.worker",
    "agenda.file",
    "attempt_import.example",
    "agenda.week_file",
    "messages.file",
    "messages.merge",
    "outcomes.annexe_a_pdf",
    "provenance.graphml",
    "export.far",
    "export.take",
    "paper.blank_pdf",
    "paper.filled_pdf",
    *OPERATIONS,
}
#: Their own tests are below.
BEFORE_ANYBODY = {"accounts.setup"}


def axe_finds(page: Page, colours: bool) -> list[str]:
    """The violations of one page as it stands, each with the first elements concerned."""
    options = {"resultTypes": ["violations"], "preload": False, "rules": {"color-contrast": {"enabled": colours}}}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{v['id']}: {v['help']} — " + " ".join(n["html"][:160] for n in v["nodes"][:3]) for v in found]


def overflows(page: Page) -> list[str]:
    """What stands out of the window or of its frame to the right: somebody who enlarges would scroll both ways."""
    return page.evaluate("""() => {
        const framed = [...document.querySelectorAll(".table-wrap")].filter((e) => e.scrollWidth > e.clientWidth);
        if (framed.length) return ["wider than its frame: " + framed.map((e) => e.innerText.slice(0, 60)).join(" ")];
        const width = document.documentElement.clientWidth;
        if (document.scrollingElement.scrollWidth <= width) return [];
        const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > width + 1);
        return ["wider than the window: " + out.slice(-4).map((e) => e.outerHTML.slice(0, 120)).join(" ")];
    }""")


def look_at(page: Page) -> list[str]:
    """Everything wrong with the page that is open, at each width.

    Contrast, two thirds of axe's time, is measured in French at both ends: no colour follows the language.
    """
    found = []
    page.evaluate(AXE)
    french = page.locator("html").get_attribute("lang") == "fr"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wrongs = axe_finds(page, french and width in (WIDTHS[0], WIDTHS[-1])) + overflows(page)
        found += [f"{page.url} at {width} px: {wrong}" for wrong in wrongs]
    return found


def pages_for(app: Flask, role: Role | None, known: Arguments) -> Iterator[str]:
    """The address of every page that a role may open, in the order of the URL map."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in NOT_PAGES | BEFORE_ANYBODY:
            continue
        allowed = PERMISSIONS[rule.endpoint]
        if allowed is not None and role not in allowed:
            continue
        lacking = rule.arguments - {name for given in known.get(rule.endpoint, ()) for name in given}
        assert not lacking, f"Say in `known` what {lacking} of {rule.endpoint} may stand for, or that it is not a page"
        with app.test_request_context():
            yield from (url_for(rule.endpoint, _external=False, **given) for given in known.get(rule.endpoint, [{}]))


def in_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def fingerprint(html: str) -> str:
    """What makes a page worth looking at again: not its tokens, nor the header that every page of a role shares."""
    return re.sub(r'(?s)<header class="site">.*?</header>|nonce="[^"]*"|value="[^"]{36,}"|Camille', "", html)


def walk(page: Page, addresses: list[str], seen: set[str]) -> list[str]:
    """Open each address; look at what no other role was shown as it is."""
    found: list[str] = []
    page.on("console", lambda said: found.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    for address in dict.fromkeys(addresses):
        answer = page.goto(address)
        assert answer is not None
        if (content := fingerprint(answer.text())) not in seen:
            seen.add(content)
            found += look_at(page)
    return found


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Fingerprints of the pages looked at so far."""
    return set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [*Role, None])
def test_every_page_is_accessible_at_every_width(
    app: Flask, session: Session, at_desk: Desk, seen: set[str], role: Role | None, language: str
) -> None:
    camille = hire(app, "Camille", role or Role.INTERVIEWER, Language(language))
    known = under_way(app, session, camille.id)
    addresses = [in_language(address, language) for address in pages_for(app, role, known)]
    found = walk(at_desk(camille if role else None, "/login"), addresses, seen)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_start_is_accessible(session: Session, at_desk: Desk, language: str) -> None:
    token = links.issue(session, Purpose.SETUP)
    session.commit()
    found = walk(at_desk(None), [in_language(address, language) for address in ("/", f"/setup/{token}")], set())
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_errors_are_accessible(app: Flask, bastien: Colleague, at_desk: Desk, language: str) -> None:
    odile, found = hire(app, "Odile", Role.ADMINISTRATOR, Language(language)), []
    for colleague, address in ((odile, "/nowhere"), (bastien, "/organisations"), (None, "/link/spent")):
        found += look_at(at_desk(colleague, in_language(address, language)))
    for address in ("/organisations/new", "/users", "/account"):
        page = at_desk(odile, address)
        send_empty(page)
        found += look_at(page)
    assert not found, "\n".join(found)


def test_a_refused_form_says_so_first(odile: Colleague, at_desk: Desk) -> None:
    page = at_desk(odile, "/organisations/new")
    send_empty(page)
    expect(page).to_have_title(re.compile("^Erreur\N{NO-BREAK SPACE}: "))
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.press("Enter")
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()


def send_empty(page: Page) -> None:
    """Send the first form of the page as somebody would whose browser does not check it beforehand."""
    page.locator("main form[method=post]").first.evaluate("form => { form.noValidate = true; }")
    page.locator("main form[method=post] .button").first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_under_way_is_clean_in_its_awkward_states_too(
    app: Flask, session: Session, at_desk: Desk, roxane: Colleague, colette: Colleague, language: str
) -> None:
    """An answer refused, two versions of another, a note open, what Q.9 opens, and what the rail lists as lacking."""
    arguments = under_way(app, session, roxane.id)
    path = f"/interviews/{arguments['interview.page'][0]['interview_id']}?lang={language}"
    session.rollback()
    hers, theirs = at_desk(roxane, path), at_desk(colette, path)
    theirs.locator("#i-needs").fill("Un local")
    expect(theirs.locator(".save-state")).to_have_attribute("data-state", "saved")
    hers.locator("#i-needs").fill("Deux locaux")
    block = hers.locator("article.block").first
    block.locator("input[name=audience]").first.check()
    block.locator("input[name=year_created]").fill("jadis")
    block.locator("input[name=name]").focus()
    hers.keyboard.press("Alt+o")
    expect(hers.locator("#i-needs-trouble blockquote")).to_have_text("Un local")
    expect(block.get_by_role("alert")).to_be_visible()
    found = look_at(hers)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_opens_over_a_call_is_clean_too(
    app: Flask, session: Session, at_desk: Desk, roxane: Colleague, colette: Colleague, language: str
) -> None:
    """The dossier, a history, two versions, a call without its server and its end, and the words of the session."""
    arguments = under_way(app, session, roxane.id)
    path = f"/interviews/{arguments['interview.page'][0]['interview_id']}?lang={language}"
    session.rollback()
    page, theirs = at_desk(roxane, path), at_desk(colette, path)
    theirs.locator("#i-needs").fill("Un local")
    expect(theirs.locator(".save-state")).to_have_attribute("data-state", "saved")
    page.locator("#i-needs").fill("Deux locaux")
    page.locator("#i-concerns").focus()
    found = []
    over = {"Alt+d": "#dossier h2", "Alt+c": "#conflict[open]", "Alt+h": "#history[open] .history-body p"}
    for keys, opened in over.items():
        page.keyboard.press(keys)
        page.locator(opened).first.wait_for()
        found += look_at(page)
        page.keyboard.press("Escape")
        page.locator("#i-concerns").focus()
    page.context.set_offline(True)
    page.locator("#i-closing_remarks").fill("Merci")
    expect(page.locator(".save-state")).to_have_attribute("data-state", "waiting")
    found += look_at(page)
    for dialog in ("finish", "session-soon", "session-login", "logout"):
        page.evaluate("id => document.getElementById(id).showModal()", dialog)
        found += look_at(page)
        page.evaluate("id => document.getElementById(id).close()", dialog)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shown_without_a_server_is_accessible(at_desk: Desk, language: str) -> None:
    page = at_desk(None)
    page.route("**/alive", lambda route: route.abort())
    page.goto(in_language("/offline", language))
    found = look_at(page)
    assert not found, "\n".join(found)


def test_the_page_shown_without_a_server_gives_way_when_there_is_one(at_desk: Desk) -> None:
    page = at_desk(None, "/offline")
    expect(page).not_to_have_url(re.compile("/offline"))
