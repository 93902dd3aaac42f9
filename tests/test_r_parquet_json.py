"""What is taken for R, as Parquet or as JSON comes back to the letter, in programs that are not ours."""

from __future__ import annotations

import json
import subprocess
import sys
import weakref
from dataclasses import replace

import pandas
import pyarrow
import pytest
from pyarrow import parquet as arrow

from survey.instrument.dictionary import Type, Variable
from survey.instrument.grammar import Text
from survey.release import freezing, json_file, parquet, r
from survey.release.exporting import FORMATS
from survey.release.models import Unit
from survey.release.shapes import REPEATED, Shape
from survey.release.tiers import Tier
from tests import in_r, recension
from tests.leaving import written
from tests.readers import in_r_itself, with_arrow
from tests.tables import VARIABLES, rows, table

MADE = ("dta", "r", "parquet", "json")
ORDERS = [(unit, {"tier": tier}) for unit in Unit for tier in Tier]
ORDERS += [(unit, {"shape": Shape.WIDE}) for unit in REPEATED]


@pytest.fixture
def release(session):
    recension.build(session)
    made = freezing.create(session, None, None)
    session.commit()
    return made


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_the_script_of_r_gives_every_value_back_in_any_locale(tmp_path, locale):
    path = tmp_path / "x.R"
    r.write(path, table(), "fr")
    (frame,) = in_r.frames(path, locale=locale)
    assert in_r_itself(frame, table()) == rows()
    assert [frame.columns[name].kind for name in ("code", "year", "line", "day", "moment")] == [
        "factor", "numeric", "character", "Date", "POSIXt"]  # fmt: skip


def test_every_unit_at_every_tier_comes_back_from_r_long_or_wide(release, session, tmp_path):
    made = [written(session, tmp_path, "r", unit, **more) for unit, more in ORDERS]
    for (of, path), frame in zip(made, in_r.frames(*(path for _, path in made)), strict=True):
        assert in_r_itself(frame, of) == list(of.rows()), path.name


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_factors_have_their_labels_in_the_language_asked_for(tmp_path, language, locale):
    path = tmp_path / "x.R"
    r.write(path, table(), language)
    (frame,) = in_r.frames(path, locale=locale)
    code = VARIABLES[1]
    assert frame.columns["code"].label == code.label(language)
    assert frame.columns["code"].labels == {str(n): text(language) for n, text in code.values.items()}
    reasons = frame.columns["code_missing"]
    assert reasons.labels == {str(n): text(language) for n, text in code.missing.items()}
    assert reasons.label == {"fr": "Sans réponse – ", "en": "No answer – "}[language] + code.label(language)


def test_codes_without_a_label_or_with_one_alike_are_told_apart_in_r(tmp_path):
    alike = Variable("code", Text("C", "C"), values={1: Text("Même", "Same"), 2: Text("Même", "Same")})
    r.write(tmp_path / "x.R", table([alike], [[1], [2], [-6], [None]]), "fr")
    (frame,) = in_r.frames(tmp_path / "x.R")
    assert frame.columns["code"].labels == {"1": "Même (1)", "2": "Même (2)", "-6": "-6"}
    assert frame.columns["code"].cells == [1, 2, -6, None]


def test_the_reasons_of_a_variable_never_take_the_name_of_another(tmp_path):
    one, other = VARIABLES[2], Variable("box_missing", Text("Autre", "Other"))
    r.write(tmp_path / "x.R", table([one, other], [[-7, 5]]), "fr")
    (frame,) = in_r.frames(tmp_path / "x.R")
    assert {name: column.cells for name, column in frame.columns.items()} == {
        "box": [None], "box_missing": [5], "box_missing_": [-7]}  # fmt: skip


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_the_script_finds_its_data_however_it_is_run(tmp_path, locale):
    folder = tmp_path / "un dossier"
    folder.mkdir()
    r.write(folder / "données 1.R", table(), "fr")
    (folder / "other.R").write_text('source("données 1.R", encoding = "UTF-8"); cat(dim(recension))')
    shape = "39 17"
    if locale == "C.UTF-8":
        assert in_r.run(f'source("{folder}/données 1.R"); cat(dim(recension))', folder=tmp_path) == shape
        assert in_r.run('source("other.R")', folder=folder) == shape
    r.write(folder / "plain name.R", table(), "fr")
    with (folder / "plain name.R").open("a") as script:
        script.write("cat(dim(recension), attr(recension, 'release'))")
    done = subprocess.run(
        [in_r.outside.r(), "--vanilla", str(folder / "plain name.R")],
        cwd=tmp_path, env={"LC_ALL": locale, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (f"{shape} 7", "")


def test_arrow_and_pandas_read_every_value_in_its_type(tmp_path):
    path = tmp_path / "x.parquet"
    parquet.write(path, table(), "fr")
    assert with_arrow(path, table()) == rows()
    schema = arrow.read_schema(path)
    types = {Type.NUMBER: pyarrow.int64(), Type.TEXT: pyarrow.string(), Type.DATE: pyarrow.date32(),
             Type.MOMENT: pyarrow.timestamp("ms", "UTC")}  # fmt: skip
    assert schema.types == [types[variable.type] for variable in VARIABLES]
    frame = pandas.read_parquet(path, dtype_backend="pyarrow")
    assert [
        [None if c is pandas.NA else c for c in frame[v.name].tolist()] for v in VARIABLES if v.type is Type.TEXT
    ] == [[row[n] for row in rows()] for n, v in enumerate(VARIABLES) if v.type is Type.TEXT]
    assert frame["code"].tolist()[:7] == [1, 2, 300, -6, -7, -8, -9]


def test_every_unit_at_every_tier_comes_back_from_parquet_and_json(release, session, tmp_path):
    for unit, more in ORDERS:
        of, path = written(session, tmp_path, "parquet", unit, **more)
        assert with_arrow(path, of) == list(of.rows()), path.name
        of, path = written(session, tmp_path, "json", unit, **more)
        assert [list(row.values()) for row in json.loads(path.read_bytes())["rows"]] == list(of.rows()), path.name


def said_by(form, tmp_path):
    """The release and the dictionary that a file holds."""
    path = tmp_path / "x"
    FORMATS[form].write(path, table(), "en")
    if form == "json":
        return json.loads(path.read_bytes())
    return json.loads(arrow.read_schema(path).metadata[b"recension"])


@pytest.mark.parametrize("form", ["parquet", "json"])
def test_the_release_and_the_dictionary_are_in_the_file_in_both_languages(form, tmp_path):
    said = said_by(form, tmp_path)
    assert {name: said["release"][name] for name in ("release", "release_sha256", "as_of", "unit", "rows")} == {
        "release": 7, "release_sha256": "0123456789abcdef" * 4, "as_of": "2026-03-02T14:30:05Z",
        "unit": "initiative", "rows": len(rows())}  # fmt: skip
    assert said["release"]["source"].endswith("The English wording is a translation.")
    assert [one["name"] for one in said["dictionary"]] == [variable.name for variable in VARIABLES]
    code = said["dictionary"][1]
    assert code["values"]["300"] == {"fr": "Trois cents", "en": "Three hundred"}
    assert code["missing"]["-8"] == {"fr": "Refus", "en": "Refused"}
    assert code["label"] == {"fr": VARIABLES[1].label.fr, "en": VARIABLES[1].label.en}
    assert (code["type"], code["measure"]) == ("number", "nominal")


def test_a_column_of_parquet_says_what_it_holds(tmp_path):
    parquet.write(tmp_path / "x", table(), "en")
    assert arrow.read_schema(tmp_path / "x").field("code").metadata[b"label"].decode() == VARIABLES[1].label.en


def test_json_is_one_row_per_line_named_and_unchanged(tmp_path):
    json_file.write(tmp_path / "x", table(), "fr")
    text = (tmp_path / "x").read_text("utf-8")
    assert [list(row.values()) for row in json.loads(text)["rows"]] == rows()
    assert list(json.loads(text)["rows"][0]) == [variable.name for variable in VARIABLES]
    assert text.count("\n") == 5 + len(VARIABLES) + len(rows())
    assert "👩🏽‍🏫" in text


def test_rows_of_parquet_are_written_by_batches_of_a_bounded_size():
    short, long = [["x"]] * 10_000, [["x" * 40_000]] * 500
    assert [len(batch) for batch in parquet.batches(iter(short), [0])] == [4_096, 4_096, 1_808]
    assert [len(batch) for batch in parquet.batches(iter(long), [0])] == [105, 105, 105, 105, 80]
    assert list(parquet.batches(iter([]), [0])) == []


@pytest.mark.parametrize("form", MADE)
@pytest.mark.parametrize("unit", [Unit.INITIATIVE, Unit.PARADATA])
def test_an_empty_data_set_is_a_good_file_for_each(form, unit, session, tmp_path):
    freezing.create(session, None, None)
    session.commit()
    of, path = written(session, tmp_path, form, unit)
    if form == "parquet":
        assert arrow.read_table(path).column_names == [variable.name for variable in of.variables]
        assert with_arrow(path, of) == []
    elif form == "json":
        assert json.loads(path.read_bytes())["rows"] == []
    else:
        (frame,) = in_r.frames(path)
        assert {name: frame.columns[name].cells for name in ("case_id", "block")} == {"case_id": [], "block": []}


@pytest.mark.parametrize("form", MADE)
def test_every_file_of_two_exports_is_the_same(form, release, session, tmp_path):
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
        written(session, folder, form)
    one, other = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)
    assert one == other
    assert len(one) == (3 if form == "r" else 2)


def test_the_script_of_r_and_its_data_are_in_the_manifest(release, session, tmp_path):
    _, path = written(session, tmp_path, "r")
    said = json.loads(path.with_name(f"{path.name}.manifest.json").read_bytes())
    assert [file["name"] for file in said["files"]] == [path.name, f"{path.name}.csv"]


def test_arrow_is_not_loaded_before_parquet_is_asked_for(app):
    loaded = "import sys, survey.cli, survey.release.exporting; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


class Seen(list):
    """A row that can be told to be gone."""


@pytest.mark.parametrize("form", MADE)
def test_a_writer_never_holds_more_than_a_batch_of_rows(form, tmp_path):
    some, count, most = rows()[:24], 10_000, 0
    alive = weakref.WeakValueDictionary()

    def streamed():
        nonlocal most
        for n in range(count):
            row = alive[n] = Seen(some[n % 24])
            most = max(most, len(alive))
            yield row

    FORMATS[form].write(tmp_path / "x", replace(table(), row_count=count, rows=streamed), "fr")
    assert 0 < most <= (parquet.ROWS if form == "parquet" else 2)
