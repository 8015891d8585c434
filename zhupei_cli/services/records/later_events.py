"""Events that can be told only when a long command is done: they wait in a file."""

import marshal
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.spool import Spool


class LaterEvents:
    """Changes in the order they were made; what they tell is of the kinds that marshal knows."""

    def __init__(self) -> None:
        self._waiting = Spool()

    def add(self, changes: Iterable[Change]) -> None:
        """Take changes."""
        # Any: marshal takes plain tuples alone.
        some: Any = [tuple(change) for change in changes]
        if some:
            self._waiting.append(marshal.dumps(some))

    def record(self, session: Session, by: Acting) -> None:
        """Append the events of all changes."""
        for at in range(len(self._waiting)):
            record(session, by, list(map(Change._make, marshal.loads(self._waiting[at]))))
