"""For R: a script that reads the CSV beside it with what R has from the start, and gives factors, dates and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from survey.instrument.dictionary import Measure, Type, Variable
from survey.instrument.grammar import Text
from survey.release.csv_files import write_csv
from survey.release.table import Table
from survey.release.words import of_data

READING = Path(__file__).with_name("labelled.R")
ENDING = ".csv"
NONE = Text("Sans réponse – ", "No answer – ")

ABOUT = Text(
    """\
# À lancer dans R (4 ou plus récent) par source({file}), avec {data} dans le même dossier.
#
# Crée « recension », un data.frame : des facteurs à la place des codes (qui sont dans l’attribut « codes »), des
# dates, des nombres, des textes ; le libellé de chaque variable est dans son attribut « label ». Là où il n’y a pas de
# réponse, la valeur est NA, et la raison, quand elle est connue, dans une variable de plus, à la fin, en « _missing ».
""",
    """\
# To be run in R (4 or later) by source({file}), with {data} in the same folder.
#
# Makes "recension", a data.frame: factors in place of codes (the codes in the attribute "codes"), dates, numbers,
# texts; the label of each variable in its attribute "label". Where there is no answer the value is NA, and the reason,
# where it is known, in one more variable, at the end, in "_missing".
""",
)


def write(path: Path, table: Table, language: str) -> Sequence[str]:
    """The script, and `<name>.csv` beside it. The script is ASCII but for its comments: any locale reads it."""
    data = path.with_name(path.name + ENDING)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(ABOUT(language).format(file=quoted(path.name), data=quoted(data.name)))
        file.write(READING.read_text(encoding="utf-8"))
        file.write(f"  data <- read({quoted(data.name)})\n")
        file.writelines(f"  {line}\n" for line in described(table, language))
        file.write("  data[names(reasons)] <- reasons\n")
        file.writelines(f"  {line}\n" for line in said(table, language))
        file.write("  data\n})\n")
    return write_csv(data, table, language)


def described(table: Table, language: str) -> Iterator[str]:
    """A call per variable, which makes of its texts what they stand for."""
    taken = {variable.name for variable in table.variables}
    for variable in table.variables:
        words = [quoted(variable.name), quoted(variable.label(language))]
        if variable.values:
            words += labels(variable.values, language)
        if variable.missing:
            words += [*labels(variable.missing, language), quoted(reason(variable, taken)), quoted(NONE(language))]
        if variable.values and variable.measure is Measure.ORDINAL:
            words.append("ordered = TRUE")
        yield f"{called(variable)}({', '.join(words)})"


def called(variable: Variable) -> str:
    """The function of the script for a type of variable."""
    return "coded" if variable.values and variable.type is Type.NUMBER else variable.type.value


def reason(variable: Variable, taken: set[str]) -> str:
    """The name of the variable that says why there is no answer, which no other has."""
    name = f"{variable.name}_missing"
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def labels(values: Mapping[int, Text], language: str) -> list[str]:
    """The codes, and their labels, which a factor tells apart: where two are alike, their codes follow them."""
    alike = Counter(text(language) for text in values.values())
    words = [text(language) if alike[text(language)] == 1 else f"{text(language)} ({n})" for n, text in values.items()]
    return [vector(map(str, values)), vector(words)]


def said(table: Table, language: str) -> Iterator[str]:
    """What the data frame says of itself, as attributes."""
    for name, value in of_data(table, language).items():
        if value is not None:
            yield f"attr(data, {quoted(name)}) <- {quoted(str(value))}"


def vector(texts: Iterable[str]) -> str:
    return f"c({', '.join(map(quoted, texts))})"


def quoted(text: str) -> str:
    """A text as R reads it in every locale: what is not ASCII by its number."""
    return '"' + "".join(map(escaped, text)) + '"'


def escaped(character: str) -> str:
    number = ord(character)
    if character in '"\\':
        return f"\\{character}"
    if 32 <= number < 127:
        return character
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
