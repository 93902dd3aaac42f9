"""Two people in one interview, in every order that chance makes: both are heard, and nobody is written over unseen."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.trust.desk import Desk
from tests.trust.house import house
from tests.trust.ledger import Field, Ledger, Save
from tests.trust.table import Fault

STEPS = 10
#: So few fields that they meet often.
FIELDS = 3


class Person(Desk):
    """One of the two: a conflict is read, and settled as chance will."""

    def __init__(self, *everything: Any) -> None:
        super().__init__(*everything)
        self.told: list[tuple[Field, int, str]] = []

    def heard(self, save: Save, told: dict[str, Any]) -> None:
        if told["status"] == 409:
            save.refused = True
            self.told.append((save.field, told["version"], told["value"]))
            self.ledger.wrong += [f"a conflict does not say {key}" for key in ("who", "when") if not told.get(key)]
            self.seen[save.field] = (told["version"], told["value"])
        else:
            super().heard(save, told)


def together(kind: str, times: int, seed: int = 1, factory: str = "") -> Fault:
    """So many interviews, each with two people in it."""
    ledger, fault = Ledger(), Fault("two people in one interview", kind, times)
    with house(kind, factory) as of_house, ThreadPoolExecutor(2) as pool:
        people = [of_house.somebody() for _ in range(2)]
        told: list[tuple[Field, int, str]] = []
        for n in range(times):
            interview_id, blocks = of_house.interview(people[0][0])
            two = [Person(of_house.port, *who, interview_id, blocks, ledger) for who in people]
            meet(two, random.Random(seed * 1_000_000 + n), pool)
            told += [*two[0].told, *two[1].told]
        fault.remark = f"{len(told)} conflicts shown"
        ledger.wrong += misquoted(told, ledger)
        return of_house.judge(fault, ledger)


def misquoted(told: list[tuple[Field, int, str]], ledger: Ledger) -> list[str]:
    """The conflicts that showed other words than those which were acknowledged under their version."""
    stood = {(save.field, version): value for save in ledger.saves for version, value in save.receipts}
    return [f"{field.item} was said to be {said!r}" for field, n, said in told if stood.get((field, n)) != said]


def meet(two: list[Person], chance: random.Random, pool: ThreadPoolExecutor) -> None:
    """One after the other, or both at once; in the same field, or in two."""
    fields = chance.sample(two[0].fields, FIELDS)
    for _ in range(STEPS):
        acting = two if chance.random() < 0.5 else [chance.choice(two)]
        saves = [person.words(chance.choice(fields), 60) for person in acting]
        for one in [pool.submit(person.deliver, [save]) for person, save in zip(acting, saves, strict=True)]:
            one.result()
    for person in two:
        person.line.close()
