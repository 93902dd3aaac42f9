"""Anh's scripts pull a release: what they are given, what they are refused, and what the log says of it."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile

import pandas
import pytest
import sqlalchemy as sa

from survey.accounts.models import AccessToken, LoginFailure, Reach, User
from survey.api import kept, pulls
from survey.api.models import TokenPull
from survey.audit import AuditEntry
from survey.db import now
from survey.release import freezing
from survey.release.exporting import FORMATS, SHUT
from survey.release.models import ReleaseTable, Unit
from survey.release.tiers import Tier
from tests import themed
from tests.leaving import as_dicts, manifest, prepared
from tests.recension import CANARIES
from tests.scripting import INITIATIVES, PLACE, Script, script

PROBLEM = "application/problem+json"
ROWS = f"{INITIATIVES}/rows"


@pytest.fixture
def inventory(session):
    themed.build(session)
    session.commit()
    freezing.create(session, None, "Première lecture")
    session.commit()


@pytest.fixture
def r(app, anh, session, inventory):
    """Anh's script, of the research tier."""
    return script(app, session, anh.id)


def log(session):
    session.rollback()
    found = session.execute(
        sa.select(AuditEntry.user_id, AuditEntry.object_id, AuditEntry.detail)
        .where(AuditEntry.action == "release.export")
        .order_by(AuditEntry.id)
    ).all()
    session.rollback()
    return [tuple(row) for row in found]


def problem(answer, status):
    """The problem that an answer is."""
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text
    assert answer.json["status"] == status
    assert answer.json["title"]
    return answer.json


def test_a_release_says_its_date_note_hash_and_units_and_not_who_made_it(r, anh, session):
    [one] = r.get("/releases").json["releases"]
    release = prepared(session, "csv").table.release
    found = {table.unit.value: table for table in release.tables}
    assert one["sha256"] == release.sha256
    assert one["note"] == "Première lecture"
    assert one["created_at"] == f"{release.created_at:%Y-%m-%dT%H:%M:%SZ}"
    assert {unit["unit"]: unit["rows"] for unit in one["units"]} == {n: t.row_count for n, t in found.items()}
    whole = r.get("/releases/1").json
    assert whole | {"units": one["units"]} == one
    assert {len(unit["dictionary_sha256"]) for unit in whole["units"]} == {64}
    assert len({unit["dictionary_sha256"] for unit in whole["units"]}) == len(Unit)
    assert "Anh" not in r.get("/releases/1").text


@pytest.mark.parametrize("unit", Unit)
def test_rows_are_objects_by_variable_with_codes_as_numbers(r, session, unit):
    page = r.get(f"/releases/1/units/{unit}/rows").json
    assert page["rows"] == as_dicts(prepared(session, "csv", unit).table)
    assert (page["total"], page["next"]) == (len(page["rows"]), None)
    said = r.get(f"/releases/1/units/{unit}/dictionary").json
    assert {variable["name"] for variable in said["variables"]} == set(page["rows"][0])
    assert all(set(variable["label"]) == {"fr", "en"} for variable in said["variables"])
    assert any("respondent_name" in one["variables"] for one in said["left_out"]) == (unit is Unit.INTERVIEW)
    assert "Annexe B" in said["source"]["fr"]


def test_the_dictionary_gives_codes_and_missing_values_in_both_languages(r):
    said = r.get(f"{INITIATIVES}/dictionary").json
    status = next(variable for variable in said["variables"] if variable["name"] == "status")
    assert status["missing"]["-7"] == {"fr": "Ne sait pas", "en": "Don't know"}
    assert all(set(label) == {"fr", "en"} for label in status["values"].values())


def test_pages_follow_each_other_and_hold_each_row_once(r):
    whole = r.get("/releases/1/units/organisation/rows").json["rows"]
    seen, there = [], "/releases/1/units/organisation/rows?limit=1"
    while there:
        answer = r.get(there)
        page = answer.json
        assert len(page["rows"]) == 1
        seen += page["rows"]
        there = page["next"] and page["next"].removeprefix(PLACE)
        assert ('rel="next"' in answer.headers.get("Link", "")) == bool(there)
    assert seen == whole
    assert len(whole) == 3
    beyond = r.get("/releases/1/units/organisation/rows?offset=7").json
    assert (beyond["rows"], beyond["next"], beyond["total"]) == ([], None, 3)


def test_lines_are_the_whole_unless_a_part_is_asked_for(r):
    whole = r.get(ROWS).json["rows"]
    answer = r.get(ROWS, Accept="application/x-ndjson")
    assert answer.mimetype == "application/x-ndjson"
    assert [json.loads(line) for line in answer.text.splitlines()] == whole
    assert answer.content_length == len(answer.data)
    part = r.get(f"{ROWS}?offset=1&limit=1", Accept="application/x-ndjson")
    assert [json.loads(line) for line in part.text.splitlines()] == whole[1:2]


def test_a_notebook_pulls_parquet_and_the_package_holds_the_same_file(r, session):
    with r.get(f"{INITIATIVES}/export/parquet") as answer:
        frame = pandas.read_parquet(io.BytesIO(answer.data))
    assert list(frame["name"]) == [row["name"] for row in r.get(ROWS).json["rows"]]
    package = answer.headers["Link"].partition(">")[0].lstrip("<").removeprefix(PLACE)
    with r.get(package) as whole, zipfile.ZipFile(io.BytesIO(whole.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert answer.data in files.values()
    said = manifest(files)
    assert said["tier"] == "research"
    assert answer.headers["Recension-Notices"] == str(len(said["notices"]))
    assert answer.headers["Repr-Digest"].startswith("sha-256=:")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_leaves_as_by_the_page(r, anh, form):
    with anh.get(f"/releases/1/export?unit=initiative&form={form}&language=en") as theirs:
        asked = theirs.data
    with r.get(f"{INITIATIVES}/package/{form}?language=en") as mine:
        assert mine.data == asked
    with r.get(f"{INITIATIVES}/export/{form}?language=en&shape=wide") as alone:
        assert alone.status_code == 200
        assert ("-wide" in alone.headers["Content-Disposition"]) != bool(FORMATS[form].reads)


def test_what_never_leaves_at_the_open_tier_says_why(app, anh, session, inventory):
    mine = script(app, session, anh.id, Reach.OPEN)
    for what in ("export", "package"):
        said = problem(mine.get(f"{INITIATIVES}/{what}/qdpx", Accept_Language="en"), 403)
        assert said["detail"] == SHUT.en
    assert log(session) == []


@pytest.mark.parametrize("tier", Reach)
def test_no_name_and_no_note_leaves_whatever_is_asked(app, anh, session, inventory, tier):
    mine = script(app, session, anh.id, tier)
    paths = ["/openapi.json", "/releases", "/releases/1"]
    for unit in Unit:
        paths += [f"/releases/1/units/{unit}/{what}" for what in ("dictionary", "rows", "export/csv", "export/json")]
    for path in paths:
        with mine.get(path) as answer:
            assert answer.status_code == 200, path
            found = [kind for kind, canary in CANARIES.items() if canary in answer.text]
        assert not found, f"{found} at {path}"


def test_a_token_of_the_open_tier_gives_what_is_open_and_nothing_else(app, anh, session, inventory):
    mine = script(app, session, anh.id, Reach.OPEN)
    page = mine.get(ROWS).json
    assert page["tier"] == "open"
    assert page["rows"] == as_dicts(prepared(session, "csv", tier=Tier.OPEN).table)
    assert not {"name", "description", "organisation_name"} & set(page["rows"][0])
    with mine.get(f"{INITIATIVES}/package/csv") as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert any("-open-" in name for name in archive.namelist())
    for name in ("tier", "level"):
        assert problem(mine.get(f"{ROWS}?{name}=research"), 422)["errors"][0]["field"] == name


def test_what_a_script_has_already_is_not_sent_nor_written_down_again(r, session):
    for path in ("/releases/1", f"{INITIATIVES}/dictionary", ROWS, f"{INITIATIVES}/export/csv", "/openapi.json"):
        with r.get(path) as answer, r.get(path) as again:
            etag = answer.headers["ETag"]
            assert again.headers["ETag"] == etag
            assert again.data == answer.data
        before = log(session)
        with r.get(path, If_None_Match=etag) as nothing:
            assert (nothing.status_code, nothing.data, nothing.headers["ETag"]) == (304, b"", etag)
        assert log(session) == before
    tags = {r.get(path).headers["ETag"] for path in (ROWS, f"{ROWS}?limit=1", f"{ROWS}?offset=1", "/releases/1")}
    assert len(tags) == 4


def test_the_etag_follows_the_tier_and_the_release(app, anh, session, r):
    mine = script(app, session, anh.id, Reach.OPEN)
    freezing.create(session, None)
    session.commit()
    asked = [r.get(ROWS), mine.get(ROWS), r.get(ROWS.replace("/1/", "/2/"))]
    assert len({answer.headers["ETag"] for answer in asked}) == 3


def test_gzip_goes_to_who_takes_it(r):
    for path in (ROWS, f"{INITIATIVES}/export/csv", f"{INITIATIVES}/dictionary"):
        with r.get(path) as plain, r.get(path, Accept_Encoding="gzip") as packed:
            assert packed.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(packed.data) == plain.data
            assert "Content-Encoding" not in plain.headers
            assert "Repr-Digest" not in packed.headers
            assert "Accept-Encoding" in packed.vary
    with r.get(ROWS, Accept="application/x-ndjson", Accept_Encoding="gzip") as packed:
        assert len(gzip.decompress(packed.data).splitlines()) == 2
    with r.get(f"{INITIATIVES}/export/parquet", Accept_Encoding="gzip") as whole:
        assert "Content-Encoding" not in whole.headers


def test_head_says_what_get_would_and_is_not_in_the_log(r, session):
    for path in ("/releases", ROWS, f"{INITIATIVES}/dictionary", f"{INITIATIVES}/export/parquet"):
        with r.get(path) as got:
            length = got.content_length
        before = log(session)
        with r.get(path, method="HEAD") as told:
            assert (told.status_code, told.content_length, told.data) == (200, length, b"")
        assert log(session) == before
    with r.get(ROWS, method="HEAD", Accept="application/x-ndjson") as told:
        assert told.status_code == 200


def test_the_log_has_an_entry_for_each_table_pulled_and_not_for_each_page(r, anh, session):
    there = "/releases/1/units/organisation/rows"
    for offset in range(3):
        assert r.get(f"{there}?limit=1&offset={offset}").status_code == 200
    begun = (anh.id, 1, "organisation rows research from 0 of 3 token 1")
    assert log(session) == [begun]
    r.get(f"{there}?limit=1")
    assert log(session) == [begun, begun], "who begins anew pulls anew"
    with r.get(f"{INITIATIVES}/export/csv"), r.get(f"{INITIATIVES}/package/csv?language=en"):
        pass
    files = [(anh.id, 1, f"initiative csv {code} research long 2 token 1") for code in ("fr", "en")]
    assert log(session)[2:] == files
    assert r.get(f"{ROWS}?offset=1").status_code == 200
    assert log(session)[4:] == [(anh.id, 1, "initiative rows research from 1 of 2 token 1")]
    r.get("/releases")
    r.get(f"{INITIATIVES}/dictionary")
    assert len(log(session)) == 5, "what holds no row is no export"


def test_a_page_that_comes_long_after_the_first_is_of_another_pull(r, session):
    there = "/releases/1/units/organisation/rows?limit=1&offset="
    r.get(f"{there}0")
    session.execute(sa.update(TokenPull).values(began_at=now() - pulls.GOES_ON * 1.1))
    session.commit()
    r.get(f"{there}1")
    r.get(f"{there}2")
    assert [detail.split(" of ")[0] for _, _, detail in log(session)] == [
        "organisation rows research from 0",
        "organisation rows research from 1",
    ]


def test_a_session_does_not_open_it_and_a_token_opens_no_page(r, anh, stranger):
    for path in ("/releases", ROWS, f"{INITIATIVES}/export/csv"):
        problem(anh.get(f"{PLACE}{path}"), 401)
    for path in ("/releases", "/account", "/account/tokens", "/releases/1/export?form=csv"):
        answer = stranger.get(path, headers=r.shown)
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login")
    answer = r.get("/releases")
    assert "Set-Cookie" not in answer.headers
    assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic YW5oOng="},
        {"Authorization": "Bearer recension_nothing"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Bearer é\x80"},
    ],
    ids=str,
)
def test_without_a_good_token_nothing_is_told(stranger, inventory, shown):
    answer = stranger.get(f"{PLACE}{ROWS}", headers=shown)
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Recension"')
    told = "invalid_token" in answer.headers["WWW-Authenticate"]
    assert told == (shown.get("Authorization") == "Bearer recension_nothing")


def test_a_token_in_the_address_is_refused_and_says_so(r, stranger):
    for name in ("token", "access_token", "api_key"):
        said = problem(stranger.get(f"{PLACE}/releases?{name}={r.token}"), 401)
        assert "ne va jamais dans l’adresse" in said["detail"]
        problem(r.get(f"/releases?{name}={r.token}"), 422)


def test_an_interviewer_s_token_if_there_were_one_opens_nothing(app, roxane, session, inventory):
    mine = script(app, session, roxane.id)
    for path in ("/releases", "/releases/1", ROWS, f"{INITIATIVES}/export/csv"):
        problem(mine.get(path), 403)


def test_a_closed_account_s_token_opens_nothing_though_it_was_not_revoked(r, anh, session):
    session.execute(sa.update(User).where(User.id == anh.id).values(active=False))
    session.commit()
    problem(r.get("/releases"), 401)


def test_why_a_token_fails_is_said(r, session):
    session.execute(sa.update(AccessToken).values(expires_at=now()))
    session.commit()
    assert "a expiré" in problem(r.get("/releases"), 401)["detail"]
    assert "has expired" in problem(r.get("/releases", Accept_Language="en"), 401)["detail"]
    session.execute(sa.update(AccessToken).values(revoked_at=now()))
    session.commit()
    assert "révoqué" in problem(r.get("/releases"), 401)["detail"]
    assert "pas d’ici" in problem(Script("inconnu", r.client).get("/releases"), 401)["detail"]


def test_who_tries_tokens_is_slowed_down_and_a_good_one_is_not(r, session):
    wrong = Script("recension_wrong", r.client)
    statuses = [wrong.get("/releases").status_code for _ in range(13)]
    assert statuses == [401] * 10 + [429] * 3
    answer = wrong.get("/releases")
    problem(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0
    assert r.get("/releases").status_code == 200
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(LoginFailure)) == 10
    refused = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "token.refuse")).all()
    assert len(refused) == 10, "as many as are counted, and no more"
    session.rollback()
    assert r.client.post("/login", data={"email": "x@exemple.test", "password": "y"}).status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/releases/0", 404),
        ("/releases/2", 404),
        ("/releases/2147483648", 404),
        ("/releases/un", 404),
        ("/releases/1/units/person/rows", 404),
        ("/releases/0/units/initiative/rows", 404),
        (f"{INITIATIVES}/export/exe", 404),
        (f"{INITIATIVES}/package/exe", 404),
        ("/nulle-part", 404),
        ("//releases", 404),
        ("/releases/", 404),
        (f"{ROWS}?limit=0", 422),
        (f"{ROWS}?limit=10001", 422),
        (f"{ROWS}?limit=", 422),
        (f"{ROWS}?limit=1&limit=2", 422),
        (f"{ROWS}?limit=%00", 422),
        (f"{ROWS}?offset=-1", 422),
        (f"{ROWS}?offset=1e3", 422),
        (f"{ROWS}?offset=٣", 422),
        (f"{ROWS}?ofset=1", 422),
        (f"{INITIATIVES}/export/csv?language=de", 422),
        (f"{INITIATIVES}/export/csv?shape=round", 422),
        ("/releases?lang=en", 422),
    ],
)
def test_what_is_wrong_is_a_problem_in_either_language_and_never_a_page(r, session, path, status):
    before = log(session)
    french, english = problem(r.get(path), status), problem(r.get(path, Accept_Language="en"), status)
    assert french["detail"] != english["detail"]
    if status == 422:
        named = path.partition("?")[2].partition("=")[0]
        assert [one["field"] for one in french["errors"]] == [named]
    assert log(session) == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_an_address_is_only_read(r, method):
    for path in ("/releases", ROWS, "/openapi.json"):
        answer = r.get(path, method=method)
        problem(answer, 405)
        assert answer.headers["Allow"] == "GET, HEAD"


def test_what_is_served_in_no_other_form_says_in_which(r):
    for path, kind in ((ROWS, "application/json"), (f"{INITIATIVES}/export/csv", "text/csv"), ("/releases", "json")):
        said = problem(r.get(path, Accept="text/html"), 406)
        assert kind in said["detail"]
    for taken in ("*/*", "text/*", "text/html, */*;q=0.1"):
        with r.get(f"{INITIATIVES}/export/csv", Accept=taken) as answer:
            assert answer.status_code == 200


def test_a_release_from_before_a_unit_says_so(r, session):
    session.execute(sa.delete(ReleaseTable).where(ReleaseTable.unit == Unit.PARADATA))
    session.commit()
    for what in ("rows", "dictionary", "export/csv", "package/csv"):
        assert "avant que cette unité existe" in problem(r.get(f"/releases/1/units/paradata/{what}"), 404)["detail"]
    with r.get(f"{INITIATIVES}/export/csv?shape=wide") as answer:
        assert answer.status_code == 200


def test_a_wide_export_of_a_release_without_its_cases_is_a_404(r, session):
    session.execute(sa.delete(ReleaseTable).where(ReleaseTable.unit == Unit.ORGANISATION))
    session.commit()
    problem(r.get(f"{INITIATIVES}/export/csv?shape=wide"), 404)


def test_a_database_out_of_reach_is_a_problem_too(app, r, monkeypatch):
    def broken(*_):
        raise sa.exc.TimeoutError("canary")

    monkeypatch.setattr(kept, "of", broken)
    answer = r.get(ROWS)
    problem(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert "canary" not in answer.text


def test_two_pages_at_once_write_the_table_down_once_and_old_tables_go(app, r, session, tmp_path):
    table = prepared(session, "csv").table
    session.rollback()
    calls = []

    def load():
        calls.append(1)
        if len(calls) == 1:
            kept.of(tmp_path / "pages", "key", "one", load)  # another request, in the middle of this one
        return table

    here = kept.of(tmp_path / "pages", "key", "one", load)
    assert len(calls) == 2
    assert [path.name for path in (tmp_path / "pages").iterdir()] == [here.folder.name]
    assert kept.of(tmp_path / "pages", "key", "one", load).folder == here.folder
    assert len(calls) == 2
    assert kept.of(tmp_path / "pages", "key", "two", load).folder != here.folder
    old = now().timestamp() - 3 * kept.LASTS
    os.utime(here.folder, (old, old))
    kept.sweep(tmp_path / "pages")
    assert not here.folder.exists()
