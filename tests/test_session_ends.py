"""The end of a session: every page knows when it comes, and what pages ask by themselves does not put it off."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from survey.accounts.models import LoginSession
from survey.accounts.sessions import LEFT
from survey.db import now


@pytest.fixture
def since(session):
    """Says how long ago the sessions were opened and last used."""

    def say(opened=0, used=0):
        at = now()
        when = {"created_at": at - dt.timedelta(minutes=opened), "seen_at": at - dt.timedelta(minutes=used)}
        session.execute(sa.update(LoginSession).values(**when))
        session.commit()

    return say


def left(answer):
    """The minutes that an answer leaves the session: without use, and at most."""
    return [round(int(seconds) / 60) for seconds in answer.headers[LEFT].split()]


def test_every_answer_behind_the_log_in_says_when_the_session_ends(roxane, here, since):
    since(opened=600, used=30)
    assert left(roxane.get("/organisations")) == [240, 120]
    since(opened=600, used=30)
    save = {"id": "6f1c2d0e-0000-4000-8000-000000000001", "item": "needs", "part": "answer", "value": "x", "version": 0}
    assert left(roxane.post(f"{here}/answers", json=save)) == [240, 120]


def test_the_page_itself_says_it_to_its_script(roxane, here, since):
    for path in ("/account", here):
        since(opened=600, used=30)
        assert 'data-left="14400 7' in roxane.get(path).text


def test_nobody_signed_in_is_told_nothing(stranger):
    for path in ("/login", "/organisations", "/alive"):
        assert LEFT not in stranger.get(path).headers
    assert "session-login" not in stranger.get("/login").text


def test_what_a_page_asks_by_itself_prolongs_nothing(roxane, session, since):
    since(used=200)
    used = session.scalar(sa.select(LoginSession.seen_at))
    session.commit()
    answer = roxane.get("/session", headers={"Accept": "application/json"})
    assert answer.json["user_id"] == roxane.id
    assert left(answer) == [40, 720]
    assert session.scalar(sa.select(LoginSession.seen_at)) == used


def test_one_key_prolongs_the_session_up_to_its_age(roxane, session, since):
    since(opened=700, used=239)
    assert left(roxane.post("/session")) == [240, 20]
    assert session.scalar(sa.select(LoginSession.seen_at)) > now() - dt.timedelta(minutes=1)
    since(opened=721)
    assert roxane.post("/session", headers={"Accept": "application/json"}).status_code == 401


def test_a_session_that_begins_says_how_long_it_lasts_and_one_that_was_closed_says_nothing(roxane, stranger, session):
    assert LEFT not in roxane.post("/logout").headers
