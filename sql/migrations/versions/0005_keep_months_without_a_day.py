"""Keep months whose day nobody knows: days of graduation and work as ISO text of 10 or 7 characters"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_COLUMNS = (
    ("education", "graduated_on", True),
    ("snapshot", "graduated_on", False),
    ("work", "from_date", True),
    ("work", "to_date", True),
)
_TO_TEXT = "to_char({column}, 'YYYY-MM-DD')"
_TO_DATE = "CAST({column} AS DATE)"

# PostgreSQL changes no column that a view reads. The views are those of roles and row security: they are made
# again by `zhupei db roles apply`, and until then a base and an auditor see nothing of these tables.
_DROP_VIEWS = """
DO $$
DECLARE
  name text;
BEGIN
  FOR name IN
    SELECT DISTINCT format('%I.%I', n.nspname, v.relname)
    FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace
    WHERE v.relkind = 'v' AND n.nspname LIKE 'zhupei%' AND v.relname IN ('education', 'snapshot', 'work')
  LOOP
    EXECUTE 'DROP VIEW ' || name || ' CASCADE';
  END LOOP;
END
$$
"""


def _education(graduated_on: sa.types.TypeEngine, *, kept: bool) -> sa.Table:
    """Return the table as it stands: SQLite changes one by copying it, and does not tell its CHECK."""
    return sa.Table(
        "education",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("school", sa.String(length=100), nullable=False),
        sa.Column("major", sa.String(length=100), nullable=True),
        sa.Column("graduated_on", graduated_on, nullable=True),
        sa.Column("full_time", sa.Boolean(), nullable=True),
        sa.Column("degree", sa.String(length=3), nullable=True),
        sa.Column("degree_type", sa.String(length=16), nullable=True),
        sa.Column("diploma_no", sa.String(length=40), nullable=True),
        sa.Column("degree_no", sa.String(length=40), nullable=True),
        sa.Column("is_fresh", sa.Boolean(), nullable=True),
        *([sa.Column("graduated_on_kept", sa.String(length=10), nullable=True)] if kept else ()),
        sa.CheckConstraint(
            "degree_type IN ('professional', 'academic')", name=op.f("ck_education_degree_type")
        ),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainee.id"], name=op.f("fk_education_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_education")),
        sa.UniqueConstraint(
            "trainee_id", "level", "school", name=op.f("uq_education_trainee_id_level_school")
        ),
    )


def upgrade() -> None:
    _change(sa.Date(), sa.String(length=10), _TO_TEXT)


def downgrade() -> None:
    for table, column, _ in _COLUMNS:
        op.execute(f"UPDATE {table} SET {column} = {_joined(column)} WHERE length({column}) = 7")
    sqlite = op.get_bind().dialect.name == "sqlite"
    # SQLite has no dates: its CAST would leave the year alone, so the texts are kept aside.
    for table, column, _ in _COLUMNS if sqlite else ():
        op.add_column(table, sa.Column(f"{column}_kept", sa.String(length=10), nullable=True))
        op.execute(f"UPDATE {table} SET {column}_kept = {column}")
    _change(sa.String(length=10), sa.Date(), _TO_DATE, kept=sqlite)
    for table, column, _ in _COLUMNS if sqlite else ():
        op.execute(f"UPDATE {table} SET {column} = {column}_kept")
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}_kept")


def _joined(column: str) -> str:
    if op.get_bind().dialect.name == "mysql":
        return f"concat({column}, '-01')"
    return f"{column} || '-01'"


def _change(old: sa.types.TypeEngine, new: sa.types.TypeEngine, using: str, *, kept: bool = False) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_DROP_VIEWS)
    for table, column, nullable in _COLUMNS:
        copy_from = _education(old, kept=kept) if table == "education" else None
        with op.batch_alter_table(table, copy_from=copy_from) as batch:
            batch.alter_column(
                column,
                existing_type=old,
                type_=new,
                existing_nullable=nullable,
                postgresql_using=using.format(column=column),
            )
