"""Give the parents of archived supplement rounds the seats back that nobody took there"""

from alembic import op

revision = "0016"
down_revision = "0015"

_WHO = ("own", "entrusted", "social", "postgrad")
_TAKEN = " + ".join(f"c.taken_{who}" for who in _WHO)
_HELD = " + ".join(f"taken_{who}" for who in _WHO)

_FILL = """
UPDATE plan SET {column} = CASE WHEN {given} <= {left} THEN {given} WHEN {left} > 0 THEN {left} ELSE 0 END
WHERE EXISTS (SELECT 1 FROM batch r WHERE r.parent_id = plan.batch_id AND r.status = 'archived')
"""
_GIVEN = """
COALESCE((SELECT SUM({what}) FROM (SELECT p.*, r.parent_id, r.status FROM plan p
  JOIN batch r ON r.id = p.batch_id WHERE r.parent_id IS NOT NULL AND r.status <> 'cancelled') c
  WHERE c.parent_id = plan.batch_id AND c.base_code = plan.base_code
    AND c.specialty_code = plan.specialty_code), 0)
"""


def upgrade() -> None:
    # One pass: of a round of a round that are both archived, `db check` names what is counted too high.
    _count(archived=True)


def downgrade() -> None:
    _count(archived=False)


def _count(*, archived: bool) -> None:
    """Count what rounds hold of their parent: of archived ones what is taken, or as before all they offered."""
    over = f"c.status = '{'archived' if archived else 'nothing'}'"
    seats = f"CASE WHEN {over} THEN {_TAKEN} + c.ceded ELSE c.quota END"
    op.execute(_fill("ceded", seats, f"quota - ({_HELD})"))
    for who in _WHO:
        most = f"WHEN c.max_{who} IS NULL OR c.max_{who} > c.quota THEN c.quota ELSE c.max_{who} END"
        share = f"CASE WHEN {over} THEN c.taken_{who} + c.ceded_{who} {most}"
        op.execute(_fill(f"ceded_{who}", share, f"COALESCE(max_{who}, 1000000) - taken_{who}"))


def _fill(column: str, what: str, left: str) -> str:
    return _FILL.format(column=column, given=_GIVEN.format(what=what), left=f"({left})")
