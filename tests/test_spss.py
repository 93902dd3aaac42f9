"""What Anh opens in SPSS says all that is known: sets of boxes, reasons, labels and texts that are whole somewhere."""

from __future__ import annotations

import csv
import json
import subprocess
from dataclasses import replace

import pyreadstat
import pytest

from survey.instrument.codes import Audience
from survey.instrument.dictionary import Variable
from survey.instrument.grammar import Text
from survey.release import freezing, sav, spss
from survey.release.exporting import FORMATS
from survey.release.models import Unit
from survey.release.sav_rows import BLOCK
from survey.release.shapes import Shape
from survey.release.tiers import Tier
from tests import outside, recension
from tests.leaving import written
from tests.readers import pspp, through_pspp, with_haven_of_spss, with_pspp, with_readstat
from tests.tables import VARIABLES, cut, rows, table

SYSTEM = ("sav", "zsav")


@pytest.fixture
def release(session):
    recension.build(session)
    made = freezing.create(session, None, None)
    session.commit()
    return made


def about(path):
    """What ReadStat says of a file beside its rows."""
    _columns, words = pyreadstat.read_sav(path, output_format="dict", user_missing=True, metadataonly=True)
    return words


def blanks_off(row):
    """A row as PSPP and haven give it: blanks at the end of a text are gone, for SPSS pads texts with them."""
    return [(cell.rstrip(" ") or None) if isinstance(cell, str) else cell for cell in row]


@pytest.mark.parametrize("form", SYSTEM)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_hardest_table_comes_back_through_three_readers(form, language, tmp_path):
    path = tmp_path / f"x.{form}"
    of = table()
    FORMATS[form].write(path, of, language)
    expected = [blanks_off(row) for row in rows()]
    assert with_readstat(path, of) == expected
    assert with_pspp(path, of) == expected
    assert with_haven_of_spss(path, of) == expected


@pytest.mark.parametrize("form", SYSTEM)
def test_texts_at_the_limit_come_back_and_over_it_are_whole_beside_the_file(form, tmp_path):
    texts = {size: cut(size) for size in (10_000, 32_766, 32_767, 32_768, 70_000)}
    words = [Variable("case_id", Text("Dossier", "Case")), VARIABLES[8]]
    of = table(words, [[n, text] for n, text in texts.items()])
    path = tmp_path / f"x.{form}"
    notices = FORMATS[form].write(path, of, "en")
    assert with_readstat(path, of) == with_haven_of_spss(path, of) == list(of.rows())
    assert ["".join(row[n] for n in ("long", "long_2", "long_3")) for row in through_pspp(path)] == [*texts.values()]
    beside = path.with_name(f"x.{form}.texts.csv")
    with beside.open(encoding="utf-8", newline="") as file:
        kept = list(csv.reader(file))
    assert kept == [["case_id", "variable", "text"]] + [[str(n), "long", texts[n]] for n in (32_767, 32_768, 70_000)]
    assert [beside.name in notice for notice in notices] == [True]


def test_nothing_is_beside_a_file_whose_texts_fit(release, session, tmp_path):
    _, path = written(session, tmp_path, "sav", Unit.ORGANISATION)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        path.name, f"{path.name}.manifest.json", f"{path.name}.sps"]  # fmt: skip


SAID = ("column_names", "column_labels", "variable_value_labels", "missing_ranges", "variable_measure", "mr_sets")
SETS = {"audience": 4, "funding": 3, "youth_sex": 4, "youth_involvement": 3, "youth_risk": 3}


@pytest.mark.parametrize("form", SYSTEM)
@pytest.mark.parametrize(("language", "asked"), [("fr", "Clientèle(s) cible"), ("en", "Target audience(s)")])
def test_the_boxes_of_a_question_are_a_set_of_which_one_is_ticked(form, language, asked, release, session, tmp_path):
    _, path = written(session, tmp_path, form, language=language)
    sets = about(path).mr_sets
    assert {name: len(one["variable_list"]) for name, one in sets.items()} == SETS
    assert sets["audience"]["variable_list"] == [f"audience_{code.value}" for code in Audience]
    assert {(one["type"], one["counted_value"]) for one in sets.values()} == {("D", 1)}
    shown = pspp(path, "MRSETS /DISPLAY NAME=ALL.")
    assert f"$audience,Q.9 {asked}" in shown


def test_each_initiative_of_a_wide_file_has_sets_of_its_own(release, session, tmp_path):
    _, path = written(session, tmp_path, "sav", shape=Shape.WIDE)
    sets = about(path).mr_sets
    assert sets.keys() == {f"{name}_r{rank}" for name in SETS for rank in (1, 2)}
    assert sets["audience_r2"]["variable_list"][0] == "audience_youth_r2"
    assert sets["audience_r2"]["label"].endswith(" r2")


def test_a_variable_with_four_reasons_has_them_as_a_range(tmp_path):
    spss.write(path := tmp_path / "x.sav", table(), "fr")
    assert about(path).missing_ranges["code"] == [{"lo": -9.0, "hi": -6.0}]
    assert "MISSING VALUES code (-9 THRU -6)." in (tmp_path / "x.sav.sps").read_text("utf-8-sig")
    with pytest.raises(ValueError, match="must follow one another"):
        sav.left_out((-9, -8, -7, -5))


def test_labels_that_spss_has_no_room_for_are_whole_in_the_attributes(tmp_path):
    long, value = "é" * 200, "« l'été » " * 20
    of = table([Variable("code", Text(long, long), values={1: Text(value, value), 2: Text("Court", "Short")})], [[1]])
    (said,) = spss.write(path := tmp_path / "x.sav", of, "fr")
    assert said.endswith(": code.")
    shown = pspp(path, "DISPLAY ATTRIBUTES.")
    assert f"FullLabel,{long}" in shown
    assert f"FullValue1,{value}" in shown
    assert len(about(path).column_labels[0].encode()) <= sav.LABEL


def test_the_file_is_named_after_its_release_and_says_which_data_it_holds(release, session, tmp_path):
    of, path = written(session, tmp_path, "sav", tier=Tier.IDENTIFIED, shape=Shape.WIDE)
    assert about(path).file_label == f"recension-v1-initiative-identified-wide {release.sha256[:12]}"
    notes = " ".join(about(path).notes)
    assert release.sha256 in notes.replace(" ", "")
    assert "Reproduction autorisée" in notes
    named = spss.title(replace(of, name="recension-travail-20260302T143005Z-organisation-identified-wide"))
    assert named.endswith("…")
    assert len(named.encode()) <= sav.TITLE


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_syntax_runs_and_says_again_all_that_the_file_says(language, release, session, tmp_path):
    of, path = written(session, tmp_path, "sav", language=language)
    script = path.with_name(f"{path.name}.sps")
    lines = script.read_bytes().splitlines()
    assert lines[0] == b"\xef\xbb\xbf* Encoding: UTF-8."
    assert max(map(len, lines)) <= 250
    again = run(tmp_path, [f"GET FILE='{path.name}'.", *forget(of), "SAVE OUTFILE='forgotten.sav'."], "forgotten.sav")
    assert not again.variable_value_labels
    told = [line for line in script.read_text("utf-8-sig").splitlines() if not line.startswith("GET FILE")]
    again = run(tmp_path, ["GET FILE='forgotten.sav'.", *told, "SAVE OUTFILE='again.sav'."], "again.sav")
    first = about(path)
    for name in (
        "column_names",
        "column_labels",
        "variable_value_labels",
        "missing_ranges",
        "variable_measure",
        "mr_sets",
    ):
        assert getattr(again, name) == getattr(first, name), name


def forget(of):
    """Syntax that takes off what the syntax beside a file puts back."""
    for variable in of.variables:
        yield f"VARIABLE LABELS {variable.name} ''."
        yield f"VARIABLE LEVEL {variable.name} (SCALE)."
        if variable.values or variable.missing:
            yield f"VALUE LABELS {variable.name}."
        if variable.missing:
            yield f"MISSING VALUES {variable.name} ()."
    yield "MRSETS /DELETE NAME=ALL."


def run(folder, lines, made):
    """What a file says that PSPP made by syntax without a word of complaint."""
    (folder / "run.sps").write_text("\n".join(lines) + "\n", "utf-8")
    done = subprocess.run([outside.pspp(), "run.sps"], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return about(folder / made)


def test_a_deflated_file_is_of_several_blocks_where_rows_are_many_and_smaller(tmp_path):
    some = rows()[:6]
    many = [[*some[n % 6][:8], str(n) * 400] for n in range(8_000)]
    of = table(VARIABLES[:9], many)
    sizes = {}
    for form in SYSTEM:
        FORMATS[form].write(path := tmp_path / f"x.{form}", of, "fr")
        assert with_readstat(path, of) == [blanks_off(row) for row in many]
        sizes[form] = path.stat().st_size
    assert sizes["sav"] > 2 * BLOCK
    assert sizes["zsav"] < sizes["sav"] / 3
    assert [row["id"] for row in through_pspp(path)] == [str(row[0]) for row in many]


def test_both_files_of_spss_are_in_the_manifest(release, session, tmp_path):
    _, path = written(session, tmp_path, "sav")
    said = json.loads(path.with_name(f"{path.name}.manifest.json").read_bytes())
    assert [file["name"] for file in said["files"]] == [path.name, f"{path.name}.sps", f"{path.name}.texts.csv"]
    assert any(f"{path.name}.texts.csv" in notice for notice in said["notices"])
