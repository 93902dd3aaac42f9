"""a message knows which moment of its appointment it speaks of"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

SPEAKS_OF = "appointment_id IS NULL OR appointment_sequence IS NOT NULL"
AS_IT_STANDS = """
UPDATE message SET appointment_sequence =
    (SELECT appointment.sequence FROM appointment WHERE appointment.id = message.appointment_id)
WHERE appointment_id IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("message", sa.Column("appointment_sequence", sa.Integer(), nullable=True))
    op.execute(AS_IT_STANDS)
    with op.batch_alter_table("message") as batch:
        batch.create_check_constraint(op.f("ck_message__of_a_moment"), SPEAKS_OF)


def downgrade() -> None:
    with op.batch_alter_table("message") as batch:
        batch.drop_constraint(op.f("ck_message__of_a_moment"), type_="check")
        batch.drop_column("appointment_sequence")
