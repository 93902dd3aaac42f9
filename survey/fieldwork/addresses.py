"""E-mail addresses that can be written to."""

from __future__ import annotations

import re

from survey.text import line

#: One address and nothing else: no space, comma, bracket or quotation mark that a list of addresses is made of.
ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\]+\.[^@\s,;:<>()\[\]\"\\.]+")
MAX_ADDRESS = 254


def address(text: str | None) -> str | None:
    """An e-mail address that can be written to, or None."""
    given = line(text or "")
    return given if len(given) <= MAX_ADDRESS and ADDRESS.fullmatch(given) else None
