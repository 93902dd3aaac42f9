"""A real browser before the real application: what the stories told on screen are made of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests import outside
from tests.conftest import Colleague

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]

#: Marks a story that a second database would only repeat: `pytestmark = on_sqlite`.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")

Desk = Callable[..., Page]


class Quiet(WSGIRequestHandler):
    timeout = 20

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Nothing: the tests say what went wrong."""


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The application on a port of its own, CSRF included; the address it answers at, without a final slash."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = False  # closing waits for the answers under way: the tables are emptied next
    thread = threading.Thread(target=server.serve_forever)
    app.config["WTF_CSRF_ENABLED"] = True
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = outside.headless()
    assert path, "no Chromium was found: run `make test`, which says what to install"
    expect.set_options(timeout=15_000)  # other tests are at work on the same machine
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """Chromium; each story opens contexts of its own in it."""
    return chromium


@pytest.fixture
def at_desk(live: str, browser: Browser) -> Iterator[Desk]:
    """`at_desk(colleague, "/path", width=1280)`: a page in a browser of their own; `None` is nobody signed in.

    A script that fails or that the content security policy blocks, in any page so opened, fails the test at its end.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def sit(
        colleague: Colleague | None, path: str = "/", *, width: int = 1280, height: int = 900, **options: object
    ) -> Page:
        context = browser.new_context(
            **{
                "base_url": live,
                "viewport": ViewportSize(width=width, height=height),
                "locale": "fr-CA",
                "service_workers": "block",  # `allow` is for the stories that go offline: with it a route sees less
                **options,
            }
        )
        contexts.append(context)
        if colleague is not None:
            cookie = colleague.client.get_cookie("recension")
            assert cookie is not None
            context.add_cookies([{"name": "recension", "value": cookie.value, "url": live}])
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(path)
        return page

    yield sit
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def until(page: Page, expression: str, expected: object, *given: object) -> None:
    """Waits for what a script says. (`wait_for_function` needs `eval`, which the policy of the pages forbids.)"""
    for _ in range(300):
        if page.evaluate(expression, *given) == expected:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{page.evaluate(expression, *given)!r} is not {expected!r}")
