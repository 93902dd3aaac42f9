"""The organisations of a release as the cases of a REFI-QDA project, with what is known of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from survey.instrument.dictionary import Value, Variable
from survey.instrument.grammar import Text
from survey.release.models import Unit
from survey.release.qdpx_xml import element, guid, words
from survey.release.table import Table
from survey.text import line

ORGANISATION = Text("Organisation {number}", "Organisation {number}")
#: What is said of each organisation: of its latest wave, and of its latest interview.
SAID = {
    Unit.ORGANISATION: ("region", "organisation_type", "wave", "source", "disposition", "initiatives_described"),
    Unit.INTERVIEW: ("mode", "consent_quote"),
}


class Cases:
    """Every organisation: how it is called, and its variables. Its name is said at the identified tier alone."""

    def __init__(self, tables: Mapping[Unit, Table], language: str, named: bool) -> None:
        self.language = language
        self.variables: dict[str, Variable] = {}
        self.values: dict[int, dict[str, Value]] = defaultdict(dict)
        own: dict[int, str] = {}
        for unit, names in SAID.items():
            of = {variable.name: variable for variable in tables[unit].variables}
            self.variables |= {name: of[name] for name in names}
            for row in latest(tables[unit]):
                number = row["organisation_id"]
                own[number] = line(str(row["organisation_name"] or ""))
                self.values[number] |= {name: row[name] for name in names}
        several = Counter(own.values())
        self.names = {
            number: name if named and name and several[name] == 1 else self.numbered(number, name * named)
            for number, name in own.items()
        }

    def numbered(self, number: int, name: str) -> str:
        """What an organisation is called where its name is not said, or is that of another too."""
        called = ORGANISATION(self.language).format(number=number)
        return f"{name} ({called})" if name else called

    def declared(self) -> str:
        """The variables: under the names of the dictionary, so that other exports of the release can be joined."""
        declared = (
            element("Variable", {"guid": guid("variable", name), "name": name, "typeOfVariable": kind(variable)},
                    words("Description", variable.label(self.language)))
            for name, variable in self.variables.items()
        )  # fmt: skip
        return element("Variables", {}, *declared)

    def case(self, number: int, references: Sequence[str]) -> str:
        """An organisation, with its variables and the texts that are its own."""
        said = (self.value(self.variables[name], value) for name, value in self.values[number].items())
        return element("Case", {"guid": guid("case", number), "name": self.names[number]}, *said, *references)

    def value(self, variable: Variable, value: Value) -> str:
        """What is known of a variable: a code in words; nothing where nothing is known."""
        if value is None or value in variable.missing:
            return ""
        of = element("VariableRef", {"targetGUID": guid("variable", variable.name)})
        if kind(variable) == "Integer":
            return element("VariableValue", {}, of, words("IntegerValue", str(value)))
        label = variable.values.get(value) if isinstance(value, int) else None
        return element("VariableValue", {}, of, words("TextValue", label(self.language) if label else str(value)))


def latest(table: Table) -> Sequence[dict[str, Any]]:
    """The row of each organisation in its latest wave, the last of them where there are several."""
    found: dict[Value, dict[str, Any]] = {}
    names = [variable.name for variable in table.variables]
    for row in table.rows():
        one = dict(zip(names, row, strict=True))
        number = one["organisation_id"]
        if number not in found or found[number]["wave"] <= one["wave"]:
            found[number] = one
    return list(found.values())


def kind(variable: Variable) -> str:
    """The type of a variable in REFI-QDA: what is coded is a text."""
    return "Text" if variable.values else "Integer"
