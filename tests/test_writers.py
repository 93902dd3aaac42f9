"""Several who write at the same moment: one commit, nobody answered before it, nobody touched by another's error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from survey.db import create_engine
from survey.writers import Together

MANY = 8


class Desk:
    """Interviewers who write numbers in one SQLite file, and what happened there, in order."""

    def __init__(self, file: Path) -> None:
        self.engine = create_engine(f"sqlite:///{file}")
        self.together = Together()
        self.happened: list[str] = []
        self.begun, self.fails = 0, 0  # commits so far, and which of them fails
        with self.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE number (n INTEGER PRIMARY KEY)")
        sa.event.listen(self.engine, "commit", self.commits)

    def commits(self, _connection: sa.Connection) -> None:
        self.begun += 1
        self.happened.append("failure" if self.begun == self.fails else "commit")
        if self.begun == self.fails:
            raise OSError("the disk")

    def write(self, n: int, wrong: bool = False) -> int:
        def work(connection: sa.Connection) -> int:
            connection.execute(sa.text("INSERT INTO number VALUES (:n)"), {"n": n})
            if wrong:
                raise ValueError(n)
            return n

        with self.engine.connect() as connection:
            answer = self.together.write(connection, work)
        self.happened.append("answer")
        return answer

    def numbers(self) -> list[int]:
        with self.engine.connect() as connection:
            return list(connection.scalars(sa.text("SELECT n FROM number ORDER BY n")))

    def at_once(self, *writes: Callable[[], int]) -> list[Future[int]]:
        """The first leads alone and waits for the file; the others come meanwhile."""
        with ThreadPoolExecutor(len(writes)) as people, self.engine.connect() as somebody:
            somebody.execute(sa.text("INSERT INTO number VALUES (-1)"))
            told = [people.submit(writes[0])]
            while not (self.together.led and not self.together.waiting):
                time.sleep(0.001)
            told += [people.submit(write) for write in writes[1:]]
            while len(self.together.waiting) < len(writes) - 1:
                time.sleep(0.001)
        return told


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "numbers.sqlite")
    yield made
    made.engine.dispose()


def test_who_waits_at_the_same_moment_shares_a_commit_and_is_answered_after_it(desk):
    told = desk.at_once(*[lambda n=n: desk.write(n) for n in range(MANY)])
    assert [one.result() for one in told] == list(range(MANY))
    assert desk.numbers() == list(range(MANY))
    assert desk.happened.count("commit") == 2, "the first, and then all the others"
    last = len(desk.happened) - 1 - desk.happened[::-1].index("commit")
    assert desk.happened[last + 1 :].count("answer") >= MANY - 1


def test_what_goes_wrong_for_one_is_told_to_that_one_alone(desk):
    told = desk.at_once(*[lambda n=n: desk.write(n, wrong=n == 4) for n in range(MANY)])
    with pytest.raises(ValueError, match="4"):
        told[4].result()
    assert [one.result() for n, one in enumerate(told) if n != 4] == desk.numbers() == [0, 1, 2, 3, 5, 6, 7]


def test_a_commit_that_fails_answers_nobody_and_each_writes_alone(desk):
    desk.fails = 2
    told = desk.at_once(*[lambda n=n: desk.write(n) for n in range(MANY)])
    assert [one.result() for one in told] == desk.numbers() == list(range(MANY))
    assert desk.happened.count("failure") == 1
    assert desk.happened.count("commit") == MANY


def test_who_writes_alone_is_told_what_went_wrong(desk):
    with pytest.raises(ValueError, match="1"):
        desk.write(1, wrong=True)
    assert desk.write(2) == 2
    assert desk.numbers() == [2]
