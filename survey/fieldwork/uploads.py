"""Files between their preview and their confirmation: each seen by its owner alone, for an hour."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path

HOUR = 3600


def keep(folder: Path, owner_id: int, name: str, data: bytes) -> str:
    """Keep a file and return the token that finds it again; files older than an hour go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - HOUR:
            old.unlink(missing_ok=True)
    suffix = re.sub(r"[^a-z]", "", Path(name).suffix.lower())[:8]
    token = secrets.token_hex(16)
    path(folder, owner_id, token, suffix).write_bytes(data)
    return f"{token}.{suffix}"


def find(folder: Path, owner_id: int, token: str) -> Path | None:
    """The file that this owner kept under this token, None when it is gone or somebody else's."""
    if not (parts := re.fullmatch(r"([0-9a-f]{32})\.([a-z]{0,8})", token)):
        return None
    found = path(folder, owner_id, *parts.groups())
    return found if found.is_file() else None


def path(folder: Path, owner_id: int, token: str, suffix: str) -> Path:
    return folder / f"{owner_id}-{token}.{suffix}"
