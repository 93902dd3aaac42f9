"""What a file says of itself, in full and in both languages, where a format has room for it."""

from __future__ import annotations

from typing import Any

from survey.instrument.dictionary import Variable
from survey.instrument.introduction import attribution
from survey.release import manifest
from survey.release.table import Table


def of_data(table: Table, language: str) -> dict[str, Any]:
    """Which data they are, and the source of the wording."""
    counted = {"unit": table.unit.value, "language": language, "rows": table.row_count}
    return {**manifest.of_release(table, language), **counted, "source": attribution(language)}


def in_words(table: Table, language: str) -> list[str]:
    """Which data they are, in sentences, and the source of the wording."""
    known = manifest.of_release(table, language)
    working = [known["working_export"]] if "working_export" in known else []
    return [f"{table.name}, {known['as_of']}, SHA-256 {known['release_sha256']}", *working, attribution(language)]


def of_variables(table: Table) -> list[dict[str, Any]]:
    """The dictionary, each text under its language."""
    return [of_variable(variable) for variable in table.variables]


def of_variable(variable: Variable) -> dict[str, Any]:
    """What there is to say of one variable."""
    said = variable.as_json()
    for name in ("values", "missing"):
        said[name] = {number: dict(zip(("fr", "en"), pair, strict=True)) for number, pair in said[name].items()}
    return {**said, "label": {"fr": variable.label.fr, "en": variable.label.en}}
