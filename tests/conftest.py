"""The cast, the databases, and a client that holds every page it fetches against the rules of the house."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey import create_app, schema
from survey.accounts.models import Language, LoginSession, Role, User
from survey.accounts.sessions import digest
from survey.db import db, now
from survey.fieldwork.cases import NewOrganisation, open_cases
from survey.fieldwork.models import Case
from survey.instrument.codes import Mode, Region
from survey.interview import conduct
from survey.interview.models import Interview
from tests import databases, pages


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for a browser or a server comes first, so that none is left alone at the end; a file stays together.

    A file that is told in two languages may be told by two workers.
    """
    for item in items:
        language = getattr(item, "callspec", None) and item.callspec.params.get("language", "")
        item.add_marker(pytest.mark.xdist_group(f"{item.path} {language or ''}"))
    items.sort(key=lambda item: not (item.path.parent.name == "trust" or "at_desk" in item.fixturenames))


pytest_plugins = ["tests.browsing"]


class Client(FlaskClient):
    """Checks each page it fetches (`tests/pages.py`), and carries the CSRF token as a page would."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            db.session.commit()  # the request sees what the test prepared, and the test then reads anew
        # A request never shares `g` (its session, its user) with the test or with another request.
        response = Context().run(super().open, *args, **kwargs)
        page = response.mimetype == "text/html" and response.request.method not in ("HEAD", "OPTIONS")
        if page and response.status_code not in (301, 302, 303, 308):
            found = pages.problems(response.get_data(as_text=True))
            assert not found, f"{response.request.path}: " + "; ".join(found)
        return response


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with every migration run: each test that touches it runs on SQLite and on PostgreSQL."""
    with getattr(databases, request.param)() as url:
        schema.upgrade(url)
        yield url


@pytest.fixture(scope="session")
def application(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECENSION_INSTANCE", str(tmp_path_factory.mktemp("instance")))
        app = create_app(
            {
                "DATABASE_URL": database_url,
                "SECRET_KEY": "for tests alone " * 3,
                "WTF_CSRF_ENABLED": False,
                "TESTING": True,
                "PROPAGATE_EXCEPTIONS": False,
                "SERVER_NAME": "localhost",
            }
        )
    app.test_client_class = Client
    yield app
    app.extensions["db"]["engine"].dispose()


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application on an empty database."""
    yield application
    databases.wipe(application.extensions["db"]["engine"])


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """What is in the database, seen from outside a request."""
    with app.app_context():
        yield db.session


@dataclass
class Colleague:
    """Somebody of the cast, signed in."""

    id: int
    client: FlaskClient

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(path, **kwargs)

    def post(self, path: str, data: Any = None, **kwargs: Any) -> TestResponse:
        return self.client.post(path, data=data, **kwargs)


def hire(app: Flask, name: str, role: Role, language: Language = Language.FRENCH) -> Colleague:
    """A user with a session of their own, without the pages of the log-in (their tests are in test_accounts.py)."""
    with Session(app.extensions["db"]["engine"]) as session:
        user = User(email=f"{name.lower()}@exemple.test", name=name, role=role, language=language, created_at=now())
        session.add(user)
        session.flush()
        session.commit()
        user_id = user.id
    return Colleague(user_id, signed_in(app, user_id))


def signed_in(app: Flask, user_id: int, served: Flask | None = None) -> FlaskClient:
    """A client with a session of its own, of another application on the same database when it is given."""
    token = secrets.token_urlsafe()
    with Session(app.extensions["db"]["engine"]) as session:
        session.add(LoginSession(token_hash=digest(token), user_id=user_id, created_at=now(), seen_at=now()))
        session.commit()
    client = (served or app).test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


@pytest.fixture
def roxane(app: Flask) -> Colleague:
    """An interviewer."""
    return hire(app, "Roxane", Role.INTERVIEWER)


@pytest.fixture
def malik(app: Flask) -> Colleague:
    """An interviewer too: a colleague whose cases are not Roxane's."""
    return hire(app, "Malik", Role.INTERVIEWER)


@pytest.fixture
def colette(app: Flask) -> Colleague:
    """The coordinator."""
    return hire(app, "Colette", Role.COORDINATOR)


@pytest.fixture
def bastien(app: Flask) -> Colleague:
    """A coder."""
    return hire(app, "Bastien", Role.CODER)


@pytest.fixture
def anh(app: Flask) -> Colleague:
    """The analyst, who works in English."""
    return hire(app, "Anh", Role.ANALYST, Language.ENGLISH)


@pytest.fixture
def odile(app: Flask) -> Colleague:
    """The administrator."""
    return hire(app, "Odile", Role.ADMINISTRATOR)


@pytest.fixture
def simone(app: Flask) -> Colleague:
    """A member of the advisory committee."""
    return hire(app, "Simone", Role.COMMITTEE)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Nobody we know."""
    return app.test_client()


@pytest.fixture
def case(session: Session) -> Case:
    """The case of an organisation that nobody was assigned to."""
    name = "Maison d’essai"
    [organisation_id] = open_cases(session, [NewOrganisation(name, Region.R03)], None)
    session.commit()
    found = session.scalars(sa.select(Case).where(Case.organisation_id == organisation_id)).one()
    session.commit()
    return found


@pytest.fixture
def interview(session: Session, case: Case, roxane: Colleague) -> Interview:
    """Roxane has just opened an interview."""
    opened = conduct.start(session, case, Mode.PHONE, roxane.id)
    session.commit()
    return opened


@pytest.fixture
def here(session: Session, interview: Interview) -> str:
    """Where her page is."""
    path = f"/interviews/{interview.id}"
    session.commit()
    return path
