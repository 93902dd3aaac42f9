"""what a respondent named, a unit of releases"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

BEFORE = ("organisation", "contact", "interview", "initiative", "paradata")
UNITS = ("organisation", "contact", "interview", "initiative", "referral", "paradata")


def upgrade() -> None:
    units(*UNITS)


def downgrade() -> None:
    op.execute(sa.delete(sa.table("release_table", unit := sa.column("unit"))).where(unit == "referral"))
    units(*BEFORE)


def units(*units: str) -> None:
    with op.batch_alter_table("release_table") as batch:
        batch.drop_constraint(batch.f("ck_release_table_unit_unit"), type_="check")
        batch.create_check_constraint(batch.f("ck_release_table_unit_unit"), sa.column("unit").in_(units))
