"""The bare view under the same server as ours, and the process that asks."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.servers import Server, free_port, recension, running

__all__ = ["Load", "Server", "bare", "recension"]

BARE = """
import sys
from survey import serving
serving.serve("127.0.0.1", int(sys.argv[1]), "tests.bench.bare:create_app")
"""


@contextlib.contextmanager
def bare(url: str) -> Iterator[Server]:
    """The bare view under the same server."""
    port = free_port()
    with running([sys.executable, "-c", BARE, str(port)], {"BARE_DATABASE_URL": url}, port) as server:
        yield server


class Load:
    """The process that asks (`load.py`); each of `asks` is what one of its connections sends."""

    def __init__(self, asks: list[dict[str, Any]]) -> None:
        script = Path(__file__).with_name("load.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._tell(asks)

    def _tell(self, what: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def play(self, server: Server, at_once: int, seconds: float, every: float = 0, first: int = 0) -> dict[str, Any]:
        """One round, each from the `first` on asking again at once or once `every` so many seconds.

        `seconds`, `taken` by each answer, `busy` (the client's share), `cpu` (of the server).
        """
        assert self.process.stdout
        before = server.cpu()
        self._tell({"port": server.port, "at_once": at_once, "seconds": seconds, "every": every, "first": first})
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the load stopped: its words are above")
        told: dict[str, Any] = json.loads(line)
        return told | {"cpu": server.cpu() - before}

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)
