"""Rows in which several people may write: words seen at one version are never put over those of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from survey.db import now


class Versioned(Protocol):
    """A row that counts its changes, and says who made the last."""

    version: Any
    changed_at: Any
    changed_by: Any


class Changed(ValueError):
    """Somebody changed the same row meanwhile: `row` is how it stands now."""

    def __init__(self, row: Any) -> None:
        super().__init__(str(row))
        self.row = row


def replace(row: Versioned, version: int, words: Mapping[str, object], user_id: int) -> bool:
    """Put `words` in a row that is held and was seen at `version`; the same words change nothing. Whether any did.

    Raises `Changed`.
    """
    if all(getattr(row, name) == value for name, value in words.items()):
        return False
    if version != row.version:
        raise Changed(row)
    for name, value in words.items():
        setattr(row, name, value)
    row.version, row.changed_at, row.changed_by = row.version + 1, now(), user_id
    return True
