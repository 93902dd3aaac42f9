"""Anh pulls a release over HTTP, with the very lines that the manual gives."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys

import pytest

from survey.release import freezing
from tests import in_r, recension
from tests.scripting import script

LINES = r'id="in-{}".*?<pre[^>]*><code>(.*?)</code></pre>'


@pytest.fixture
def release(session):
    recension.build(session)
    session.commit()
    freezing.create(session, None)
    session.commit()


@pytest.fixture
def lines(app, anh, session, release, live, tmp_path, monkeypatch):
    """`lines("r", "fr")`: what the manual says to write, at the address of the server, with a token at hand."""
    monkeypatch.setenv("RECENSION_TOKEN", script(app, session, anh.id).token)
    session.rollback()
    monkeypatch.chdir(tmp_path)

    def said(program, language):
        page = anh.get(f"/manual/analyst?lang={language}").text
        [found] = re.findall(LINES.format(program), page, re.DOTALL)
        return html.unescape(found).replace("http://localhost", live)

    return said


@pytest.mark.parametrize(("language", "first"), [("fr", "En cours de développement"), ("en", "In development")])
def test_in_r(lines, language, first, tmp_path):
    shown = "cat(nrow(recension), class(recension$status), enc2utf8(levels(recension$status)[[1]]), sep = '\\n')"
    printed = in_r.run(f"{lines('r', language)}\n{shown}", folder=tmp_path)
    assert printed.splitlines() == ["2", "factor", first]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_in_python(lines, language, tmp_path):
    asked = lines("python", language) + "\nprint(*recension['name'], sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", asked], env=os.environ, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert recension.HOSTILE in done.stdout.splitlines()
