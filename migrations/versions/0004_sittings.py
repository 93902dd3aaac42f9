"""sittings, respondents, time spent"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MODES = sa.Enum("phone", "zoom", "other", name="mode", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mode", MODES, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_sitting__number_counts_from_one")),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_sitting__ends_after_it_began")),
        of("sitting", "interview_id", "interview", "CASCADE"),
        of("sitting", "interviewer_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("interview_id", "number", name=op.f("uq_sitting_interview_id")),
    )
    op.create_table(
        "respondent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=True),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_respondent__version_counts_from_one")),
        of("respondent", "interview_id", "interview", "CASCADE"),
        of("respondent", "initiative_id", "initiative", "SET NULL"),
        of("respondent", "changed_by", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondent")),
        sa.UniqueConstraint("uid", name=op.f("uq_respondent_uid")),
    )
    op.create_table(
        "active_time",
        sa.Column("visit", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_active_time__seconds_are_not_negative")),
        of("active_time", "interview_id", "interview", "CASCADE"),
        of("active_time", "initiative_id", "initiative", "CASCADE"),
        of("active_time", "sitting_id", "sitting", "CASCADE"),
        sa.PrimaryKeyConstraint("visit", "part", name=op.f("pk_active_time")),
    )
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    # Interviews of before had one sitting that we know of: until the last save.
    op.execute(
        "INSERT INTO sitting (interview_id, number, interviewer_id, began_at, ended_at, mode) "
        "SELECT i.id, 1, i.interviewer_id, i.opened_at, coalesce("
        "(SELECT max(e.at) FROM edit e WHERE e.interview_id = i.id AND e.at >= i.opened_at), i.opened_at), i.mode "
        "FROM interview i"
    )


INDEXED = {
    "respondent": ("interview_id", "initiative_id"),
    "active_time": ("interview_id", "initiative_id", "sitting_id"),
}


def of(table: str, column: str, whose: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{whose}.id"], name=op.f(f"fk_{table}_{column}_{whose}"), ondelete=ondelete
    )


def downgrade() -> None:
    for table in ("active_time", "respondent", "sitting"):
        op.drop_table(table)
