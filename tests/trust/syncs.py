"""A power cut: before each acknowledgement leaves, what it speaks of was synced. Seen in the calls of the processes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import outside
from tests.trust.house import house
from tests.trust.ledger import Ledger
from tests.trust.table import Fault

TALK = "read,recvfrom,recvmsg,write,writev,sendto,sendmsg"
SYNC = "fsync,fdatasync"
#: The file that a commit is written to.
JOURNAL = {"SQLite": "recension.sqlite-wal", "PostgreSQL": "/pg_wal/"}

LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
TOOK = re.compile(r"<(\d+\.\d+)>$")


def traced(calls: str, into: Path) -> list[str]:
    """What a program is started under for its calls to be written down, with their moments and their files."""
    program = outside.strace()
    assert program, "strace was not found: run `make test`, which installs it"
    return [program, "-D", "-f", "-qq", "-ttt", "-T", "-y", "-s", "64", "-e", f"trace={calls}", "-o", str(into)]


@dataclass(frozen=True)
class Call:
    """A call from its start to its end, in seconds."""

    what: str
    began: float
    ended: float


def calls(trace: Path) -> Iterator[Call]:
    """The calls that strace wrote down, those of several threads put together again."""
    waiting: dict[str, tuple[str, float]] = {}
    for line in trace.read_text(errors="replace").splitlines():
        if not (found := LINE.match(line)):
            continue
        pid, at, said = found[1], float(found[2]), found[3]
        if said.endswith("<unfinished ...>"):
            waiting[pid] = said, at
        elif said.startswith("<... "):
            what, began = waiting.pop(pid, ("", at))
            yield Call(what + said, began, at)
        else:
            took = TOOK.search(said)
            yield Call(said, at, at + (float(took[1]) if took else 0))


def unsynced(talk: list[Call], syncs: list[Call], journal: str) -> tuple[int, int]:
    """How many saves were acknowledged, one after the other, and how many of them before their sync."""
    asked, acknowledged, early = 0.0, 0, 0
    done = [one.ended for one in syncs if journal in one.what and " = 0" in one.what and "sync(" in one.what]
    for call in sorted(talk, key=lambda call: call.began):
        if '"POST /interviews/' in call.what:
            asked = call.ended
        elif '"HTTP/1.1 200' in call.what and asked:
            acknowledged += 1
            early += not any(asked <= ended <= call.began for ended in done)
            asked = 0.0
    return acknowledged, early


def watched(kind: str, saves: int, factory: str = "") -> Fault:
    """So many saves, one at a time, each acknowledgement held against the syncs before it."""
    ledger = Ledger()
    with house(kind, factory, start=False) as of_house:
        talk = of_house.folder / "talk"
        synced = Path(of_house.cluster.folder) / "syncs" if of_house.cluster else talk
        [desk] = of_house.hire(1, ledger)
        if of_house.cluster:
            of_house.engine.dispose()
            of_house.cluster.stop()
            of_house.cluster.start(*traced(SYNC, synced))
        of_house.start(*traced(TALK if of_house.cluster else f"{TALK},{SYNC}", talk))
        desk.send(desk.write())  # what is done once only is done
        for _ in range(saves):
            desk.deliver(desk.write())
        desk.line.close()
        of_house.server.kill()
        acknowledged, early = unsynced(list(calls(talk)), list(calls(synced)), JOURNAL[kind])
        fault = of_house.judge(Fault("acknowledged before the sync", kind, saves), ledger)
    if acknowledged != fault.acknowledged:
        fault.wrong.append(f"{fault.acknowledged} acknowledgements were heard, {acknowledged} were seen to leave")
    fault.lost += early
    return fault
