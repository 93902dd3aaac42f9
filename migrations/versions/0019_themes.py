"""themes and the passages that they mark, two units of releases"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

UNITS = ("organisation", "contact", "interview", "initiative", "referral", "paradata")
MORE = ("theme", "theme_tree")


def upgrade() -> None:
    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("definition", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_theme__is_not_under_itself")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_theme__has_a_name")),
        sa.ForeignKeyConstraint(["parent_id"], ["theme.id"], name=op.f("fk_theme_parent_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_theme_parent_id"), "theme", ["parent_id"])
    once("uq_theme_root_name", "theme", ["name"], "parent_id IS NULL AND retired_at IS NULL")
    once("uq_theme_child_name", "theme", ["parent_id", "name"], "parent_id IS NOT NULL AND retired_at IS NULL")
    op.create_table(
        "theme_mark",
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('start >= 0 AND "end" > start', name=op.f("ck_theme_mark__marks_something")),
        sa.CheckConstraint('length(text) = "end" - start', name=op.f("ck_theme_mark__text_is_what_was_marked")),
        sa.CheckConstraint("NOT whole OR start = 0", name=op.f("ck_theme_mark__whole_begins_at_the_beginning")),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_theme_mark_interview_id_interview"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id", "interview_id"],
            ["initiative.id", "initiative.interview_id"],
            name=op.f("fk_theme_mark_initiative_id_initiative"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_mark_theme_id_theme")),
        sa.ForeignKeyConstraint(["coder_id"], ["user.id"], name=op.f("fk_theme_mark_coder_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_mark")),
    )
    op.create_index(op.f("ix_theme_mark_theme_id"), "theme_mark", ["theme_id"])
    op.create_index(op.f("ix_theme_mark_coder_id"), "theme_mark", ["coder_id"])
    mark = ["theme_id", "coder_id", "start", "end"]
    of_interview, of_block = ["interview_id", "item", *mark], ["interview_id", "initiative_id", "item", *mark]
    once("uq_theme_mark_interview_field", "theme_mark", of_interview, "initiative_id IS NULL")
    once("uq_theme_mark_block_field", "theme_mark", of_block, "initiative_id IS NOT NULL")
    units(*UNITS, *MORE)


def downgrade() -> None:
    for table in ("release_part", "release_table"):
        op.execute(sa.delete(sa.table(table, unit := sa.column("unit"))).where(unit.in_(MORE)))
    units(*UNITS)
    op.drop_table("theme_mark")
    op.drop_table("theme")


def once(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)


def units(*units: str) -> None:
    with op.batch_alter_table("release_table") as batch:
        batch.drop_constraint(batch.f("ck_release_table_unit_unit"), type_="check")
        batch.create_check_constraint(batch.f("ck_release_table_unit_unit"), sa.column("unit").in_(units))
