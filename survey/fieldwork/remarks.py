"""What is to be said of a file that somebody sends, line by line: errors, which stop everything, and notices."""

from __future__ import annotations

from dataclasses import dataclass, field

from survey.instrument.grammar import Text
from survey.text import line


@dataclass(frozen=True)
class Remark:
    """Something to say about a line of the file, or about the whole file when `line` is None."""

    line: int | None
    text: Text


@dataclass
class Report:
    """What an import has to say. With any error it does nothing."""

    errors: list[Remark] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)

    def refuse(self, at: int | None, fr: str, en: str) -> None:
        self.errors.append(Remark(at, Text(fr, en)))

    def notice(self, at: int | None, fr: str, en: str) -> None:
        self.notices.append(Remark(at, Text(fr, en)))


def shorten(text: str, width: int = 60) -> str:
    """A value quoted in a remark."""
    text = line(text[: width * 4])
    return text if len(text) <= width else text[: width - 1] + "…"
