"""Keep texts of more than 64 KB on OceanBase: what an import keeps of a photo, and of many files"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_LONG = (("import_row", "before", True), ("import_run", "files", False), ("event", "data", True))


def upgrade() -> None:
    if op.get_bind().dialect.name != "mysql":
        return  # texts have no length there
    inspector = sa.inspect(op.get_bind())
    for table, name, nullable in _LONG:
        (column,) = (one for one in inspector.get_columns(table) if one["name"] == name)
        if type(column["type"]).__name__ == "TEXT":
            op.alter_column(table, name, type_=sa.Text(), existing_nullable=nullable)


def downgrade() -> None:
    """Leave them: what is longer than the older version could keep would be lost."""
