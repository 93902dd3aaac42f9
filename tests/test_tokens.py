"""Anh makes a token for R, sees when it served, and ends it; whatever ends her right ends it too."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from survey.accounts import tokens
from survey.accounts.models import AccessToken, Reach, Role
from survey.api.token_commands import token as token_commands
from survey.audit import AuditEntry
from survey.db import now
from survey.release import freezing
from tests import recension
from tests.browsing import on_sqlite
from tests.scripting import INITIATIVES, PLACE, made, script
from tests.test_accounts import PASSWORD, with_password  # noqa: F401 - a fixture

PAGE = "/account/tokens"
TYPED = {"name": "R, au bureau", "tier": "research", "days": "90", "password": PASSWORD}


@pytest.fixture
def anh(anh, with_password, session):  # noqa: F811
    with_password(anh)
    session.rollback()
    return anh


@pytest.fixture
def inventory(session):
    recension.build(session)
    session.commit()
    freezing.create(session, None)
    session.commit()


def opens(app, token, path="/releases"):
    answer = app.test_client().get(f"{PLACE}{path}", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


def kept(session):
    session.rollback()
    found = session.scalars(sa.select(AccessToken).order_by(AccessToken.id)).all()
    session.rollback()
    return found


def written(session, action):
    session.rollback()
    found = session.execute(
        sa.select(AuditEntry.user_id, AuditEntry.object_id, AuditEntry.detail).where(AuditEntry.action == action)
    ).all()
    session.rollback()
    return [tuple(row) for row in found]


def test_a_token_is_shown_once_and_kept_as_its_hash(app, anh, session):
    page = anh.post(PAGE, TYPED)
    assert page.status_code == 200
    token = made(page)
    assert token.startswith(tokens.PREFIX)
    assert len(token) > 50
    [one] = kept(session)
    assert token not in repr(vars(one))
    assert (one.name, one.tier, one.last_used_at) == ("R, au bureau", Reach.RESEARCH, None)
    assert one.expires_at - one.created_at == dt.timedelta(days=90)
    assert opens(app, token) == 200
    again = anh.get(PAGE).text
    assert "R, au bureau" in again
    assert token not in again
    until = f"research {one.expires_at:%Y-%m-%d}"
    assert written(session, "token.add") == [(anh.id, one.id, until)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Say what this token is for."),
        ({"days": "0"}, "A number of days, from 1 to 365."),
        ({"days": "366"}, "A number of days, from 1 to 365."),
        ({"days": "beaucoup"}, "Not a valid integer value."),
        ({"tier": "identified"}, "Invalid Choice: could not coerce."),
        ({"password": "pas le bon mot de passe"}, "That is not your current password."),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_will_not_do_is_said_and_makes_none(anh, session, typed, sentence):
    page = anh.post(PAGE, TYPED | typed)
    assert page.status_code == 422
    assert sentence in page.text
    assert kept(session) == []


def test_the_form_sent_twice_makes_one(anh, session):
    form_id = re.search(r'name="form_id" value="([^"]*)"', anh.get(PAGE).text)[1]
    assert anh.post(PAGE, TYPED | {"form_id": form_id}).status_code == 200
    again = anh.post(PAGE, TYPED | {"form_id": form_id})
    assert (again.status_code, again.location) == (303, PAGE)
    assert len(kept(session)) == 1


def test_a_revoked_token_opens_nothing_and_nobody_revokes_a_colleague_s(app, anh, odile, session):
    token = made(anh.post(PAGE, TYPED))
    [one] = kept(session)
    assert odile.post(f"{PAGE}/{one.id}/revoke").status_code == 404
    assert opens(app, token) == 200
    assert anh.post(f"{PAGE}/{one.id}/revoke").status_code == 303
    assert opens(app, token) == 401
    assert "revoked" in anh.get(PAGE).text
    assert anh.post(f"{PAGE}/{one.id}/revoke").status_code == 303
    assert written(session, "token.revoke") == [(anh.id, one.id, None)], "written once"


def test_an_expired_token_opens_nothing(app, anh, session):
    token = made(anh.post(PAGE, TYPED))
    session.execute(sa.update(AccessToken).values(expires_at=now()))
    session.commit()
    assert opens(app, token) == 401
    assert "expired" in anh.get(PAGE).text


def test_a_closed_account_has_no_token_any_more_even_when_it_is_opened_again(app, anh, odile, session):
    token = made(anh.post(PAGE, TYPED))
    odile.post(f"/users/{anh.id}/deactivate")
    assert opens(app, token) == 401
    odile.post(f"/users/{anh.id}/reactivate")
    assert opens(app, token) == 401
    assert written(session, "token.revoke") == [(odile.id, 1, "user.deactivate")]


def test_who_loses_the_right_loses_the_tokens_and_who_keeps_it_keeps_them(app, anh, odile, session):
    token = made(anh.post(PAGE, TYPED))
    odile.post(f"/users/{anh.id}/role", {"role": Role.COORDINATOR.value})
    assert opens(app, token) == 200
    odile.post(f"/users/{anh.id}/role", {"role": Role.CODER.value})
    odile.post(f"/users/{anh.id}/role", {"role": Role.ANALYST.value})
    assert opens(app, token) == 401
    assert written(session, "token.revoke") == [(odile.id, 1, "user.change_role")]


def test_the_page_says_when_a_token_last_served(app, anh, session):
    token = made(anh.post(PAGE, TYPED))
    assert "never" in anh.get(PAGE).text
    before = now()
    assert opens(app, token) == 200
    [one] = kept(session)
    assert one.last_used_at >= before
    assert opens(app, token) == 200
    assert kept(session)[0].last_used_at == one.last_used_at, "noted once a minute"
    assert "never" not in anh.get(PAGE).text


def test_only_who_may_export_sees_the_page(roxane, simone, anh, colette):
    for colleague, status in ((roxane, 403), (simone, 403), (anh, 200), (colette, 200)):
        assert colleague.get(PAGE).status_code == status
        assert (PAGE in colleague.get("/account").text) == (status == 200)


def test_the_database_keeps_no_token_of_the_identified_tier(anh, session):
    script_of = {"user_id": anh.id, "name": "R", "token_hash": "0", "created_at": now(), "expires_at": now()}
    with pytest.raises((sa.exc.IntegrityError, sa.exc.StatementError, LookupError)):
        session.execute(sa.text("INSERT INTO access_token (user_id, name, token_hash, tier, created_at, expires_at) "
                                "VALUES (:user_id, :name, :token_hash, 'identified', :created_at, :expires_at)"),
                        script_of)  # fmt: skip
    session.rollback()


def test_the_commands_make_list_and_revoke(app, anh, roxane, session, inventory):
    run = app.test_cli_runner().invoke
    session.rollback()
    done = run(token_commands, ["add", "ANH@exemple.test", "--name", "cron", "--days", "7", "--tier", "open"])
    assert done.exit_code == 0, done.output
    token = done.stdout.strip()
    assert opens(app, token, f"{INITIATIVES}/rows") == 200
    listed = run(token_commands, ["list"]).stdout
    number, email, name, tier, begin, end, used, state = listed.rstrip("\n").split("\t")
    assert (number, email, name, tier, state) == ("1", "anh@exemple.test", "cron", "open", "good")
    assert dt.datetime.fromisoformat(end) - dt.datetime.fromisoformat(begin) == dt.timedelta(days=7)
    assert used
    assert token not in listed
    assert run(token_commands, ["revoke", "1"]).exit_code == 0
    assert opens(app, token) == 401
    assert run(token_commands, ["list"]).stdout.endswith("\trevoked\n")
    session.rollback()
    for wrong in (
        ["add", "roxane@exemple.test", "--name", "R"],
        ["add", "personne@exemple.test", "--name", "R"],
        ["add", "anh@exemple.test", "--name", " "],
        ["add", "anh@exemple.test", "--name", "R", "--days", "366"],
        ["add", "anh@exemple.test", "--name", "R", "--tier", "identified"],
        ["revoke", "7"],
    ):
        assert run(token_commands, wrong).exit_code != 0, wrong
        session.rollback()


@pytest.mark.parametrize("width", [320, 1280])
@on_sqlite
def test_by_keyboard_alone_anh_makes_a_token_and_copies_it(anh, at_desk, session, width):
    page = at_desk(anh, PAGE, width=width, permissions=["clipboard-read", "clipboard-write"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Name").focus()
    page.keyboard.type("R")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    field = page.locator("#token")
    expect(field).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    copy = page.get_by_role("button", name="Copy the token")
    expect(copy).to_be_visible()
    page.keyboard.press("Tab")
    expect(copy).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").last).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == field.input_value()


@on_sqlite
def test_where_nothing_may_be_copied_the_token_is_chosen_for_the_keyboard(anh, at_desk):
    page = at_desk(anh, PAGE)
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error())")
    page.get_by_label("Name").fill("R")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make the token").click()
    page.get_by_role("button", name="Copy the token").click()
    expect(page.get_by_role("status").last).to_contain_text("The browser did not allow it")
    assert page.evaluate("getSelection().toString() || document.activeElement.id === 'token'")


def test_a_token_of_the_test_is_one_of_the_house(app, anh, session):
    assert script(app, session, anh.id).get("/releases").status_code == 200
