"""The syntax that goes with a system file of SPSS: it opens the file and says again all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from survey.instrument.grammar import Text
from survey.release.sav import Column, ResponseSet, left_out, on_a_line

ENDING = ".sps"
WIDTH = 60  # characters of a text on a line: no version of SPSS cuts it
LEVELS = {"nominal": "NOMINAL", "ordinal": "ORDINAL", "scale": "SCALE"}

ABOUT = Text(
    "Ouvre {file} : lancez d’abord CD et le dossier où il se trouve. Redit les libellés, les valeurs manquantes, les "
    "niveaux de mesure et les ensembles de réponses multiples, pour les remettre en place au besoin.",
    "Opens {file}: run CD and the folder where it is beforehand. Says the labels, the missing values, the measurement "
    "levels and the multiple response sets again, to put them back where they were lost.",
)


def write(
    path: Path, data: str, about: str, columns: Sequence[Column], sets: Sequence[ResponseSet], language: str
) -> None:
    """The syntax for the file `data`, in UTF-8 with a byte-order mark, by which SPSS knows it."""
    with path.open("w", encoding="utf-8-sig", newline="\r\n") as file:
        file.write("* Encoding: UTF-8.\n")
        file.writelines(comment(f"{about} {ABOUT(language).format(file=data)}"))
        file.write(f"GET FILE={quoted(data)}.\n")
        file.writelines(labels(columns))
        file.writelines(attributes(columns))
        file.writelines(f"VARIABLE LEVEL {column.name} ({LEVELS[column.measure]}).\n" for column in columns)
        file.writelines(map(response_set, sets))
        file.write("EXECUTE.\n")


def comment(text: str) -> Iterator[str]:
    """A comment, on lines that are short; a full stop at the end of one would end it, so none has another."""
    line = "*"
    for word in text.split():
        word = word.removesuffix(".")
        if len(line) + len(word) >= WIDTH:
            yield f"{line}\n"
            line = " "
        line += f" {word}"
    yield f"{line}.\n"


def labels(columns: Iterable[Column]) -> Iterator[str]:
    """The labels of each variable and of its values, and which of these stand for no answer."""
    for column in columns:
        yield f"VARIABLE LABELS {column.name}\n  {quoted(column.label)}.\n"
        if column.values:
            pairs = "".join(f"\n  {number} {quoted(text)}" for number, text in sorted(column.values.items()))
            yield f"VALUE LABELS {column.name}{pairs}.\n"
        if column.missing:
            how, values = left_out(column.missing)
            joined = (" THRU " if how < 0 else ", ").join(map(str, values))
            yield f"MISSING VALUES {column.name} ({joined}).\n"


def attributes(columns: Iterable[Column]) -> Iterator[str]:
    """What a label has no room for."""
    for column in columns:
        for name, text in column.attributes.items():
            yield f"VARIABLE ATTRIBUTE VARIABLES={column.name}\n  ATTRIBUTE={name}({quoted(text)}).\n"


def response_set(of: ResponseSet) -> str:
    """A set of boxes of which 1 is ticked."""
    names = "".join(f"\n  {name}" for name in of.columns)
    return (
        f"MRSETS /MDGROUP NAME=${of.name}\n  LABEL={quoted(of.label)}\n"
        f"  CATEGORYLABELS=VARLABELS VARIABLES={names}\n  VALUE=1.\n"
    )


def quoted(text: str) -> str:
    """A text between apostrophes, in pieces joined by « + », on one line each."""
    plain = on_a_line(text)
    pieces = [plain[n : n + WIDTH] for n in range(0, len(plain), WIDTH)] or [""]
    return " +\n    ".join("'" + piece.replace("'", "''") + "'" for piece in pieces)
