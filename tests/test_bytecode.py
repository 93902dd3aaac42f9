"""Compiled templates on the disk: used, but not when cut short, and done without where nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from survey import web
from survey.bytecode import Kept

SOURCE = "{{ 6 * n }}"


def drawn(folder: Path, source: str = SOURCE, settings: str = web.__file__) -> tuple[str, bool]:
    """The template drawn by an engine of its own, and whether it was compiled for that."""
    compiled = []

    class Engine(Environment):
        def compile(self, *args, **options):
            compiled.append(args)
            return super().compile(*args, **options)

    engine = Engine(loader=DictLoader({"page": source}), bytecode_cache=Kept(folder, settings), autoescape=True)
    return engine.get_template("page").render(n=7), bool(compiled)


def test_a_template_is_compiled_once_for_two_starts(tmp_path):
    assert drawn(tmp_path / "kept") == ("42", True)
    assert drawn(tmp_path / "kept") == ("42", False)


def test_another_source_and_other_settings_are_compiled_anew(tmp_path):
    drawn(tmp_path)
    assert drawn(tmp_path, "{{ 5 * n }}") == ("35", True)
    assert drawn(tmp_path, "{{ 5 * n }}", settings=__file__) == ("35", True)


@pytest.mark.parametrize("left", [0, 10, 40, -1])
def test_a_file_cut_short_is_not_used(tmp_path, left):
    drawn(tmp_path)
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:left])
    assert drawn(tmp_path) == ("42", True)
    assert drawn(tmp_path) == ("42", False)


def test_a_folder_that_cannot_be_is_done_without(tmp_path):
    (tmp_path / "kept").write_text("a file stands where the folder would be")
    assert drawn(tmp_path / "kept") == ("42", True)
    assert drawn(tmp_path / "kept") == ("42", True)
