"""The themes and their marks behind a release, as records: on answers that are released, and on no other."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from survey.coding import themes
from survey.coding.themes import OPEN, Node
from survey.instrument.questionnaire import QUESTIONNAIRE

Record = Mapping[str, Any]


def read(
    connection: sa.Connection, tree: Sequence[Node], interviews: Mapping[int, Record], initiatives: Sequence[Record]
) -> Iterator[Record]:
    """Each mark with the facts of its interview or initiative. An answer that is off its route is not released."""
    blocks = {block["initiative_id"]: block for block in initiatives}
    paths = {node.id: node.path.fr for node in tree}
    for mark in themes.marks(connection):
        held = interviews.get(mark.interview_id) if mark.initiative_id is None else blocks.get(mark.initiative_id)
        if held is not None and on_route(mark.item, held):
            yield ChainMap(
                {
                    "mark_id": str(mark.id),
                    "item": mark.item,
                    "theme": mark.theme_id,
                    "theme_path": paths[mark.theme_id],
                    "coder": mark.coder_id,
                    "marked_at": mark.created_at,
                    "whole": int(mark.whole),
                    "start": mark.start,
                    "end": mark.end,
                    "current": int(themes.stands(mark, held[mark.item])),
                    "quotation": mark.text,
                },
                held,  # type: ignore[arg-type]  # read, never written
            )


def on_route(item: str, record: Record) -> bool:
    """Whether an open question was asked of this respondent."""
    section = QUESTIONNAIRE[OPEN[item]] if item in OPEN else None
    return section is not None and any(asked.name == item for asked in QUESTIONNAIRE.asked(section, record))


def of_theme(node: Node) -> dict[str, Any]:
    """A theme as a record."""
    return {
        "theme": node.id,
        "parent_theme": node.parent_id,
        "theme_name": node.name.fr,
        "theme_name_en": node.name.en,
        "theme_definition": node.definition,
        "retired": int(node.retired),
    }
