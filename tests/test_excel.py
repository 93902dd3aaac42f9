"""What a manager opens in Excel: four sheets that say what they hold, cells that are what was said, nothing cut."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from survey.instrument.dictionary import Type, Variable
from survey.instrument.grammar import Text
from survey.release import freezing
from survey.release.exporting import FORMATS
from survey.release.models import Unit
from survey.release.shapes import Shape
from survey.release.table import Tier
from survey.release.units import dictionary
from survey.workbooks import Book
from tests import recension
from tests.leaving import written
from tests.readers import with_openpyxl
from tests.tables import AT, VARIABLES, cut, rows, table

WORDS = Variable("words", Text("Mots", "Words"), Type.TEXT)
#: What a workbook's XML cannot hold as it is, or would take for something else.
STRANGE = (
    "a\rb", "a\r\nb", "\x01\x08\x0b\x1f", "_x000D_", "__x0041_", "\ufffe\uffff", "<r>=1+1</r>", "<r><t>x</t></r>",
    "&amp; <b>", "]]>", "\x7f\x85", " deux  blancs ", "\ttab",
)  # fmt: skip


@pytest.fixture
def release(session):
    recension.build(session)
    made = freezing.create(session, None, None)
    session.commit()
    return made


def book(path):
    return openpyxl.load_workbook(path)


def facts(path):
    """The last sheet: what stands under each name."""
    found = {}
    for name, fact in book(path).worksheets[-1].iter_rows(values_only=True):
        found.setdefault(name, []).append(fact)
    return found


def made(tmp_path, of, language="fr"):
    path = tmp_path / "x.xlsx"
    return path, FORMATS["xlsx"].write(path, of, language)


def test_the_last_sheet_says_which_data_they_are_how_to_read_them_and_what_they_lack(release, session, tmp_path):
    _, path = written(session, tmp_path, "xlsx", Unit.INTERVIEW, language="en", tier=Tier.OPEN)
    said = facts(path)
    assert said["Release"] == [release.id]
    assert said["As of (UTC)"] == [release.created_at.replace(tzinfo=None)]
    assert said["Hash of the release (SHA-256)"] == [release.sha256]
    assert said["Privacy tier"] == ["Open: neither free text nor small counts"]
    assert (said["Unit"], said["Shape"], said["Base (rows)"]) == (["Interviews"], ["Long: one row per unit"], [2])
    assert "universal time" in said["How to read the cells"][0]
    left = json.loads(path.with_name(f"{path.name}.manifest.json").read_bytes())["left_out"]
    assert said["What is not in it"] == ["\n".join(filter(None, (o["why"], ", ".join(o["variables"])))) for o in left]
    assert len(left) > 2
    assert said["Source"][0].startswith("Turcotte, M.")


def test_where_records_go_side_by_side_a_row_is_said_to_be_a_case(release, session, tmp_path):
    _, path = written(session, tmp_path, "xlsx", shape=Shape.WIDE)
    said = facts(path)
    assert (said["Unité"], said["Base (lignes)"]) == (["Initiatives"], [3])
    assert said["Forme"] == ["Large\N{NO-BREAK SPACE}: une ligne par dossier d’organisation"]


def test_a_working_workbook_says_that_it_is_of_no_release(tmp_path):
    of = table()
    of.release.id = None
    path, _ = made(tmp_path, of)
    assert facts(path)["Version"][0].startswith("Export de travail")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_code_has_its_line_with_its_number_its_label_and_whether_it_is_an_answer(language, tmp_path):
    variables = dictionary(Unit.INTERVIEW)
    path, _ = made(tmp_path, table(variables, []), language)
    _head, *lines = book(path)["Codes"].iter_rows(values_only=True)
    expected = [
        (one.name, number, label(language))
        for one in variables
        for number, label in {**one.values, **one.missing}.items()
    ]
    assert [line[:3] for line in lines] == expected
    reasons = {line[:2] for line in lines if line[3]}
    assert reasons == {(name, number) for name, number, _ in expected if number < 0}


def test_a_name_leads_to_its_line_of_the_dictionary_and_shows_its_label(release, session, tmp_path):
    of, path = written(session, tmp_path, "xlsx")
    data, dictionary = book(path).worksheets[:2]
    for heading in data[1]:
        sheet, _, place = heading.hyperlink.location.rpartition("!")
        assert sheet.strip("'") == dictionary.title
        assert dictionary[place].value == heading.value
        label = dictionary[place].offset(column=1).value
        assert heading.hyperlink.tooltip in (label, f"{label[:254]}…")
    assert len(data[1]) == len(of.variables) + 1, "a long text goes on in a second column"


def test_sheets_keep_their_headings_in_sight_and_have_a_filter(tmp_path):
    path, _ = made(tmp_path, table())
    for sheet in book(path).worksheets[:3]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions


def test_columns_and_rows_have_room_for_what_is_read(tmp_path):
    long = Variable("a", Text("A " * 200, "A " * 200), Type.TEXT)
    path, _ = made(tmp_path, table([long, WORDS], [["un mot " * 60, "mot"], ["mot", "mot"]]))
    data, dictionary = book(path).worksheets[:2]
    widths = {name: one.width for name, one in data.column_dimensions.items()}
    assert widths["A"] > 40 > 15 > widths["B"]
    assert [data.row_dimensions[n].height for n in (2, 3)] == [60, 60]
    assert dictionary.row_dimensions[2].height > 60
    path, _ = made(tmp_path, table([WORDS], [["mot"]]))
    assert book(path).worksheets[0].row_dimensions[2].height == 15


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_hardest_table_comes_back_to_the_letter(language, tmp_path):
    of = replace(table(), variables=tuple(replace(one, label=Text("x", "x")) for one in VARIABLES))
    if language == "fr":
        path, _ = made(tmp_path, of, language)
        assert with_openpyxl(path, of) == rows()
    path, _ = made(tmp_path, of, language)
    cells = [cell for row in book(path).worksheets[0].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type in "fe"]


@pytest.mark.parametrize("text", STRANGE)
def test_what_xml_cannot_hold_comes_back(text, tmp_path):
    of = table([WORDS], [[text], ["suivant"]])
    path, _ = made(tmp_path, of)
    read = [openpyxl.utils.escape.unescape(cell.value) for cell in book(path).worksheets[0]["A"][1:]]
    assert read == [text, "suivant"]


@pytest.mark.parametrize("options", [{"in_memory": True}, {"constant_memory": True}])
def test_no_text_passes_for_the_xml_of_a_workbook(options, tmp_path):
    texts = [text for text in STRANGE if text.startswith("<")]
    with Book(tmp_path / "x.xlsx", options) as made_here:
        sheet, bold = made_here.add_worksheet(), made_here.add_format({"bold": True})
        for n, text in enumerate(texts):
            sheet.write_string(n, 0, text)
            sheet.write_string(n, 1, text, bold)
    read = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]
    assert [(one, other) for one, other in read.iter_rows(values_only=True)] == [(text, text) for text in texts]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2+3", "@SUM(1)", "＝1+1", "\t=1+1", "\ufeff=1+1", "- tiret"])
def test_a_text_stays_a_text_when_its_cell_is_edited(text, tmp_path):
    path, _ = made(tmp_path, table([WORDS], [[text], ["mot"], ["«\N{NO-BREAK SPACE}mot\N{NO-BREAK SPACE}»"]]))
    led, *plain = book(path).worksheets[0]["A"][1:]
    assert (led.value, led.data_type, led.quotePrefix) == (text, "s", True)
    assert [cell.quotePrefix for cell in plain] == [False, False]


def test_dates_before_the_calendar_of_excel_are_texts_and_moments_keep_their_thousandths(tmp_path):
    of = table(
        [Variable("day", Text("Jour", "Day"), Type.DATE), Variable("at", Text("Moment", "Moment"), Type.MOMENT)],
        [["1900-02-28", "1899-12-31T23:00:00+00:00"], ["1900-03-01", "2026-03-02T14:30:05.250000+00:00"]],
    )
    path, _ = made(tmp_path, of)
    old, new = book(path).worksheets[0].iter_rows(min_row=2, values_only=True)
    assert old == ("1900-02-28", "1899-12-31T23:00:00+00:00")
    assert new == (dt.datetime(1900, 3, 1), dt.datetime(2026, 3, 2, 14, 30, 5, 250_000))


def test_a_text_at_the_limit_fills_one_cell_and_a_longer_one_is_whole_beside_the_file(tmp_path):
    texts = {1: "é" * 32_767, 2: "😀" * 16_384, 3: cut(90_000)}
    of = table([Variable("case_id", Text("Dossier", "Case")), WORDS], [[n, text] for n, text in texts.items()])
    path, notices = made(tmp_path, of)
    lines = list(book(path).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert lines[0][1:] == (texts[1], None, None)[: len(lines[0]) - 1]
    assert ["".join(filter(None, line[1:])) for line in lines] == [*texts.values()]
    kept = path.with_name("x.xlsx.texts.csv").read_text("utf-8")
    assert kept.startswith("case_id,variable,text\n2,words,😀")
    assert list(csv.reader(io.StringIO(kept, newline="")))[1:] == [[str(n), "words", texts[n]] for n in (2, 3)]
    assert facts(path)["Avis"] == notices
    assert "x.xlsx.texts.csv" in notices[0]


def test_the_manifest_lists_the_workbook_and_its_companion(release, session, tmp_path):
    _, path = written(session, tmp_path, "xlsx")
    said = json.loads(path.with_name(f"{path.name}.manifest.json").read_bytes())
    assert [file["name"] for file in said["files"]] == [path.name, f"{path.name}.texts.csv"]
    assert facts(path)["Avis"] == said["notices"]


@pytest.mark.parametrize(("count", "columns"), [(1_048_576, 1), (1, 16_385)])
def test_what_no_sheet_holds_is_refused(count, columns, tmp_path):
    of = table([replace(WORDS, name=f"v{n}") for n in range(columns)], [["x"] * columns])
    with pytest.raises(ValueError, match="fit on a sheet"):
        made(tmp_path, replace(of, row_count=count))


def test_the_clock_is_nowhere_in_a_workbook(tmp_path):
    path, _ = made(tmp_path, table())
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 31, 0, 0, 0)}
    properties = book(path).properties
    assert properties.created == properties.modified == AT.replace(tzinfo=None)
