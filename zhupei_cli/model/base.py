"""What every table shares: names of constraints, types that mean the same on every database."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, DateTime, Dialect, MetaData, String
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from zhupei_cli.rules.people.dates import day_of


class Base(DeclarativeBase):
    """The one registry. Constraints have names, so that a migration can drop what another created."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator[datetime]):
    """An instant to the second: aware UTC in Python, plain in the database (MySQL keeps no zone)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC).replace(tzinfo=None, microsecond=0)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class BirthDate(TypeDecorator[date]):
    """A day that is always known; it is taken as its ISO text too."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: date | str | None, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Day(TypeDecorator[date]):
    """A day, or a `Month` where nobody knows it: ISO text of 10 or 7 characters, which sorts as it stands."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | str | None, dialect: Dialect) -> str | None:
        return value.isoformat() if isinstance(value, date) else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else day_of(value)


#: A row of a table by column. Any: each has a kind of its own; SQLAlchemy's RowMapping says no more.
TableRow = dict[str, Any]

#: Lengths that several tables share.
Code = String(32)
Name = String(100)
Number = String(40)
Operator = String(64)
Digest = String(64)
#: A piece of a long text: 16,000 characters fit MySQL's TEXT (65,535 bytes) whatever they are.
CHUNK = 16_000


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """Return the CHECK that keeps `column` inside its vocabulary; NULL passes where the column allows it."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


def between(column: str, low: int, high: int) -> CheckConstraint:
    """Return the CHECK that keeps `column` in its range."""
    return CheckConstraint(f"{column} BETWEEN {low} AND {high}", name=column)
