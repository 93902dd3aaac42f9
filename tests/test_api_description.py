"""What the API says of itself: each route is in it, and each answer is as it is described."""

from __future__ import annotations

from contextlib import closing
from contextvars import Context

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode

from survey.accounts import throttle
from survey.accounts.models import Reach
from survey.api import openapi, operations, parameters, schemas
from survey.api.operations import OPERATIONS
from survey.release import freezing, units
from survey.release.models import Unit
from tests import themed
from tests.scripting import PLACE, script

DESCRIPTION = f"{PLACE}/openapi.json"
EXAMPLES = 20
#: Without a network between, schemathesis opens no gzip.
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def inventory(session):
    themed.build(session)
    session.commit()
    freezing.create(session, None)
    session.commit()


@pytest.fixture
def r(app, anh, session, inventory):
    return script(app, session, anh.id)


@pytest.fixture
def described(stranger):
    return stranger.get(DESCRIPTION).json


def test_each_route_is_described_and_nothing_else(app, described):
    routes = {rule.rule: rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert {openapi.BLANK.sub(r"{\1}", rule) for rule in routes} == set(described["paths"])
    assert {rule.endpoint for rule in routes.values()} == set(OPERATIONS)
    for rule in routes.values():
        assert rule.methods == {"GET", "HEAD"}
        said = described["paths"][openapi.BLANK.sub(r"{\1}", rule.rule)]
        assert {one["name"] for one in said["parameters"]} == rule.arguments
        assert set(said) == {"parameters", "get"}


def test_whoever_asks_gets_it_in_their_language(stranger, described):
    answer = stranger.get(DESCRIPTION, headers={"Accept-Language": "en"})
    assert answer.headers["Content-Language"] == "en"
    assert answer.json["paths"].keys() == described["paths"].keys()
    assert answer.json["info"]["title"] == "Recension: reading frozen releases"
    row = answer.json["components"]["schemas"]["initiative_row"]["properties"]
    name = next(variable for variable in units.dictionary(Unit.INITIATIVE) if variable.name == "name")
    assert row["name"]["description"] == name.label.en


def test_it_is_an_openapi_document(stranger):
    for language in ("fr", "en"):
        text = stranger.get(DESCRIPTION, headers={"Accept-Language": language}).json
        schemathesis.openapi.from_dict(text).validate()


@pytest.mark.parametrize("tier", Reach)
@pytest.mark.parametrize("unit", Unit)
def test_rows_are_as_the_dictionary_describes_them(app, anh, session, inventory, tier, unit):
    mine = script(app, session, anh.id, tier)
    schema = {**schemas.row(unit, "fr"), "additionalProperties": False}
    rows = mine.get(f"/releases/1/units/{unit}/rows").json["rows"]
    assert rows
    for row in rows:
        jsonschema_rs.validate(schema, row)


def test_every_open_operation_asks_for_no_token_and_every_other_does(described):
    for path, said in described["paths"].items():
        assert ("401" in said["get"]["responses"]) == (path != DESCRIPTION)
        assert (said["get"].get("security") == []) == (path == DESCRIPTION)


@pytest.mark.parametrize("one", [*operations.PATH.values(), operations.FROM, operations.LABELS], ids=lambda o: o.name)
def test_what_reads_a_parameter_takes_what_its_schema_does(one):
    schema = jsonschema_rs.validator_for(one.schema())
    for text in ("0", "1", "2147483647", "2147483648", "-1", "", "fr", "initiative", "csv", "x", "1.0", "01e"):
        value = int(text) if text.lstrip("-").isdecimal() else text
        try:
            assert one.read(text) == value
        except parameters.Unfit:
            assert not schema.is_valid(value), text
        else:
            assert schema.is_valid(value), text


@pytest.mark.parametrize("tier", Reach)
@pytest.mark.parametrize("mode", GenerationMode)
def test_schemathesis_finds_nothing_amiss(app, anh, session, inventory, mode, tier, monkeypatch):
    for limit in ("PER_EMAIL", "PER_ADDRESS"):  # it shows wrong tokens too, and more of them than anybody may
        monkeypatch.setattr(throttle, limit, 10**6)
    mine = script(app, session, anh.id, tier)
    session.rollback()
    schema = Context().run(schemathesis.openapi.from_wsgi, DESCRIPTION, closed(app))
    schema.validate()
    tried = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        blanks = {one.name for one in operation.path_parameters}
        seen = tried[operation.path] = set()
        if mode is GenerationMode.POSITIVE:
            for known in (None, {"number": 1}, {"number": 1, "unit": "initiative"}):
                if blanks.issuperset(known or ()):
                    seen |= hold(operation.as_strategy(mode, path_parameters=known), mine)
        elif blanks or list(operation.query):
            seen |= hold(operation.as_strategy(mode), mine)
    if mode is GenerationMode.POSITIVE:
        assert all(200 in statuses for statuses in tried.values()), tried
    else:
        assert tried
        assert not {status for statuses in tried.values() for status in statuses} - {200, 401, 404, 422}, tried


def closed(app):
    """The application, each answer of which is read and closed: schemathesis closes none."""

    def call(environ, start_response):
        with closing(app(environ, start_response)) as pieces:
            return [b"".join(pieces)]

    return call


def hold(strategy, mine):
    """Hold the answers to some cases against their description; the statuses that were seen."""
    seen = set()

    @settings(
        max_examples=EXAMPLES, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=strategy)
    def asked(case):
        answer = Context().run(case.call_and_validate, headers=mine.shown | PLAIN)
        seen.add(answer.status_code)

    asked()
    return seen
