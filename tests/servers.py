"""Servers in processes of their own: started as `recension serve` starts them, with their time and memory (Linux)."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PATIENCE = 30.0

RECENSION = "from survey.cli import main; main()"


@dataclass
class Server:
    """A server on a port of this machine; `waited` is how long it took from its start to its first answer."""

    process: subprocess.Popen[bytes]
    port: int
    waited: float = 0.0

    def family(self) -> list[int]:
        """The ids of its processes: the one that was started, and its children."""
        return [self.process.pid, *children(self.process.pid)]

    def cpu(self) -> float:
        """Seconds of processor that its processes have used."""
        stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.family())
        return sum(int(fields[11]) + int(fields[12]) for fields in stats) / TICK

    def memory(self) -> list[int]:
        """Bytes that each of its processes holds in memory."""
        return [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE for pid in self.family()]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def kill(self) -> None:
        """kill -9 of all of it: its processes are a group, and none is left to start another."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def condition(pid: int) -> str:
    """The state of a process as `ps` says it: T when it is stopped, X when it is no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def until(so: Callable[[], bool]) -> None:
    """Wait for something to be so. Raises TimeoutError."""
    limit = time.monotonic() + PATIENCE
    while not so():
        if time.monotonic() > limit:
            raise TimeoutError(f"still not so after {PATIENCE:g} s")
        time.sleep(0.005)


def serve(folder: Path, url: str, port: int | None = None) -> tuple[list[str], dict[str, str], int]:
    """What starts `recension serve` on an instance and a database: its words, its environment, its port."""
    port = port or free_port()
    environment = {"RECENSION_INSTANCE": str(folder), "RECENSION_DATABASE_URL": url}
    return [sys.executable, "-c", RECENSION, "serve", "--port", str(port)], environment, port


@contextlib.contextmanager
def recension(folder: Path, url: str) -> Iterator[Server]:
    """`recension serve` on an instance and a database."""
    with running(*serve(folder, url)) as server:
        yield server


@contextlib.contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], port: int) -> Iterator[Server]:
    server = start(command, environment, port)
    try:
        yield server
    finally:
        server.stop()


def start(command: Sequence[str], environment: Mapping[str, str], port: int, log: Path | None = None) -> Server:
    """A server that answers, its words at the end of `log`; its processes are a group of their own."""
    began = time.perf_counter()
    with open(log, "ab") if log else contextlib.nullcontext() as words:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=words,
            cwd=TOP,
            start_new_session=True,
        )
    server = Server(process, port)
    try:
        answered(process, port, began + PATIENCE)
    except BaseException:
        server.kill()
        raise
    server.waited = time.perf_counter() - began
    return server


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
