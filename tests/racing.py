"""Two acts at once, in the one order that matters: the second meets what the first has not committed yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

Answer = TypeVar("Answer")


def meanwhile(engine: sa.Engine, first: Callable[[Session], object], second: Callable[[], Answer]) -> Answer:
    """What `second` answers when it starts in the middle of `first`, which commits once `second` waits for it."""
    with Session(engine) as session, ThreadPoolExecutor(1) as other:
        first(session)
        session.flush()
        answer = other.submit(second)
        while not answer.done() and not waits(engine):
            pass
        session.commit()
        return answer.result()


def waits(engine: sa.Engine) -> bool:
    """Whether somebody waits for another's lock. SQLite cannot say, but there a second writer always does."""
    if engine.dialect.name == "sqlite":
        time.sleep(0.1)
        return True
    with engine.connect() as connection:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return bool(connection.scalar(sa.text(waiting)))
