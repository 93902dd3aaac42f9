"""A unit for anybody to read: no free text, no moment, no number of the house, no cell that few organisations share."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from survey.instrument.dictionary import Type, Value, Variable
from survey.instrument.grammar import Text
from survey.release.table import Row, Table

#: Fewer organisations than this are too few to be shown.
FEW = 5
MASKED = -6
MASK = {MASKED: Text("Masqué : moins de 5 organisations", "Masked: fewer than 5 organisations")}

#: What numbers a record, and what it is the number of: a wave's initiative and its former self are numbered alike.
KEYS = {
    "organisation_id": "organisation",
    "case_id": "case",
    "interview_id": "interview",
    "initiative_id": "initiative",
    "previous_initiative_id": "initiative",
    "contact_id": "contact",
    "referral_id": "referral",
    "referred_organisation_id": "organisation",
    "coder": "coder",
}
#: Texts that nobody said and that name nobody.
HARMLESS = {"instrument_version", "item", "theme_name", "theme_name_en"}
#: Themes are what the team found, not what anybody said: a unit that counts no organisation hides none.
OWNER = "organisation_id"
#: Two facts that tell an organisation apart together.
TOGETHER = ("region", "organisation_type")

TEXTS = Text("Textes libres et noms : ils peuvent dire qui.", "Free texts and names: they may say who.")
MOMENTS = Text("Dates et heures : elles peuvent dire qui.", "Dates and times: they may say who.")
RARE = Text("Moins de 5 organisations pour presque chaque valeur.", "Fewer than 5 organisations at nearly every value.")
MASKING = Text(
    "Valeurs que moins de 5 organisations partagent, masquées (code −6) avec assez d’autres pour ne pas se deviner.",
    "Values that fewer than 5 organisations share, masked (code −6), with enough others that they cannot be guessed.",
)

Hidden = Mapping[int, Collection[Value]]
Pairs = frozenset[tuple[Value, Value]]


def opened(table: Table, secret: str) -> tuple[Table, list[tuple[Text, tuple[str, ...]]]]:
    """The unit without what could say who, its numbers replaced by codes that only the secret makes; why, what went.

    Counted by organisation, of each variable and of region and type together: not of every combination.
    """
    texts = [v for v in table.variables if v.type is Type.TEXT and v.name not in HARMLESS | KEYS.keys()]
    moments = [v for v in table.variables if v.type in (Type.DATE, Type.MOMENT)]
    shares = sharing(table)
    hidden = {n: few(values) for n, values in shares.items()}
    rare = [table.variables[n] for n, values in shares.items() if values and hidden[n] == set(values)]
    gone = {v.name for v in (*texts, *moments, *rare)}
    kept = [n for n, variable in enumerate(table.variables) if variable.name not in gone]
    alone = pairs(table, hidden)
    masks = {n for n in kept if hidden.get(n)} | ({table.place(TOGETHER[1])} if alone else set())
    variables = tuple(public(table.variables[n], n in masks) for n in kept)
    rows = sorted(masked(table, kept, hidden, alone, secret), key=lambda row: [str(cell) for cell in row[:4]])
    some = tuple(table.variables[n].name for n in kept if n in masks)
    why = ((TEXTS, names(texts)), (MOMENTS, names(moments)), (RARE, names(rare)), (MASKING, some))
    return replace(table, variables=variables, rows=lambda: iter(rows), extents=None), [one for one in why if one[1]]


def names(variables: Sequence[Variable]) -> tuple[str, ...]:
    return tuple(variable.name for variable in variables)


def public(variable: Variable, masks: bool) -> Variable:
    """A variable as it is described where its keys are codes and some of its values masked."""
    if variable.name in KEYS:
        return replace(variable, type=Type.TEXT)
    return replace(variable, missing={**variable.missing, **MASK}) if masks else variable


def sharing(table: Table) -> dict[int, dict[Value, set[Value]]]:
    """The organisations that share each value of each variable that counts or codes, by its place."""
    if OWNER not in names(table.variables):
        return {}
    places = [n for n, v in enumerate(table.variables) if v.type is Type.NUMBER and v.name not in KEYS]
    found: dict[int, dict[Value, set[Value]]] = {n: defaultdict(set) for n in places}
    owner = table.place(OWNER)
    for row in table.rows():
        for n in places:
            value = row[n]
            if value is not None and value not in table.variables[n].missing:
                found[n][value].add(row[owner])
    return found


def few(values: Mapping[Value, Collection[Value]]) -> set[Value]:
    """The values that too few share, and the next rarest until those hidden together are two values and enough."""
    rising = sorted(values, key=lambda value: (len(values[value]), str(value)))
    if not rising or len(values[rising[0]]) >= FEW:
        return set()
    hidden: set[Value] = set()
    behind: set[Value] = set()
    for value in rising:
        if len(values[value]) >= FEW and len(hidden) > 1 and len(behind) >= FEW:
            break
        hidden.add(value)
        behind.update(values[value])
    return hidden


def masked(table: Table, kept: Sequence[int], hidden: Hidden, alone: Pairs, secret: str) -> list[Row]:
    """The rows of the places that are kept, their codes and masks in place."""
    both = [table.place(name) for name in TOGETHER] if alone else []
    code = coder(secret)
    rows: list[Row] = []
    for row in table.rows():
        cells = [MASKED if n in hidden and row[n] in hidden[n] else row[n] for n in range(len(row))]
        if alone and (cells[both[0]], cells[both[1]]) in alone:
            cells[both[1]] = MASKED
        rows.append([code(table.variables[n].name, cells[n]) for n in kept])
    return rows


def pairs(table: Table, hidden: Hidden) -> Pairs:
    """The regions and types that too few organisations have together; none where a unit does not say both."""
    if not {variable.name for variable in table.variables}.issuperset(TOGETHER):
        return frozenset()
    one, other, owner = (table.place(name) for name in (*TOGETHER, OWNER))
    found: dict[tuple[Value, Value], set[Value]] = defaultdict(set)
    for row in table.rows():
        first, second = (MASKED if row[n] in hidden.get(n, ()) else row[n] for n in (one, other))
        if second is not None:
            found[first, second].add(row[owner])
    return frozenset(pair for pair, owners in found.items() if len(owners) < FEW)


def coder(secret: str) -> Callable[[str, Value], Value]:
    """What writes a record's number as a code of ten letters and figures, the same in every release of the house."""
    known: dict[tuple[str, Value], Value] = {}

    def code(name: str, value: Value) -> Value:
        if value is None or name not in KEYS:
            return value
        of = KEYS[name], value
        if of not in known:
            drawn = hmac.new(secret.encode(), f"open:{of[0]}:{of[1]}".encode(), hashlib.sha256)
            known[of] = base64.b32encode(drawn.digest())[:10].decode().lower()
        return known[of]

    return code
