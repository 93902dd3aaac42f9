"""What stands in the databases under measure: interviewers, interviews filled, organisations by the thousand."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import sqlalchemy as sa
from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from survey import create_app, schema
from survey.accounts.models import LoginSession, Role, User
from survey.accounts.sessions import digest, forget
from survey.db import db, now
from survey.fieldwork.cases import NewOrganisation, open_cases
from survey.fieldwork.models import Case
from survey.instrument.codes import Disposition, Mode, Region
from survey.instrument.grammar import Item, Kind
from survey.instrument.questionnaire import INITIATIVES
from survey.interview import conduct, saving
from survey.interview.answers import Answer
from survey.interview.models import Part
from survey.interview.saving import Change, Place
from tests.bench.load import WORDS

TEXTS = [item.name for item in INITIATIVES.items if item.kind is Kind.PARAGRAPH]


@contextmanager
def instance(folder: Path, url: str) -> Iterator[Flask]:
    """The application on a new database, inside its context."""
    schema.upgrade(url)
    with mock.patch.dict(os.environ, {"RECENSION_INSTANCE": str(folder)}):
        app = create_app({"DATABASE_URL": url})
    with app.app_context():
        yield app
    app.extensions["db"]["engine"].dispose()


def signed_in(app: Flask, name: str, role: Role = Role.INTERVIEWER) -> tuple[int, dict[str, str]]:
    """Somebody with a session: their id, and the headers that their browser sends."""
    user = User(email=f"{name}@exemple.test", name=name, role=role, created_at=now())
    db.session.add(user)
    db.session.flush()
    user_id = user.id
    db.session.commit()
    return user_id, browser(app, user_id)


def browser(app: Flask, user_id: int) -> dict[str, str]:
    """The headers that the browser of a user sends, in a new session."""
    token = uuid.uuid4().hex
    db.session.add(LoginSession(token_hash=digest(token), user_id=user_id, created_at=now(), seen_at=now()))
    db.session.commit()
    with app.test_request_context():
        forget()  # the token of whoever signed in before
        session.update({"_user_id": token, "_fresh": True})
        csrf = generate_csrf()
        cookie = app.session_interface.get_signing_serializer(app).dumps(dict(session))  # type: ignore[attr-defined]
    return {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}", "X-CSRFToken": csrf}


def interview(name: str, user_id: int, blocks: int) -> tuple[int, list[uuid.UUID]]:
    """An interview of a new organisation, with so many blocks, still empty."""
    [organisation_id] = open_cases(db.session, [NewOrganisation(name, Region.R03)], None)
    case = db.session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
    opened = conduct.start(db.session, case, Mode.PHONE, user_id)
    uids = [uuid.uuid4() for _ in range(blocks)]
    for uid in uids:
        conduct.add_block(db.session, opened.id, uid)
    number = opened.id
    db.session.commit()
    return number, uids


def fill(interview_id: int, uids: list[uuid.UUID], user_id: int) -> None:
    """An answer to every item of every block."""
    for uid in uids:
        for item in INITIATIVES.items:
            change = Change(uuid.uuid4(), item, Part.ANSWER, 0, answer(item))
            saving.save(db.session.connection(), Place(interview_id, uid), change, user_id)
    db.session.commit()


def answer(item: Item) -> Answer:
    if item.codes:
        first = next(iter(item.codes))
        return frozenset({first}) if item.many else first
    return 2019 if item.kind is Kind.YEAR else WORDS


def interviewers(app: Flask, n: int) -> list[dict[str, Any]]:
    """What `load.py` needs for `n` people who save, each in the texts of the one block of an interview of their own."""
    asks = []
    for number in range(n):
        user_id, headers = signed_in(app, f"interviewer-{number}")
        interview_id, [uid] = interview(f"Organisme fictif {number}", user_id, 1)
        fields = [(str(uid), name) for name in TEXTS]
        path = f"/interviews/{interview_id}/answers"
        asks.append({"kind": "save", "path": path, "headers": headers, "fields": fields})
    return asks


def organisations(count: int) -> None:
    """So many organisations, spread over the regions and outcomes."""
    regions, outcomes = list(Region), list(Disposition)
    new = [
        NewOrganisation(f"Organisme fictif {n:06d}", regions[n % len(regions)], outcomes[n % len(outcomes)])
        for n in range(count)
    ]
    open_cases(db.session, new, None)
    db.session.commit()
