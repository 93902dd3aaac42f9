"""A database in trouble: who saves is told what, nothing is lost, pages open, and it mends without a restart."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from survey import create_app, outages
from survey.interview.models import Edit
from tests.conftest import signed_in

SAYS = {
    "full": "Le disque du serveur est plein",
    "read only": "Le serveur est en lecture seule",
}
IN_JSON = {
    "full": "Rien de plus ne peut y être enregistré.",
    "read only": "Rien ne peut y être enregistré pour l’instant.",
}
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def served(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A server of its own on the same database, that does not wait long."""
    monkeypatch.setattr(sys.modules["survey.db"], "BUSY_SECONDS", 0.3)
    other = create_app({**app.config, "TESTING": False})
    yield other
    other.extensions["db"]["engine"].dispose()


@pytest.fixture
def engine(served: Flask) -> sa.Engine:
    return served.extensions["db"]["engine"]


@pytest.fixture
def every(app: Flask) -> sa.Engine:
    """The engine of the tests themselves."""
    return app.extensions["db"]["engine"]


@pytest.fixture
def save(app, served, roxane, here):
    """Saves through that server under one id, always."""
    client = signed_in(app, roxane.id, served)
    asked = {"id": str(uuid.uuid4()), "item": "needs", "value": "Un local", "version": 0}

    def saved(**changed):
        return client.post(f"{here}/answers", json=asked | changed)

    saved.client = client
    return saved


def history(session):
    session.rollback()
    found = session.scalars(sa.select(Edit.value).where(Edit.item == "needs").order_by(Edit.version)).all()
    session.rollback()
    return found


@contextmanager
def listening(engine: sa.Engine, event: str, function) -> Iterator[None]:
    sa.event.listen(engine, event, function)
    try:
        yield
    finally:
        sa.event.remove(engine, event, function)


RAISING = "RAISE EXCEPTION USING ERRCODE = '{state}'"
DROPPING = "PERFORM pg_terminate_backend(pg_backend_pid())"


@contextmanager
def failing(engine: sa.Engine, how: str, times: int = 1000, at_commit: bool = False) -> Iterator[None]:
    """A PostgreSQL that fails the first new edits, so many times: a sequence outlives a rollback."""
    trigger = (
        "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON edit DEFERRABLE INITIALLY DEFERRED"
        if at_commit
        else "CREATE TRIGGER fail BEFORE INSERT ON edit"
    )
    planted = f"""
        CREATE SEQUENCE failed;
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('failed') <= {times} THEN {how}; END IF; RETURN NEW;
        END $$;
        {trigger} FOR EACH ROW EXECUTE FUNCTION fail();"""
    with engine.begin() as connection:
        connection.exec_driver_sql(planted)
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER fail ON edit; DROP FUNCTION fail; DROP SEQUENCE failed")


@contextmanager
def full(engine: sa.Engine) -> Iterator[None]:
    """A disk without room for one page more."""
    if engine.dialect.name == "postgresql":
        with failing(engine, RAISING.format(state="53100")):
            yield
        return

    def no_room(connection, *_more):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with engine.connect() as connection:
        connection.connection.driver_connection.execute("VACUUM")  # what other stories deleted is room too
    engine.dispose()
    with listening(engine, "connect", no_room):
        yield
    engine.dispose()


@contextmanager
def read_only(engine: sa.Engine) -> Iterator[None]:
    def closed(connection, *_more):
        if engine.dialect.name == "postgresql":
            connection.execute("SET default_transaction_read_only = on")
            connection.commit()
        else:
            connection.execute("PRAGMA query_only = on")

    engine.dispose()
    with listening(engine, "connect", closed):
        yield
    engine.dispose()


LONG = "Un local, " * 2000 + "et du temps"


@pytest.mark.parametrize(("name", "trouble"), [("full", full), ("read only", read_only)], ids=["full", "read only"])
def test_who_saves_is_told_what_is_wrong_pages_open_and_it_mends_by_itself(save, here, session, engine, name, trouble):
    with trouble(engine):
        answer = save(value=LONG)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert answer.json["error"].startswith(IN_JSON[name])
        page = save.client.post(f"{here}/sections/others", data={"needs": LONG})
        assert page.status_code == 503
        assert SAYS[name] in page.text
        assert save.client.get(here).status_code == 200, "reading goes on"
        assert history(session) == []
    assert save(value=LONG).json["version"] == 1
    assert history(session) == [LONG]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
def test_a_file_that_is_no_database_is_a_fault_of_the_disk(app, tmp_path):
    file = tmp_path / "broken.sqlite"
    file.write_bytes(b"nothing that SQLite wrote" * 1000)
    broken = create_app({**app.config, "DATABASE_URL": f"sqlite:///{file}"})
    answer = broken.test_client().post("/login", data={"email": "roxane@exemple.test", "password": "x" * 12})
    broken.extensions["db"]["engine"].dispose()
    assert answer.status_code == 503
    assert "Le disque du serveur est en panne" in answer.text


@pytest.mark.parametrize("words", ["SELECT nothing FROM interview", "SELEKT 1"], ids=["no such column", "no SQL"])
def test_a_fault_of_ours_is_not_put_on_the_database(every, words):
    with every.connect() as connection, pytest.raises(sa.exc.DBAPIError) as caught:
        connection.exec_driver_sql(words)
    assert outages.of(caught.value) is None


@pytest.fixture
def elsewhere(engine):
    """Another process that writes, on SQLite; on PostgreSQL another transaction that holds the interview."""

    @contextmanager
    def holding():
        if engine.dialect.name == "postgresql":
            with engine.connect() as other:
                other.exec_driver_sql("SELECT FROM interview FOR UPDATE")
                yield other.rollback
            return
        command = [sys.executable, "-c", HOLDER, engine.url.database]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            other.stdout.readline()
            yield lambda: other.communicate("go")

    return holding


def test_who_waits_too_long_for_somebody_else_is_told_to_come_back(save, here, session, elsewhere):
    with elsewhere() as release:
        answer = save()
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert save.client.get(here).status_code == 200
        release()
    assert save().json["version"] == 1
    assert history(session) == ["Un local"]


on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")


@on_postgresql
@pytest.mark.parametrize("state", ["40001", "40P01"], ids=["serialisation failure", "deadlock"])
def test_what_was_in_somebodys_way_is_done_again(save, every, session, state):
    with failing(every, RAISING.format(state=state), times=2):
        assert save().status_code == 200
    assert history(session) == ["Un local"]


@on_postgresql
def test_what_stays_in_somebodys_way_is_given_up_in_the_end(save, every, session):
    with failing(every, RAISING.format(state="40001")):
        assert save().status_code == 503
    assert save().status_code == 200
    assert history(session) == ["Un local"]


@on_postgresql
@pytest.mark.parametrize("at_commit", [False, True], ids=["while it writes", "while it commits"])
def test_a_connection_that_drops_under_a_save_is_opened_anew(save, every, session, at_commit):
    with failing(every, DROPPING, times=2, at_commit=at_commit):
        assert save().status_code == 200
    assert history(session) == ["Un local"]


@on_postgresql
def test_connections_that_all_dropped_while_nobody_used_them_are_opened_anew(save, every, engine, session):
    save(value="Un lieu", id=str(uuid.uuid4()))
    with engine.connect() as one, engine.connect() as two, every.connect() as other:
        for pooled in (one, two):
            pid = pooled.connection.driver_connection.info.backend_pid
            other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    assert save(version=1).status_code == 200
    assert history(session) == ["Un lieu", "Un local"]
