"""Servers under measure: started as `recension serve` starts them, and their processes' time and memory (Linux)."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PATIENCE = 30.0

RECENSION = "from survey.cli import main; main()"
BARE = """
import sys
from survey import serving
serving.serve("127.0.0.1", int(sys.argv[1]), "tests.bench.bare:create_app")
"""


@dataclass
class Server:
    """A server on a port of this machine; `waited` is how long it took from its start to its first answer."""

    process: subprocess.Popen[bytes]
    port: int
    waited: float = 0.0

    def family(self) -> list[int]:
        """The ids of its processes: the one that was started, and its children."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def cpu(self) -> float:
        """Seconds of processor that its processes have used."""
        stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.family())
        return sum(int(fields[11]) + int(fields[12]) for fields in stats) / TICK

    def memory(self) -> list[int]:
        """Bytes that each of its processes holds in memory."""
        return [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE for pid in self.family()]


@contextlib.contextmanager
def recension(folder: Path, url: str) -> Iterator[Server]:
    """`recension serve` on an instance and a database."""
    environment = {"RECENSION_INSTANCE": str(folder), "RECENSION_DATABASE_URL": url}
    port = free_port()
    with running([sys.executable, "-c", RECENSION, "serve", "--port", str(port)], environment, port) as server:
        yield server


@contextlib.contextmanager
def bare(url: str) -> Iterator[Server]:
    """The bare view under the same server."""
    port = free_port()
    with running([sys.executable, "-c", BARE, str(port)], {"BARE_DATABASE_URL": url}, port) as server:
        yield server


@contextlib.contextmanager
def running(command: list[str], environment: Mapping[str, str], port: int) -> Iterator[Server]:
    began = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        answered(process, port, began + PATIENCE)
        yield Server(process, port, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(20)


def answered(process: subprocess.Popen[bytes], port: int, until: float) -> None:
    """Come back as soon as the server answers an HTTP request, whatever it says."""
    while time.perf_counter() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as tried:
            tried.settimeout(PATIENCE)
            tried.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            if tried.recv(12).startswith(b"HTTP/1.1 "):
                return
        time.sleep(0.002)
    raise RuntimeError("the server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


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

    def play(self, server: Server, at_once: int, seconds: float) -> dict[str, Any]:
        """One round: `seconds`, `taken` by each answer, `busy` (the client's share), `cpu` (of the server)."""
        assert self.process.stdout
        before = server.cpu()
        self._tell({"port": server.port, "at_once": at_once, "seconds": seconds})
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the load stopped: its words are above")
        told: dict[str, Any] = json.loads(line)
        return told | {"cpu": server.cpu() - before}

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)
