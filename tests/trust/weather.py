"""A bad line: requests and replies lost, sent twice, late, and the same again a day later. Each has one effect."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import itertools
import random

import sqlalchemy as sa

from survey.accounts.models import LoginSession
from tests.trust.desk import Desk
from tests.trust.house import House, house
from tests.trust.ledger import Ledger, Save
from tests.trust.table import Fault

#: What becomes of a request, and how often in ten: three of ten are lost one way or the other.
FATES = {"arrives": 3, "request lost": 1, "reply lost": 2, "twice": 2, "late": 2}
#: A reply that takes 5 s outlives the patience of who asked: they sent again, and saved so many other fields meanwhile.
LATE = 30
INTERVIEWERS = 4


class Line(Desk):
    """A desk at the end of a bad line."""

    def __init__(self, *everything: object) -> None:
        super().__init__(*everything)  # type: ignore[arg-type]
        self.chance = random.Random(self.user_id)
        self.under_way: list[tuple[int, list[Save]]] = []
        self.count = 0

    def save(self) -> int:
        """One save, or a few, until acknowledged. How many requests that took."""
        saves, before = self.write(self.chance.choice((1, 1, 3))), self.count
        while not all(save.receipts or save.refused for save in saves):
            self.meet(self.chance.choices(list(FATES), list(FATES.values()))[0], saves)
        due = [late for late in self.under_way if late[0] <= self.count]
        self.under_way = [late for late in self.under_way if late[0] > self.count]
        for _when, late in due:
            self.again(late)
        return self.count - before

    def meet(self, fate: str, saves: list[Save]) -> None:
        """Send once, and let the weather do what it does."""
        self.count += 1
        if fate == "reply lost":
            self.drop(saves)
        elif fate == "late":
            self.under_way.append((self.count + self.chance.randint(1, LATE), saves))
        elif fate != "request lost":
            self.send(saves)
            if fate == "twice":
                self.again(saves)

    def drop(self, saves: list[Save]) -> None:
        """Send, and hang up without hearing the answer: at once, or when it is there."""
        body = self.body(saves)
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(line):
            line.request("POST", self.path, body, self.headers | {"Content-Type": "application/json"})
            if self.chance.random() < 0.5:
                line.getresponse().read()

    def again(self, saves: list[Save]) -> None:
        """The same request once more: whoever sends it is told the same, and what they saw since still stands."""
        self.count += 1
        seen = dict(self.seen)
        self.send(saves)
        self.seen |= {save.field: max(seen[save.field], self.seen[save.field]) for save in saves}


def lost_on_the_way(kind: str, requests: int, factory: str = "") -> Fault:
    """So many requests, half of them a day later."""
    ledger, fault = Ledger(), Fault("requests and replies lost, late, twice, a day later", kind, 0)
    with house(kind, factory) as of_house:
        lines = [
            Line(of_house.port, *of_house.somebody(), *of_house.interview(n + 1), ledger) for n in range(INTERVIEWERS)
        ]
        while sum(line.count for line in lines) < requests / 2:
            for line in lines:
                line.save()
        a_day_passes(of_house)
        for line in lines:
            of_house.back(line)
        sent = itertools.cycle([(line, save) for line in lines for save in ledger.saves if save.field in line.seen])
        while sum(line.count for line in lines) < requests:
            line, save = next(sent)
            line.again([save])
        for line in lines:
            line.line.close()
        fault.runs = requests
        return of_house.judge(fault, ledger)


def a_day_passes(of_house: House) -> None:
    """Every session is a day older: who comes back signs in again."""
    with of_house.engine.begin() as connection:
        for row in connection.execute(sa.select(LoginSession.token_hash, LoginSession.created_at)).all():
            older = {"created_at": row.created_at - dt.timedelta(days=1), "seen_at": row.created_at - dt.timedelta(1)}
            mine = sa.update(LoginSession).where(LoginSession.token_hash == row.token_hash)
            connection.execute(mine.values(**older))
