"""A table as it leaves at a tier, kept on the disk for a while, so that its last page costs no more than its first.

The rows of a release are gzipped parts, and what is open is reckoned over all of them: each page would begin anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from survey.release import words
from survey.release.table import Table

ROWS, PLACES, ABOUT = "rows.ndjson", "places", "about.json"
#: Seconds after which a table is written down anew. The old one stays as long again, for who reads it still.
LASTS = 3600
PLACE = array("Q").itemsize
BLOCK = 1 << 18

Load = Callable[[], Table]


@dataclass(frozen=True)
class Kept:
    """A folder with the rows, a JSON object a line, the place of each in octets, and the dictionary."""

    folder: Path

    def about(self) -> dict[str, Any]:
        """The dictionary and what was left out."""
        said: dict[str, Any] = json.loads((self.folder / ABOUT).read_bytes())
        return said

    def span(self, offset: int, limit: int | None) -> tuple[int, int]:
        """The octets of some rows: where they begin and end."""
        with (self.folder / PLACES).open("rb") as places:
            last = places.seek(0, os.SEEK_END) // PLACE - 1
            ends = [min(offset, last), last if limit is None else min(offset + limit, last)]
            return self._at(places, ends[0]), self._at(places, ends[1])

    @staticmethod
    def _at(places: Any, number: int) -> int:
        places.seek(number * PLACE)
        return int.from_bytes(places.read(PLACE), "little")

    def blocks(self, begin: int, end: int) -> Iterator[bytes]:
        """What stands between two places, piece by piece."""
        with (self.folder / ROWS).open("rb") as file:
            file.seek(begin)
            left = end - begin
            while left and (piece := file.read(min(left, BLOCK))):
                left -= len(piece)
                yield piece


def of(folder: Path, secret: str, named: str, load: Load) -> Kept:
    """The table of that name, written down if it is not there. `named` says all that its content depends on."""
    hour = int(time.time() // LASTS)
    name = hmac.new(secret.encode(), f"{named}:{hour}".encode(), hashlib.sha256).hexdigest()[:32]
    kept = Kept(folder / name)
    if not kept.folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        sweep(folder)
        place(folder, kept.folder, load())
    return kept


def sweep(folder: Path) -> None:
    """Remove the tables that nothing looks for any more."""
    for old in folder.glob("*"):
        try:
            if time.time() - old.stat().st_mtime > 2 * LASTS:
                shutil.rmtree(old)
        except FileNotFoundError:  # another process was first
            continue


def place(folder: Path, path: Path, table: Table) -> None:
    """Write a table beside its place, then put it there whole; of two at once, one is put there."""
    new = Path(mkdtemp(dir=folder, prefix="."))
    try:
        write(new, table)
        new.rename(path)
    except OSError:
        shutil.rmtree(new)
        if not path.exists():
            raise


def write(folder: Path, table: Table) -> None:
    """The files of a table, row by row."""
    names = [variable.name for variable in table.variables]
    places = array("Q", [0])
    with (folder / ROWS).open("wb") as file:
        for row in table.rows():
            line = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":"))
            places.append(places[-1] + file.write(f"{line}\n".encode()))
    (folder / PLACES).write_bytes(as_little(places))
    why = [{"why": {"fr": one.why.fr, "en": one.why.en}, "variables": list(one.variables)} for one in table.left_out]
    about = {"variables": words.of_variables(table), "left_out": why}
    (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")


def as_little(places: array[int]) -> bytes:
    """Places as octets, the same on every machine."""
    if sys.byteorder == "big":
        places.byteswap()
    return places.tobytes()
