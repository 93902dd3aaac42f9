"""What goes with every export: which data, how many rows, what was left out and why, each file with its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from survey.instrument.grammar import Text
from survey.release.table import Table

ENDING = ".manifest.json"
WORKING = Text(
    "Export de travail : ces données ne sont d’aucune version figée et ne pourront pas être refaites telles quelles.",
    "Working export: these data are of no frozen release and cannot be made again as they are.",
)


def write(path: Path, table: Table, language: str, notices: Sequence[str]) -> None:
    """Write the manifest of the files that are in the folder of `path`, the same for the same export."""
    files = sorted(file for file in path.parent.iterdir() if file != path)
    said = {
        **of_release(table, language),
        "unit": table.unit.value,
        "tier": table.tier.value,
        "language": language,
        "rows": table.row_count,
        "variables": len(table.variables),
        "left_out": [{"why": one.why(language), "variables": list(one.variables)} for one in table.left_out],
        "notices": list(notices),
        "files": [{"name": f.name, "bytes": f.stat().st_size, "sha256": sha256(f)} for f in files],
    }
    path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


def of_release(table: Table, language: str) -> dict[str, Any]:
    """Which data they are."""
    release = table.release
    as_of = f"{release.created_at:%Y-%m-%dT%H:%M:%SZ}"
    frozen = {"name": table.name, "release": release.id, "release_sha256": release.sha256, "as_of": as_of}
    return frozen if release.id else {**frozen, "working_export": WORKING(language)}


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
