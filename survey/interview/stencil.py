"""A part of the page that is drawn once, with holes: the wording never changes between two interviews, the answers do.

Drawing a block anew through the template engine costs a hundred times what filling its holes does (tests/bench).
A stencil is kept in the bytes that are sent: to encode a page costs as much as to fill it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

MARK = "\x00"
#: White space between two tags says nothing on these pages, and is a fifth of them.
INDENTATION = re.compile(r">\s*\n\s*<")


def hole(*key: str) -> Markup:
    """What a template writes where the page of one interview will say something of its own."""
    return Markup(MARK + ":".join(key) + MARK)  # noqa: S704 – names of ours


def said(text: object) -> bytes:
    """What people said, made safe to stand in a hole."""
    return escape(text).encode()


class Stencil:
    """HTML with named holes; `stand_ins` are texts, each to become the hole of a name."""

    def __init__(self, html: str, stand_ins: Mapping[str, str] | None = None) -> None:
        for text, name in (stand_ins or {}).items():
            html = html.replace(text, hole(name))
        pieces = INDENTATION.sub(">\n<", html).split(MARK)
        self.pieces = [piece.encode() for piece in pieces]
        self.holes: dict[str, list[int]] = {}
        for at, name in enumerate(pieces):
            if at % 2:
                self.holes.setdefault(name, []).append(at)
                self.pieces[at] = b""

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """The HTML with `values` in its holes, nothing where there is none. They must be escaped already: `said`."""
        pieces = self.pieces.copy()
        for name, value in values.items():
            for at in self.holes.get(name, ()):
                pieces[at] = value
        return b"".join(pieces)
