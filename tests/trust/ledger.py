"""What was sent and what was answered, held against the database: no save lost, none twice, none over another."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from survey.interview.models import Edit, Initiative, Interview


@dataclass(frozen=True)
class Field:
    """A field as the browser names it; `block` is None in the interview itself."""

    interview_id: int
    block: uuid.UUID | None
    item: str


@dataclass
class Save:
    """One save, and all that came back for it. `seen` is what its sender saw in the field, under `version`."""

    field: Field
    version: int
    value: str
    seen: str | None = None
    id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    sent: list[dt.datetime] = dataclasses.field(default_factory=list)
    receipts: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    refused: bool = False
    #: When the request was sent whose answer was the first to arrive.
    heard: dt.datetime | None = None

    def as_json(self) -> dict[str, Any]:
        place = {"block": str(self.field.block) if self.field.block else None, "item": self.field.item}
        return {"id": str(self.id), "version": self.version, "value": self.value, "part": "answer", **place}


@dataclass
class Tally:
    """What became of the saves. `unheard` were committed, although the first answer never reached the browser."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    unheard: int = 0


class Ledger:
    """Every save that was sent; `wrong` says in a sentence each thing that no answer may be."""

    def __init__(self) -> None:
        self.saves: list[Save] = []
        self.wrong: list[str] = []
        self.silences = 0
        self.refusals = 0

    def acknowledged(self) -> int:
        return sum(1 for save in self.saves if save.receipts)

    def check(self, engine: sa.Engine) -> Tally:
        """Hold every save against the history, and the history against the answers that stand."""
        with engine.connect() as connection:
            edits = self._edits(connection)
            standing = {field: self._standing(connection, field) for field in {save.field for save in self.saves}}
        tally = Tally()
        for save in self.saves:
            self._judge(save, edits.get(save.id), tally)
        histories: dict[Field, list[Any]] = defaultdict(list)
        known = {save.id for save in self.saves}
        for edit in edits.values():
            where = Field(edit.interview_id, edit.uid, edit.item)
            histories[where].append(edit)
            tally.doubled += where in standing and edit.id not in known
        for where, value in standing.items():
            history = sorted(histories[where], key=lambda edit: edit.version)
            if (history[-1].value if history else None) != value:
                tally.lost += 1
                self.wrong.append(f"{where.item} does not say what its last save said")
            tally.lost += self._overwritten(history)
        return tally

    def _judge(self, save: Save, edit: Any, tally: Tally) -> None:
        tally.unheard += edit is not None and (save.heard is None or edit.at < save.heard)
        if not save.receipts:
            return
        tally.acknowledged += 1
        tally.doubled += len(set(save.receipts)) > 1
        tally.lost += edit is None or (edit.version, edit.value) != save.receipts[0]

    def _overwritten(self, history: list[Any]) -> int:
        """How many saves of a field wrote over words that their sender had not seen."""
        by_id = {save.id: save for save in self.saves}
        before: list[str | None] = [None, *(edit.value for edit in history)]
        return sum(
            1 for edit, stood in zip(history, before, strict=False) if edit.id in by_id and by_id[edit.id].seen != stood
        )

    def _edits(self, connection: sa.Connection) -> dict[uuid.UUID, Any]:
        interviews = {save.field.interview_id for save in self.saves}
        rows = sa.select(Edit.__table__, Initiative.uid).outerjoin(Initiative, Initiative.id == Edit.initiative_id)
        return {row.id: row for row in connection.execute(rows.where(Edit.interview_id.in_(interviews)))}

    @staticmethod
    def _standing(connection: sa.Connection, where: Field) -> Any:
        record: Any = Initiative if where.block else Interview
        key = Initiative.uid == where.block if where.block else Interview.id == where.interview_id
        return connection.scalar(sa.select(getattr(record, where.item)).where(key))
