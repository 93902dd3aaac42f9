"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import survey
from survey import cli
from tests import diagram

TOP = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def readme() -> str:
    return (TOP / "README.md").read_text(encoding="utf-8")


def part(readme: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    found = readme.partition(f"\n## {heading}\n")[2]
    assert found, f"the README has no part « {heading} »"
    return found.partition("\n## ")[0]


def first_column(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


def test_the_diagram_is_that_of_the_models(readme):
    assert diagram.shown(readme) == diagram.drawn(), "Run `python -m tests.diagram`, which draws it anew."


def test_every_setting_is_explained_and_no_other(readme):
    text = part(readme, "Configuration")
    assert sorted(first_column(text)) == sorted(survey.SETTINGS)
    from_environment = re.findall(r"^\| `(\w+)` \| `RECENSION_(\w+)`", text, re.MULTILINE)
    assert sorted(from_environment) == sorted((name, name) for name in survey.ENVIRONMENT)


def test_every_command_is_explained_and_no_other(readme):
    explained = {line.removeprefix("recension ").split()[0] for line in first_column(part(readme, "Commands"))}
    assert explained == set(cli.recension.commands)


def test_every_room_is_on_the_map(readme):
    folders = {path.name for path in (TOP / "survey").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(re.findall(r"^  (\w+)/ ", part(readme, "The rooms"), re.MULTILINE))


def test_every_target_of_make_that_is_named_exists(readme):
    targets = set(re.findall(r"^([a-z]+):", (TOP / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", readme)) <= targets


def test_what_it_points_at_is_there(readme):
    linked = re.findall(r"\]\(([^)#]+)\)", readme)
    assert [path for path in linked if "://" not in path and not (TOP / path).exists()] == []
