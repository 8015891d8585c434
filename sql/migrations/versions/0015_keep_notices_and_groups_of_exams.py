"""Keep who was told what (通知), and the groups of the second exam (复试)"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_EVENTS = "'approved', 'returned', 'exam', 'interview', 'proposed', 'refilled', 'admitted', 'checkin'"


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("occasion", sa.String(length=100), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=100), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("told_by", sa.String(length=64), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(f"event IN ({_EVENTS})", name=op.f("ck_notice_event")),
        sa.CheckConstraint("way IN ('workbook', 'email')", name=op.f("ck_notice_way")),
        sa.CheckConstraint("state IN ('sending', 'sent', 'refused')", name=op.f("ck_notice_state")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_notice_batch_id")),
        sa.ForeignKeyConstraint(
            ["application_id", "batch_id"],
            ["application.id", "application.batch_id"],
            name=op.f("fk_notice_application_id_batch_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "application_id", "event", "occasion", name=op.f("uq_notice_application_id_event_occasion")
        ),
    )
    op.create_index(op.f("ix_notice_batch_id_event"), "notice", ["batch_id", "event"])
    op.create_table(
        "exam_group",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("clock", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("touched_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id", "batch_id"],
            ["application.id", "application.batch_id"],
            name=op.f("fk_exam_group_application_id_batch_id"),
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_exam_group")),
    )
    op.create_index(op.f("ix_exam_group_batch_id_name"), "exam_group", ["batch_id", "name"])


def downgrade() -> None:
    for table in ("exam_group", "notice"):
        op.drop_table(table)
