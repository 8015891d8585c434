"""Days of a life as people know them: some to the day, some to the month, all within a life."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final


class Month(date):
    """A month whose day nobody knows: it sorts as its first day, is equal to none, and shows as 2024-06."""

    __slots__ = ()

    def isoformat(self) -> str:
        return super().isoformat()[:7]

    __str__ = isoformat

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Month) and super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = date.__hash__


@lru_cache(maxsize=65_536)
def day_of(text: str) -> date:
    """Return the day or month of an ISO text of 10 or 7 characters."""
    return Month.fromisoformat(f"{text}-01") if len(text) == 7 else date.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Span:
    """When something can have been: from the beginning of a year until so many years from now."""

    first: int
    ahead: int

    def last(self, today: date) -> int:
        """Return the last year."""
        return today.year + self.ahead

    def holds(self, day: date, today: date) -> bool:
        """Return whether a day is within; nothing that is over may lie in the future."""
        return self.first <= day.year <= self.last(today) and (self.ahead > 0 or day <= today)


#: By kind: people who are trained now, their studies and their work.
BIRTH: Final = Span(1930, 0)
GRADUATION: Final = Span(1955, 6)
WORK_SPAN: Final = Span(1950, 1)
#: A contract may end in years to come.
WORK_END: Final = Span(1950, 30)
#: Nobody graduates from a university or begins to work before.
YOUNGEST: Final = 15


def age_on(born: date, day: date) -> int:
    """Return the full years somebody has lived; to a month that is known alone, as many as may be."""
    before = (day.month, 31 if isinstance(day, Month) else day.day) < (born.month, born.day)
    return day.year - born.year - before
