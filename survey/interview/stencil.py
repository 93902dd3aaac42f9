"""A part of the page that is drawn once, with holes: the wording never changes between two interviews, the answers do.

Drawing a block anew through the template engine costs a hundred times what filling its holes does (tests/bench).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

MARK = "\x00"
#: White space between two tags says nothing on these pages, and is a fifth of them.
INDENTATION = re.compile(r">\s*\n\s*<")


def hole(*key: str) -> Markup:
    """What a template writes where the page of one interview will say something of its own."""
    return Markup(MARK + ":".join(key) + MARK)  # noqa: S704 – names of ours


class Stencil:
    """HTML with named holes."""

    def __init__(self, html: str) -> None:
        pieces = INDENTATION.sub(">\n<", html).split(MARK)
        self.fixed = pieces[0::2]
        self.holes = pieces[1::2]

    def fill(self, values: Mapping[str, str]) -> Markup:
        """The HTML with `values` in its holes, nothing where there is none. They must be escaped already."""
        pieces = [""] * (len(self.fixed) + len(self.holes))
        pieces[0::2] = self.fixed
        pieces[1::2] = [values.get(name, "") for name in self.holes]
        return Markup("".join(pieces))  # noqa: S704 – escaped by whoever fills
