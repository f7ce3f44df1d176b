"""Who joined a room; live results in batches"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rooms", sa.Column("joined", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("questions", sa.Column("batch", sa.JSON(), nullable=True))
    op.add_column("answers", sa.Column("batched", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("answers", "batched")
    op.drop_column("questions", "batch")
    op.drop_column("rooms", "joined")
