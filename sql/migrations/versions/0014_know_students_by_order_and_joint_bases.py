"""Know who studies by order (订单定向), which bases are joint ones (协同单位), and kinds of institutions"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"

#: Table → column → the length of its texts, None for a yes or no.
_COLUMNS = {
    "trainee": {"order_oriented": None, "order_county": 100, "order_base": 100},
    "application": {"order_oriented": None},
    "base": {"main_code": 32, "is_joint": None, "institution": 40},
    "employer": {"institution": 40, "affiliation": 40},
}


def upgrade() -> None:
    for table, columns in _COLUMNS.items():
        for name, length in columns.items():
            type_ = sa.Boolean() if length is None else sa.String(length=length)
            op.add_column(table, sa.Column(name, type_, nullable=True))


def downgrade() -> None:
    for table, columns in reversed(_COLUMNS.items()):
        for name in reversed(columns):
            op.drop_column(table, name)
