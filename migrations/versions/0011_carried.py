"""carried: what was said in an earlier wave begins the blocks of a new one"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ANSWER = sa.Enum("yes", "gone", name="stilltrue", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.add_column("edit", sa.Column("carried_from", sa.Integer(), nullable=True))
    op.create_table(
        "carried",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("answer", ANSWER, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_carried__answered_at_a_moment")),
        sa.CheckConstraint("(answer IS NULL) = (answered_by IS NULL)", name=op.f("ck_carried__answered_by_somebody")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_carried_initiative_id_initiative"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["initiative.id"], name=op.f("fk_carried_previous_id_initiative"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["wave"], ["wave.number"], name=op.f("fk_carried_wave_wave")),
        sa.ForeignKeyConstraint(["answered_by"], ["user.id"], name=op.f("fk_carried_answered_by_user")),
        sa.PrimaryKeyConstraint("initiative_id", name=op.f("pk_carried")),
    )
    op.create_index(op.f("ix_carried_previous_id"), "carried", ["previous_id"])


def downgrade() -> None:
    op.drop_table("carried")
    op.drop_column("edit", "carried_from")
