"""Migrations build what the models declare, keep what is in the tables, and are done whole or not at all."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from survey import schema
from survey.db import Base
from tests import seam
from tests.rows import one_row_of_each


@contextlib.contextmanager
def new_database(database_url: str, folder: pathlib.Path) -> Iterator[str]:
    """An empty database of the same kind as `database_url`."""
    url = sa.make_url(database_url)
    name = f"m{uuid.uuid4().hex}"
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite"
        return
    administration = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with administration.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with administration.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty(database_url: str, tmp_path: pathlib.Path) -> Iterator[str]:
    with new_database(database_url, tmp_path) as url:
        yield url


@pytest.fixture
def other(database_url: str, tmp_path: pathlib.Path) -> Iterator[str]:
    with new_database(database_url, tmp_path) as url:
        yield url


@contextlib.contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        yield connection


def content(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the driver gives it."""
    with connected(url) as connection:
        return {
            name: sorted((tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')), key=repr)
            for name in sa.inspect(connection).get_table_names()
        }


def structure(url: str) -> dict[str, Any]:
    with connected(url) as connection:
        return seam.described(connection)


def filled(url: str) -> None:
    schema.upgrade(url)
    with connected(url) as connection:
        one_row_of_each(connection)


def with_another_migration(url: str, folder: pathlib.Path, body: str) -> Config:
    """The migrations of the house and one more, whose `upgrade` is `body`; its `downgrade` is what follows `---`."""
    copy = folder / "migrations"
    shutil.copytree(schema.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    up, _, down = textwrap.dedent(body).partition("---\n")
    text = (
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = 'next', {schema.newest()!r}\n"
        f"def upgrade():\n{textwrap.indent(up, '    ')}\ndef downgrade():\n{textwrap.indent(down or 'pass', '    ')}\n"
    )
    (copy / "versions" / "next.py").write_text(text, encoding="utf-8")
    config = schema.config(url)
    config.set_main_option("script_location", str(copy))
    return config


def test_migrations_build_exactly_what_the_models_declare(empty, other):
    assert list(seam.schema_differences(seam.migrated(empty), seam.declared(other))) == []


def test_there_is_one_line_of_migrations_and_its_end_is_known(empty):
    script = ScriptDirectory(str(schema.MIGRATIONS))
    assert len(script.get_heads()) == 1
    with connected(empty) as connection:
        assert schema.current(connection) is None
    schema.upgrade(empty)
    with connected(empty) as connection:
        assert schema.current(connection) == schema.newest() == script.get_current_head()


def test_down_to_nothing_and_up_again_gives_the_same_tables(empty):
    filled(empty)
    before = structure(empty)
    command.downgrade(schema.config(empty), "base")
    assert structure(empty) == {}
    schema.upgrade(empty)
    assert structure(empty) == before


def test_upgrading_what_is_up_to_date_changes_nothing(empty):
    filled(empty)
    before = content(empty)
    assert all(before[table.name] for table in Base.metadata.sorted_tables), "a table without a row proves nothing"
    schema.upgrade(empty)
    assert content(empty) == before


def test_a_table_that_is_copied_by_a_migration_keeps_its_rows_and_its_children(empty, tmp_path):
    filled(empty)
    before = content(empty)
    config = with_another_migration(
        empty,
        tmp_path,
        """
        copied = "always" if op.get_bind().dialect.name == "sqlite" else "never"
        for table in ("organisation", "interview", "initiative", "user"):
            with op.batch_alter_table(table, recreate=copied) as batch:
                batch.add_column(sa.Column("extra", sa.Text()))
        ---
        copied = "always" if op.get_bind().dialect.name == "sqlite" else "never"
        for table in ("organisation", "interview", "initiative", "user"):
            with op.batch_alter_table(table, recreate=copied) as batch:
                batch.drop_column("extra")
        """,
    )
    command.upgrade(config, "head")
    during = content(empty)
    assert during["edit"] == before["edit"]
    assert during["initiative_audience"] == before["initiative_audience"]
    assert during["initiative"] == [(*row, None) for row in before["initiative"]]
    command.downgrade(config, "-1")
    assert content(empty) == before


def test_a_message_of_before_speaks_of_its_appointment_as_it_stands(empty):
    filled(empty)
    before = content(empty)
    command.downgrade(schema.config(empty), "0013")
    assert len(content(empty)["message"][0]) == len(before["message"][0]) - 1
    command.upgrade(schema.config(empty), "head")
    with connected(empty) as connection:
        told = connection.exec_driver_sql(
            "SELECT appointment_sequence, sequence FROM message JOIN appointment ON appointment.id = appointment_id"
        )
        assert [tuple(row) for row in told] == [(1, 1)]


def test_a_migration_that_fails_half_way_leaves_the_database_as_it_was(empty, tmp_path):
    filled(empty)
    before, tables = content(empty), structure(empty)
    config = with_another_migration(
        empty,
        tmp_path,
        """
        op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))
        with op.batch_alter_table("initiative") as batch:
            batch.add_column(sa.Column("extra", sa.Text()))
        op.execute("DELETE FROM edit")
        op.execute("SELECT nothing FROM nowhere")
        """,
    )
    with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
        command.upgrade(config, "head")
    assert structure(empty) == tables
    assert content(empty) == before


def test_a_migration_that_leaves_an_orphan_is_undone(empty, tmp_path):
    filled(empty)
    before = content(empty)
    config = with_another_migration(empty, tmp_path, """op.execute('UPDATE "case" SET organisation_id = 999')\n""")
    with pytest.raises((RuntimeError, sa.exc.IntegrityError), match="foreign key"):
        command.upgrade(config, "head")
    assert content(empty) == before


def test_two_servers_that_upgrade_at_once_do_it_once(empty, tmp_path):
    program = "import sys; from survey import schema; input(); schema.upgrade(sys.argv[1])"
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for server in servers:
        server.stdin.write("go\n")
        server.stdin.flush()
    for server in servers:
        _, errors = server.communicate(timeout=120)
        assert server.returncode == 0, errors
    with connected(empty) as connection:
        assert schema.current(connection) == schema.newest()
