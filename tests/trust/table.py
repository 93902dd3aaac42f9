"""The table of faults that `make trust` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Fault:
    """One fault on one database. `wrong` says in a sentence each answer that none may be (a 500, a wrong conflict)."""

    what: str
    kind: str
    runs: int
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)
    remark: str = ""
    planted: bool = False

    @property
    def held(self) -> bool:
        """Whether nothing happened that may not; with a bug planted on purpose, whether it was caught."""
        return self.planted == bool(self.lost or self.doubled or self.wrong)

    def cells(self) -> list[str]:
        counts = [self.runs, self.acknowledged, self.lost, self.doubled, len(self.wrong)]
        return [self.what, self.kind, *(f"{n:,}".replace(",", " ") for n in counts), self.remark]


HEADS = ["fault", "database", "runs", "acknowledged", "lost", "doubled", "wrong", ""]


def table(faults: Sequence[Fault]) -> str:
    """In Markdown, as it stands in README.md."""
    rows = [HEADS, *(fault.cells() for fault in faults)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADS))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([drawn[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *drawn[1:]])
