"""Add the local day of submission, and the figures of each night's report"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: The day in +08:00 of an instant in UTC: the one place that speaks each database's own words.
_LOCAL_DAY = {
    "sqlite": "date(first_submitted_at, '+8 hours')",
    "postgresql": "CAST(first_submitted_at + INTERVAL '8 hours' AS DATE)",
    "mysql": "DATE(DATE_ADD(first_submitted_at, INTERVAL 8 HOUR))",
}


def upgrade() -> None:
    op.add_column("application", sa.Column("submitted_on", sa.Date(), nullable=True))
    day = _LOCAL_DAY[op.get_bind().dialect.name]
    op.execute(f"UPDATE application SET submitted_on = {day} WHERE first_submitted_at IS NOT NULL")
    op.create_index(op.f("ix_run_row_application_id"), "run_row", ["application_id"])
    op.create_table(
        "night",
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_night_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "day", name=op.f("pk_night")),
    )


def downgrade() -> None:
    op.drop_table("night")
    op.drop_index(op.f("ix_run_row_application_id"), table_name="run_row")
    op.drop_column("application", "submitted_on")
