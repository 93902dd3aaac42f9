"""words in order: the index of words has the name beside each, and finds a common word in the order of the list

And an index of the call-backs that wait, for the queue.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

PLAIN = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INDEX = "ix_organisation_word_word"
#: Words are cut there, after the sign that some begin with.
CUT = "substr(word, 1, CASE WHEN word LIKE '=%' THEN 61 ELSE 60 END)"


def upgrade() -> None:
    keep(f"SELECT DISTINCT organisation_id, {CUT} AS word FROM organisation_word")  # noqa: S608
    op.drop_table("organisation_word")
    made("organisation_id", "word", name=sa.Column("folded_name", sa.Text(), nullable=False))
    op.execute(
        "INSERT INTO organisation_word (organisation_id, word, folded_name) SELECT k.organisation_id, k.word, "
        "o.folded_name FROM kept_word k JOIN organisation o ON o.id = k.organisation_id"
    )
    op.execute("DROP TABLE kept_word")
    op.create_index(op.f(INDEX), "organisation_word", ["word", "folded_name", "organisation_id"])
    waits = sa.text("done_at IS NULL")
    op.create_index(op.f("ix_call_back_due_on"), "call_back", ["due_on"], sqlite_where=waits, postgresql_where=waits)


def downgrade() -> None:
    op.drop_index(op.f("ix_call_back_due_on"), "call_back")
    keep("SELECT organisation_id, word FROM organisation_word")
    op.drop_table("organisation_word")
    made("word", "organisation_id")
    op.execute(
        "INSERT INTO organisation_word (organisation_id, word) SELECT k.organisation_id, k.word FROM kept_word k"
    )
    op.execute("DROP TABLE kept_word")
    op.create_index("ix_organisation_word_organisation_id", "organisation_word", ["organisation_id", "word"])


def keep(rows: str) -> None:
    op.execute(f"CREATE TEMPORARY TABLE kept_word AS {rows}")


def made(*key: str, name: sa.Column[str] | None = None) -> None:
    op.create_table(
        "organisation_word",
        sa.Column("word", PLAIN, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        *(() if name is None else (name,)),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_word_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_organisation_word")),
    )
