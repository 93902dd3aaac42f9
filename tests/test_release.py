"""Anh freezes the data, and what she froze stays as it was."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import uuid

import pytest
import sqlalchemy as sa

from survey.audit import AuditEntry
from survey.db import create_engine
from survey.fieldwork.models import Case, Wave
from survey.instrument.codes import Aapor, Disposition, TargetPopulation
from survey.interview.models import Initiative, Interview
from survey.release import freezing, table
from survey.release.commands import export_command
from survey.release.commands import release as release_commands
from survey.release.comparing import compare
from survey.release.exporting import FORMATS
from survey.release.models import Release, ReleasePart, Unit
from survey.release.progress import Progress
from survey.release.shapes import Shape
from survey.release.tiers import Tier
from survey.web import LANGUAGES
from tests import recension
from tests.leaving import manifest, unpacked
from tests.recension import CANARIES, HOSTILE, LONG


@pytest.fixture
def inventory(session):
    recension.build(session)


def frozen(session, unit=Unit.INITIATIVE, release=None):
    """The rows of a unit, as dictionaries."""
    release = release or table.newest(session)
    kept = table.load(session, release, unit)
    names = [variable.name for variable in kept.variables]
    return [dict(zip(names, row, strict=True)) for row in kept.rows()]


def freeze(session):
    made = freezing.create(session, None, None)
    session.commit()
    return made


def test_anh_freezes_the_data_and_sees_how_much_there_is(anh, session, inventory):
    assert "No release" in anh.get("/releases").text or "Aucune version" in anh.get("/releases").text
    answer = anh.post("/releases", {"note": "  rapport   d’étape "}, follow_redirects=True)
    assert answer.status_code == 200
    assert "rapport d’étape" in answer.text
    made = session.scalars(sa.select(Release)).one()
    assert (made.created_by, made.note, len(made.sha256)) == (anh.id, "rapport d’étape", 64)
    assert {kept.unit: kept.row_count for kept in made.tables} == {
        Unit.ORGANISATION: 3,
        Unit.CONTACT: 2,
        Unit.INTERVIEW: 2,
        Unit.INITIATIVE: 2,
        Unit.REFERRAL: 1,
        Unit.PARADATA: 3,
        Unit.THEME: 0,
        Unit.THEME_TREE: 0,
    }
    assert made.sha256[:12] in answer.text
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "release.create")).one()
    assert (entry.user_id, entry.object_id) == (anh.id, made.id)


@pytest.mark.parametrize("who", ["roxane", "bastien"])
def test_neither_interviewers_nor_coders_reach_the_releases(who, request, session):
    colleague = request.getfixturevalue(who)
    assert colleague.get("/releases").status_code == 403
    assert colleague.post("/releases").status_code == 403
    assert colleague.get("/releases/1/export?form=csv").status_code == 403
    assert session.scalar(sa.select(sa.func.count(Release.id))) == 0


def test_organisations_carry_their_outcome_their_class_and_their_counts(session, inventory):
    freeze(session)
    first, second, third = frozen(session, Unit.ORGANISATION)
    assert (first["organisation_name"], first["region"]) == ("Organisme fictif « L’Élan » – Œuvre", 3)
    assert (first["disposition"], first["aapor"], first["interviews"], first["initiatives_described"]) == (4, 1, 1, 2)
    assert (second["disposition"], second["region"], second["initiatives_described"]) == (5, None, 0)
    assert (third["disposition"], third["aapor"], third["interviews"]) == (Disposition.NO_REPLY.number, 4, 0)


def test_an_outcome_has_the_class_that_the_stated_population_gives_it(session, inventory):
    case = session.scalars(sa.select(Case).where(Case.disposition == Disposition.NO_REPLY)).one()
    case.disposition = Disposition.NOTHING_TO_INVENTORY
    read = []
    for population in (None, TargetPopulation.ALL_LISTED):
        session.get_one(Wave, 1).population = population
        session.commit()
        freeze(session)
        read.append(frozen(session, Unit.ORGANISATION)[2]["aapor"])
    assert read == [Aapor.NE.number, Aapor.I.number]


def test_contact_attempts_carry_how_and_what_came_of_them_but_no_word_of_anybody(session, inventory):
    freeze(session)
    first, second = frozen(session, Unit.CONTACT)
    assert (first["case_id"], first["rank"], second["rank"]) == (1, 1, 2)
    assert (first["channel"], first["result"], second["result"]) == (1, 2, 6)
    assert (first["at"], first["next_at"], first["region"]) == ("2026-03-02T14:30:05+00:00", None, 3)


def test_interviews_carry_their_consents_and_their_answers(session, inventory):
    freeze(session)
    first, second = frozen(session, Unit.INTERVIEW)
    assert (first["consent_interview"], first["consent_quote"], first["consent_recontact"]) == (1, 2, None)
    assert (first["held_on"], first["opened_at"]) == ("2026-03-02", "2026-03-02T14:30:05+00:00")
    assert (first["interview_completed"], second["interview_completed"]) == (1, 0)
    assert (first["needs"], first["respondent_function"]) == (recension.MIXED, "Coordonnatrice")
    assert (first["initiative_count"], first["initiatives_described"]) == (2, 2)


def test_initiatives_keep_every_word_and_every_box_in_the_order_of_the_page(session, inventory):
    freeze(session)
    second, first = frozen(session)
    assert [second["block"], first["block"]] == [1, 2]
    assert (first["name"], first["description"], first["year_created"], first["status"]) == (HOSTILE, LONG, 2019, 2)
    assert [first[f"funding_{code}"] for code in ("none", "seeking", "funded")] == [0, 1, 1]
    assert (first["audience_youth"], first["audience_parents"], first["youth_risk_at_risk"]) == (1, 0, 1)
    assert first["youth_involvement_victims"] is None, "a question of boxes without any tick is not answered"


def test_a_reason_stands_where_an_answer_would(session, inventory):
    freeze(session)
    second, _first = frozen(session)
    assert (second["status"], second["year_created"]) == (-8, -7)
    assert (second["description"], second["description_missing"]) == (None, -9)
    assert {second[f"audience_{code}"] for code in ("youth", "parents", "practitioners", "others")} == {-8}


def test_what_is_off_the_route_is_left_out(session, inventory):
    freeze(session)
    second, first = frozen(session)
    assert first["parents_detail"] is None, "parents were not ticked"
    assert second["youth_sex_male"] is None, "young people were not ticked"
    assert [row["organisation_id"] for row in (second, first)] == [1, 1], "Q.1 = Non closes section 2"
    _, none = frozen(session, Unit.INTERVIEW)
    assert (none["initiative_count"], none["others_named"], none["initiatives_described"]) == (None, None, 0)


def test_no_name_contact_note_nor_declined_interview_is_frozen(session, inventory):
    made = freeze(session)
    for kept in made.tables:
        words = kept.dictionary + "\n".join(str(row) for row in table.load(session, made, kept.unit).rows())
        for kind, canary in CANARIES.items():
            assert canary not in words, f"{kind} leaves in {kept.unit}"


def test_a_release_does_not_move_with_the_data(session, inventory):
    made = freeze(session)
    before = (made.sha256, frozen(session, release=made))
    session.execute(sa.update(Initiative).values(name="Autre nom"))
    session.commit()
    again = freeze(session)
    session.expire_all()
    assert (freezing.digest(made.tables), frozen(session, release=made)) == before
    assert again.sha256 != made.sha256
    assert frozen(session, release=again)[0]["name"] == "Autre nom"


def test_the_same_data_give_the_same_hash_and_the_same_bytes(session, inventory):
    one, other = freeze(session), freeze(session)
    assert one.id != other.id
    assert one.sha256 == other.sha256
    kept, again = ([part.rows for kept in made.tables for part in kept.parts] for made in (one, other))
    assert kept == again
    assert {rows[4:8] for rows in kept} == {bytes(4)}, "gzip notes the time of the clock"


def test_a_release_that_lost_rows_is_never_exported_as_if_it_were_whole(app, session, inventory, tmp_path):
    freeze(session)
    session.execute(sa.delete(ReleasePart))
    session.commit()
    path = tmp_path / "x.csv"
    refused = app.test_cli_runner().invoke(export_command, ["--format", "csv", "-o", str(path)])
    assert refused.exit_code == 1
    assert not list(tmp_path.iterdir())


def test_rows_are_kept_by_parts_and_come_back_in_their_order_with_the_same_hash(session, inventory, monkeypatch):
    whole, rows = freeze(session), [frozen(session, unit) for unit in Unit]
    monkeypatch.setattr(freezing, "PART", 1)
    split = freeze(session)
    assert [len(kept.parts) for kept in split.tables] == [kept.row_count for kept in split.tables]
    assert [frozen(session, unit, release=split) for unit in Unit] == rows
    assert split.sha256 == whole.sha256


def meanwhile(app, act, happens):
    """Do something, and once within it, between two of its queries, let a colleague save."""
    colleague = create_engine(app.config["DATABASE_URL"])
    saved = []

    def save(_connection, _cursor, statement, *_rest):
        if not saved and statement.startswith("SELECT"):
            saved.append(True)
            with colleague.begin() as connection:
                connection.execute(happens)

    engine = app.extensions["db"]["engine"]
    sa.event.listen(engine, "after_cursor_execute", save)
    try:
        done = act()
    finally:
        sa.event.remove(engine, "after_cursor_execute", save)
        colleague.dispose()
    assert saved
    return done


RENAMED = sa.update(Initiative).values(name="Autre nom")


def test_a_call_goes_on_while_the_data_are_frozen_and_the_release_is_of_one_moment(app, session, inventory):
    made = meanwhile(app, lambda: freezing.create(session, None), RENAMED)
    session.commit()
    assert {row["name"] for row in frozen(session, release=made)} == {"Deuxième", HOSTILE}
    assert session.scalars(sa.select(Initiative.name).distinct()).all() == ["Autre nom"]


def test_a_call_goes_on_while_a_release_is_written_to_a_file(app, session, inventory, tmp_path):
    freeze(session)
    path = tmp_path / "x.csv"
    export = [export_command, ["--format", "csv", "-o", str(path)]]
    done = meanwhile(app, lambda: app.test_cli_runner().invoke(*export), RENAMED)
    assert done.exit_code == 0, done.output
    [entry] = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "release.export"))
    assert (entry.user_id, entry.object_id, entry.detail) == (None, 1, "initiative csv fr research long 2")


def test_a_thousand_initiatives_take_no_more_queries_than_two(session, inventory):
    def queries():
        said = []
        engine = session.get_bind()
        listen = (engine, "before_cursor_execute", lambda *event: said.append(event[2]))
        sa.event.listen(*listen)
        freezing.create(session, None, None)
        sa.event.remove(*listen)
        session.commit()
        return len([s for s in said if s.startswith("SELECT")])

    few = queries()
    rows = [
        {"uid": recension.uuid.uuid4(), "interview_id": 1, "position": n, "name": f"n° {n}"} for n in range(10, 1010)
    ]
    session.execute(sa.insert(Initiative), rows)
    session.commit()
    assert queries() == few
    assert len(frozen(session)) == 1002


def test_commands_freeze_list_and_write(app, session, inventory, tmp_path):
    runner, path = app.test_cli_runner(), tmp_path / "initiatives.csv"
    refused = runner.invoke(export_command, ["--format", "csv", "-o", str(path)])
    assert refused.exit_code == 1
    assert "recension release create" in refused.stderr
    assert not path.exists()
    created = runner.invoke(release_commands, ["create", "--note", "pour le rapport"])
    assert created.exit_code == 0, created.output
    listed = runner.invoke(release_commands, ["list"]).stdout.split("\t")
    assert listed[0] == "1"
    assert listed[2:] == [
        freezing.digest(table.newest(session).tables),
        "contact=2 initiative=2 interview=2 organisation=3 paradata=3 referral=1 theme=0 theme_tree=0",
        "pour le rapport\n",
    ]
    session.rollback()
    done = runner.invoke(export_command, ["--format", "csv", "-o", str(path)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "version 1" in done.stderr
    assert path.read_text("utf-8").startswith("organisation_id,case_id,interview_id,initiative_id,")
    assert sorted(left.name for left in tmp_path.iterdir()) == ["initiatives.csv", "initiatives.csv.manifest.json"]
    said = json.loads((tmp_path / "initiatives.csv.manifest.json").read_text("utf-8"))
    written = hashlib.sha256(path.read_bytes()).hexdigest()
    assert said["files"] == [{"name": "initiatives.csv", "bytes": path.stat().st_size, "sha256": written}]
    assert (said["release"], said["rows"]) == (1, 2)


@pytest.mark.parametrize(
    "arguments",
    [["--format", "csv", "--release", "7"], ["--format", "docx"], ["--format", "csv", "--unit", "person"]],
)
def test_a_command_that_cannot_be_done_says_so_and_writes_nothing(arguments, app, session, tmp_path):
    freeze(session)
    path = tmp_path / "x"
    refused = app.test_cli_runner().invoke(export_command, [*arguments, "-o", str(path)])
    assert refused.exit_code != 0
    assert refused.stderr
    assert not path.exists()


def test_a_folder_that_is_not_there_is_a_sentence(app, session, tmp_path):
    freeze(session)
    path = tmp_path / "nowhere" / "x.sav"
    refused = app.test_cli_runner().invoke(export_command, ["--format", "sav", "-o", str(path)])
    assert refused.exit_code == 1
    assert str(path) in refused.stderr
    assert "Traceback" not in refused.output


def test_an_export_that_breaks_leaves_the_file_that_was_there(app, session, inventory, tmp_path):
    freeze(session)
    session.execute(sa.update(ReleasePart).values(rows=b"not gzip"))
    session.commit()
    path = tmp_path / "x.csv"
    path.write_text("yesterday's")
    assert app.test_cli_runner().invoke(export_command, ["--format", "csv", "-o", str(path)]).exit_code == 1
    assert path.read_text() == "yesterday's"
    assert [left.name for left in tmp_path.iterdir()] == ["x.csv"]


def test_a_download_is_named_whole_and_written_down(anh, session, inventory):
    freeze(session)
    with anh.get("/releases/1/export?form=sav&language=en") as answer:
        assert answer.status_code == 200
        assert "recension-v1-initiative-en.sav.zip" in answer.headers["Content-Disposition"]
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        first = hashlib.sha256(answer.data).digest()
        files = unpacked(answer)
    sums = {one["name"]: one["sha256"] for one in manifest(files)["files"]}
    assert sums == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if not name.endswith(".manifest.json")
    }
    with anh.get("/releases/1/export?form=sav&language=en") as answer:
        assert hashlib.sha256(answer.data).digest() == first
    with anh.client.head("/releases/1/export?form=sav&language=en") as head:
        assert (head.status_code, head.data) == (200, b"")
    entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "release.export")).all()
    assert [(e.user_id, e.object_id, e.detail) for e in entries] == [
        (anh.id, 1, "initiative sav en research long 2")
    ] * 2


@pytest.mark.parametrize(
    "path",
    ["/releases/2/export?form=csv", "/releases/1/export?unit=person", "/releases/1/export?form=docx",
     "/releases/1/export?language=de", "/releases/1/export?tier=all", "/releases/1/export?shape=round",
     "/releases/compare?one=1&other=2"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(path, anh, session):
    freeze(session)
    assert anh.get(path).status_code == 404


def test_the_page_offers_every_unit_format_language_tier_and_shape(colette, session, inventory):
    freeze(session)
    page = colette.get("/releases").text
    offered = [*Unit, *FORMATS, *LANGUAGES, *Tier, *Shape]
    assert [
        one for one in offered if f'<option value="{one}">' not in page.replace("<option selected", "<option")
    ] == []


def test_a_working_export_says_so_in_its_name_its_manifest_and_each_row(anh, session, inventory):
    with anh.get("/releases/working/export?form=csv") as answer:
        assert re.search(
            r"recension-travail-\d{8}T\d{6}Z-initiative-en\.csv\.zip", answer.headers["Content-Disposition"]
        )
        files = unpacked(answer)
    said = manifest(files)
    assert said["release"] is None
    assert "no frozen release" in said["working_export"]
    (data,) = (data for name, data in files.items() if name.endswith(".csv"))
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert [row["working_export"] for row in rows] == [said["as_of"]] * 2
    assert session.scalar(sa.select(sa.func.count(Release.id))) == 0


def test_the_command_writes_a_working_export_too(app, session, inventory, tmp_path):
    session.rollback()
    path = tmp_path / "x.csv"
    done = app.test_cli_runner().invoke(export_command, ["--format", "csv", "--working", "-o", str(path)])
    assert done.exit_code == 0, done.output
    assert path.read_text("utf-8").startswith("working_export,")
    both = ["--format", "csv", "--working", "--release", "1", "-o", str(path)]
    assert app.test_cli_runner().invoke(export_command, both).exit_code == 2


def test_what_changed_from_one_release_to_the_next_is_said_per_unit_and_variable(app, anh, session, inventory):
    freeze(session)
    first = session.scalars(sa.select(Initiative).where(Initiative.name == HOSTILE)).one()
    first.year_created = 2020
    added = recension.initiative(session, session.get_one(Interview, first.interview_id), 9, name="Une autre")
    session.commit()
    freeze(session)
    changes = {
        change.unit: change for change in compare(session, *session.scalars(sa.select(Release).order_by(Release.id)))
    }
    assert (changes[Unit.INITIATIVE].added, changes[Unit.INITIATIVE].removed) == ([(added.id,)], [])
    assert changes[Unit.INITIATIVE].changed == [(first.id,)]
    assert changes[Unit.INITIATIVE].cells == {"year_created": 1}
    assert changes[Unit.INTERVIEW].cells == {"initiatives_described": 1}
    assert not changes[Unit.CONTACT]
    page = anh.get("/releases/compare?one=1&other=2").text
    assert "year_created" in page
    assert "Nothing changed." in page
    session.rollback()
    said = app.test_cli_runner().invoke(release_commands, ["compare", "1", "2"]).stdout
    assert "initiative\t~\tyear_created\t1" in said


def test_a_long_export_says_how_far_it_is_to_whom_asked_alone(anh, colette, session, inventory, monkeypatch):
    freeze(session)
    number = uuid.uuid4()
    monkeypatch.setattr("survey.release.progress.PAUSE", -1)
    rows = [{"uid": uuid.uuid4(), "interview_id": 1, "position": n, "name": f"n° {n}"} for n in range(10, 610)]
    session.execute(sa.insert(Initiative), rows)
    session.commit()
    freeze(session)
    assert anh.get(f"/releases/progress/{number}").json == {"done": 0, "total": 0}
    said = []
    say = Progress.say
    monkeypatch.setattr(Progress, "say", lambda self, done: (said.append(done), say(self, done)))
    anh.get(f"/releases/2/export?form=csv&progress={number}").close()
    assert said == [256, 512, 602]
    assert anh.get(f"/releases/progress/{number}").json == {"done": 602, "total": 602}
    assert colette.get(f"/releases/progress/{number}").json == {"done": 0, "total": 0}
