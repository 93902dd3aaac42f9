"""Anh takes themes and marks to NVivo, MAXQDA or QualCoder, and every mark is still on its words there."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter

import pytest
import sqlalchemy as sa
from lxml import etree

from survey.coding import qdpx
from survey.coding.models import ThemeMark
from survey.interview.models import Interview
from survey.release import freezing, table
from survey.release.commands import export_command
from survey.release.models import Unit
from survey.release.qdpx_xml import guid
from survey.release.tiers import Tier
from survey.text import normalise
from tests import qualcoder, themed
from tests.leaving import as_dicts, manifest, prepared, unpacked, written
from tests.recension import AT, CANARIES
from tests.schemas import schema
from tests.themed import CODERS, HARD

FORMS = ("qdpx", "qdpx-organisation", "qdpx-both")


@pytest.fixture
def marked(session):
    """The marks of two coders, frozen."""
    made = themed.build(session)
    session.commit()
    freezing.create(session, None)
    session.commit()
    return made


def exported(session, folder, form="qdpx", **more):
    """The project of an export, read back, and its file."""
    folder.mkdir(exist_ok=True)
    _table, path = written(session, folder, form, **more)
    return qdpx.read(path), path


def words(made, times=1):
    """What was marked: the theme, the coder and the words, each as often as it should be."""
    return Counter({(guid("theme", one.theme), guid("user", one.coder), one.words): times for one in made})


def found(project):
    return Counter((str(one.theme), str(one.coder), one.text) for one in project.marks)


@pytest.mark.parametrize("tier", [Tier.RESEARCH, Tier.IDENTIFIED])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("form", FORMS)
def test_a_project_is_valid_against_the_official_schema(form, language, tier, session, marked, tmp_path):
    _project, path = exported(session, tmp_path, form, language=language, tier=tier)
    with zipfile.ZipFile(path) as archive:
        schema("refi-qda-1.0/Project.xsd").assertValid(etree.fromstring(archive.read("project.qde")))


@pytest.mark.parametrize("form", FORMS)
def test_every_mark_comes_back_on_exactly_its_words(form, session, marked, tmp_path):
    project, _path = exported(session, tmp_path, form)
    assert found(project) == words(marked, 2 if form == "qdpx-both" else 1)
    assert project.reading == qdpx.Reading()


def test_the_texts_have_line_feeds_alone_and_no_byte_order_mark(session, marked, tmp_path):
    _project, path = exported(session, tmp_path, "qdpx-both")
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(name) for name in archive.namelist() if name.startswith("sources/")]
    assert len(texts) == 8
    assert not any(b"\r" in text or text.startswith(b"\xef\xbb\xbf") for text in texts)
    assert any(normalise(HARD).encode() in text for text in texts)


def test_there_is_a_text_per_open_question_or_per_organisation_as_chosen(session, marked, tmp_path):
    names = {form: [one.name for one in exported(session, tmp_path, form)[0].sources] for form in FORMS}
    assert names["qdpx"] == [
        "Q.3 description", "Q.10 objectives", "2.4 innovative_aspects", "Q.14 others_named", "Q.15 concerns",
        "Q.16 needs",
    ]  # fmt: skip
    assert names["qdpx-organisation"] == ["Organisation 1", "Organisation 2"]
    assert names["qdpx-both"] == names["qdpx"] + names["qdpx-organisation"]


def test_each_mark_stands_within_the_passage_of_its_answer_at_the_offsets_that_were_kept(session, marked, tmp_path):
    project, _path = exported(session, tmp_path)
    kept = {str(row.id): row for row in session.scalars(sa.select(ThemeMark))}
    placed = {one.guid: (source, one) for source in project.sources for one in source.passages}
    for made in marked:
        row = kept[str(made.number)]
        answer = guid("passage", "question", row.interview_id, row.initiative_id or 0, row.item)
        source, passage = placed[qdpx.uuid.UUID(answer)]
        _source, mark = placed[qdpx.uuid.UUID(guid("selection", "question", row.id))]
        assert (mark.start - passage.start, mark.end - passage.start) == (row.start, row.end)
        assert source.text[mark.start : mark.end] == row.text == made.words


def test_organisations_are_cases_with_their_variables_and_the_texts_that_are_theirs(session, marked, tmp_path):
    project, _path = exported(session, tmp_path, "qdpx-both")
    first, second, third = project.cases
    assert [one.name for one in project.cases] == ["Organisation 1", "Organisation 2", "Organisation 3"]
    assert first.values == {
        "region": "Capitale-Nationale", "organisation_type": "Organisme communautaire", "wave": "1",
        "source": "Liste de départ", "disposition": "Sondé", "initiatives_described": "2", "mode": "Zoom",
        "consent_quote": "Non",
    }  # fmt: skip
    assert "region" not in second.values
    assert (third.sources, third.passages) == ([], [])
    own = {one.guid: one.name for source in project.sources for one in source.passages}
    assert [own[one] for one in second.passages] == ["Organisation 2", "Organisation 2"]
    assert [source.name for source in project.sources if source.guid in second.sources] == ["Organisation 2"]


def test_no_name_of_a_coder_nor_of_an_organisation_leaves_but_at_the_identified_tier(session, marked, tmp_path):
    project, path = exported(session, tmp_path / "research", "qdpx-both")
    with zipfile.ZipFile(path) as archive:
        said = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert [word for word in (*CODERS, *CANARIES.values(), "L’Élan") if word in said] == []
    assert sorted(project.users.values()) == ["Codeuse ou codeur 2", "Codeuse ou codeur 3"]
    project, _path = exported(session, tmp_path / "named", "qdpx-organisation", tier=Tier.IDENTIFIED)
    assert sorted(project.users.values()) == sorted(CODERS)
    assert project.cases[0].name == "Organisme fictif « L’Élan » – Œuvre" == project.sources[0].name


def test_the_tree_of_themes_comes_with_its_definitions_and_no_name_stands_in_it_twice(session, marked, tmp_path):
    project, _path = exported(session, tmp_path, language="en")
    names = {one.guid: one.name for one in project.codes}
    said = [(one.name, names.get(one.parent), one.description) for one in project.codes]
    assert said == [
        ("Ressources & « moyens »", None, "Tout ce qui manque.\nSauf le temps."),
        ("Autre (Ressources & « moyens », 3)", "Ressources & « moyens »", ""),
        ("Staff", "Ressources & « moyens »", ""),
        ("Temps <long>", None, ""),
        ("Autre (Temps <long>, 5)", "Temps <long>", "Jamais employé"),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_qualcoder_finds_every_mark_on_its_words_and_loses_no_theme(form, session, marked, tmp_path):
    _project, path = exported(session, tmp_path, form)
    made = qualcoder.imported(path, tmp_path / "unpacked")
    assert made.lost == []
    assert len(set(made.users.values())) == 2
    users = {guid("user", one.coder): made.users[guid("user", one.coder)] for one in marked}
    expected = Counter(
        (made.codes[guid("theme", one.theme)], users[guid("user", one.coder)], one.words) for one in marked
    )
    times = 2 if form == "qdpx-both" else 1
    assert Counter(mark[1:] for mark in made.marks) == Counter({mark: n * times for mark, n in expected.items()})
    assert made.cases["Organisation 1"]["region"] == "Capitale-Nationale"
    if form != "qdpx-organisation":
        assert ("Q.15 concerns", "Organisation 1", normalise(HARD)) in made.annotations


def test_two_exports_are_the_same_bytes_and_another_release_keeps_the_same_numbers(session, marked, tmp_path):
    table.newest(session).created_at = AT
    session.commit()
    first, one = exported(session, tmp_path / "one", "qdpx-both")
    _again, two = exported(session, tmp_path / "two", "qdpx-both")
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        of_each = {entry.date_time for entry in archive.infolist()}
    assert of_each == {(2026, 3, 2, 14, 30, 4)}, "the moment of the release, in steps of two seconds"
    freezing.create(session, None)
    session.commit()
    later, _path = exported(session, tmp_path / "three", "qdpx-both")
    assert [source.guid for source in later.sources] == [source.guid for source in first.sources]
    assert (later.marks, later.codes, later.cases) == (first.marks, first.codes, first.cases)


def test_a_mark_whose_words_moved_on_is_left_out_and_said(session, marked, tmp_path):
    needs = session.scalars(sa.select(Interview).where(Interview.needs == themed.NEEDS)).one()
    needs.needs = "Beaucoup d’argent 💰."
    session.commit()
    freezing.create(session, None)
    session.commit()
    project, path = exported(session, tmp_path)
    gone = [one for one in marked if one.item == "needs"]
    assert found(project) == words(marked) - words(gone)
    said = json.loads(path.with_name(f"{path.name}.manifest.json").read_text())
    assert said["notices"] == [
        "Marques laissées de côté, dont la réponse n’a plus les mots (unité «\u00a0theme\u00a0», current = 0)\u00a0: 2."
    ]
    rows = as_dicts(prepared(session, "csv", Unit.THEME).table)
    assert Counter((row["current"], row["quotation"]) for row in rows if row["item"] == "needs") == Counter(
        (0, one.words) for one in gone
    )


def test_texts_in_both_kinds_of_sources_are_said_to_be_there_twice(session, marked, tmp_path):
    _project, path = exported(session, tmp_path, "qdpx-both", language="en")
    said = json.loads(path.with_name(f"{path.name}.manifest.json").read_text())
    assert said["notices"] == ["Each answer is in it twice, and each mark too: count the sources of one kind alone."]


def test_a_release_without_a_theme_is_a_valid_project_too(session, tmp_path):
    freezing.create(session, None)
    session.commit()
    for form in FORMS:
        project, path = exported(session, tmp_path, form)
        with zipfile.ZipFile(path) as archive:
            schema("refi-qda-1.0/Project.xsd").assertValid(etree.fromstring(archive.read("project.qde")))
        assert (project.sources, project.marks, project.cases) == ([], [], [])


def test_anh_takes_a_project_by_page_whatever_unit_is_chosen(anh, session, marked):
    with anh.get("/releases/1/export?form=qdpx-organisation&unit=contact&shape=wide&language=en") as answer:
        files = unpacked(answer)
    project = qdpx.read(io.BytesIO(files["recension-v1-theme-en-organisation.qdpx"]))
    assert found(project) == words(marked)
    said = manifest(files)
    assert (said["unit"], said["rows"], said["tier"]) == ("theme", 8, "research")
    assert any("coder_name" in left["variables"] for left in said["left_out"])


def test_a_working_project_says_that_it_is_of_no_release(anh, session, marked):
    with anh.get("/releases/working/export?form=qdpx") as answer:
        files = unpacked(answer)
    (name,) = (name for name in files if name.endswith(".qdpx"))
    assert "travail" in name
    with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
        assert "Working export" in archive.read("project.qde").decode()
    assert found(qdpx.read(io.BytesIO(files[name]))) == words(marked)


def test_no_project_leaves_at_the_open_tier_and_a_sentence_says_why(anh, app, session, marked, tmp_path):
    answer = anh.get("/releases/1/export?form=qdpx&tier=open")
    assert answer.status_code == 422
    assert "which the open tier leaves out: choose the research tier" in answer.text
    path = tmp_path / "x.qdpx"
    refused = app.test_cli_runner().invoke(export_command, ["--format", "qdpx", "--tier", "open", "-o", str(path)])
    assert refused.exit_code == 2
    assert "que le niveau ouvert retire" in refused.stderr
    assert not path.exists()


def test_the_command_writes_a_project_without_being_told_a_unit(app, session, marked, tmp_path):
    path = tmp_path / "projet.qdpx"
    made = app.test_cli_runner().invoke(export_command, ["--format", "qdpx", "-o", str(path)])
    assert made.exit_code == 0, made.output
    assert found(qdpx.read(path)) == words(marked)
