"""How interviews went, part by part: time at work, saves, and when. No answer and no name is read here."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview import durations
from survey.interview.models import Edit

Record = Mapping[str, Any]
#: The number of each section, as the dictionary labels it.
NUMBERS = {section.name: n for n, section in enumerate(QUESTIONNAIRE.sections, start=1)}
ITEMS = {section.name: [item.name for item in section.items] for section in QUESTIONNAIRE.sections}


@dataclass
class Saves:
    """The saves of one part."""

    by_item: Counter[str] = field(default_factory=Counter)
    first: dt.datetime | None = None
    last: dt.datetime | None = None

    def add(self, row: Any) -> None:
        self.by_item[row.item] += row.n
        self.first = min(filter(None, (self.first, row.first)))
        self.last = max(filter(None, (self.last, row.last)))


def read(
    connection: sa.Connection, interviews: Mapping[int, Record], initiatives: Sequence[Record]
) -> Iterator[dict[str, Any]]:
    """One record per part in which there was time or a save, of these interviews and blocks, in their order.

    What a block took goes with it, whichever interview it was in then.
    """
    blocks = {block["initiative_id"]: block for block in initiatives}
    of_each: dict[int, list[Record]] = defaultdict(list)
    for block in initiatives:
        of_each[block["interview_id"]].append(block)
    seconds, measured = _time(connection, blocks)
    saves = _saves(connection)
    for interview_id, interview in interviews.items():
        for section in QUESTIONNAIRE.sections:
            parts: list[Record] = [{**interview, "block": None}, *(of_each[interview_id] if section.repeats else ())]
            for part in parts:
                key = (interview_id, section.name, part.get("initiative_id"))
                if key in seconds or key in saves:
                    spent = {"seconds": seconds.get(key), "measured": measured.get(key)}
                    yield {**part, "section": NUMBERS[section.name], **spent, **_counted(section.name, saves.get(key))}


def _time(
    connection: sa.Connection, blocks: Mapping[int, Record]
) -> tuple[Counter[durations.Part], dict[durations.Part, int]]:
    seconds: Counter[durations.Part] = Counter()
    measured: dict[durations.Part, int] = {}
    for (interview_id, section, block), time in durations.spent(connection).items():
        home = interview_id if block is None or block not in blocks else int(blocks[block]["interview_id"])
        seconds[home, section, block] += time.seconds
        measured[home, section, block] = int(time.measured)
    return seconds, measured


def _saves(connection: sa.Connection) -> dict[durations.Part, Saves]:
    field_of = (Edit.interview_id, Edit.initiative_id, Edit.item)
    counted = sa.select(
        *field_of,
        sa.func.count().label("n"),
        sa.func.min(Edit.at).label("first"),
        sa.func.max(Edit.at).label("last"),
    ).where(Edit.carried_from.is_(None))
    found: dict[durations.Part, Saves] = defaultdict(Saves)
    for row in connection.execute(counted.group_by(*field_of)):
        found[row.interview_id, durations.SECTIONS[row.item], row.initiative_id].add(row)
    return dict(found)


def _counted(section: str, saves: Saves | None) -> dict[str, Any]:
    """What the saves of a part come to; an item of another section counts nothing, not nought."""
    saves = saves or Saves()
    return {
        "edits": saves.by_item.total(),
        "first_saved_at": saves.first,
        "last_saved_at": saves.last,
        **{f"edits_{item}": saves.by_item[item] for item in ITEMS[section]},
    }
