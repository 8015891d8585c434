"""Keep sites, rooms and seats of exams (考务) with the numbers on tickets"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "exam_site",
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("city", sa.String(length=40), nullable=True),
        sa.Column("touched_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_exam_site_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "code", name=op.f("pk_exam_site")),
    )
    op.create_table(
        "exam_room",
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("seats", sa.SmallInteger(), nullable=False),
        sa.Column("row_count", sa.SmallInteger(), nullable=True),
        sa.Column("column_count", sa.SmallInteger(), nullable=True),
        sa.Column("touched_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats BETWEEN 0 AND 2000", name=op.f("ck_exam_room_seats")),
        sa.CheckConstraint("row_count BETWEEN 1 AND 200", name=op.f("ck_exam_room_row_count")),
        sa.CheckConstraint("column_count BETWEEN 1 AND 200", name=op.f("ck_exam_room_column_count")),
        sa.ForeignKeyConstraint(
            ["batch_id", "site_code"],
            ["exam_site.batch_id", "exam_site.code"],
            name=op.f("fk_exam_room_batch_id_site_code"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "site_code", "code", name=op.f("pk_exam_room")),
    )
    op.create_table(
        "exam_seat",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("room_code", sa.String(length=32), nullable=False),
        sa.Column("seat", sa.SmallInteger(), nullable=False),
        sa.Column("ticket", sa.String(length=48), nullable=False),
        sa.Column("touched_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("seat BETWEEN 1 AND 2000", name=op.f("ck_exam_seat_seat")),
        sa.ForeignKeyConstraint(
            ["application_id", "batch_id"],
            ["application.id", "application.batch_id"],
            name=op.f("fk_exam_seat_application_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id", "site_code", "room_code"],
            ["exam_room.batch_id", "exam_room.site_code", "exam_room.code"],
            name=op.f("fk_exam_seat_batch_id_site_code_room_code"),
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_exam_seat")),
        sa.UniqueConstraint(
            "batch_id",
            "site_code",
            "room_code",
            "seat",
            name=op.f("uq_exam_seat_batch_id_site_code_room_code_seat"),
        ),
        sa.UniqueConstraint("batch_id", "ticket", name=op.f("uq_exam_seat_batch_id_ticket")),
    )


def downgrade() -> None:
    for table in ("exam_seat", "exam_room", "exam_site"):
        op.drop_table(table)
