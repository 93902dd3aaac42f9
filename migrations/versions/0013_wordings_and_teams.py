"""wordings and teams: how the team calls each outcome, and who works with whom"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

DISPOSITION = sa.Enum(
    "not_contacted", "in_progress", "appointment", "completed", "completed_none", "partial", "refusal",
    "not_available", "no_reply", "impossible", "nothing_to_inventory", "not_eligible", "duplicate",
    name="disposition", native_enum=False, create_constraint=True, length=40,
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "outcome_wording",
        sa.Column("disposition", DISPOSITION, nullable=False),
        sa.Column("fr", sa.Text(), nullable=True),
        sa.Column("en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("disposition", name=op.f("pk_outcome_wording")),
    )
    op.add_column("user", sa.Column("team", sa.Text(), nullable=True))
    op.create_index(op.f("ix_user_team"), "user", ["team"])


def downgrade() -> None:
    op.drop_index(op.f("ix_user_team"), "user")
    op.drop_column("user", "team")
    op.drop_table("outcome_wording")
