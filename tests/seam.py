"""What holds the instrument, the tables and the migrations together: each check returns a sentence per thing amiss.

`python -m tests.seam` runs every check on SQLite and fails with what it finds.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.associationproxy import AssociationProxyExtensionType
from sqlalchemy.orm import Mapper

from survey import schema
from survey.db import Base
from survey.instrument.grammar import Codes, Instrument, Item, Kind, When
from survey.instrument.questionnaire import QUESTIONNAIRE
from survey.interview.models import RECORDS, Initiative, Interview

Records = dict[str, type[Any]]

TYPES: dict[Kind, type] = {
    Kind.LINE: str,
    Kind.PARAGRAPH: str,
    Kind.INTEGER: int,
    Kind.YEAR: int,
    Kind.DATE: dt.date,
}

#: Columns that no item asks for.
BOOKKEEPING: dict[type[Any], set[str]] = {
    Interview: {"id", "case_id", "interviewer_id", "instrument_version", "mode", "opened_at", "completed_at"},
    Initiative: {"id", "uid", "interview_id", "position", "removed_at", "merged_into_id"},
}

#: Bookkeeping that is empty until something happens.
NULLABLE_BOOKKEEPING = {"completed_at", "removed_at", "merged_into_id"}

#: The names of variables, which scripts and data sets rely on.
CONTRACT: dict[type[Any], str] = {
    Interview: "respondent_name respondent_function held_on has_initiatives initiative_count knows_others others_named "
    "others_contacts concerns needs closing_remarks",
    Initiative: "name description year_created status lead_organisation partners funding funding_source audience "
    "youth_age youth_sex youth_involvement youth_risk parents_detail practitioners_detail others_detail objectives "
    "components innovative_aspects delivery further_information",
}


def items_without_a_place(instrument: Instrument, records: Records) -> Iterator[str]:
    """Each item has its column or its ticked table, of the right type and with the right code list."""
    for section, item in instrument.items():
        record = records.get(section.name)
        if record is None:
            yield f"section {section.name}: RECORDS names no table for its answers"
        elif item.many:
            yield from ticked_table_amiss(sa.inspect(record), item)
        else:
            yield from column_amiss(sa.inspect(record), item)


def column_amiss(mapper: Mapper[Any], item: Item) -> Iterator[str]:
    place = f"{mapper.local_table.name}.{item.name}"
    if item.name not in mapper.columns:
        yield f"{place}: the item has no column"
        return
    column = mapper.columns[item.name]
    if not column.nullable:
        yield f"{place}: an answer may be missing, so its column must be nullable"
    if item.codes:
        yield from code_list_amiss(place, column, item.codes)
    elif isinstance(column.type, sa.Enum) or column.type.python_type is not TYPES[item.kind]:
        yield f"{place}: the column is {column.type!r}, the item ({item.kind.value}) needs {TYPES[item.kind].__name__}"
    elif getattr(column.type, "length", None) is not None:
        yield f"{place}: what people say has no length, the column has one"


def ticked_table_amiss(mapper: Mapper[Any], item: Item) -> Iterator[str]:
    """A select-many item: an association proxy to a table whose key is (record, code)."""
    place = f"{mapper.local_table.name}.{item.name}"
    proxy = mapper.all_orm_descriptors.get(item.name)
    if proxy is None or proxy.extension_type is not AssociationProxyExtensionType.ASSOCIATION_PROXY:
        yield f"{place}: the item allows many answers and has no ticked table"
        return
    target = sa.inspect(proxy.for_class(mapper.class_).target_class)
    table, expected = target.local_table, f"{mapper.local_table.name}_{item.name}"
    if table.name != expected:
        yield f"{place}: its ticked table is {table.name}, it should be {expected}"
    key = {column.name for column in table.primary_key}
    parent = f"{mapper.local_table.name}_id"
    if key != {"code", parent}:
        yield f"{table.name}: its key is {sorted(key)}, it should be code and {parent}"
    yield from code_list_amiss(f"{table.name}.code", target.columns["code"], item.codes)


def code_list_amiss(place: str, column: sa.Column[Any], codes: type[Codes] | None) -> Iterator[str]:
    stored = column.type.enum_class if isinstance(column.type, sa.Enum) else None
    if stored is not codes:
        wanted, found = (c.__name__ if c else "no code list" for c in (codes, stored))
        yield f"{place}: the item's codes are {wanted}, the column's are {found}"


def columns_without_an_item(instrument: Instrument, records: Records) -> Iterator[str]:
    """Each column that holds an answer has its item, and bookkeeping is never missing."""
    for record, bookkeeping in BOOKKEEPING.items():
        mapper = sa.inspect(record)
        asked = {item.name for section, item in instrument.items() if records.get(section.name) is record}
        proxies = {
            name
            for name, descriptor in mapper.all_orm_descriptors.items()
            if descriptor.extension_type is AssociationProxyExtensionType.ASSOCIATION_PROXY
        }
        for name in sorted((set(mapper.columns.keys()) | proxies) - asked - bookkeeping):
            yield f"{mapper.local_table.name}.{name}: no item of the instrument asks for this column"
        for name in sorted(bookkeeping):
            column = mapper.columns.get(name)
            if column is None:
                yield f"{mapper.local_table.name}.{name}: BOOKKEEPING names a column that is not there"
            elif column.nullable != (name in NULLABLE_BOOKKEEPING):
                yield f"{mapper.local_table.name}.{name}: bookkeeping is never missing, its column must not be nullable"


def names_amiss(instrument: Instrument, records: Records) -> Iterator[str]:
    """The names are those of the contract, each once."""
    for record, contract in CONTRACT.items():
        names = [item.name for section, item in instrument.items() if records.get(section.name) is record]
        table = record.__tablename__
        yield from (f"{table}.{n}: two items have this name" for n in sorted(set(names)) if names.count(n) > 1)
        yield from (
            f"{table}.{n}: the contract has this variable, no item does" for n in contract.split() if n not in names
        )
        yield from (f"{table}.{n}: the contract does not name this item" for n in names if n not in contract.split())


def rules_amiss(instrument: Instrument) -> Iterator[str]:
    """A rule asks about an item that stands before it, and about a code that this item has."""
    seen: dict[str, Item] = {}
    for section in instrument.sections:
        yield from rule_amiss(f"section {section.name}", section.when, seen)
        for item in section.items:
            yield from rule_amiss(f"item {item.name}", item.when, seen)
            seen[item.name] = item


def rule_amiss(name: str, when: When | None, seen: dict[str, Item]) -> Iterator[str]:
    if when and when.item not in seen:
        yield f"{name}: its rule asks about {when.item}, which does not stand before it"
    elif when and when.code not in list(seen[when.item].codes or ()):
        yield f"{name}: its rule asks for {when.code!r}, which is not a code of {when.item}"


def declared(url: str) -> dict[str, Any]:
    """The tables that the models declare, as this database describes them."""
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        Base.metadata.create_all(connection)
        return described(connection)


def migrated(url: str) -> dict[str, Any]:
    """The tables that the migrations build, as this database describes them."""
    schema.upgrade(url)
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        return described(connection)


def described(connection: sa.Connection) -> dict[str, Any]:
    """Every table, column, key and constraint, flat: `case.wave type`, `case index ix_case_interviewer_id` …"""
    look = sa.inspect(connection)
    found: dict[str, Any] = {}
    for table in sorted(set(look.get_table_names()) - {"alembic_version"}):
        found[f"table {table}"] = look.get_table_options(table)
        for column in look.get_columns(table):
            found[f"{table}.{column['name']}"] = f"{column['type']!r} nullable={column['nullable']} {column['default']}"
        found[f"{table} primary key"] = look.get_pk_constraint(table)
        for key in look.get_foreign_keys(table):
            found[f"{table} foreign key {key['name']}"] = key
        for unique in look.get_unique_constraints(table):
            found[f"{table} unique {unique['name']}"] = unique
        for check in look.get_check_constraints(table):
            found[f"{table} check {check['name']}"] = check
        for index in look.get_indexes(table):
            where = {k: str(v) for k, v in index.get("dialect_options", {}).items()}
            found[f"{table} index {index['name']}"] = (index["column_names"], index["unique"], where)
    return found


def schema_differences(migrated: dict[str, Any], declared: dict[str, Any]) -> Iterator[str]:
    """Where the migrations and the models part."""
    for what in sorted({*migrated, *declared}):
        if what not in migrated:
            yield f"{what}: the models declare it, no migration builds it"
        elif what not in declared:
            yield f"{what}: the migrations build it, no model declares it"
        elif migrated[what] != declared[what]:
            yield f"{what}: the migrations say {migrated[what]}, the models say {declared[what]}"


def every_check(
    folder: pathlib.Path, instrument: Instrument = QUESTIONNAIRE, records: Records | None = None
) -> list[str]:
    """All that is amiss, in sentences; `folder` is for two throw-away SQLite files."""
    records = records or dict(RECORDS)
    urls = [f"sqlite:///{folder / name}.sqlite" for name in ("migrated", "declared")]
    return [
        *items_without_a_place(instrument, records),
        *columns_without_an_item(instrument, records),
        *names_amiss(instrument, records),
        *rules_amiss(instrument),
        *schema_differences(migrated(urls[0]), declared(urls[1])),
    ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        problems = every_check(pathlib.Path(folder))
    sys.exit("\n".join(problems) or 0)
