"""What an interviewer waits for, in a real browser: a new block, the word « Enregistré », a page of twenty blocks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests import outside, servers
from tests.bench import filling
from tests.bench.report import Line, at_most, quantile
from tests.browsing import FLAGS

BLOCKS, FILLED, SAVES, OPENINGS = 50, 20, 20, 15
#: A double click adds one block: two are this far apart, in milliseconds.
APART = 520
#: From the key to the frame that shows the block; from the last letter to the words that say it is saved.
WATCH = """() => {
    window.shown = []; window.told = [];
    let pressed = 0, typed = 0;
    addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
    addEventListener("input", (event) => { typed = event.timeStamp; }, true);
    const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    new MutationObserver(async () => { const from = pressed; await painted(); shown.push(performance.now() - from); })
        .observe(document.querySelector(".blocks"), { childList: true });
    const state = document.querySelector(".save-state");
    new MutationObserver(() => { if (state.dataset.state === "saved" && typed) told.push(performance.now() - typed); })
        .observe(state, { attributeFilter: ["data-state"] });
}"""
OPENED = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def measure(folder: Path, url: str) -> Iterator[Line]:
    """With the outbox, the service worker and the server as they are in use."""
    with filling.instance(folder, url) as app:
        user_id, headers = filling.signed_in(app, "roxane")
        empty, _ = filling.interview("Organisme fictif", user_id, 0)
        full, uids = filling.interview("Organisme fictif 2", user_id, FILLED)
        filling.fill(full, uids, user_id)
    with servers.recension(folder, url) as server, page_at(server.port, headers["Cookie"]) as page:
        page.goto(f"/interviews/{empty}")
        page.evaluate(WATCH)
        yield from blocks(page)
        yield saves(page)
        yield openings(page, full)


@contextlib.contextmanager
def page_at(port: int, cookie: str) -> Iterator[Page]:
    """A browser of its own, signed in."""
    name, _, value = cookie.partition("=")
    address = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=outside.chromium(), args=FLAGS)
        context = opened.new_context(base_url=address, viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": name, "value": value, "url": address}])
        yield context.new_page()
        opened.close()


def blocks(page: Page) -> Iterator[Line]:
    """Each new block, from the key to the screen."""
    for n in range(BLOCKS):
        page.keyboard.press("Alt+n")
        page.keyboard.type(f"Initiative {n}")
        page.wait_for_timeout(APART)
    taken = [one / 1000 for one in page.evaluate("shown")]
    words = f"p50 {quantile(taken, 0.5):.0f}  max {max(taken) * 1000:.0f} ms"
    yield Line("a new block on screen, 1st", "", f"{taken[0] * 1000:.0f} ms")
    last = quantile(taken[-10:], 0.5)
    yield at_most(f"a new block on screen, {BLOCKS - 9}th to {BLOCKS}th", words, last, 150, "ms")


def saves(page: Page) -> Line:
    """From the last key to « Tout est enregistré », the pause of the typing included."""
    page.locator(".save-state[data-state=saved]").wait_for()
    page.evaluate("told.length = 0")
    for n in range(SAVES):
        page.locator("#i-needs").press_sequentially(f" mot {n}")
        page.locator(".save-state[data-state=saving]").wait_for()
        page.locator(".save-state[data-state=saved]").wait_for()
    taken = [one / 1000 for one in page.evaluate("told")]
    words = f"p50 {quantile(taken, 0.5):.0f}  max {max(taken) * 1000:.0f} ms, of which 700 ms wait for the next key"
    return at_most("last key to « enregistré », 50 blocks", words, quantile(taken, 0.5), 1000, "ms")


def openings(page: Page, interview_id: int) -> Line:
    """From the click to a page that answers to the keyboard."""
    taken = []
    for _ in range(OPENINGS):
        page.goto(f"/interviews/{interview_id}")
        taken.append(page.evaluate(OPENED) / 1000)
    words = f"p50 {quantile(taken, 0.5):.0f}  max {max(taken) * 1000:.0f} ms"
    return Line(f"opening a page of {FILLED} filled blocks", words, f"{quantile(taken, 0.5):.0f} ms")
