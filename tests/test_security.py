"""What holds of every route, of this version and the next: the matrix is drawn from the map of URLs."""

import re
import uuid

import pytest
import sqlalchemy as sa

import survey
from survey import create_app, web
from survey.accounts.models import Role
from survey.accounts.permissions import PERMISSIONS
from survey.db import SAFE_METHODS, Base
from survey.instrument.questionnaire import QUESTIONNAIRE
from tests.conftest import hire, signed_in
from tests.under_way import under_way

SURVEY = Path(survey.__file__).parent
ROUTES = "survey/accounts/permissions.py"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
#: Routes open to anybody that send elsewhere somebody who is, or is not, signed in.
SENDS_ON = {"accounts.home", "accounts.login"}

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "style-src 'self'",
}


def rules(app, method):
    return [rule for rule in app.url_map.iter_rules() if method in rule.methods]


def path_of(app, rule, n=1):
    """The path of a rule, its arguments filled in with what may not exist."""
    fill = {"UUIDConverter": uuid.UUID(int=n), "Number": n, "FloatConverter": float(n)}
    values = {
        name: next(iter(sorted(getattr(converter, "items", ()))), fill.get(type(converter).__name__, "inconnu"))
        for name, converter in rule._converters.items()
    }
    if rule.endpoint == "static":
        values["filename"] = "style.css"
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def lacks(response, path):
    """Which of the headers that every answer carries this one does not."""
    found = [f"{name}: {value}" for name, value in HEADERS.items() if response.headers.get(name) != value]
    policy = response.headers.get("Content-Security-Policy", "")
    found += POLICY - set(policy.split("; "))
    if "unsafe" in policy or not re.search(r"script-src 'nonce-[\w-]{20,}'", policy):
        found.append("a script-src with a nonce and nothing unsafe")
    if not path.startswith("/static/") and response.headers.get("Cache-Control") != "no-store":
        found.append("Cache-Control: no-store")
    return found


@pytest.fixture
def strict(app):
    """The application with CSRF checked, as it is in use."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def everybody(app):
    """Somebody of each role."""
    return {role: hire(app, role.name.capitalize(), role) for role in Role}


def test_every_route_has_its_row_and_every_row_its_route(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not endpoints - set(PERMISSIONS), f"say in {ROUTES} which roles may use these routes"
    assert not set(PERMISSIONS) - endpoints, f"take out of {ROUTES} these rows: their routes are gone"


def test_a_route_that_was_given_no_row_is_nobody_s(app, odile, monkeypatch):
    monkeypatch.delitem(PERMISSIONS, "accounts.users")
    assert odile.get("/users").status_code == 403


def test_each_role_opens_exactly_what_the_table_says(app, everybody):
    wrong = []
    for rule in rules(app, "GET"):
        if rule.arguments:
            continue
        roles, path = PERMISSIONS[rule.endpoint], path_of(app, rule)
        for role, colleague in everybody.items():
            due = {200} if roles is None or role in roles else {403}
            if rule.endpoint in SENDS_ON:
                due |= {302}
            if (status := colleague.get(path).status_code) not in due:
                wrong.append(f"{role} GET {path}: {status}, not {due}")
    assert not wrong, "\n".join(wrong)


def test_a_stranger_is_sent_to_the_log_in_wherever_a_role_is_asked_for(app, stranger, roxane):
    wrong = []
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        for rule in rules(app, method):
            if PERMISSIONS[rule.endpoint] is None:
                continue
            answer = stranger.open(path_of(app, rule), method=method)
            due = 302 if method in SAFE_METHODS else 303
            if answer.status_code != due or not answer.location.startswith("/login?next="):
                wrong.append(f"{method} {rule}: {answer.status_code} {answer.location}")
    assert not wrong, "\n".join(wrong)


def test_a_role_that_may_not_is_refused_before_the_view_is_called(app, everybody):
    wrong = []
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for rule in rules(app, method):
            roles = PERMISSIONS[rule.endpoint]
            for role in set(Role) - (set(Role) if roles is None else roles):
                status = everybody[role].client.open(path_of(app, rule), method=method).status_code
                if status != 403:
                    wrong.append(f"{role} {method} {rule}: {status}")
    assert not wrong, "\n".join(wrong)


def test_nothing_is_changed_without_the_token_of_the_session(strict, odile, stranger):
    wrong = []
    sentence = "La page est restée ouverte trop longtemps. Rechargez-la, puis réessayez."
    for rule in rules(strict, "POST"):
        path = path_of(strict, rule)
        for data in ({}, {"csrf_token": "forged"}):
            page = odile.post(path, data)
            if page.status_code != 400 or sentence not in page.text:
                wrong.append(f"odile {path}: {page.status_code}")
            if stranger.post(path, data=data).status_code != 400:
                wrong.append(f"stranger {path}")
        answer = odile.client.post(path, json={"a": 1})
        if answer.status_code != 400 or answer.json["error"] != sentence or answer.json["user_id"] != odile.id:
            wrong.append(f"odile {path}, JSON: {answer.status_code} {answer.text}")
        if stranger.post(path, json={"a": 1}).status_code != 401:
            wrong.append(f"stranger {path}, JSON")
    assert not wrong, "\n".join(wrong)


def test_the_token_of_a_colleague_is_not_mine(strict, odile, roxane):
    token = re.search(r'name="csrf_token" value="([^"]+)"', roxane.get("/account").text)[1]
    data = {"language": "en", "csrf_token": token}
    assert odile.post("/language", data).status_code == 400
    assert roxane.post("/language", data).status_code == 303
    assert strict.config["WTF_CSRF_TIME_LIMIT"] is None


def test_nothing_is_changed_by_looking(app, odile, roxane, session):
    def everything():
        session.rollback()
        return {table.name: session.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables}

    before = everything()
    for rule in rules(app, "GET"):
        odile.get(path_of(app, rule, odile.id)).close()
    assert everything() == before


def test_every_answer_carries_the_security_headers(app, odile, stranger):
    wrong = []
    for rule in app.url_map.iter_rules():
        path = path_of(app, rule)
        for name, client in (("odile", odile.client), ("stranger", stranger)):
            for method in sorted(METHODS):
                response = client.open(path, method=method)
                wrong += [f"{name} {method} {path} {response.status_code}: {x}" for x in lacks(response, path)]
                if response.status_code >= 500:
                    wrong.append(f"{name} {method} {path}: {response.status_code}")
                response.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("status", "method", "path", "options"),
    [
        (404, "GET", "/nulle-part", {}),
        (404, "GET", "/static/../pyproject.toml", {}),
        (405, "DELETE", "/login", {}),
        (405, "BREW", "/login", {}),
        (400, "POST", "/language", {}),
        (413, "POST", "/login", {"data": {"email": "x" * (9 * 1024 * 1024)}}),
        (422, "POST", "/login", {}),
        (302, "GET", "/account", {}),
    ],
)
def test_errors_carry_them_too_and_say_what_happened_in_words(stranger, roxane, status, method, path, options):
    response = stranger.open(path, method=method, **options)
    assert response.status_code == status
    assert not lacks(response, path)
    if method in ("GET", "POST") and status not in (302, 422):
        answer = stranger.open(path, method=method, headers={"Accept": "application/json"}, **options)
        assert answer.status_code == status
        assert set(answer.json) == {"error"}


def test_a_failure_shows_no_trace_and_carries_the_headers(app, monkeypatch, caplog):
    broken = create_app({**app.config, "TESTING": False})
    monkeypatch.setitem(PERMISSIONS, "boom", None)

    def boom():
        raise ZeroDivisionError("canary")

    broken.add_url_rule("/boom", "boom", boom)
    response = broken.test_client().get("/boom")
    broken.extensions["db"]["engine"].dispose()
    assert response.status_code == 500
    assert not lacks(response, "/boom")
    assert "Une erreur s’est produite" in response.text
    assert "canary" not in response.text
    assert "ZeroDivisionError" not in response.text
    assert "canary" in caplog.text


def test_behind_tls_the_browser_is_told_to_stay_there(stranger, roxane):
    assert "Strict-Transport-Security" not in stranger.get("/login").headers
    assert stranger.get("/login", base_url="https://localhost").headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"5",
        b"1e999",
        b"{",
        b"\xff\xfe",
        b'{"email": 5, "password": null, "next": []}',
        b'{"value": "\\ud800", "item": "\\u0000"}',
        b"[" * 50_000,
        b'{"a":' * 50_000,
        b"9" * 10_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_odd_json_never_breaks_a_route(app, odile, stranger, body):
    wrong = []
    for method in ("POST", "PUT", "PATCH"):
        for rule in rules(app, method):
            if rule.endpoint == "accounts.logout":
                continue
            for client in (odile.client, stranger):
                response = client.open(path_of(app, rule), method=method, data=body, content_type="application/json")
                if response.status_code >= 500:
                    wrong.append(f"{method} {rule}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("n", [0, 2**31, 2**63, 10**30])
def test_odd_numbers_in_an_address_never_break_a_route(app, odile, n):
    wrong = []
    for rule in app.url_map.iter_rules():
        if not any(type(converter).__name__ == "Number" for converter in rule._converters.values()):
            continue
        path = path_of(app, rule, 7).replace("/7", f"/{n}")
        for method in rule.methods - {"OPTIONS"}:
            if (status := odile.client.open(path, method=method).status_code) >= 500:
                wrong.append(f"{method} {path}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
def test_a_method_is_what_the_request_line_says(odile, roxane, name):
    path = f"/users/{roxane.id}/deactivate"
    assert odile.get(path, headers={name.replace("_", "-"): "POST"}).status_code == 405
    assert odile.get(f"{path}?_method=POST").status_code == 405
    assert roxane.get("/account").status_code == 200


def test_head_is_held_against_the_table_like_get(roxane, stranger, odile):
    assert roxane.client.head("/users").status_code == 403
    assert stranger.head("/users").status_code == 302
    assert odile.client.head("/users").status_code == 200
