"""alembic's entry: runs inside the connection and transaction that store.schema hands over."""

from typing import Any, Final

from alembic import context
from alembic.ddl.mysql import MySQLImpl
from sqlalchemy import exc

from zhupei_cli.model import Base
from zhupei_cli.model.base import UTCDateTime
from zhupei_cli.store.engine import HEAD

#: What a server says of a table, column, key, index or CHECK that is there already, or is gone already; the
#: last two of an index that a foreign key leans on: it stays, and goes with its table.
_DONE: Final = frozenset((1022, 1050, 1051, 1060, 1061, 1091, 1826, 3821, 3822, 3940, 1553, 5320))


class Resumed(MySQLImpl):
    """Tables that stay with their first word: a step that was cut off is gone through again from its start."""

    __dialect__ = "mysql"

    def _exec(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super()._exec(*args, **kwargs)
        except exc.DBAPIError as error:
            if error.orig is None or error.orig.args[0] not in _DONE:
                raise
            return None


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write our own types as what they are in the database: a migration must outlive the model."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UTCDateTime) else False


def keep(ctx: Any, step: Any, **_: Any) -> None:
    """Keep a step and the version it led to before the next one begins."""
    if not (filled and step.up_revision_id == HEAD):
        ctx.connection.exec_driver_sql("COMMIT")


#: Said by store.schema of engines that keep each change of tables at once.
stepwise = context.config.attributes.get("stepwise", False)
filled = context.config.attributes.get("filled", False)
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    transactional_ddl=not stepwise,
    transaction_per_migration=stepwise,
    on_version_apply=keep if stepwise else None,
)
with context.begin_transaction():
    context.run_migrations()
