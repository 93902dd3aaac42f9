"""The 152 initiatives of the demonstration, and all that goes with them, through every format and back: identical."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from survey.release import codebook
from survey.release.exporting import FORMATS
from survey.release.models import Unit
from tests.leaving import prepared, written
from tests.readers import READERS
from tests.test_demo import demo  # noqa: F401 - a fixture

README = Path(__file__).parent.parent / "README.md"
#: They describe the data and hold none, or are projects of texts, which `test_qdpx` reads back.
OTHERS = {"codebook", "ddi"} | {name for name, form in FORMATS.items() if form.reads}


def test_every_format_that_holds_data_has_a_reader():
    assert READERS.keys() == FORMATS.keys() - OTHERS


def test_the_readme_names_the_readers_of_each_format():
    """To the letter: what is said to read a format does, and nothing that does is left unsaid."""
    section = README.read_text("utf-8").partition("\n## What reads")[2]
    said = dict(re.findall(r"(?m)^\| `([\w-]+)` \| (.+?) \|", section))
    assert {form: said[form].split(", ") for form in READERS} == {form: list(read) for form, read in READERS.items()}
    assert OTHERS - {name for name in OTHERS if name.startswith("qdpx")} <= said.keys()


@pytest.mark.parametrize("unit", [Unit.ORGANISATION, Unit.INTERVIEW, Unit.INITIATIVE])
@pytest.mark.parametrize("form", READERS)
def test_the_demonstration_goes_out_and_comes_back(form, unit, demo, tmp_path):  # noqa: F811
    of, path = written(demo, tmp_path, form, unit)
    rows = list(of.rows())
    assert len(rows) == {Unit.ORGANISATION: 80, Unit.INTERVIEW: 55, Unit.INITIATIVE: 152}[unit]
    for reader, read in READERS[form].items():
        assert read(path, of) == rows, reader


def test_the_counts_of_its_codebook_add_up_to_its_rows(demo):  # noqa: F811
    for unit in (Unit.ORGANISATION, Unit.INTERVIEW, Unit.INITIATIVE):
        read = prepared(demo, "ddi", unit).table
        for one in codebook.entries(read):
            counts = one.counts
            assert counts.valid + counts.reasons + counts.nothing == counts.rows == read.row_count, one.variable.name
            if one.variable.values:
                assert sum(category.count for category in counts.categories if not category.missing) == counts.valid
