"""OceanBase: a distributed server that speaks MySQL's protocol; one node of it is enough."""

from typing import Final

from sqlalchemy import Column
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from zhupei_cli.store.engines.backend import Login, LoginKind
from zhupei_cli.store.engines.oceanbase.health import (
    damage_sought,
    dangling,
    described,
    made,
    place_checks,
    planted,
    require_room,
    running_checks,
    size,
)
from zhupei_cli.store.engines.oceanbase.opening import (
    at_work,
    has_version,
    holder,
    kept_apart,
    open_engine,
    take_turn,
)
from zhupei_cli.store.engines.oceanbase.rows import delete, insert, update
from zhupei_cli.store.engines.oceanbase.words import code_of, detail_of
from zhupei_cli.store.engines.servers import require_absent, require_another

__all__ = [
    "BACKUPS",
    "COMPONENT",
    "DRIVERS",
    "KEEPS_WORDS",
    "NAME",
    "ON_SERVER",
    "UNDOES_DDL",
    "WALLS",
    "at_work",
    "code_of",
    "damage_sought",
    "dangling",
    "delete",
    "described",
    "detail_of",
    "has_version",
    "holder",
    "in_order",
    "insert",
    "kept_apart",
    "made",
    "open_engine",
    "place_checks",
    "planted",
    "require_absent",
    "require_another",
    "require_room",
    "running_checks",
    "size",
    "take_turn",
    "unwalled",
    "update",
    "who",
]

NAME: Final = "OceanBase"
DRIVERS: Final = ("mysql+pymysql",)
ON_SERVER: Final = True
WALLS: Final = False
UNDOES_DDL: Final = False
KEEPS_WORDS: Final = False
COMPONENT: Final = ("pymysql", "oceanbase")
BACKUPS: Final = None


def who(session: Session) -> Login:
    """Return nobody: there are no walls between logins."""
    del session
    return Login(None, LoginKind.OWNER)


def unwalled(session: Session) -> bool:
    """Return False: there are no walls."""
    del session
    return False


def in_order(column: Column[object]) -> SQLCoreOperations[object]:
    """Return the column itself: its texts are compared by their bytes."""
    return column
