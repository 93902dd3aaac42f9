"""A part of the page that is drawn once, with holes: the wording never changes between two interviews, the answers do.

Drawing a block anew through the template engine costs ten times what filling its holes does (tests/bench/README.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

MARK = "\x00"


def hole(*key: str) -> Markup:
    """What a template writes where the page of one interview will say something of its own."""
    return Markup(MARK + ":".join(key) + MARK)  # noqa: S704 – names of ours


class Stencil:
    """HTML with named holes."""

    def __init__(self, html: str) -> None:
        pieces = html.split(MARK)
        self.fixed = pieces[0::2]
        self.holes = pieces[1::2]

    def fill(self, values: Mapping[str, str]) -> Markup:
        """The HTML with `values` in its holes, nothing where there is none. They must be escaped already."""
        parts = [self.fixed[0]]
        for name, fixed in zip(self.holes, self.fixed[1:], strict=True):
            if value := values.get(name):
                parts.append(value)
            parts.append(fixed)
        return Markup("".join(parts))  # noqa: S704 – escaped by whoever fills
