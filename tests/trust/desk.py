"""One interviewer at work: saves sent again under the same id until they are acknowledged, as a browser does."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import itertools
import json
import random
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.bench.filling import TEXTS
from tests.servers import PATIENCE
from tests.trust.ledger import Field, Ledger, Save

#: Of the interview itself.
OWN = ("concerns", "needs", "closing_remarks")
#: What else a save may be answered: the browser shows it, and the words stay there.
REFUSALS = {409, 422, 423}
#: Seconds between two tries.
RETRY = 0.05


@dataclass(frozen=True)
class Reply:
    status: int
    said: Any
    retry_after: str | None


class Desk:
    """A person, their browser's connection, and an interview in which each field was last seen as (version, value)."""

    def __init__(
        self,
        port: int,
        user_id: int,
        headers: dict[str, str],
        interview_id: int,
        blocks: Sequence[uuid.UUID],
        ledger: Ledger,
    ) -> None:
        self.port, self.user_id, self.headers, self.ledger = port, user_id, headers, ledger
        self.interview_id = interview_id
        self.fields = [Field(interview_id, None, item) for item in OWN]
        self.fields += [Field(interview_id, uid, item) for uid in blocks for item in TEXTS]
        self.seen: dict[Field, tuple[int, str | None]] = dict.fromkeys(self.fields, (0, None))
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.turn = itertools.cycle(self.fields)
        self.said = 0

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Reply:
        """One request. Raises OSError or http.client.HTTPException when no whole answer comes."""
        headers = self.headers | ({"Content-Type": kind, "Accept": "application/json"} if body is not None else {})
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
                self.line.request(method, path, body, headers)
            answer = self.line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            raise
        is_json = answer.headers.get_content_type() == "application/json"
        said = json.loads(content) if is_json else content.decode()
        return Reply(answer.status, said, answer.headers.get("Retry-After"))

    def write(self, n: int = 1, length: int = 200) -> list[Save]:
        """New words in the next `n` fields."""
        return [self.words(next(self.turn), length) for _ in range(n)]

    def words(self, field: Field, length: int = 200) -> Save:
        self.said += 1
        text = f"{self.user_id}.{self.said} On manque « de temps », pas d’idées; "
        version, seen = self.seen[field]
        save = Save(field, version, (text * (length // len(text) + 1))[:length].strip(), seen)
        self.ledger.saves.append(save)
        return save

    @property
    def path(self) -> str:
        return f"/interviews/{self.interview_id}/answers"

    def body(self, saves: Sequence[Save]) -> bytes:
        """One save as an object, several as a list of them."""
        for save in saves:
            save.sent.append(dt.datetime.now(dt.UTC))
        each = [save.as_json() for save in saves]
        return json.dumps(each[0] if len(each) == 1 else {"saves": each}).encode()

    def send(self, saves: Sequence[Save]) -> Reply | None:
        """Send once; None when no answer came. What was acknowledged is noted in the ledger."""
        try:
            reply = self.ask("POST", self.path, self.body(saves))
        except (OSError, http.client.HTTPException):
            self.ledger.silences += 1
            return None
        self.note(saves, reply)
        return reply

    def note(self, saves: Sequence[Save], reply: Reply) -> None:
        """Write down what a reply says of each save; one that breaks the contract is wrong."""
        if reply.status == 503:
            self.ledger.refusals += 1
            self.ledger.wrong += plain(reply)
        elif reply.status == 200:
            told = [reply.said | {"status": 200}] if len(saves) == 1 else reply.said["results"]
            for save, one in zip(saves, told, strict=True):
                self.heard(save, one)
        elif reply.status in REFUSALS and len(saves) == 1:
            self.heard(saves[0], reply.said | {"status": reply.status})
        else:
            self.ledger.wrong.append(f"{reply.status}: {reply.said}")
            for save in saves:
                save.refused = True

    def heard(self, save: Save, told: dict[str, Any]) -> None:
        if told["status"] == 200:
            save.heard = save.heard or save.sent[-1]
            save.receipts.append((told["version"], told["value"]))
            self.seen[save.field] = (told["version"], told["value"])
        else:
            save.refused = True
            self.ledger.wrong.append(f"{told['status']} to one who writes alone: {told}")

    def deliver(self, saves: Sequence[Save], seconds: float = PATIENCE) -> None:
        """Send until each is acknowledged or refused."""
        until = time.monotonic() + seconds
        while waiting := [save for save in saves if not save.receipts and not save.refused]:
            if time.monotonic() > until:
                self.ledger.wrong.append(f"no acknowledgement of {len(waiting)} in {seconds:g} s")
                return
            reply = self.send(waiting)
            if reply is None or reply.status != 200:
                time.sleep(RETRY)

    def work(self, stop: threading.Event, pause: float) -> None:
        """Save, one field or a few at a time, until told to stop; nothing is left unsettled."""
        chance = random.Random(self.user_id)
        while not stop.is_set():
            self.deliver(self.write(chance.choice((1, 1, 1, 3))))
            time.sleep(pause)
        self.line.close()


def plain(reply: Reply) -> list[str]:
    """What a 503 lacks: a sentence, and when to come back."""
    sentence = reply.said.get("error", "") if isinstance(reply.said, dict) else ""
    found = [] if sentence.endswith((".", "!")) else [f"503 without a sentence: {reply.said}"]
    return found if (reply.retry_after or "").isdigit() else [*found, "503 without Retry-After"]


@contextlib.contextmanager
def at_work(desks: Sequence[Desk], pause: float = 0.02) -> Iterator[None]:
    """All of them at once, until the end of the block."""
    stop = threading.Event()
    with ThreadPoolExecutor(len(desks)) as pool:
        working = [pool.submit(desk.work, stop, pause) for desk in desks]
        try:
            yield
        finally:
            stop.set()
    for one in working:
        one.result()
