"""What leaves, taken as its readers take it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.release import table
from survey.release.exporting import Order, Prepared, export, needed, prepare
from survey.release.models import Release, Unit
from survey.release.table import Table


def prepared(session: Session, form: str, unit: Unit = Unit.INITIATIVE, language: str = "fr", **more: Any) -> Prepared:
    """A table of the newest release, or of `release`, ready to be written."""
    release: Release = more.pop("release", None) or table.newest(session)
    order = Order(unit, form, language, **more)
    return prepare(release, needed(session, release, order), order, current_app.config["SECRET_KEY"])


def written(session: Session, folder: Path, form: str, unit: Unit = Unit.INITIATIVE, **more: Any) -> tuple[Table, Path]:
    """An export in a folder: the table that was asked for, and its file."""
    ready = prepared(session, form, unit, **more)
    export(ready, folder / ready.file_name)
    return ready.table, folder / ready.file_name


def as_dicts(read: Table) -> list[dict[str, Any]]:
    """The rows of a table, by the names of its variables."""
    names = [variable.name for variable in read.variables]
    return [dict(zip(names, row, strict=True)) for row in read.rows()]


def unpacked(answer: TestResponse) -> dict[str, bytes]:
    """The files of a package, by their names."""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def manifest(files: dict[str, bytes]) -> dict[str, Any]:
    """The manifest among files."""
    (name,) = (name for name in files if name.endswith(".manifest.json"))
    said: dict[str, Any] = json.loads(files[name])
    return said
