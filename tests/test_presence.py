"""Who else is in the interview: seen by whom it concerns, forgotten when they go."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from survey.accounts.models import LoginSession
from survey.db import now
from survey.fieldwork.models import Case
from survey.interview.presence import LASTS, Presence

NOWHERE = {"block": None, "item": None}
NEEDS = {"block": None, "item": "needs"}


@pytest.fixture
def tell(here):
    return lambda colleague, place=NOWHERE: colleague.post(f"{here}/presence", json=place)


def test_colleagues_hear_of_each_other_and_of_the_field_that_each_is_in(tell, roxane, colette):
    assert tell(roxane, NEEDS).json == {"others": []}
    assert tell(colette).json == {"others": [{"user": roxane.id, "name": "Roxane", **NEEDS}]}
    block = {"block": str(uuid.uuid4()), "item": "components"}
    tell(colette, block)
    assert tell(roxane, NEEDS).json == {"others": [{"user": colette.id, "name": "Colette", **block}]}


def test_who_is_silent_for_a_while_has_gone_and_leaves_nothing_behind(tell, roxane, colette, odile, session):
    for colleague in (colette, odile):
        tell(colleague)
    silent = sa.update(Presence).where(Presence.user_id == colette.id).values(at=now() - LASTS)
    session.execute(silent)
    session.commit()
    assert [one["name"] for one in tell(roxane).json["others"]] == ["Odile"]
    assert set(session.scalars(sa.select(Presence.user_id))) == {odile.id, roxane.id}


def test_to_stay_where_one_is_is_written_now_and_then_and_to_move_at_once(tell, roxane, session):
    tell(roxane, NEEDS)
    at = session.scalar(sa.select(Presence.at))
    tell(roxane, NEEDS)
    assert session.scalar(sa.select(Presence.at)) == at
    tell(roxane)
    assert session.scalar(sa.select(Presence.at)) > at
    session.execute(sa.update(Presence).values(at=at - dt.timedelta(seconds=30)))
    tell(roxane)
    assert session.scalar(sa.select(Presence.at)) > at


def test_only_who_may_conduct_the_interview_is_there(tell, roxane, malik, bastien, stranger, here, case, session):
    session.execute(sa.update(Case).where(Case.id == case.id).values(interviewer_id=roxane.id))
    assert tell(malik).status_code == 403
    assert tell(bastien).status_code == 403
    assert stranger.post(f"{here}/presence", json=NOWHERE).status_code == 401
    assert roxane.post("/interviews/999/presence", json=NOWHERE).status_code == 404
    assert session.scalar(sa.select(sa.func.count()).select_from(Presence)) == 0


@pytest.mark.parametrize("nonsense", [[], {}, {"block": 1, "item": None}, {"block": None, "item": "canari"}])
def test_nonsense_is_refused(tell, roxane, nonsense):
    assert tell(roxane, nonsense).status_code == 400


def test_to_be_there_is_no_sign_of_life(tell, roxane, session):
    earlier = now() - dt.timedelta(minutes=30)
    session.execute(sa.update(LoginSession).values(seen_at=earlier))
    session.commit()
    assert tell(roxane).status_code == 200
    assert session.scalar(sa.select(LoginSession.seen_at)) == earlier
