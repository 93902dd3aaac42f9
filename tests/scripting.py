"""Scripts that read releases with a token: who makes it, and what they ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.accounts import tokens
from survey.accounts.models import Reach

PLACE = "/api/v1"
INITIATIVES = "/releases/1/units/initiative"


@dataclass
class Script:
    """What shows a token, and no cookie."""

    token: str
    client: FlaskClient

    @property
    def shown(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, method: str = "GET", **headers: str) -> TestResponse:
        """The answer to what is asked below `/api/v1`; headers are written with `_` for `-`."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"{PLACE}{path}", method=method, headers=self.shown | more)


def script(app: Flask, session: Session, user_id: int, tier: Reach = Reach.RESEARCH, **more: Any) -> Script:
    """A script with a new token of somebody's."""
    token = tokens.issue(session, user_id, more.get("name", "R"), more.get("days", 90), tier, by=user_id)
    session.commit()
    return Script(token, app.test_client())


def made(page: TestResponse) -> str:
    """The token that a page shows."""
    found = re.search(r'id="token"[^>]*value="([^"]+)"', page.text)
    assert found
    return found[1]
