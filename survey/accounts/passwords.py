"""Passwords: what is refused and why, argon2id, and how many are worked on at once."""

from __future__ import annotations

import enum
import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from survey.accounts.common import WALKS, WORDS
from survey.text import fold

MINIMUM, MAXIMUM = 12, 1024
SITE = "recension"

#: Each takes 64 MiB and a tenth of a second of every core: a flood of log-ins must not take the server's memory.
AT_ONCE = 2
PATIENCE = 10.0

hasher = PasswordHasher()
#: Of a password that nobody has: an unknown e-mail takes as long to refuse as a wrong password.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$r2k6+myZsUK72JkXEud14w$EtzQF4EwLUH8z5KeYKFxHVkGJFgipiLl5306AEtgYu8"

LEET = str.maketrans("@4310$5!7", "aaeiossit")

_slots = threading.BoundedSemaphore(AT_ONCE)


class Weakness(enum.Enum):
    """Why a password is refused."""

    SHORT = enum.auto()
    LONG = enum.auto()
    REPEATED = enum.auto()
    SEQUENCE = enum.auto()
    COMMON = enum.auto()
    PERSONAL = enum.auto()


class TooBusy(Exception):
    """Too many passwords are being worked on; a moment later it will go."""


def weakness(password: str, *about: str) -> Weakness | None:
    """Why `password` is refused to somebody whose name and e-mail are `about`; None when it is accepted."""
    if len(password) > MAXIMUM:
        return Weakness.LONG
    password = unicodedata.normalize("NFC", password)
    if len(password) < MINIMUM:
        return Weakness.SHORT
    plain = fold(password)
    if len(set(plain)) < 5 or re.fullmatch(r"(.{1,5}?)\1{2,}.{0,3}", plain, re.DOTALL):
        return Weakness.REPEATED
    if is_sequence(plain):
        return Weakness.SEQUENCE
    if _common(plain) or _common(re.sub(r"[\W\d_]+$", "", plain).translate(LEET)):
        return Weakness.COMMON
    return Weakness.PERSONAL if _personal(plain, about) else None


def is_sequence(plain: str) -> bool:
    """Whether nearly every character is the neighbour of the one before it."""
    steps = list(pairwise(plain))
    return sum(any(a + b in walk or b + a in walk for walk in WALKS) for a, b in steps) >= 0.8 * len(steps)


def _common(plain: str) -> bool:
    """Whether its letters are three common words at most: none left over, nothing else than figures and signs."""
    letters = "".join(c for c in plain if c.isalpha())
    reach = {0}
    for _ in range(3):
        reach |= {end for start in reach for end in range(start + 1, len(letters) + 1) if letters[start:end] in WORDS}
    return len(letters) in reach


def _personal(plain: str, about: tuple[str, ...]) -> bool:
    """Whether fewer than eight characters remain without the name, the e-mail and the name of the software."""
    words = {word for text in (*about, SITE) for word in re.findall(r"\w{3,}", fold(text))}
    for word in sorted(words, key=len, reverse=True):
        plain = plain.replace(word, "")
    return len(plain) < 8


def make_hash(password: str) -> str:
    """What is kept of a password. Raises TooBusy."""
    with _slot():
        return hasher.hash(_bytes(password))


def verify(kept: str | None, password: str) -> bool:
    """Whether `password` is the one `kept` was made of; as slow when there is none. Raises TooBusy."""
    if len(password) > MAXIMUM:
        password = ""
    with _slot():
        try:
            return hasher.verify(kept or NOBODY, _bytes(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(kept: str) -> bool:
    """Whether `kept` was made with weaker settings than today's."""
    return hasher.check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=PATIENCE):
        raise TooBusy
    try:
        yield
    finally:
        _slots.release()
