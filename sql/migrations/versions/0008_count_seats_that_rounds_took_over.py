"""Count in each place the seats that supplement rounds took over, and allow the round of refilling"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"

_WHO = ("own", "entrusted", "social")
_TAKEN = " + ".join(f"taken_{who}" for who in _WHO)
_CHECKS = {
    "ceded": f"ceded >= 0 AND {_TAKEN} + ceded <= quota",
    **{
        f"ceded_{who}": (
            f"ceded_{who} >= 0 AND (max_{who} IS NULL OR taken_{who} + ceded_{who} <= max_{who})"
        )
        for who in _WHO
    },
}
_ROUNDS = ("('main', 'adjust')", "('main', 'adjust', 'refill')")

# A season of before may have given a seat twice: the sum is kept from now on, and `db check` names the place.
_FILL = """
UPDATE plan SET {column} = CASE WHEN {given} <= {left} THEN {given} WHEN {left} > 0 THEN {left} ELSE 0 END
WHERE EXISTS (SELECT 1 FROM batch r WHERE r.parent_id = plan.batch_id)
"""
_GIVEN = """
COALESCE((SELECT SUM({what}) FROM (SELECT p.*, r.parent_id FROM plan p JOIN batch r ON r.id = p.batch_id
  WHERE r.parent_id IS NOT NULL AND r.status <> 'cancelled') c
  WHERE c.parent_id = plan.batch_id AND c.base_code = plan.base_code
    AND c.specialty_code = plan.specialty_code), 0)
"""


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for column in _CHECKS:
        if sqlite:
            op.execute(f"ALTER TABLE plan ADD COLUMN {column} INTEGER DEFAULT 0 NOT NULL {_check(column)}")
        else:
            op.add_column(
                "plan", sa.Column(column, sa.Integer(), server_default=sa.text("0"), nullable=False)
            )
    op.execute(_fill("ceded", "c.quota", f"quota - ({_TAKEN})"))
    for who in _WHO:
        most = f"CASE WHEN c.max_{who} IS NULL OR c.max_{who} > c.quota THEN c.quota ELSE c.max_{who} END"
        op.execute(_fill(f"ceded_{who}", most, f"COALESCE(max_{who}, 1000000) - taken_{who}"))
    if not sqlite:
        for column, rule in _CHECKS.items():
            op.create_check_constraint(op.f(f"ck_plan_{column}"), "plan", rule)
    _allow(*_ROUNDS)


def downgrade() -> None:
    op.execute("UPDATE run SET round = 'adjust' WHERE round = 'refill'")
    _allow(*reversed(_ROUNDS))
    for column in reversed(_CHECKS):
        if op.get_bind().dialect.name != "sqlite":
            op.drop_constraint(op.f(f"ck_plan_{column}"), "plan", type_="check")
        # SQLite drops a column's own CHECK with it.
        op.execute(f"ALTER TABLE plan DROP COLUMN {column}")


def _check(column: str) -> str:
    return f"CONSTRAINT ck_plan_{column} CHECK ({_CHECKS[column]})"


def _fill(column: str, what: str, left: str) -> str:
    return _FILL.format(column=column, given=_GIVEN.format(what=what), left=f"({left})")


def _allow(old: str, new: str) -> None:
    """Change which rounds a run may be of. Other tables point at `run`: on SQLite it cannot be copied."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_run_round"), "run", type_="check")
        op.create_check_constraint(op.f("ck_run_round"), "run", f"round IN {new}")
        return
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'run'"
        ),
        {"old": f"round IN {old}", "new": f"round IN {new}"},
    )
    op.execute("PRAGMA writable_schema = RESET")
