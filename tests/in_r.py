"""What R reads, given back to Python: haven for `.dta`, and the script of an export."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests import outside

#: Each column and then each cell on a line, texts by their bytes, so that no locale has a say.
DUMP = r"""
hex <- function(x) paste(as.character(charToRaw(enc2utf8(x))), collapse = "")
told <- function(x) if (is.null(x)) "" else hex(as.character(x)[[1]])
shown <- function(d) {
  for (name in names(d)) {
    x <- d[[name]]
    cat("C", name, if (is.factor(x)) "factor" else class(x)[[length(class(x))]], told(attr(x, "label")), "\n")
    labels <- attr(x, "labels")
    for (n in seq_along(labels)) {
      tag <- haven::na_tag(as.double(labels[[n]]))
      cat("L", if (is.na(tag)) sprintf("%.0f", labels[[n]]) else tag, hex(names(labels)[[n]]), "\n")
    }
    codes <- attr(x, "codes")
    if (is.factor(x)) for (n in seq_along(codes)) cat("L", codes[[n]], hex(levels(x)[[n]]), "\n")
    tags <- if (is.double(x)) haven::na_tag(unclass(x)) else rep(NA, length(x))
    if (inherits(x, "haven_labelled_spss")) x <- as.vector(x)
    for (n in seq_along(x)) {
      if (!is.na(tags[[n]])) cat("T", tags[[n]], "\n")
      else if (is.na(x[[n]])) cat("N\n")
      else if (is.factor(x)) cat("V", codes[[as.integer(x)[[n]]]], "\n")
      else if (is.character(x)) cat("S", hex(x[[n]]), "\n")
      else cat("V", sprintf("%.3f", as.numeric(x[[n]])), "\n")
    }
  }
}
for (path in commandArgs(TRUE)) {
  if (grepl("[.]dta$", path)) d <- haven::read_dta(path)
  else if (grepl("[.]z?sav$", path)) d <- haven::read_sav(path, user_na = TRUE)
  else { source(path); d <- recension }
  cat("F", told(attr(d, "label")), "\n")
  for (note in attr(d, "notes")) cat("A", hex(note), "\n")
  shown(d)
}
"""

Read = int | float | str | None


@dataclass
class Column:
    """A column as R has it. A missing value that says why is its letter, after a point."""

    kind: str
    label: str
    labels: dict[str, str]
    cells: list[Read]


@dataclass
class Frame:
    """A data frame as R has it."""

    label: str
    notes: list[str]
    columns: dict[str, Column]


def run(script: str, *arguments: str | Path, locale: str = "C.UTF-8", folder: Path | None = None) -> str:
    """What a script prints; a warning or an error of R fails the test."""
    found = outside.r()
    assert found
    done = subprocess.run(
        [found, "--vanilla", "-e", "options(warn = 2)", "-e", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "LC_ALL": locale},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def frames(*paths: Path, locale: str = "C.UTF-8") -> list[Frame]:
    """The data of each file, in one run of R."""
    read: list[Frame] = []
    for line in run(DUMP, *paths, locale=locale).splitlines():
        kind, *words = line.split()
        if kind == "F":
            read.append(Frame(text(*words), [], {}))
        elif kind == "A":
            read[-1].notes.append(text(*words))
        elif kind == "C":
            name, of, *label = words
            column = read[-1].columns[name] = Column(of, text(*label), {}, [])
        elif kind == "L":
            column.labels[words[0]] = text(*words[1:])
        else:
            column.cells.append(cell(kind, *words))
    return read


def text(octets: str = "") -> str:
    return bytes.fromhex(octets).decode()


def cell(kind: str, word: str = "") -> Read:
    """N nothing, T why there is nothing, S a text, V a number."""
    if kind == "N":
        return None
    if kind == "T":
        return f".{word}"
    return text(word) if kind == "S" else float(word)
