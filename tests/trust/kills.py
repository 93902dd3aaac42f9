"""kill -9 in mid-save, under the load of several interviewers: of the worker, of the server, of PostgreSQL, of all."""

from __future__ import annotations

import random
import time
from collections import Counter

from tests.trust.desk import at_work
from tests.trust.house import House, house
from tests.trust.ledger import Ledger
from tests.trust.table import Fault

INTERVIEWERS = 4
#: So many saves are acknowledged between two kills, at the least.
BETWEEN = 6
#: A worker is not killed twice in a row: granian takes that for a program that cannot start.
WORKER, SERVER = ("worker", House.kill_worker), ("server", House.kill_server)
POSTGRESQL, BOTH = ("PostgreSQL", House.kill_database), ("server and PostgreSQL", House.kill_all)
WAYS = {"SQLite": [WORKER, SERVER], "PostgreSQL": [WORKER, POSTGRESQL, POSTGRESQL, POSTGRESQL, BOTH]}


def killed(kind: str, kills: int, factory: str = "", seed: int = 1) -> Fault:
    """So many kills, each way by turns, and what became of the saves."""
    ledger, chance, done = Ledger(), random.Random(seed), Counter[str]()
    with house(kind, factory) as of_house:
        desks, ways = of_house.hire(INTERVIEWERS, ledger), WAYS[kind]
        with at_work(desks):
            for n in range(kills):
                enough = ledger.acknowledged() + BETWEEN
                of_house.wait(lambda enough=enough: ledger.acknowledged() >= enough)  # type: ignore[misc]
                time.sleep(chance.uniform(0, 0.05))
                name, kill = ways[n % len(ways)]
                kill(of_house)
                done[name] += 1
                of_house.revive()
            enough = ledger.acknowledged() + BETWEEN
            of_house.wait(lambda: ledger.acknowledged() >= enough)
        said = ", ".join(f"{n} {name}" for name, n in done.items())
        return of_house.judge(Fault("kill -9 in mid-save", kind, kills, remark=said), ledger)
