"""waves"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

POPULATIONS = sa.Enum(
    "with_initiatives", "all_listed", name="targetpopulation", native_enum=False, create_constraint=True, length=40
)
NUMBERED_ONCE = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.create_table(
        "wave",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("population", POPULATIONS, nullable=True),
        sa.Column("e", sa.Double(), nullable=True),
        sa.Column("e_method", sa.Text(), nullable=True),
        sa.CheckConstraint("e >= 0 AND e <= 1", name=op.f("ck_wave__e_is_a_share")),
        sa.CheckConstraint("(e IS NULL) = (e_method IS NULL)", name=op.f("ck_wave__e_has_a_method")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_wave")),
    )
    op.execute(
        'INSERT INTO wave (number, opened_at) SELECT c.wave, min(o.created_at) FROM "case" c '
        "JOIN organisation o ON o.id = c.organisation_id GROUP BY c.wave"
    )
    with op.batch_alter_table("case", table_kwargs=NUMBERED_ONCE) as batch:
        batch.create_foreign_key(batch.f("fk_case_wave_wave"), "wave", ["wave"], ["number"])


def downgrade() -> None:
    with op.batch_alter_table("case", table_kwargs=NUMBERED_ONCE) as batch:
        batch.drop_constraint(batch.f("fk_case_wave_wave"), type_="foreignkey")
    op.drop_table("wave")
