"""alembic's entry: runs inside the connection and transaction that store.schema hands over."""

from typing import Any

from alembic import context

from zhupei_cli.model import Base
from zhupei_cli.model.base import UTCDateTime


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write our own types as what they are in the database: a migration must outlive the model."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UTCDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
