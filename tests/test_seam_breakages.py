"""Break the seam of instrument, tables and migrations on purpose, in a copy: the checks must name the culprit."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys

import pytest

TOP = pathlib.Path(__file__).resolve().parent.parent
INSTRUMENT = "survey/instrument/questionnaire.py"
CODES = "survey/instrument/codes.py"
MODELS = "survey/interview/models.py"
MIGRATION = "migrations/versions/0001_first_tables.py"

BREAKAGES = {
    "an item without a column": (
        INSTRUMENT,
        'items=(Item("lead_organisation"),)',
        'items=(Item("lead_organisation"), Item("budget", Text("Budget :", "Budget:")))',
        ["initiative.budget: the item has no column", "initiative.budget: the contract does not name this item"],
    ),
    "a column without an item": (
        MODELS,
        "    partners: Mapped[str | None]\n",
        "    partners: Mapped[str | None]\n    budget: Mapped[str | None]\n",
        ["initiative.budget: no item", "initiative.budget: the models declare it, no migration builds it"],
    ),
    "a renamed item": (
        INSTRUMENT,
        'Item("concerns", kind=Kind.PARAGRAPH)',
        'Item("worries", kind=Kind.PARAGRAPH)',
        ["interview.worries: the item has no column", "interview.concerns: no item of the instrument asks"],
    ),
    "a column of the wrong type": (
        MODELS,
        "    year_created: Mapped[int | None]\n",
        "    year_created: Mapped[str | None]\n",
        ["initiative.year_created: the column is Text(), the item (year) needs int"],
    ),
    "a column with the wrong code list": (
        MODELS,
        "    status: Mapped[Status | None]\n",
        "    status: Mapped[Funding | None]\n",
        [
            "initiative.status: the item's codes are Status, the column's are Funding",
            "initiative check ck_initiative_status",
        ],
    ),
    "an answer that may not be missing": (
        MODELS,
        "    needs: Mapped[str | None]\n",
        "    needs: Mapped[str]\n",
        ["interview.needs: an answer may be missing", "interview.needs: the migrations say TEXT() nullable=True"],
    ),
    "a ticked table that is missing": (
        MODELS,
        '    youth_sex: AssociationProxy[set[Sex]] = association_proxy("youth_sex_rows", "code")\n',
        "",
        ["initiative.youth_sex: the item allows many answers and has no ticked table"],
    ),
    "a ticked table of another item": (
        MODELS,
        '= association_proxy("youth_risk_rows", "code")',
        '= association_proxy("youth_sex_rows", "code")',
        ["initiative.youth_risk: its ticked table is initiative_youth_sex", "the item's codes are RiskLevel"],
    ),
    "a migration without a column": (
        MIGRATION,
        '        sa.Column("delivery", sa.Text(), nullable=True),\n',
        "",
        ["initiative.delivery: the models declare it, no migration builds it"],
    ),
    "a code that no migration knows": (
        CODES,
        '    SUSPENDED = "suspended", 3, "Suspendu/Interrompu", "Suspended/Interrupted"\n',
        '    SUSPENDED = "suspended", 3, "Suspendu/Interrompu", "Suspended/Interrupted"\n'
        '    ENDED = "ended", 4, "Terminé", "Ended"\n',
        ["initiative check ck_initiative_status_status: the migrations say", "'ended'"],
    ),
    "a migration whose codes are not those of the table": (
        MIGRATION,
        '                "third_parties",\n',
        "",
        ["initiative_youth_involvement check ck_initiative_youth_involvement_code_involvement: the migrations say"],
    ),
    "a migration that loses a unique index": (
        MIGRATION,
        '            ["interview_id", "item", "part", "version"],\n            unique=True,',
        '            ["interview_id", "item", "part", "version"],\n            unique=False,',
        ["edit index uq_edit_interview_field: the migrations say"],
    ),
    "a migration that forgets what goes with an interview": (
        MIGRATION,
        '            name=op.f("fk_initiative_audience_initiative_id_initiative"),\n            ondelete="CASCADE",\n',
        '            name=op.f("fk_initiative_audience_initiative_id_initiative"),\n',
        ["initiative_audience foreign key fk_initiative_audience_initiative_id_initiative: the migrations say"],
    ),
    "a rule that looks forward": (
        INSTRUMENT,
        'Item("youth_age", Text("Âge :", "Age:"), when=YOUTH)',
        'Item("youth_age", Text("Âge :", "Age:"), when=When("knows_others", YesNo.YES))',
        ["item youth_age: its rule asks about knows_others, which does not stand before it"],
    ),
    "two items of one name": (
        INSTRUMENT,
        'items=(Item("needs", kind=Kind.PARAGRAPH),)',
        'items=(Item("concerns", kind=Kind.PARAGRAPH),)',
        [
            "interview.concerns: two items have this name",
            "interview.needs: the contract has this variable, no item does",
        ],
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("copy")
    for part in ("survey", "migrations"):
        shutil.copytree(
            TOP / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "static", "translations")
        )
    (folder / "tests").mkdir()
    for name in ("__init__.py", "seam.py"):
        shutil.copy(TOP / "tests" / name, folder / "tests" / name)
    return folder


def check(copy: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "-m", "tests.seam"],
        cwd=copy,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def test_a_copy_that_nobody_broke_is_sound(copy):
    done = check(copy)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_breakage_is_reported_and_its_culprit_named(copy, breakage):
    path, sound, broken, reports = BREAKAGES[breakage]
    text = (copy / path).read_text(encoding="utf-8")
    assert text.count(sound) == 1, f"{path} no longer holds the line that this test breaks"
    (copy / path).write_text(text.replace(sound, broken), encoding="utf-8")
    try:
        done = check(copy)
    finally:
        (copy / path).write_text(text, encoding="utf-8")
    assert done.returncode == 1
    for report in reports:
        assert report in done.stderr
