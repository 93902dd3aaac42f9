"""a release keeps how small and how large the values of each variable are"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("release_table", sa.Column("extents", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("release_table") as batch:
        batch.drop_column("extents")
