"""The load: a process of its own that keeps connections busy and tells how long each answer took.

It reads a line of JSON with what each connection asks, then one line per round, and answers each round with a line.
Standard library alone, sockets without a client library: it must never be what one waits for.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

WORDS = (
    "On travaille avec les écoles du quartier depuis trois ans; ce qui manque, c’est « du temps », pas des idées. " * 2
)

Ask = dict[str, Any]


def request(ask: Ask, body: bytes = b"") -> bytes:
    lines = [f"{'POST' if body else 'GET'} {ask['path']} HTTP/1.1", "Host: 127.0.0.1"]
    if body:
        lines += ["Content-Type: application/json", "Accept: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in ask.get("headers", {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def requests(ask: Ask) -> Iterator[bytes]:
    """What one connection sends, for ever: a page, an UPDATE, or the saves of one interviewer, field after field."""
    if ask["kind"] == "page":
        yield from itertools.repeat(request(ask))
    if ask["kind"] == "bare":
        for n in itertools.count():
            yield request(ask, json.dumps({"id": ask["id"], "value": f"{n} {WORDS}"}).encode())
    fields = [[*field, 0] for field in ask["fields"]]
    for n in itertools.count():
        field = fields[n % len(fields)]
        block, item, version = field
        field[2] += 1
        asked = {"id": str(uuid.uuid4()), "block": block, "item": item, "part": "answer", "version": version}
        yield request(ask, json.dumps(asked | {"value": f"{n} {WORDS}", "reason": ""}).encode())


class Connection(asyncio.Protocol):
    """One connection that asks, waits for the whole answer, and asks again: at once, or `every` so many seconds."""

    def __init__(
        self, asks: Iterator[bytes], until: float, every: float, taken: list[float], done: asyncio.Future[None]
    ) -> None:
        self.asks, self.until, self.every, self.taken, self.done = asks, until, every, taken, done
        self.buffer = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        asyncio.get_running_loop().call_later(random.uniform(0, self.every), self.ask)

    def ask(self) -> None:
        if time.perf_counter() >= self.until:
            self.transport.close()
            self.done.set_result(None)
            return
        asked = next(self.asks)
        self.since = time.perf_counter()
        self.transport.write(asked)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < length(head):
            return
        self.taken.append(time.perf_counter() - self.since)
        self.buffer = b""
        if head[9:12] != b"200":
            self.done.set_exception(RuntimeError((head + body)[:2000].decode(errors="replace")))
            self.transport.close()
        elif self.every:
            asyncio.get_running_loop().call_later(self.since + self.every - time.perf_counter(), self.ask)
        else:
            self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed the connection"))


def length(head: bytes) -> int:
    at = head.lower().index(b"content-length:") + 15
    return int(head[at:].partition(b"\r\n")[0])


async def play(port: int, seconds: float, every: float, asks: list[Iterator[bytes]]) -> dict[str, Any]:
    """One round: every connection at once, for so long, and spread where each asks once `every` so many seconds.

    Seconds of each answer, and how busy this process was.
    """
    loop = asyncio.get_running_loop()
    taken: list[float] = []
    waits: list[asyncio.Future[None]] = [loop.create_future() for _ in asks]
    began, busy = time.perf_counter(), time.process_time()
    for one, done in zip(asks, waits, strict=True):
        await loop.create_connection(
            lambda one=one, done=done: Connection(one, began + seconds, every, taken, done),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.gather(*waits)
    elapsed = time.perf_counter() - began
    return {"seconds": elapsed, "taken": taken, "busy": (time.process_time() - busy) / elapsed}


def main() -> None:
    asks = [requests(ask) for ask in json.loads(sys.stdin.readline())]
    for line in sys.stdin:
        told = json.loads(line)
        print(
            json.dumps(
                asyncio.run(
                    play(told["port"], told["seconds"], told["every"], asks[told["first"] :][: told["at_once"]])
                )
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
