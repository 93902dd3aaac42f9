"""The table that `make bench` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One thing measured. `met` is None where there is no aim."""

    what: str
    figures: str
    ratio: str = ""
    aim: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.met is None else "met" if self.met else "MISSED"


def at_most(what: str, figures: str, value: float, limit: float, unit: str, of: float = 1.0) -> Line:
    """A line whose `value`, in `unit`, must not pass `limit`; `of` turns it into that unit."""
    return Line(what, figures, f"{value * of:.2f} {unit}", f"≤ {limit:g} {unit}", value * of <= limit)


def quantile(taken: Sequence[float], share: float) -> float:
    """The value that `share` of the measures do not pass, in milliseconds."""
    ordered = sorted(taken)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def table(title: str, lines: Sequence[Line]) -> str:
    heads = Line(title, "measured", "ratio or value", "aim")
    rows = [(line.what, line.figures, line.ratio, line.aim, line.verdict) for line in (heads, *lines)]
    widths = [max(len(row[n]) for row in rows) for n in range(5)]
    drawn = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([drawn[0], "-" * len(drawn[0]), *drawn[1:]])
