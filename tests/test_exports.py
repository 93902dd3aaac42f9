"""What Anh opens elsewhere is what was said: PSPP, ReadStat, openpyxl and the csv module read what we write."""

from __future__ import annotations

import csv
import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pandas
import pyreadstat
import pytest
from pyarrow import parquet

from survey.release import freezing, sav, spss, table
from survey.release.exporting import FORMATS, export
from survey.release.extents import utf8, utf16
from survey.release.models import Unit
from survey.release.splitting import split
from survey.release.units import dictionary
from tests import recension
from tests.leaving import prepared
from tests.readers import READERS, pspp, through_pspp
from tests.recension import CANARIES, HOSTILE, LONG, MIXED


@pytest.fixture
def release(session):
    recension.build(session)
    made = freezing.create(session, None, "essai")
    made.created_at = recension.AT  # long before the exports, whose clock must not show
    session.commit()
    return made


@pytest.fixture
def empty(session):
    made = freezing.create(session, None, None)
    session.commit()
    return made


@pytest.fixture
def write(session, tmp_path):
    """Write a unit of a release, and say where."""

    def written(release, form, unit=Unit.INITIATIVE, language="fr"):
        ready = prepared(session, form, unit, language, release=release)
        export(ready, tmp_path / ready.file_name)
        return tmp_path / ready.file_name

    return written


def joined(row, name):
    return "".join(
        cell for key, cell in row.items() if key == name or (key.rpartition("_")[0] == name and key[-1].isdigit())
    )


def test_pspp_prints_the_dictionary_with_accents_labels_and_missing_values(release, write):
    said = pspp(write(release, "sav"), "DISPLAY DICTIONARY.")
    lines = list(csv.reader(io.StringIO(said)))
    described = {line[0]: line for line in lines if len(line) == 10}
    assert described["status"][2:4] == ["Q.5 Statut du projet", "Nominal"]
    assert described["status"][9] == "-7; -8; -9"
    assert described["year_created"][3] == "Scale"
    assert described["description"][7] == "A32767"
    assert described["description_2"][2] == "(suite 2/2) Q.3 Description du projet, activité ou programme"
    labels = {(line[1].split("[")[0], line[2]) for line in lines if len(line) == 3}
    assert {("2", "En application"), ("-8", "Refus"), ("1", "Coché"), ("3", "Capitale-Nationale")} <= labels


def test_ordinary_releases_stack_whatever_was_answered(empty, session, write):
    first = write(empty, "sav", Unit.INTERVIEW)
    by = recension.interviewer(session)
    case = recension.case(session, "Organisme fictif", recension.Disposition.COMPLETED)
    recension.interview(session, case, by, needs="é" * 900, respondent_function="x" * 255)
    session.commit()
    made = freezing.create(session, None, None)
    session.commit()
    second = write(made, "sav", Unit.INTERVIEW)
    pspp(second, f"ADD FILES /FILE=* /FILE='{first}'.", "LIST needs.")
    described = {line[0]: line for line in csv.reader(pspp(first, "DISPLAY DICTIONARY.").splitlines()) if len(line) > 7}
    assert [described[name][7] for name in ("respondent_function", "needs")] == ["A255", "A2000"]


@pytest.mark.parametrize(
    ("name", "longest", "width"),
    [
        ("organisation_name", 0, 255),
        ("respondent_function", 256, 2000),
        ("needs", 0, 2000),
        ("needs", 2001, 8000),
        ("needs", 8001, 32_767),
    ],
)
def test_a_text_takes_the_first_step_of_its_kind_that_holds_the_longest(name, longest, width):
    variables = {variable.name: variable for variable in dictionary(Unit.INTERVIEW)}
    assert spss.width(variables[name], longest) == width


def test_pspp_reads_every_word_back(release, write):
    second, first = through_pspp(write(release, "sav"))
    assert joined(first, "description") == LONG
    assert (first["name"], first["objectives"]) == (HOSTILE, MIXED)
    assert (first["year_created"], first["status"], first["funding_none"], first["funding_funded"]) == (
        "2019", "2", "0", "1")  # fmt: skip
    assert (second["status"], second["year_created"], second["description_missing"]) == ("-8", "-7", "-9")
    assert second["audience_youth"] == "-8"
    assert second["description"] == second["youth_sex_male"] == ""


def test_pspp_leaves_missing_reasons_out_of_what_it_counts(release, write):
    said = pspp(write(release, "sav"), "DESCRIPTIVES year_created.")
    assert "Q.4 Année de création,1,2019" in said


def test_pspp_reads_dates_and_moments(release, write):
    first, _second = through_pspp(write(release, "sav", Unit.INTERVIEW))
    assert (first["held_on"], first["opened_at"]) == ("03/02/2026", "03/02/2026 14:30:05")
    assert joined(first, "needs") == MIXED


def test_readstat_reads_the_same(release, write):
    columns, words = pyreadstat.read_sav(write(release, "sav", language="en"), output_format="dict", user_missing=True)
    assert "".join(columns[name][1] for name in ("description", "description_2")) == LONG
    assert words.column_names_to_labels["status"] == "Q.5 Status of the project"
    assert words.variable_value_labels["status"][-8] == "Refused"
    assert words.variable_measure["year_created"] == "scale"
    assert words.creation_time == release.created_at.replace(tzinfo=None)


def test_the_segments_of_a_long_text_are_named_as_spss_names_them():
    assert [sav.short(12, n) for n in (0, 1, 2, 36, 37, 129)] == [
        "V0012", "V00120", "V00121", "V0012Z", "V001210", "V00123K"]  # fmt: skip
    names = [sav.short(column, n) for column in range(130) for n in range(131)]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 8


def test_labels_that_spss_would_cut_are_shortened_between_characters():
    for limit in (sav.LABEL, sav.VALUE_LABEL):
        for text in ("é" * 300, "a" + "é" * 300, "😀" * 100, "mot " * 100):
            short = spss.shorten(text, limit)
            assert limit - 4 <= utf8(short) + 1 <= limit + 1
            assert text.startswith(short[:-1])
            assert short[-1] == "…"
    assert spss.shorten("é" * 60, 120) == "é" * 60


@pytest.mark.parametrize(("size", "limit"), [(utf8, 50), (utf16, 33)])
@pytest.mark.parametrize(
    "text", [MIXED * 5, "😀" * 200, "é" * 101, "a b " * 90, "x" * 50, "", "fin " + " " * 30 + "x" * 40]
)
def test_a_text_is_split_between_characters_and_joins_to_itself(text, size, limit):
    parts = split(text, limit, size)
    assert "".join(parts) == text
    assert all(size(part) <= limit for part in parts)
    assert not any(part.endswith(" ") for part in parts[:-1])


def test_csv_loses_nothing(release, write, session):
    raw = write(release, "csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))
    kept = table.load(session, release, Unit.INITIATIVE)
    assert read[0] == [variable.name for variable in kept.variables]
    assert read[1:] == [["" if cell is None else str(cell) for cell in row] for row in kept.rows()]
    assert raw.count(b"\r\n") == 3, "CRLF ends a row, LF stands within a text"


def test_csv_for_excel_speaks_in_labels_and_computes_nothing(release, write):
    raw = write(release, "csv-excel", language="en").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    second, first = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")
    assert (first["name"], first["lead_organisation"]) == ("'" + HOSTILE, "'- tiret, puis le texte")
    assert (first["status"], second["status"], second["year_created"]) == ("Running", "Refused", "Don't know")
    assert (first["region"], first["funding_funded"], first["interview_completed"]) == (
        "Capitale-Nationale",
        "1",
        "Yes",
    )
    assert first["description"] + first["description_2"] == LONG


INVISIBLE = ["\n=", "\xa0=", "\ufeff=", "\u200b+", " \u2060\xad@", "\x7f-", "\u3000="]


@pytest.mark.parametrize("start", [*"=+-@\t\r\n＝＋－＠", *INVISIBLE])
def test_no_text_starts_as_a_formula_in_csv_for_excel(start, session, write):
    by = recension.interviewer(session)
    case = recension.case(session, "Organisme fictif", recension.Disposition.COMPLETED)
    recension.interview(session, case, by, needs=f"{start}cmd|' /C calc'!A0")
    session.commit()
    made = freezing.create(session, None, None)
    session.commit()
    raw = write(made, "csv-excel", Unit.INTERVIEW).read_bytes().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(raw, newline=""), delimiter=";")
    assert row["needs"] == f"'{start}cmd|' /C calc'!A0"


def test_excel_gets_typed_cells_no_formula_and_a_dictionary(release, write):
    book = openpyxl.load_workbook(write(release, "xlsx"))
    assert book.sheetnames == ["Données", "Dictionnaire", "Codes", "À propos"]
    assert book.properties.created == release.created_at.replace(tzinfo=None), "not the clock's: bytes would differ"
    head, *rows = book["Données"].iter_rows()
    second, first = ({h.value: cell for h, cell in zip(head, row, strict=True)} for row in rows)
    assert (first["name"].value, first["name"].data_type) == (HOSTILE, "s")
    assert (first["year_created"].value, first["year_created"].data_type) == (2019, "n")
    assert (first["status"].value, second["status"].value, second["year_created"].value) == (
        "En application", "Refus", "Ne sait pas")  # fmt: skip
    assert first["description"].value + first["description_2"].value == LONG
    assert first["objectives"].value == MIXED
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]
    assert book["Données"].freeze_panes == "A2"
    assert book["Données"].auto_filter.ref.endswith("3")
    words = {row[0]: row for row in book["Dictionnaire"].iter_rows(values_only=True)}
    assert words["status"][1:4] == ("Q.5 Statut du projet", "libellé", "nominale")
    assert [words[name][2] for name in ("year_created", "funding_none", "region")] == ["nombre", "nombre", "libellé"]
    assert words["status"][5] == "-7 = Ne sait pas; -8 = Refus; -9 = Ne s’applique pas"
    assert words["description_2"][1].startswith("(suite 2/2)")
    assert list(words)[1:] == [cell.value for cell in head]


def test_excel_gets_dates_as_dates(release, write):
    book = openpyxl.load_workbook(write(release, "xlsx", Unit.INTERVIEW, "en"))
    head, first, _second = book["Data"].iter_rows(values_only=True)
    row = dict(zip(head, first, strict=True))
    assert row["held_on"] == dt.datetime(2026, 3, 2)
    assert row["opened_at"] == dt.datetime(2026, 3, 2, 14, 30, 5)


@pytest.mark.parametrize("form", ["sav", "xlsx"])
@pytest.mark.parametrize(("language", "said"), [("fr", "Reproduction autorisée"), ("en", "is a translation.")])
def test_an_export_with_the_wording_names_its_source(release, write, form, language, said):
    path = write(release, form, language=language)
    if form == "sav":
        documents = " ".join(pspp(path, "DISPLAY DOCUMENTS.").split())
        assert said in documents
        assert "familles (CRUJeF)" in documents
        assert "*" not in documents
    else:
        *_, (_name, last) = openpyxl.load_workbook(path).worksheets[-1].iter_rows(values_only=True)
        assert said in last
        assert "*" not in last


def test_a_document_record_holds_whole_characters_in_lines_of_eighty_bytes():
    text = MIXED * 3 + " " + "é" * 130
    record = sav.document(text)
    assert struct.unpack("<ii", record[:8]) == (6, (len(record) - 8) // 80)
    lines = [record[n : n + 80].decode() for n in range(8, len(record), 80)]
    assert "".join(lines).replace(" ", "") == "".join(text.split())


@pytest.mark.parametrize("form", FORMATS)
def test_two_exports_of_one_release_are_the_same_bytes(form, release, write):
    for unit in Unit:
        first = write(release, form, unit).read_bytes()
        assert write(release, form, unit).read_bytes() == first


#: What a file must hold for the test to have read it: of the units that name no organisation, of projects of texts.
EXPECTED = {
    Unit.PARADATA: "610",
    Unit.THEME: "theme_path",
    Unit.THEME_TREE: "parent_theme",
    **{name: "Organisation 1" for name, form in FORMATS.items() if form.reads},
}


@pytest.mark.parametrize("form", [*READERS, *(name for name, form in FORMATS.items() if form.reads)])
def test_nothing_that_must_stay_leaves(form, release, write):
    for unit in Unit:
        path = write(release, form, unit)
        if form == "xlsx":
            cells = [
                c for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows(values_only=True) for c in row
            ]
            words = "\n".join(map(str, cells))
        elif form in ("sav", "zsav"):
            words = str(through_pspp(path)) + path.read_bytes().decode("utf-8", errors="replace")
        elif form == "dta":
            read = pandas.read_stata(path, convert_categoricals=False)
            words = read.to_csv(float_format="%.0f") + path.read_bytes().decode("utf-8", errors="replace")
        elif form == "parquet":
            words = str(parquet.read_table(path).to_pylist()) + str(parquet.read_schema(path).metadata)
        elif form in EXPECTED:
            with zipfile.ZipFile(path) as archive:
                words = "\n".join(archive.read(name).decode() for name in archive.namelist())
        else:
            files = path.parent.glob(f"{path.name}*")
            words = "\n".join(file.read_bytes().decode("utf-8", errors="replace") for file in files)
        expected = EXPECTED.get(form if form in EXPECTED else unit, "Organisme fictif")
        assert expected in words, "the test reads what it thinks it reads"
        for kind, canary in CANARIES.items():
            assert canary not in words, f"{kind} leaves in {unit} as {form}"


@pytest.mark.parametrize("unit", Unit)
def test_an_empty_data_set_is_a_good_file_in_every_format(unit, empty, session, write):
    names = [variable.name for variable in table.load(session, empty, unit).variables]
    assert write(empty, "csv", unit).read_text("utf-8") == ",".join(names) + "\n"
    assert write(empty, "csv-excel", unit).read_text("utf-8-sig") == ";".join(names) + "\n"
    sheet = openpyxl.load_workbook(write(empty, "xlsx", unit))["Données"]
    assert list(sheet.iter_rows(values_only=True)) == [tuple(names)]
    path = write(empty, "sav", unit)
    assert through_pspp(path) == []
    assert names[-1] in pspp(path, "DISPLAY DICTIONARY.")


def test_text_of_any_length_near_the_limits_of_spss_comes_back(release, write, session):
    """Around a block of 8 bytes, a segment of 252 or 255, and the widest text: the traps of the format."""
    sizes = [
        1,
        7,
        8,
        9,
        251,
        252,
        253,
        254,
        255,
        256,
        257,
        503,
        504,
        505,
        509,
        510,
        511,
        765,
        32_759,
        32_766,
        32_767,
        32_768,
        65_535,
    ]
    path = write(release, "sav")
    for size in sizes:
        text = ("é" + "abcdefg h" * size).encode()[: size - 1].decode(errors="ignore") + "."
        column = sav.Column(
            "long_text_with_a_long_name", "é", width=min(len(text.encode()), 32_767), format="A", digits=0
        )
        parts = split(text, sav.WIDEST, utf8)
        with path.open("wb") as file:
            rows = [[part, 1e9] for part in parts]
            sav.write(file, [column, sav.Column("after", "")], rows, len(rows), recension.AT, "é", "Source")
        rows = through_pspp(path)
        assert "".join(row["long_text_with_a_long_name"] for row in rows) == text, size
        assert {row["after"] for row in rows} == {"1000000000"}
