"""Who does something, and when: the one place time enters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

Clock = Callable[[], datetime]

#: Everything people see is in China Standard Time; everything stored is UTC.
CST = timezone(timedelta(hours=8), "CST")


@dataclass(frozen=True, slots=True)
class Acting:
    """The operator's name and the instant (aware, UTC, whole seconds) of one command."""

    who: str
    at: datetime

    @property
    def today(self) -> date:
        """Return the day of the command in China."""
        return self.at.astimezone(CST).date()


def system_clock() -> datetime:
    """Return now in UTC, to the second: the finest step every supported database keeps."""
    return datetime.now(UTC).replace(microsecond=0)
