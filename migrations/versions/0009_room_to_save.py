"""room to save: on PostgreSQL the pages of answers keep room for the next version of their rows"""

from alembic import op

revision = "0009"
down_revision = "0008"

ANSWERS = ("interview", "initiative")


def upgrade() -> None:
    change("SET (fillfactor = 50)")


def downgrade() -> None:
    change("RESET (fillfactor)")


def change(how: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ANSWERS:
            op.execute(f"ALTER TABLE {table} {how}")
