"""The session ends under somebody who types: no letter is lost, the same person goes on, another one sees nothing."""

from __future__ import annotations

import random
import secrets
import tempfile
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Route, sync_playwright
from sqlalchemy.orm import Session

from survey.accounts import passwords
from survey.accounts.models import LoginSession, Role, User
from tests.trust.house import House, house
from tests.trust.screen import Screen, screen, stored
from tests.trust.table import Fault

PASSWORD = "tiroir girafe vélo onze"
#: Milliseconds between two keys: of a fast typist, and of one who looks for each.
FAST, SLOW = 15, 120
#: One time in so many, it is somebody else who comes to the computer.
OTHERS = 4


def ended(kind: str, times: int, seed: int = 1, hasty: bool = False) -> Fault:
    """So many sessions end, each in the middle of a sentence. `hasty` opens the log-in under the fingers: a bug."""
    fault = Fault("session ended in mid-typing", kind, times)
    with (
        house(kind) as of_house,
        tempfile.TemporaryDirectory(prefix="recension-browser-", ignore_cleanup_errors=True) as name,
        sync_playwright() as playwright,
        screen(playwright, of_house, Path(name)) as before,
    ):
        if hasty:
            before.context.route("**/service-worker.js", lambda route: route.abort())
            before.context.route("**/session.js", hurry)
        with_passwords(of_house, of_house.somebody(Role.INTERVIEWER)[0], before.user_id)
        for n in range(times):
            end_once(of_house, before, random.Random(seed * 1_000_000 + n), fault, other=n % OTHERS == OTHERS - 1)
        fault.remark = f"{times // OTHERS} times somebody else came"
    return fault


def hurry(route: Route) -> None:
    script = route.fetch().text().replace("TYPING = 1_500", "TYPING = 0").replace("REFLEX = 600", "REFLEX = 0")
    route.fulfill(body=script, content_type="text/javascript")


def with_passwords(of_house: House, *user_ids: int) -> None:
    kept = passwords.make_hash(PASSWORD)
    with Session(of_house.engine) as session:
        session.execute(sa.update(User).where(User.id.in_(user_ids)).values(password_hash=kept))
        session.commit()


def end_sessions(of_house: House) -> None:
    with Session(of_house.engine) as session:
        session.execute(sa.delete(LoginSession))
        session.commit()


def end_once(of_house: House, before: Screen, chance: random.Random, fault: Fault, other: bool) -> None:
    """One session; with `other`, somebody else comes to the computer before its owner is back."""
    interview_id, _ = of_house.interview(before.user_id, 0)
    page, text = before.page, f"CANARI{secrets.token_hex(20)}"
    before.sign_in()
    page.goto(f"/interviews/{interview_id}")
    page.locator("html[data-kept-here]").wait_for(state="attached")
    page.locator("#i-needs").focus()
    at = chance.randrange(1, len(text))
    for n, character in enumerate(text):
        if n == at:
            end_sessions(of_house)
        page.keyboard.type(character)
        page.wait_for_timeout(chance.uniform(FAST, SLOW) if chance.random() < 0.96 else 1_000)
    page.locator("#session-login[open]").wait_for()
    if other:
        fault.wrong += [
            f"somebody else reads the draft: {where}" for where in read_by_another(before, interview_id, text)
        ]
        page.goto(f"/interviews/{interview_id}")
        log_in(before, of_house, before.user_id)
    else:
        page.locator("#session-password").fill(PASSWORD)
        page.keyboard.press("Enter")
    page.locator("#session-login:not([open])").wait_for(state="attached")
    before.until(before.saved)
    held = stored(of_house, interview_id)
    fault.acknowledged += len(text)
    fault.lost += sum(one != two for one, two in zip(text, held.needs.ljust(len(text)), strict=False))
    fault.doubled += len(held.edits) - len(set(held.edits))
    if page.locator("#i-needs").input_value() != text:
        fault.wrong.append("the page says something else than was typed")


def read_by_another(before: Screen, interview_id: int, text: str) -> list[str]:
    """Where the words of the one who left stand for the one who came: on the pages, in the files of the browser."""
    page, words = before.page, text[:16]
    page.locator("#session-login a").click()
    page.locator("form[action='/login']").wait_for()
    found = ["the log-in"] if words in page.content() else []
    page.go_back()
    found += ["the page before"] if words in page.content() else []
    page.goto("/login")
    log_in(before, before.house, other_than(before))
    for path in ("/", f"/interviews/{interview_id}"):
        page.goto(path)
        found += [path] if words in page.content() else []
    end_sessions(before.house)
    return found + before.readable(words)


def other_than(before: Screen) -> int:
    with Session(before.house.engine) as session:
        return session.scalars(
            sa.select(User.id).where(User.id != before.user_id, User.password_hash.is_not(None))
        ).one()


def log_in(before: Screen, of_house: House, user_id: int) -> None:
    """By the ordinary log-in, which leads on to the page that was asked for."""
    with Session(of_house.engine) as session:
        email = session.get_one(User, user_id).email
    page = before.page
    page.locator("form[action='/login'] [name=email]").fill(email)
    page.locator("form[action='/login'] [name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("header .menu").wait_for()
