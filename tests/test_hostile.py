"""What is sent to do harm: bodies that never end, addresses that break a header, files where a text is asked for."""

import io
import re
import unicodedata
import uuid
from collections import Counter
from itertools import groupby

import pytest
import sqlalchemy as sa
from flask import g

from survey import create_app
from survey.accounts import passwords, users
from survey.accounts.models import Role
from survey.accounts.passwords import Weakness
from survey.accounts.permissions import PERMISSIONS
from survey.fieldwork.models import Organisation, Referral
from survey.interview.models import Interview
from survey.text import NAME, fold, normalise
from tests.conftest import hire
from tests.test_security import path_of, rules


class Slow(io.BytesIO):
    """A body that notes, whenever more of it is asked for, whether the database was asked something before."""

    def __init__(self, body):
        super().__init__(body)
        self.asked_before = []

    def read(self, size=-1):
        self.asked_before.append("db_connection" in g)
        return super().read(size)

    def readinto(self, room):
        self.asked_before.append("db_connection" in g)
        return super().readinto(room)


BODIES = {
    "application/json": b'{"item": "needs", "value": "texte"}',
    "application/x-www-form-urlencoded": b"email=personne%40exemple.test&password=un+mot+de+passe",
    "multipart/form-data; boundary=b": b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\ntexte\r\n--b--\r\n',
    "text/plain": b"texte",
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_is_read_before_the_database_is_asked_anything(kind, app, odile, stranger):
    wrong = []
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for rule in rules(app, method):
            for client in (stranger, odile.client):
                body = Slow(BODIES[kind])
                path = path_of(app, rule)
                client.open(path, method=method, input_stream=body, content_type=kind)
                if not body.asked_before or any(body.asked_before):
                    wrong.append(f"{method} {path}: {body.asked_before}")
            if rule.endpoint == "accounts.logout":
                odile.client = hire(app, f"Odile{method}", Role.ADMINISTRATOR).client
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_too_large_is_refused_whatever_it_is(kind, stranger, roxane):
    for client in (stranger, roxane.client):
        answer = client.post("/login", data=b"x" * (8 * 1024 * 1024 + 1), content_type=kind)
        assert answer.status_code == 413, kind


PILED = "a" + "\u0301" * 20_000 + "\u0323" * 20_000


def longest_pile(text):
    return max(
        (len(list(run)) for mark, run in groupby(text, lambda c: bool(unicodedata.combining(c))) if mark), default=0
    )


def test_marks_that_pile_up_on_a_letter_are_kept_all_and_never_put_in_order_by_the_thousand(session, roxane, here):
    """To put n marks in order takes n² steps in which nobody else is answered."""
    words = {"id": str(uuid.uuid4()), "block": None, "item": "needs", "part": "answer", "version": 0, "value": PILED}
    answer = roxane.post(f"{here}/answers", json=words)
    kept = session.scalar(sa.select(Interview.needs))
    assert (answer.status_code, answer.json["value"]) == (200, kept)
    assert Counter(unicodedata.normalize("NFD", kept.replace("\u034f", ""))) == Counter(PILED)
    assert longest_pile(kept) <= 30
    assert normalise(kept) == kept


@pytest.mark.parametrize(
    "text", [PILED, "a" + "\u0344" * 500, "\U0001d160" * 200, "\u034f" * 90, "z" + "\u0301\r\n" * 40]
)
def test_a_text_is_cleaned_once_for_all(text):
    assert normalise(normalise(text)) == normalise(text)
    assert longest_pile(normalise(text)) <= 30
    assert longest_pile(fold(text)) == 0


def test_a_password_or_an_address_out_of_all_measure_is_refused_before_it_is_looked_through(stranger, roxane):
    assert passwords.weakness(PILED) is Weakness.LONG
    assert users.email_of(f"{PILED}@exemple.test") == users.email_of(PILED)
    assert stranger.post("/login", data={"email": PILED, "password": "x"}).status_code == 422


def test_a_name_that_grows_when_it_is_folded_is_compared_by_its_beginning(session, colette, roxane, here):
    """U+FDFA is eighteen letters: what is compared is indexed, and an index has room for so much."""
    name = "\ufdfa" * 390
    new = {"name": name, "region": "", "form_id": str(uuid.uuid4())}
    assert colette.post("/organisations/new", new).status_code == 303
    named = {"id": str(uuid.uuid4()), "version": 0, "organisation": name * 500, "person": "P"}
    assert roxane.post(f"{here}/referrals", named, headers={"Accept": "application/json"}).status_code == 200
    assert session.scalar(sa.select(Referral.organisation)) == name * 500
    assert max(map(len, session.scalars(sa.select(Organisation.folded_name)))) == NAME


ODD_PATHS = ["/\t/[", "/\t/]", "/a\r\nX:y", "/a\nb", "/\x00", "/a\x7f", "/\x1b[0m", "/[", "//[", "/a[b", "/\ud800"]


@pytest.mark.parametrize("target", ODD_PATHS)
def test_an_odd_way_back_is_never_an_error(target, roxane, colette, stranger):
    asked = {"next": target.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}
    for answer in (
        stranger.get("/login", query_string=asked),
        stranger.post("/login", data={**asked, "email": "a@exemple.test", "password": "x"}),
        roxane.get("/login", query_string=asked),
        stranger.post("/language", data={**asked, "language": "fr"}),
        roxane.post("/language", {**asked, "language": "fr"}),
        colette.post("/organisations/assign", asked),
    ):
        assert answer.status_code in (200, 302, 303, 400, 422), answer.request.path
        assert "X" not in answer.headers
        assert not re.search(r"[\x00-\x1f\x7f]", answer.headers.get("Location", ""))


def test_a_file_where_a_text_is_asked_for_is_no_answer(app, odile, stranger):
    """Every name that a form has, sent as a file, to every route."""
    names = ["email", "password", "again", "current", "next", "name", "role", "language", "note", "region", "text"]
    names += ["disposition", "mode", "interview", "quote", "session", "interviewer", "file", "phone", "function"]
    wrong = []
    for rule in rules(app, "POST"):
        if rule.endpoint == "accounts.logout":
            continue
        for client in (stranger, odile.client):
            files = {name: (io.BytesIO(b"canari"), "a.txt") for name in names}
            answer = client.post(path_of(app, rule), data=files, content_type="multipart/form-data")
            if answer.status_code >= 500:
                wrong.append(f"{rule}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_what_a_database_refuses_reaches_the_log_without_its_words(app, session, monkeypatch, caplog):
    broken = create_app({**app.config, "TESTING": False})

    def twice():
        from survey.db import db, now

        for _ in range(2):
            db.session.add(Organisation(name="Canari", folded_name="canari-du-journal", created_at=now()))
        db.session.flush()

    def wrapped():
        try:
            twice()
        except sa.exc.IntegrityError as error:
            raise LookupError("another") from error

    for name, view in {"twice": twice, "wrapped": wrapped}.items():
        monkeypatch.setitem(PERMISSIONS, name, None)
        broken.add_url_rule(f"/{name}", name, view, methods=["POST"])
    broken.config["WTF_CSRF_ENABLED"] = False
    for name in ("twice", "wrapped"):
        caplog.clear()
        assert broken.test_client().post(f"/{name}").status_code == 500
        assert "canari-du-journal" not in caplog.text
        assert "IntegrityError" in caplog.text
        assert re.search(r"23505 uq_organisation_folded_name|SQLITE_CONSTRAINT_UNIQUE", caplog.text)
        assert "Traceback" not in caplog.text
    broken.extensions["db"]["engine"].dispose()
