"""the rows of a release are kept by parts, so that nobody who reads them ever holds them all"""

import gzip
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

PART = 1 << 20
tables = sa.table("release_table", sa.column("release_id"), sa.column("unit"), sa.column("rows", sa.LargeBinary()))
parts = sa.table(
    "release_part",
    sa.column("release_id"),
    sa.column("unit"),
    sa.column("number"),
    sa.column("size"),
    sa.column("rows", sa.LargeBinary()),
)


def upgrade() -> None:
    op.create_table(
        "release_part",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id", "unit"],
            ["release_table.release_id", "release_table.unit"],
            name=op.f("fk_release_part_release_id_release_table"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "unit", "number", name=op.f("pk_release_part")),
    )
    connection = op.get_bind()
    for release_id, unit in connection.execute(sa.select(tables.c.release_id, tables.c.unit)).all():
        of_this = tables.c.release_id == release_id, tables.c.unit == unit
        rows = gzip.decompress(connection.scalar(sa.select(tables.c.rows).where(*of_this)) or b"")
        for number, lines in enumerate(gathered(rows)):
            kept = {"size": len(lines), "rows": gzip.compress(lines, compresslevel=6, mtime=0)}
            connection.execute(sa.insert(parts).values(release_id=release_id, unit=unit, number=number, **kept))
    with op.batch_alter_table("release_table") as batch:
        batch.drop_column("rows")


def gathered(rows: bytes) -> Iterator[bytes]:
    """Whole lines, so many bytes of them at once."""
    held = bytearray()
    for line in rows.splitlines(keepends=True):
        held += line
        if len(held) >= PART:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def downgrade() -> None:
    op.add_column("release_table", sa.Column("rows", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))
    connection = op.get_bind()
    for release_id, unit in connection.execute(sa.select(tables.c.release_id, tables.c.unit)).all():
        of_this = parts.c.release_id == release_id, parts.c.unit == unit
        found = connection.scalars(sa.select(parts.c.rows).where(*of_this).order_by(parts.c.number))
        rows = gzip.compress(b"".join(map(gzip.decompress, found)), compresslevel=6, mtime=0)
        whose = tables.c.release_id == release_id, tables.c.unit == unit
        connection.execute(sa.update(tables).where(*whose).values(rows=rows))
    with op.batch_alter_table("release_table") as batch:
        batch.alter_column("rows", server_default=None)
    op.drop_table("release_part")
