"""The 152 initiatives of the demonstration, and all that goes with them, through every format and back: identical."""

from __future__ import annotations

import pytest

from survey.release.exporting import FORMATS
from survey.release.models import Unit
from tests.leaving import written
from tests.readers import READERS
from tests.test_demo import demo  # noqa: F401 - a fixture


@pytest.mark.parametrize("unit", [Unit.ORGANISATION, Unit.INTERVIEW, Unit.INITIATIVE])
@pytest.mark.parametrize("form", FORMATS)
def test_the_demonstration_goes_out_and_comes_back(form, unit, demo, tmp_path):  # noqa: F811
    of, path = written(demo, tmp_path, form, unit)
    rows = list(of.rows())
    assert len(rows) == {Unit.ORGANISATION: 80, Unit.INTERVIEW: 55, Unit.INITIATIVE: 152}[unit]
    for reader, read in READERS[form].items():
        assert read(path, of) == rows, reader
