"""The entity-relationship diagram of the README, drawn from the models: `python -m tests.diagram` writes it anew."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

import survey.accounts.models
import survey.api.models
import survey.audit
import survey.coding.models
import survey.fieldwork.contact_models
import survey.fieldwork.models
import survey.interview.course_models
import survey.interview.models
import survey.interview.presence
import survey.receipts
import survey.release.models  # noqa: F401
from survey.db import Base, UTCDateTime

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- the diagram: python -m tests.diagram -->\n", "<!-- end of the diagram -->"


def drawn() -> str:
    """The diagram in Mermaid: tables with their columns and keys, then which row belongs to which."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    lines = ["```mermaid", "erDiagram"]
    for table in tables:
        lines += [f"    {table.name} {{", *(f"        {column(c)}" for c in table.columns), "    }"]
    for table in tables:
        lines += sorted(relation(key) for key in table.foreign_keys)
    return "\n".join([*lines, "```", ""])


def column(column: sa.Column[object]) -> str:
    keys = ["PK"] * column.primary_key + ["FK"] * bool(column.foreign_keys) + ["UK"] * bool(column.unique)
    return " ".join(filter(None, (kind(column.type), column.name, ", ".join(keys))))


def kind(declared: sa.types.TypeEngine[object]) -> str:
    for types, word in (
        (UTCDateTime, "moment"),
        (sa.Enum, "code"),
        (sa.Boolean, "boolean"),
        (sa.Integer, "integer"),
        (sa.Float, "number"),
        (sa.Date, "date"),
        (sa.Uuid, "uuid"),
        (sa.LargeBinary, "bytes"),
        (sa.String, "text"),
    ):
        if isinstance(declared, types):
            return word
    raise NotImplementedError(f"name the type {declared!r} in tests/diagram.py")


def relation(key: sa.ForeignKey) -> str:
    one = "|o" if key.parent.nullable else "||"
    return f"    {key.column.table.name} {one}--o{{ {key.parent.table.name} : {key.parent.name}"


def shown(readme: str) -> str:
    """The diagram as the README has it."""
    return readme.partition(BEGIN)[2].partition(END)[0]


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    README.write_text(text.replace(BEGIN + shown(text), BEGIN + drawn()), encoding="utf-8")
