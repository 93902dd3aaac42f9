"""referrals, what is parked, call backs, meeting links"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

SETTLED_AS = sa.Enum(
    "initiative", "referral", "note", "handled",
    name="settledas", native_enum=False, create_constraint=True, length=40,
)  # fmt: skip


def upgrade() -> None:
    op.add_column("person", sa.Column("meeting_url", sa.Text(), nullable=True))
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("folded_name", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("person", "function", "phone", "email", "note")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_referral__version_counts_from_one")),
        of("referral", "case_id", "case", "CASCADE"),
        of("referral", "recorded_by", "user"),
        of("referral", "changed_by", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    for column in ("case_id", "folded_name"):
        op.create_index(op.f(f"ix_referral_{column}"), "referral", [column])
    op.create_table(
        "parked",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_as", SETTLED_AS, nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        of("parked", "interview_id", "interview", "CASCADE"),
        of("parked", "user_id", "user"),
        of("parked", "settled_by", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked")),
    )
    op.create_index(op.f("ix_parked_interview_id"), "parked", ["interview_id"])
    op.create_table(
        "call_back",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        of("call_back", "initiative_id", "initiative", "CASCADE"),
        of("call_back", "user_id", "user"),
        sa.PrimaryKeyConstraint("initiative_id", name=op.f("pk_call_back")),
    )


def of(table: str, column: str, whose: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{whose}.id"], name=op.f(f"fk_{table}_{column}_{whose}"), ondelete=ondelete
    )


def downgrade() -> None:
    for table in ("call_back", "parked", "referral"):
        op.drop_table(table)
    with op.batch_alter_table("person") as batch:
        batch.drop_column("meeting_url")
