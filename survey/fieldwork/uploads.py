"""Files between their preview and their confirmation: each seen by its owner alone, for an hour."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path

HOUR = 3600
TOKEN = re.compile(r"[0-9a-f]{32}\.[a-z]{0,8}")


def keep(folder: Path, owner_id: int, name: str, data: bytes) -> str:
    """Keep a file and return the token that finds it again; files older than an hour go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        if not fresh(old):
            old.unlink(missing_ok=True)
    suffix = re.sub(r"[^a-z]", "", Path(name).suffix.lower())[:8]
    token = f"{secrets.token_hex(16)}.{suffix}"
    path(folder, owner_id, token).write_bytes(data)
    return token


def find(folder: Path, owner_id: int, token: str) -> Path | None:
    """The file that this owner kept under this token, None when it is gone, older than an hour or somebody else's."""
    found = path(folder, owner_id, token)
    return found if TOKEN.fullmatch(token) and fresh(found) else None


def read(folder: Path, owner_id: int, token: str) -> tuple[bytes, str] | None:
    """What is kept under this token, and its name; None when it is gone, were it a moment ago."""
    found = find(folder, owner_id, token)
    try:
        return (found.read_bytes(), found.name) if found else None
    except FileNotFoundError:
        return None


def forget(folder: Path, owner_id: int, token: str) -> None:
    """The file is of no use any more."""
    if TOKEN.fullmatch(token):
        path(folder, owner_id, token).unlink(missing_ok=True)


def fresh(file: Path) -> bool:
    """Whether a file is there and less than an hour old; another request may have taken it away meanwhile."""
    try:
        return file.stat().st_mtime > time.time() - HOUR
    except FileNotFoundError:
        return False


def path(folder: Path, owner_id: int, token: str) -> Path:
    return folder / f"{owner_id}-{token}"
