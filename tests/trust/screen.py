"""A browser of its own, with a folder where it keeps what it keeps: it can be killed, and its folder read."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, Playwright, Route
from sqlalchemy.orm import Session

from survey.interview.models import Edit, Initiative, Interview
from tests import outside
from tests.browsing import FLAGS
from tests.trust.house import House

#: What the browser needs before it can open the page without the network.
KEPT = "Boolean(navigator.serviceWorker.controller) && 'keptHere' in document.documentElement.dataset"
#: What a seal that seals nothing would be: the bug that the search of the folder must find.
CLEAR = """
export const keyFrom = async () => null;
export const seal = async (_key, words) => ({ iv: null, data: words });
export const unseal = async (_key, { data }) => data;
"""


@dataclass
class Screen:
    """One interviewer before the screen, `spoilt` on purpose or not."""

    playwright: Playwright
    house: House
    folder: Path
    user_id: int
    spoilt: bool = False
    whole: bool = False
    """A browser as people have it, which writes its tabs to its folder to open them again; else as fast as can be."""
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)

    def start(self) -> None:
        """Open the browser, signed in anew."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=outside.chromium(),
            args=[*FLAGS, *(["--headless=new"] if self.whole else [])],
            headless=not self.whole,
            base_url=f"http://127.0.0.1:{self.house.port}",
            locale="fr-CA",
        )
        if self.spoilt:
            self.context.route("**/seal.js", lambda route: route.fulfill(body=CLEAR, content_type="text/javascript"))
            self.context.route("**/organisations/**", remembering)
        self.page = self.context.pages[0]
        self.page.set_default_timeout(20_000)
        self.sign_in()

    def sign_in(self) -> None:
        name, _, value = self.house.headers_of(self.user_id)["Cookie"].partition("=")
        self.context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{self.house.port}"}])

    def open(self, interview_id: int) -> None:
        """An interview, until it could be opened without the network."""
        self.page.goto(f"/interviews/{interview_id}")
        self.until(lambda: bool(self.page.evaluate(KEPT)))

    def until(self, so: Callable[[], bool], seconds: float = 20) -> float:
        """Wait until something is so; how many seconds it took."""
        began = time.monotonic()
        while not so():
            if time.monotonic() - began > seconds:
                said = self.page.locator(".save-state, .aside-list").all_text_contents()
                raise TimeoutError(f"not so after {seconds:g} s: {' '.join(' '.join(said).split())}")
            self.page.wait_for_timeout(20)
        return time.monotonic() - began

    def saved(self) -> bool:
        return self.page.locator(".save-state").get_attribute("data-state") == "saved"

    def kill(self) -> None:
        """kill -9 of every process of this browser, known by its folder."""
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if f"--user-data-dir={self.folder}".encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                    os.kill(int(entry.name), signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.context.close()

    def readable(self, words: str) -> list[str]:
        """The files of the browser's folder where these words can be read."""
        forms = [words.encode(), words.encode("utf-16-le"), words.encode("utf-16-be")]
        found = []
        for path in self.folder.rglob("*"):
            with contextlib.suppress(OSError):
                held = path.read_bytes() if path.is_file() else b""
                if any(form in held for form in forms):
                    found.append(path.relative_to(self.folder).as_posix())
        return found


def remembering(route: Route) -> None:
    """A page whose forms let the browser remember what is typed: the other bug that the search must find."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('autocomplete="off"', ""))


@dataclass
class Stored:
    """What the database holds of an interview."""

    needs: str
    concerns: str
    blocks: list[str | None]
    edits: list[str]


def stored(house: House, interview_id: int) -> Stored:
    with Session(house.engine) as session:
        answers = session.execute(
            sa.select(Interview.needs, Interview.concerns).where(Interview.id == interview_id)
        ).one()
        here = sa.select(Initiative.name).where(Initiative.interview_id == interview_id)
        names = session.scalars(here.where(Initiative.removed_at.is_(None)).order_by(Initiative.position)).all()
        edits = session.execute(
            sa.select(Edit.item, Edit.initiative_id, Edit.value).where(Edit.interview_id == interview_id)
        )
        return Stored(answers.needs or "", answers.concerns or "", list(names), [f"{i} {b} {v}" for i, b, v in edits])


@contextlib.contextmanager
def screen(
    playwright: Playwright, house: House, folder: Path, spoilt: bool = False, whole: bool = False
) -> Iterator[Screen]:
    """A screen with its browser open, and killed at the end."""
    user_id, _ = house.somebody()
    made = Screen(playwright, house, folder, user_id, spoilt, whole)
    made.start()
    try:
        yield made
    finally:
        made.kill()
