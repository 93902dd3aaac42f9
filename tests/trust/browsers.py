"""The browser is killed, or the network goes for half an hour: what was typed comes back, once, and nobody reads it."""

from __future__ import annotations

import contextlib
import random
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright
from sqlalchemy.orm import Session

from survey.interview.models import Interview
from tests.trust.house import House, house
from tests.trust.screen import Screen, screen, stored
from tests.trust.table import Fault

#: What was typed so long before the end may not be lost.
GRACE = 1.0
#: Back on line, everything is sent within so long.
IN_STEP = 10.0
#: A whole browser has written the pages that were left to its folder after so long.
WRITTEN = 5.0
TYPED = "textarea, input[type=text], input[type=tel], input[type=email], input[type=url]"
HALF_AN_HOUR = 30 * 60


def killed(kind: str, times: int, seed: int = 1, spoilt: bool = False) -> Fault:
    """kill -9 of the browser under somebody who types, with the network and without; then it opens again."""
    fault = Fault("browser killed", kind, times)
    with at_screen(kind, spoilt) as (of_house, before):
        for n in range(times):
            kill_once(of_house, before, random.Random(seed * 1_000_000 + n), fault)
    return fault


def kill_once(of_house: House, before: Screen, chance: random.Random, fault: Fault) -> None:
    interview_id, _ = of_house.interview(before.user_id, 0)
    known, text = f"SU{secrets.token_hex(12)}", f"CANARI{secrets.token_hex(40)}"
    before.open(interview_id)
    before.page.locator("#i-concerns").fill(known)
    before.page.locator("#i-concerns").blur()
    before.until(before.saved)
    before.context.set_offline(chance.random() < 0.7)
    typed = type_for(before, text, chance.uniform(0.2, 3.5))
    at = time.monotonic()
    before.kill()
    due = sum(moment < at - GRACE for moment in typed)
    fault.acknowledged += due
    for words, what in ((text[:20], "a draft"), (known, "an answer that was saved")):
        fault.wrong += [f"{what} can be read in {path}" for path in before.readable(words)]
    before.start()
    before.open(interview_id)
    try:
        before.until(before.saved)
    except TimeoutError as unsaved:
        fault.wrong.append(str(unsaved))
    held = stored(of_house, interview_id)
    kept = len(held.needs) if text.startswith(held.needs) else 0
    fault.lost += max(0, due - kept) + (held.concerns != known)
    fault.doubled += len(held.edits) - len(set(held.edits))
    if before.page.locator("#i-needs").input_value() != held.needs:
        fault.wrong.append("the page says something else than the database")


def remembered(kind: str, times: int, spoilt: bool = False) -> Fault:
    """kill -9 of a whole Chromium after somebody typed in the file of a case and sent nothing; then its folder."""
    fault = Fault("browser killed over the file of a case", kind, times)
    with at_screen(kind, spoilt, whole=True) as (of_house, before):
        for n in range(times):
            if n:
                before.start()
            for where, words in leave_typed(of_house, before).items():
                fault.acknowledged += 1
                fault.wrong += [f"what was typed in {where} can be read in {path}" for path in before.readable(words)]
    return fault


def leave_typed(of_house: House, before: Screen) -> dict[str, str]:
    """Type in every field of the forms about a case, leave each page, end the browser; what was typed, by place."""
    interview_id, _ = of_house.interview(before.user_id, 0)
    with Session(of_house.engine) as session:
        case = session.get_one(Interview, interview_id).case
        file = f"/organisations/{case.organisation_id}"
    typed = {}
    for path in (file, f"{file}/edit", f"{file}/persons/new", "/organisations/new"):
        before.page.goto(path)
        before.page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true })")
        for field in before.page.locator(f"main :is({TYPED})").all():
            where = f"{field.get_attribute('name')} of {path.replace(file, 'the file')}"
            typed[where] = f"CANARI{secrets.token_hex(20)}"
            field.fill(typed[where])
        before.page.goto("/account")
    before.page.wait_for_timeout(WRITTEN * 1000)
    assert (before.folder / "Default" / "Sessions").is_dir(), "this browser keeps nothing of its tabs"
    before.kill()
    return typed


def type_for(before: Screen, text: str, seconds: float) -> list[float]:
    """Type, a key at a time, until the time is over; when each was there."""
    before.page.locator("#i-needs").focus()
    until, typed = time.monotonic() + seconds, []
    for character in text:
        if time.monotonic() > until:
            break
        before.page.keyboard.type(character)
        typed.append(time.monotonic())
        before.page.wait_for_timeout(15)
    while time.monotonic() < until:
        before.page.wait_for_timeout(15)
    return typed


def offline(kind: str, times: int, seed: int = 1) -> Fault:
    """Half an hour without the network, by the browser's clock, on one page or on one that is loaded again."""
    fault, slowest = Fault("30 minutes offline", kind, times), 0.0
    with at_screen(kind) as (of_house, before):
        for n in range(times):
            slowest = max(slowest, away(of_house, before, random.Random(seed * 1_000_000 + n), fault))
    fault.remark = f"in step after {slowest:.1f} s at most"
    if slowest > IN_STEP:
        fault.wrong.append(fault.remark)
    return fault


def away(of_house: House, before: Screen, chance: random.Random, fault: Fault) -> float:
    """One absence; how many seconds it took to send everything once back."""
    interview_id, _ = of_house.interview(before.user_id, 0)
    page = before.context.new_page()
    before.page.close()
    before.page = page
    page.clock.install()
    before.open(interview_id)
    before.context.set_offline(True)
    needs, names = "", list[str]()
    for _ in range(chance.randint(3, 8)):
        page.clock.fast_forward(HALF_AN_HOUR * 1000 // 8)
        what = chance.choice(["needs", "needs", "block", "again"])
        if what == "needs":
            needs += f"{secrets.token_hex(6)} "
            page.locator("#i-needs").fill(needs)
        elif what == "block":
            names.append(secrets.token_hex(6))
            page.keyboard.press("Alt+n")
            page.keyboard.type(names[-1])
        else:
            page.wait_for_timeout(GRACE * 1000)
            page.reload()
            page.locator(".save-state[data-state]").wait_for()
    before.context.set_offline(False)
    taken = before.until(before.saved, 60)
    held = stored(of_house, interview_id)
    fault.acknowledged += len(names) + bool(needs)
    fault.lost += (held.needs != needs) + len(set(names) - {str(name) for name in held.blocks})
    fault.doubled += len(held.blocks) - len(set(held.blocks)) + len(held.edits) - len(set(held.edits))
    if held.blocks != names:
        fault.wrong.append(f"blocks out of order: {held.blocks} for {names}")
    return taken


@contextlib.contextmanager
def at_screen(kind: str, spoilt: bool = False, whole: bool = False) -> Iterator[tuple[House, Screen]]:
    """A server, and somebody before a browser whose folder is new: what was killed last may still write to it."""
    with (
        house(kind) as of_house,
        tempfile.TemporaryDirectory(prefix="recension-browser-", ignore_cleanup_errors=True) as name,
        sync_playwright() as playwright,
        screen(playwright, of_house, Path(name), spoilt, whole) as made,
    ):
        yield of_house, made
