"""More kinds of questions, second votes, support for texts, one-time codes, decisions"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAMES = {"uq": "uq_%(table_name)s_%(column_0_name)s_%(column_1_name)s"}  # SQLite keeps none of its own
OF_SLOT, COLUMNS = "answers_device_slot", ["question_id", "device"]


def upgrade() -> None:
    op.add_column("rooms", sa.Column("language", sa.String(5), nullable=False, server_default="en"))
    op.add_column("rooms", sa.Column("practice", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("rooms", sa.Column("needs_code", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("questions", sa.Column("settings", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("questions", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("questions", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("questions", sa.Column("repeats", sa.Integer(), nullable=True))
    with op.batch_alter_table("answers", naming_convention=NAMES) as answers:
        answers.add_column(sa.Column("slot", sa.Integer(), nullable=False, server_default="0"))
        answers.add_column(sa.Column("merged", sa.Integer(), nullable=True))
        answers.drop_constraint(_of_device(), type_="unique")
        answers.create_unique_constraint(OF_SLOT, [*COLUMNS, "slot"])
    op.create_table(
        "supports",
        sa.Column("answer_id", sa.Integer(), sa.ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("device", sa.String(64), primary_key=True),
    )
    op.create_table(
        "tickets",
        sa.Column("room_id", sa.Integer(), sa.ForeignKey("rooms.id"), primary_key=True),
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("used", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("room_id", sa.Integer(), sa.ForeignKey("rooms.id"), nullable=False, index=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(300), nullable=False),
        sa.Column("against", sa.String(600), nullable=False),
        sa.Column("vote", sa.String(300), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("removed", sa.DateTime(timezone=True), nullable=True),
    )


def _of_device() -> str:
    """What the older constraint, one answer a device and question, is called."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    return "uq_answers_question_id_device" if is_sqlite else "answers_question_id_device_key"


def downgrade() -> None:
    for table in ("decisions", "tickets", "supports"):
        op.drop_table(table)
    op.execute("DELETE FROM answers WHERE slot > 0")
    with op.batch_alter_table("answers") as answers:
        answers.drop_constraint(OF_SLOT, type_="unique")
        answers.create_unique_constraint(_of_device(), COLUMNS)
        answers.drop_column("merged")
        answers.drop_column("slot")
    for table, columns in {
        "questions": ("repeats", "until", "hidden", "settings"),
        "rooms": ("needs_code", "practice", "language"),
    }.items():
        for column in columns:
            op.drop_column(table, column)
