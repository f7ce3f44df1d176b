"""Which entries are examples that came with the app"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "examples",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("examples")
