"""What holds of every route, of this version and the next: the matrix is drawn from the map of URLs."""

import re
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

import survey
from survey import create_app, web
from survey.accounts.models import Role
from survey.accounts.permissions import PERMISSIONS
from survey.api.operations import OPERATIONS
from survey.db import SAFE_METHODS, Base
from survey.instrument.questionnaire import QUESTIONNAIRE
from tests import pages
from tests.conftest import hire, signed_in
from tests.under_way import under_way

SURVEY = Path(survey.__file__).parent
ROUTES = "survey/accounts/permissions.py"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
#: Routes open to anybody that send elsewhere somebody who is, or is not, signed in.
SENDS_ON = {"accounts.home", "accounts.login"}
#: Routes that ask for a token of the API: a session opens none of them, whoever signs in.
BY_TOKEN = {endpoint for endpoint, operation in OPERATIONS.items() if not operation.open}

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
NO_PAGE = POLICY - {"form-action 'self'", "style-src 'self'"} | {"form-action 'none'"}


def rules(app, method):
    return [rule for rule in app.url_map.iter_rules() if method in rule.methods]


def path_of(app, rule, n=1, about=None):
    """The path of a rule, its arguments filled in with what `about` has, or else with what may not exist."""
    fill = {"UUIDConverter": uuid.UUID(int=n), "Number": n, "FloatConverter": float(n)}
    values = {
        name: next(iter(sorted(getattr(converter, "items", ()))), fill.get(type(converter).__name__, "inconnu"))
        for name, converter in rule._converters.items()
    }
    if about:
        known = {name: value for given in about.values() for name, value in given[0].items()}
        known |= about.get(rule.endpoint, [{}])[0]
        values |= {name: known[name] for name in values if name in known}
    if rule.endpoint == "static":
        values["filename"] = "style.css"
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def lacks(response, path):
    """Which of the headers that every answer carries this one does not."""
    found = [f"{name}: {value}" for name, value in HEADERS.items() if response.headers.get(name) != value]
    policy = response.headers.get("Content-Security-Policy", "")
    said = set(policy.split("; "))
    found += (NO_PAGE if response.is_json else POLICY) - said
    if response.is_json and not all(one.endswith(" 'none'") for one in said):
        found.append("a policy that allows nothing")
    if not response.is_json and ("unsafe" in policy or not re.search(r"script-src 'nonce-[\w-]{20,}'", policy)):
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
def about(app, session, odile, roxane):
    """A recension for the routes to be about, under way in Odile's hands; `user_id` is Roxane."""
    known = under_way(app, session, odile.id)
    session.rollback()
    return known | {f"accounts.{name}": [{"user_id": roxane.id}] for name in ("new_link", "deactivate")}


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
            due = {401} if rule.endpoint in BY_TOKEN else {200} if roles is None or role in roles else {403}
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
            sent = answer.status_code == due and answer.location.startswith("/login?next=")
            if not sent and not (rule.endpoint in BY_TOKEN and answer.status_code == 401):
                wrong.append(f"{method} {rule}: {answer.status_code} {answer.location}")
    assert not wrong, "\n".join(wrong)


def test_a_role_that_may_not_is_refused_before_the_view_is_called(app, everybody):
    wrong = []
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for rule in rules(app, method):
            roles = PERMISSIONS[rule.endpoint]
            for role in set(Role) - (set(Role) if roles is None else roles):
                status = everybody[role].client.open(path_of(app, rule), method=method).status_code
                if status != (401 if rule.endpoint in BY_TOKEN else 403):
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


def test_nothing_is_changed_by_looking(app, odile, session, about):
    def everything():
        session.rollback()
        found = {table.name: session.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables}
        session.rollback()
        return found

    before, seen = everything(), {}
    for method in ("HEAD", "GET"):
        for rule in rules(app, method):
            with odile.client.open(path_of(app, rule, about=about), method=method) as answer:
                seen.setdefault(answer.status_code, set()).add(rule.endpoint)
    assert seen.pop(302) == {"accounts.login"}
    assert seen.pop(404) == {"accounts.setup"}
    assert seen.pop(401) == BY_TOKEN
    assert set(seen) == {200}
    after = everything()
    written = [entry for entry in after["audit_entry"] if entry not in before["audit_entry"]]
    assert [(entry.action, entry.user_id) for entry in written] == [
        ("message.export", odile.id),
        ("release.export", odile.id),
        ("release.export", odile.id),
    ], "one for each address that is got, none for HEAD"
    assert after | {"audit_entry": before["audit_entry"]} == before


def test_every_answer_carries_the_security_headers(app, odile, stranger, about):
    wrong = []
    for rule in app.url_map.iter_rules():
        path = path_of(app, rule, about=about)
        for name in ("odile", "stranger"):
            for method in sorted(METHODS):
                client = stranger if name == "stranger" else signed_in(app, odile.id)
                response = client.open(path, method=method)
                if name == "odile" and "next=" in response.headers.get("Location", ""):
                    wrong.append(f"{method} {path} takes odile for a stranger")
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
def test_odd_json_never_breaks_a_route(app, odile, stranger, about, body):
    wrong = []
    for method in ("POST", "PUT", "PATCH"):
        for rule in rules(app, method):
            path = path_of(app, rule, about=about)
            for client in (signed_in(app, odile.id), stranger):  # a route may end the session that calls it
                status = client.open(path, method=method, data=body, content_type="application/json").status_code
                if status >= 500 or (status == 401 and client is not stranger):
                    wrong.append(f"{method} {path}: {status}")
    assert not wrong, "\n".join(wrong)


def test_a_form_is_one_that_odd_json_cannot_break():
    """FlaskForm takes any JSON for its fields, and fails on what is no object."""
    found = [
        f"{path.relative_to(SURVEY)}: {line.strip()}"
        for path in SURVEY.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "FlaskForm" in line and path.name != "web.py"
    ]
    assert not found, "Inherit from survey.web.Form instead:\n" + "\n".join(found)


def fields():
    """The name of every field that a page sends, and of what lists take in their address."""
    drawn = "\n".join(path.read_text(encoding="utf-8") for path in (SURVEY.parent / "templates").rglob("*.html"))
    names = set(re.findall(r'name="([a-z_]+)"', drawn)) | {item.name for _section, item in QUESTIONNAIRE.items()}
    forms = [web.Form]
    for form in forms:
        forms += form.__subclasses__()
        names |= {name for name in vars(form) if hasattr(getattr(form, name), "field_class")}
    return names - {"csrf_token"} | {"after", "before", "lang"}


ODD_TEXTS = {"nul": "\x00", "nul within": "a\x00b", "number": str(2**31), "longer": "9" * 20, "long": "9" * 5000}


@pytest.mark.parametrize("typed", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_text_never_breaks_a_route(app, odile, stranger, about, typed, monkeypatch):
    monkeypatch.setattr(pages, "problems", lambda page: [])  # a NUL shown again to who typed it is not at stake
    wrong = []
    sent = dict.fromkeys(fields(), typed)
    assert {"session", "next", "q", "after", "case", "email", "disposition", "needs"} <= set(sent)
    for rule in app.url_map.iter_rules():
        path = path_of(app, rule, about=about)
        for client in (signed_in(app, odile.id), stranger):
            for method, given in (("GET", {"query_string": sent}), ("POST", {"data": sent})):
                if method in rule.methods:
                    with client.open(path, method=method, **given) as answer:
                        if answer.status_code >= 500:
                            wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def breaking(error):
    """A route that fails as `error`."""

    def boom():
        raise error

    return boom


class OfTheDriver(Exception):
    """What a driver raises; `sqlstate` is PostgreSQL's word for it."""

    sqlstate = None


class ReadOnly(OfTheDriver):
    sqlstate = "25006"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (sa.exc.TimeoutError("canary"), 503),
        (sa.exc.OperationalError("canary", None, OfTheDriver()), 503),
        (sa.exc.InterfaceError("canary", None, OfTheDriver()), 503),
        (sa.exc.InternalError("canary", None, ReadOnly()), 503),
        (sa.exc.DBAPIError("canary", None, OfTheDriver(), connection_invalidated=True), 503),
        (sa.exc.InternalError("canary", None, OfTheDriver()), 500),
        (sa.exc.IntegrityError("canary", None, OfTheDriver()), 500),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_database_out_of_reach_is_a_matter_of_waiting(app, monkeypatch, error, status):
    monkeypatch.setitem(PERMISSIONS, "boom", None)
    broken = create_app({**app.config, "TESTING": False})
    broken.add_url_rule("/boom", "boom", breaking(error))
    response = broken.test_client().get("/boom")
    broken.extensions["db"]["engine"].dispose()
    assert response.status_code == status
    assert ("Retry-After" in response.headers) == (status == 503)
    assert "canary" not in response.text


def read_only(url):
    """The address of the same database where nothing can be written."""
    if url.startswith("sqlite"):
        return url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    return f"{url}&options=-c%20default_transaction_read_only%3Don"


def test_a_database_that_may_not_be_written_says_to_wait(app, roxane):
    closed = create_app({**app.config, "DATABASE_URL": read_only(app.config["DATABASE_URL"])})
    client = signed_in(app, roxane.id, closed)
    assert client.get("/account").status_code == 200
    response = client.post("/language", data={"language": "en"})
    closed.extensions["db"]["engine"].dispose()
    assert response.status_code == 503
    assert "Le serveur est en lecture seule" in response.text


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
def test_a_connection_that_drops_in_the_middle_is_opened_anew(app, roxane):
    engine = app.extensions["db"]["engine"]
    dropped = []

    def drop(connection, _cursor, statement, *_rest):
        if not dropped and statement.startswith("UPDATE"):
            dropped.append(statement)
            with engine.connect() as other:
                pid = connection.connection.driver_connection.info.backend_pid
                other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    sa.event.listen(engine, "before_cursor_execute", drop)
    try:
        response = roxane.post("/language", {"language": "en"})
    finally:
        sa.event.remove(engine, "before_cursor_execute", drop)
    assert dropped
    assert response.status_code == 303


def test_a_script_of_a_version_before_is_not_used_after_an_upgrade(stranger):
    with stranger.get("/static/base.js") as kept:
        assert kept.headers["Cache-Control"] == "no-cache"
    with stranger.get("/static/base.js", headers={"If-None-Match": kept.headers["ETag"]}) as again:
        assert (again.status_code, again.data) == (304, b"")


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
