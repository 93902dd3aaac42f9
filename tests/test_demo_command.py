"""`recension demo`, as somebody who tries the software runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from survey.accounts.models import User
from survey.demo.build import ACCOUNTS, PASSPHRASE
from survey.fieldwork.models import Organisation

MARK = "Démonstration\u00a0: données publiées en 2022, personnes fictives"


@pytest.fixture
def recension_demo(app, tmp_path):
    """The command on the database of the test, in an instance folder of its own."""

    def run() -> subprocess.CompletedProcess[str]:
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RECENSION_")}
        surroundings |= {"LANG": "fr_CA.UTF-8", "RECENSION_INSTANCE": str(tmp_path)}
        surroundings |= {"RECENSION_DATABASE_URL": app.config["DATABASE_URL"]}
        program = Path(sys.executable).with_name("recension")
        return subprocess.run([program, "demo", "--no-serve"], env=surroundings, capture_output=True, text=True)

    return run


def test_it_builds_once_says_who_may_log_in_and_marks_its_instance(app, session, recension_demo, tmp_path, stranger):
    first = recension_demo()
    assert (first.returncode, first.stderr) == (0, "")
    assert PASSPHRASE in first.stdout
    assert all(email in first.stdout for email, _name in ACCOUNTS.values())
    again = recension_demo()
    assert again.returncode == 0
    assert first.stdout.endswith(again.stdout)
    assert len(again.stdout) < len(first.stdout)
    assert (tmp_path / "config.py").read_text().count("DEMO = True") == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 80
    for email, name in ACCOUNTS.values():
        assert stranger.post("/login", data={"email": email, "password": PASSPHRASE}).status_code == 303
        assert name in stranger.get("/").get_data(as_text=True)
        stranger.post("/logout")


def test_it_leaves_the_database_of_a_team_alone(app, session, roxane, recension_demo, tmp_path):
    done = recension_demo()
    assert done.returncode == 1
    assert "base vide" in done.stderr
    assert "Traceback" not in done.stderr
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1
    assert not (tmp_path / "config.py").exists()


def test_every_page_of_a_demonstration_says_so_and_no_other(app, roxane, stranger, monkeypatch):
    assert MARK not in roxane.get("/").get_data(as_text=True)
    monkeypatch.setitem(app.config, "DEMO", True)
    for page in (roxane.get("/"), roxane.get("/nope"), stranger.get("/login")):
        assert MARK in page.get_data(as_text=True)
