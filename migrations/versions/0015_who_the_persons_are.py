"""a release keeps who the persons are apart, and a long export says how far it is"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("release_table", sa.Column("persons_dictionary", sa.Text(), nullable=True))
    op.add_column("release_table", sa.Column("persons", sa.LargeBinary(), nullable=True))
    op.create_table(
        "export_progress",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_export_progress_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_progress")),
    )
    op.create_index(op.f("ix_export_progress_user_id"), "export_progress", ["user_id"])


def downgrade() -> None:
    op.drop_table("export_progress")
    with op.batch_alter_table("release_table") as batch:
        batch.drop_column("persons")
        batch.drop_column("persons_dictionary")
