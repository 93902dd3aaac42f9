"""Who writes to SQLite at once: one after the other within this process, and several requests in one synced commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

Result = TypeVar("Result")


class InTurn(sqlite3.Connection):
    """A connection to SQLite whose writers wait in line within this process.

    Left to itself each sleeps up to 100 ms between two tries, and some of twenty wait for seconds (tests/bench).
    """

    turn: Lock
    patience: float  # seconds
    taken = False

    @staticmethod
    def begin(pooled: Any) -> None:
        """Begin as SQLAlchemy asks. A writer takes the lock first, and waits for it as long as for another process.

        A read that turns into a write fails at once when another has written.
        """
        self: InTurn = pooled.driver_connection
        if pooled.info["reading"]:
            self.execute("BEGIN")
            return
        if not self.taken:
            self.taken = self.turn.acquire(timeout=self.patience)
        self.execute("BEGIN IMMEDIATE")

    def give(self) -> None:
        if self.taken and not self.in_transaction:
            self.taken = False
            self.turn.release()

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self.give()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.give()

    def close(self) -> None:
        super().close()
        if self.taken:
            self.taken = False
            self.turn.release()


class Asked(Generic[Result]):
    """What one request has to write, and how that ended: nothing is settled before the commit."""

    def __init__(self, work: Callable[[sa.Connection], Result]) -> None:
        self.work = work
        self.called = Lock()
        self.called.acquire()
        self.settled = False
        self.result: Result

    def settle(self, result: Result) -> None:
        self.result, self.settled = result, True


class Together:
    """Requests that write at the same moment share one transaction, so one sync of the disk: whoever comes first leads.

    Each is answered after the commit that holds its words. When anything goes wrong nobody's are in it, and each then
    writes alone: nobody meets the error of another.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting: list[Asked[Any]] = []
        self.led = False

    def write(self, connection: sa.Connection, work: Callable[[sa.Connection], Result]) -> Result:
        """What `work` gives, committed, on this connection or on that of another; it knows nothing of its request."""
        mine = Asked(work)
        with self.lock:
            self.waiting.append(mine)
            follows, self.led = self.led, True
        if follows:
            mine.called.acquire()
        if mine in self.waiting:
            self.lead(connection)
        if mine.settled:
            return mine.result
        return alone(connection, work)

    def lead(self, connection: sa.Connection) -> None:
        """Write for all who wait, then call them, and somebody who came meanwhile to lead."""
        with self.lock:
            asked, self.waiting = self.waiting, []
        try:
            results = alone(connection, lambda ours: [each.work(ours) for each in asked])
            for each, result in zip(asked, results, strict=True):
                each.settle(result)
        except Exception:
            if len(asked) == 1:
                raise
            connection.rollback()
            connection.connection.rollback()  # after a commit that failed SQLAlchemy believes that nothing is left open
        finally:
            with self.lock:
                self.led = bool(self.waiting)
                called = [*asked, *self.waiting[:1]]
            for each in called:
                each.called.release()


def alone(connection: sa.Connection, work: Callable[[sa.Connection], Result]) -> Result:
    """What `work` gives, committed."""
    result = work(connection)
    connection.commit()
    connection.connection.commit()  # what SQLAlchemy was not told of; no journey when nothing is open
    return result
