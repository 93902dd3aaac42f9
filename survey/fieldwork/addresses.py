"""E-mail addresses that can be written to, and telephone numbers that can be dialled."""

from __future__ import annotations

import re

from survey.text import line

#: One address and nothing else: no space, comma, bracket or quotation mark that a list of addresses is made of.
ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\]+\.[^@\s,;:<>()\[\]\"\\.]+")
MAX_ADDRESS = 254
#: A number as people write it: digits, and what they put between two of them.
TELEPHONE = re.compile(r"\+?\(?\d(?:[\s().‑–-]*\d)*")
#: A local number has 7 digits, and no number of the world more than 15 (E.164).
DIGITS = range(7, 16)


def address(text: str | None) -> str | None:
    """An e-mail address that can be written to, or None."""
    given = line(text or "")
    return given if len(given) <= MAX_ADDRESS and ADDRESS.fullmatch(given) else None


def number(phone: str) -> str | None:
    """What dials the first number in a text; None when there is none. An extension is for the person."""
    for found in TELEPHONE.findall(phone):
        digits = re.sub(r"[^0-9]", "", found)
        if len(digits) in DIGITS:
            return f"{'+' if found.startswith('+') else ''}{digits}"
    return None
