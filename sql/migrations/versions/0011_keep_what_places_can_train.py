"""Keep how many people a place can train at once (培训容量), where the plan says so"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_RULE = "capacity BETWEEN 0 AND 100000"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE plan ADD COLUMN capacity INTEGER CONSTRAINT ck_plan_capacity CHECK ({_RULE})"
        )
        return
    op.add_column("plan", sa.Column("capacity", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_plan_capacity"), "plan", _RULE)


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_plan_capacity"), "plan", type_="check")
    # SQLite drops a column's own CHECK with it.
    op.execute("ALTER TABLE plan DROP COLUMN capacity")
