"""Reserve seats of places for identities (保留名额), and know postgraduates (在读专硕) and seats before a run"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_BEFORE = ("own", "entrusted", "social")
_WHO = (*_BEFORE, "postgrad")
_IDENTITY = (
    "identity IN ('own', 'social', 'entrusted')",
    "identity IN ('own', 'social', 'entrusted', 'postgrad')",
)
_TAKEN = tuple(" + ".join(f"taken_{who}" for who in each) for each in (_BEFORE, _WHO))
_TABLES = ("application", "admission")
_COUNT = "INTEGER DEFAULT 0 NOT NULL"

#: Column → its type and the CHECKs that come with it.
_COLUMNS = {
    "max_postgrad": ("INTEGER", {"max_postgrad": "max_postgrad >= 0"}),
    "taken_postgrad": (
        _COUNT,
        {
            "seats_postgrad": (
                "taken_postgrad >= 0 AND (max_postgrad IS NULL OR taken_postgrad <= max_postgrad)"
            )
        },
    ),
    "ceded_postgrad": (
        _COUNT,
        {
            "ceded_postgrad": (
                "ceded_postgrad >= 0 AND (max_postgrad IS NULL"
                " OR taken_postgrad + ceded_postgrad <= max_postgrad)"
            )
        },
    ),
    **{
        f"reserve_{who}": (
            _COUNT,
            {f"reserve_{who}": f"reserve_{who} >= 0 AND (max_{who} IS NULL OR reserve_{who} <= max_{who})"},
        )
        for who in _WHO
    },
}
_COLUMNS["reserve_postgrad"][1]["reserves"] = " + ".join(f"reserve_{who}" for who in _WHO) + " <= quota"
#: The CHECKs of the plan that count everybody seated.
_COUNTING = {"seats": "{taken} <= quota", "ceded": "ceded >= 0 AND {taken} + ceded <= quota"}


def upgrade() -> None:
    for column, (type_, checks) in _COLUMNS.items():
        if op.get_bind().dialect.name == "sqlite":
            rules = " ".join(f"CONSTRAINT ck_plan_{name} CHECK ({rule})" for name, rule in checks.items())
            op.execute(f"ALTER TABLE plan ADD COLUMN {column} {type_} {rules}")
            continue
        op.execute(f"ALTER TABLE plan ADD COLUMN {column} {type_}")
        for name, rule in checks.items():
            op.create_check_constraint(op.f(f"ck_plan_{name}"), "plan", rule)
    _count(*_TAKEN)
    _allow(*_IDENTITY)
    op.create_table(
        "preplaced",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("university", sa.String(length=100), nullable=True),
        sa.Column("tutor", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["admission.application_id"], name=op.f("fk_preplaced_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_preplaced")),
    )


def downgrade() -> None:
    op.drop_table("preplaced")
    # An earlier program knows no postgraduates: they count as who came from the public, whatever its limit.
    op.execute(
        "UPDATE plan SET taken_social = taken_social + taken_postgrad, max_social = NULL,"
        " taken_postgrad = 0 WHERE taken_postgrad > 0"
    )
    for table in _TABLES:
        op.execute(f"UPDATE {table} SET identity = 'social' WHERE identity = 'postgrad'")
    _allow(*reversed(_IDENTITY))
    _count(*reversed(_TAKEN))
    for column, (_, checks) in reversed(_COLUMNS.items()):
        if op.get_bind().dialect.name != "sqlite":
            for name in checks:
                op.drop_constraint(op.f(f"ck_plan_{name}"), "plan", type_="check")
        # SQLite drops a column's own CHECKs with it.
        op.execute(f"ALTER TABLE plan DROP COLUMN {column}")


def _count(old: str, new: str) -> None:
    """Change whose seats the CHECKs of the plan count."""
    if op.get_bind().dialect.name == "sqlite":
        _rewrite("plan", old, new)
        return
    for name, rule in _COUNTING.items():
        op.drop_constraint(op.f(f"ck_plan_{name}"), "plan", type_="check")
        op.create_check_constraint(op.f(f"ck_plan_{name}"), "plan", rule.format(taken=new))


def _allow(old: str, new: str) -> None:
    """Change which identities there are. Other tables point at these: on SQLite they cannot be copied."""
    for table in _TABLES:
        if op.get_bind().dialect.name == "sqlite":
            _rewrite(table, old, new)
            continue
        op.drop_constraint(op.f(f"ck_{table}_identity"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_identity"), table, new)


def _rewrite(table: str, old: str, new: str) -> None:
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :table"
        ),
        {"old": old, "new": new, "table": table},
    )
    op.execute("PRAGMA writable_schema = RESET")
