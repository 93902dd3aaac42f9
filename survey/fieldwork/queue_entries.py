"""What a queue is made of: a case, why it is there, and for what to call it again."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from survey.fieldwork.models import TimeZone
from survey.fieldwork.office_hours import Hours
from survey.instrument.codes import Region


class Why(enum.IntEnum):
    """Why a case is in the queue, the most pressing first."""

    APPOINTMENT = enum.auto()
    PROMISED = enum.auto()
    CALL_BACK = enum.auto()
    PAST_APPOINTMENT = enum.auto()
    PUT_OFF = enum.auto()
    ANOTHER_WAY = enum.auto()
    REMINDER = enum.auto()
    RESUMED = enum.auto()
    REGION_WITHOUT = enum.auto()
    FIRST = enum.auto()
    UNDATED = enum.auto()


@dataclass(frozen=True)
class Due:
    """For which blocks of a case somebody is to be called again, by their numbers, and since when."""

    on: dt.date
    blocks: tuple[int, ...]


#: What is due at a moment of a day in the cases of somebody and of nobody, by case: whoever holds interviews knows.
CallBacks = Callable[[Session, dt.datetime, dt.date, int], Mapping[int, Due]]


@dataclass(frozen=True)
class Entry:
    """A case of the queue: why it is there, since or until when, and whether anybody is in the office there.

    `attempts` is how many were made: the next one is that reminder. `person` is whom to reach first: name, phones and
    e-mails; `blocks` are those for which to call again.
    """

    case_id: int
    organisation_id: int
    name: str
    region: Region | None
    zone: TimeZone
    why: Why
    at: dt.datetime | None
    attempts: int
    hours: Hours
    person: Any = field(default=None, compare=False)
    blocks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Queue:
    """What is to be done `now`, what comes `later` today, and what is `free` for anybody to take."""

    now: Sequence[Entry]
    later: Sequence[Entry]
    free: Sequence[Entry]
