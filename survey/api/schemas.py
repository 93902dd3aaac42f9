"""The shapes of what is answered, as OpenAPI says them: rows come from the dictionary of their unit."""

from __future__ import annotations

from typing import Any

from survey.instrument.dictionary import Measure, Part, Type, Variable
from survey.release import units
from survey.release.models import Unit
from survey.release.opened import KEYS

Schema = dict[str, Any]

WHOLE: Schema = {"type": "integer", "minimum": 0}
WORDS: Schema = {"type": "string"}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
CELL: Schema = {"type": ["integer", "string", "null"]}


def ref(name: str) -> Schema:
    """Where a schema of that name stands."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(**members: Schema) -> Schema:
    """An object that holds each of these members, and no other."""
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


def listed(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def orderly(values: Schema) -> Schema:
    """An object that holds a value under each code."""
    return {"type": "object", "additionalProperties": values}


def one_of(words: Any) -> Schema:
    return {"type": "string", "enum": [word.value for word in words]}


UNIT = one_of(Unit)
RELEASE: dict[str, Schema] = {
    "number": {"type": "integer", "minimum": 1},
    "created_at": MOMENT,
    "note": {"type": ["string", "null"]},
    "sha256": HASH,
}
OF_A_TABLE: dict[str, Schema] = {
    "release": {"type": "integer", "minimum": 1},
    "sha256": HASH,
    "unit": UNIT,
    "tier": {"type": "string", "enum": ["research", "open"]},
}


def components(language: str) -> dict[str, Schema]:
    """Every schema by its name, described in a language."""
    return {**FIXED, **{row_of(unit): row(unit, language) for unit in Unit}}


def row_of(unit: Unit) -> str:
    """The name of the schema of a row."""
    return f"{unit.value}_row"


def row(unit: Unit, language: str) -> Schema:
    """A row of a unit as a release made now would have it; one of an older release may have other variables."""
    return {
        "type": "object",
        "properties": {variable.name: cell(variable, language) for variable in units.dictionary(unit)},
        "additionalProperties": CELL,
    }


def cell(variable: Variable, language: str) -> Schema:
    """A value of a variable; keys are codes in letters at the open tier."""
    kinds = ["integer"] if variable.type is Type.NUMBER else ["string"]
    kinds += ["string"] if variable.name in KEYS and variable.type is Type.NUMBER else []
    return {"type": [*kinds, "null"], "description": variable.label(language)}


FIXED: dict[str, Schema] = {
    "problem": {
        "type": "object",
        "properties": {
            "type": WORDS,
            "title": WORDS,
            "status": {"type": "integer"},
            "detail": WORDS,
            "errors": listed(record(field=WORDS, detail=WORDS)),
        },
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": False,
    },
    "text": record(fr=WORDS, en=WORDS),
    "releases": record(releases=listed(record(**RELEASE, units=listed(record(unit=UNIT, rows=WHOLE))))),
    "release": record(
        **RELEASE, units=listed(record(unit=UNIT, label=ref("text"), rows=WHOLE, dictionary_sha256=HASH))
    ),
    "variable": record(
        name=WORDS,
        label=ref("text"),
        type=one_of(Type),
        measure=one_of(Measure),
        values=orderly(ref("text")),
        missing=orderly(ref("text")),
        item={"type": ["string", "null"]},
        part=one_of(Part),
        code={"type": ["string", "null"]},
    ),
    "dictionary": record(
        **OF_A_TABLE,
        rows=WHOLE,
        source=ref("text"),
        variables=listed(ref("variable")),
        left_out=listed(record(why=ref("text"), variables=listed(WORDS))),
    ),
    "page": record(
        **OF_A_TABLE,
        offset=WHOLE,
        limit={"type": "integer", "minimum": 1},
        total=WHOLE,
        next={"type": ["string", "null"]},
        rows=listed({"anyOf": [ref(row_of(unit)) for unit in Unit]}),
    ),
}
