"""Keep records of conduct (诚信记录) and objections (公示异议), and people who left after check-in (退培)"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_STATES = "'proposed', 'not_admitted', 'admitted', 'declined', 'revoked', 'reported', 'no_show'"


def upgrade() -> None:
    op.create_table(
        "bar",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id_type", sa.String(length=20), nullable=False),
        sa.Column("id_number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_date", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('default', 'no_show', 'cheating', 'other')", name=op.f("ck_bar_kind")),
        sa.CheckConstraint("state IN ('pending', 'active', 'lifted')", name=op.f("ck_bar_state")),
        sa.CheckConstraint("until IS NULL OR from_date <= until", name=op.f("ck_bar_dates")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_bar_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar")),
        sa.UniqueConstraint(
            "id_number", "id_type", "kind", "from_date", name=op.f("uq_bar_id_number_id_type_kind_from_date")
        ),
    )
    op.create_index(op.f("ix_bar_application_id"), "bar", ["application_id"])
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("base_code", sa.String(length=32), nullable=True),
        sa.Column("specialty_code", sa.String(length=32), nullable=True),
        sa.Column("signed", sa.String(length=100), nullable=True),
        sa.Column("content", sa.String(length=2000), nullable=False),
        sa.Column("received_on", sa.String(length=10), nullable=False),
        sa.Column("assigned_to", sa.String(length=100), nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_objection_state")),
        sa.CheckConstraint("(state = 'closed') = (upheld IS NOT NULL)", name=op.f("ck_objection_closed")),
        sa.CheckConstraint(
            "(application_id IS NOT NULL AND base_code IS NULL AND specialty_code IS NULL)"
            " OR (application_id IS NULL AND base_code IS NOT NULL AND specialty_code IS NOT NULL)",
            name=op.f("ck_objection_about"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_objection_batch_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_objection_application_id")
        ),
        sa.ForeignKeyConstraint(["base_code"], ["base.code"], name=op.f("fk_objection_base_code")),
        sa.ForeignKeyConstraint(
            ["specialty_code"], ["specialty.code"], name=op.f("fk_objection_specialty_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_batch_id"), "objection", ["batch_id"])
    op.create_index(op.f("ix_objection_application_id"), "objection", ["application_id"])
    _allow(_STATES, f"{_STATES}, 'quit'")


def downgrade() -> None:
    # Who left is 未报到 for an earlier program: no seat, and no candidate again.
    op.execute("UPDATE admission SET status = 'no_show' WHERE status = 'quit'")
    _allow(f"{_STATES}, 'quit'", _STATES)
    op.drop_table("objection")
    op.drop_table("bar")


def _allow(old: str, new: str) -> None:
    """Change where somebody may stand in admission, without copying the table."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_admission_status"), "admission", type_="check")
        op.create_check_constraint(op.f("ck_admission_status"), "admission", f"status IN ({new})")
        return
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = 'admission'"
        ),
        {"old": f"status IN ({old})", "new": f"status IN ({new})"},
    )
    op.execute("PRAGMA writable_schema = RESET")
