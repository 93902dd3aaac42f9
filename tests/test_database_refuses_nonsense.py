"""What must never be in the database is refused by the database itself, on SQLite and on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import Base
from tests.rows import MOMENT, one_row_of_each, value

COLUMNS = [(table, column) for table in Base.metadata.sorted_tables for column in table.columns]


@pytest.fixture
def rows(session: Session) -> Session:
    """One row in every table, all with the number 1."""
    one_row_of_each(session.connection())
    session.commit()
    return session


def refused(session: Session, statement: str, **values: object) -> str:
    """What the database says when it refuses the statement; it must."""
    with pytest.raises(sa.exc.IntegrityError) as refusal:
        session.execute(sa.text(statement), values)
    session.rollback()
    return str(refusal.value.orig)


def insert(session: Session, name: str, /, **changes: object) -> None:
    """A second row beside the first, like it but for the changes."""
    table = Base.metadata.tables[name]
    session.execute(sa.insert(table).values({c.name: value(c) for c in table.columns} | changes))
    session.flush()


def accepted(session: Session, keep: Callable[[sa.Column[Any]], object], nonsense: str) -> list[str]:
    """The columns that take the nonsense in: there must be none."""
    found = []
    for table, column in COLUMNS:
        if keep(column):
            try:
                with session.begin_nested():
                    session.execute(sa.text(f'UPDATE "{table.name}" SET "{column.name}" = {nonsense}'))
                found.append(f"{table.name}.{column.name}")
            except sa.exc.IntegrityError:
                pass
    return found


def test_a_code_that_is_not_on_the_list_is_refused_by_a_named_check(rows):
    assert accepted(rows, lambda column: isinstance(column.type, sa.Enum), "'nonsense'") == []
    said = refused(rows, "UPDATE initiative SET status = 'nonsense'")
    assert "ck_initiative_status_status" in said


def test_a_reference_to_nothing_is_refused(rows):
    assert accepted(rows, lambda column: column.foreign_keys and isinstance(column.type, sa.Integer), "999999") == []
    nobody = f"'{uuid.UUID(int=9).hex}'"
    assert accepted(rows, lambda column: column.foreign_keys and isinstance(column.type, sa.Uuid), nobody) == []


def test_bookkeeping_without_a_value_is_refused(rows):
    assert accepted(rows, lambda column: not column.nullable, "NULL") == []


def test_the_same_key_twice_is_refused(rows):
    found = []
    for table in Base.metadata.sorted_tables:
        try:
            with rows.begin_nested():
                insert(rows, table.name)
            found.append(table.name)
        except sa.exc.IntegrityError:
            pass
    assert found == []


@pytest.mark.parametrize(
    ("table", "new"),
    [
        pytest.param("organisation", {"name": "ŒUVRE", "id": 2}, id="two organisations whose names fold alike"),
        pytest.param("case", {}, id="an organisation twice in a wave"),
        pytest.param("user", {}, id="two users with one e-mail address"),
        pytest.param("initiative", {}, id="a block that the browser added twice"),
        pytest.param("nonresponse", {"reason": "refused"}, id="two reasons for one field of a block"),
        pytest.param(
            "nonresponse", {"initiative_id": None, "reason": "refused"}, id="two reasons for one field of the interview"
        ),
        pytest.param("note", {"text": "autre"}, id="two notes on one field of a block"),
        pytest.param("note", {"initiative_id": None, "text": "autre"}, id="two notes on one field of the interview"),
        pytest.param("edit", {"value": "autre"}, id="the same version twice of one field of a block"),
        pytest.param(
            "edit", {"initiative_id": None, "value": "autre"}, id="the same version twice of one field of the interview"
        ),
    ],
)
def test_a_second_of_what_there_is_one_of_is_refused(rows, table, new):
    other_key = uuid.uuid4() if table == "edit" else 2
    if "initiative_id" in new:
        insert(rows, table, **new, id=uuid.uuid4() if table == "edit" else 3)
    with pytest.raises(sa.exc.IntegrityError) as refusal:
        insert(rows, table, **{"id": other_key, **new})
    assert "unique" in str(refusal.value.orig).lower()


def test_another_version_another_part_another_item_or_another_block_are_not_the_same_field(rows):
    insert(rows, "initiative", id=2, uid=uuid.uuid4())
    for n, changes in enumerate(({"version": 2}, {"part": "note"}, {"item": "needs"}, {"initiative_id": 2})):
        insert(rows, "edit", id=uuid.UUID(int=100 + n), **changes)
    assert rows.scalar(sa.text("SELECT count(*) FROM edit")) == 5


def test_a_box_ticked_twice_is_refused_and_another_box_is_not(rows):
    table = Base.metadata.tables["initiative_audience"]
    rows.execute(sa.insert(table).values(initiative_id=1, code="others"))
    rows.commit()
    refused(rows, "INSERT INTO initiative_audience (initiative_id, code) VALUES (1, 'youth')")


def test_an_address_in_capitals_is_refused(rows):
    assert "lower_case" in refused(rows, "UPDATE \"user\" SET email = 'Roxane@exemple.test'")


def test_an_interview_goes_with_all_that_hangs_on_it_and_with_nothing_else(rows):
    rows.execute(sa.text("DELETE FROM interview"))
    rows.commit()
    left = {t.name for t in Base.metadata.sorted_tables if rows.execute(sa.select(t)).first()}
    gone = set(Base.metadata.tables) - left
    assert {"interview", "initiative", "initiative_audience", "edit", "note", "nonresponse", "consent"} <= gone
    assert {"organisation", "case", "case_event", "user", "release", "audit_entry"} <= left


def test_whoever_held_an_interview_cannot_be_deleted(rows):
    refused(rows, 'DELETE FROM "user"')


def test_a_moment_without_its_time_zone_is_refused(rows):
    table = Base.metadata.tables["interview"]
    with pytest.raises(sa.exc.StatementError, match="time zone"):
        rows.execute(sa.update(table).values(opened_at=MOMENT.replace(tzinfo=None)))
