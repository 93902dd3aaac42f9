"""rearranging"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: SQLite alters a table by copying it; the copy must know too that a number is never used again.
NUMBERED_ONCE = {"sqlite_autoincrement": True}
#: What belongs to a block follows it into another interview.
FOLLOWERS = ("edit", "nonresponse", "note")
KINDS = (
    "imported", "outcome", "assigned", "note", "interview_opened", "interview_completed", "interview_reopened",
)  # fmt: skip
NEW_KINDS = ("sitting", "initiative_sent", "initiative_received")


def upgrade() -> None:
    follow("CASCADE")
    event_kinds(*KINDS, *NEW_KINDS)
    with op.batch_alter_table("initiative", table_kwargs=NUMBERED_ONCE) as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_initiative_merged_into_id_initiative"), "initiative", ["merged_into_id"], ["id"]
        )
        batch.create_index(batch.f("ix_initiative_merged_into_id"), ["merged_into_id"])
    op.create_table(
        "rearrangement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "split", "merge", "move", name="rearrangementkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("to_interview_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_rearrangement_{column}_{table}"), ondelete="CASCADE"
            )
            for column, table in (
                ("interview_id", "interview"),
                ("initiative_id", "initiative"),
                ("other_id", "initiative"),
                ("to_interview_id", "interview"),
            )
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_rearrangement_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rearrangement")),
    )
    with op.batch_alter_table("rearrangement") as batch:
        for column in ("interview_id", "initiative_id", "other_id", "to_interview_id"):
            batch.create_index(batch.f(f"ix_rearrangement_{column}"), [column])


def downgrade() -> None:
    op.drop_table("rearrangement")
    with op.batch_alter_table("initiative", table_kwargs=NUMBERED_ONCE) as batch:
        batch.drop_index(batch.f("ix_initiative_merged_into_id"))
        batch.drop_constraint(batch.f("fk_initiative_merged_into_id_initiative"), type_="foreignkey")
        batch.drop_column("merged_into_id")
    op.execute(sa.delete(sa.table("case_event", kind := sa.column("kind"))).where(kind.in_(NEW_KINDS)))
    event_kinds(*KINDS)
    follow(None)


def follow(onupdate: str | None) -> None:
    for table in FOLLOWERS:
        name = f"fk_{table}_initiative_id_initiative"
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(batch.f(name), type_="foreignkey")
            batch.create_foreign_key(
                batch.f(name),
                "initiative",
                ["initiative_id", "interview_id"],
                ["id", "interview_id"],
                onupdate=onupdate,
                ondelete="CASCADE",
            )


def event_kinds(*kinds: str) -> None:
    with op.batch_alter_table("case_event") as batch:
        batch.drop_constraint(batch.f("ck_case_event_kind_eventkind"), type_="check")
        batch.create_check_constraint(batch.f("ck_case_event_kind_eventkind"), sa.column("kind").in_(kinds))
