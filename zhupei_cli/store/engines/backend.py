"""What every engine can do: the one interface between our program and the databases it speaks to."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Column, Connection, Engine, Table
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from zhupei_cli.store.engines.values import Rows


class LoginKind(StrEnum):
    """What a login is: `owner` stands for whoever no wall holds, on a file database everybody."""

    OWNER = "owner"
    PROVINCE = "province"
    BASE = "base"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Login:
    """Who is logged in: no name on a file; `base` is the code of the base it acts for.

    `row_security` says that the server looks at each row it reads and writes.
    """

    name: str | None
    kind: LoginKind
    base: str | None = None
    row_security: bool = False


class State(StrEnum):
    """How something was found by `zhupei doctor`."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and what to do where it is not ok."""

    name: str
    found: str
    state: State = State.OK
    cure: str = ""


class Restore(Protocol):
    """What makes a database what a backup holds; `head` is the newest version that is known."""

    def __call__(self, path: Path, url: URL, *, replace: bool, dry_run: bool, head: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Backups:
    """A form of backups: its first bytes, what writes one into an empty file, what makes a database of it."""

    begin: bytes
    back_up: Callable[[URL, Path], None]
    restore: Restore


class Backend(Protocol):
    """An engine. Modules are these: their functions raise what the driver raises, and ZhupeiError."""

    # -- what it is --------------------------------------------------------------------------------

    @property
    def NAME(self) -> str:
        """What people call it."""

    @property
    def DRIVERS(self) -> tuple[str, ...]:
        """What an address may begin with; the last is how it is best written."""

    @property
    def ON_SERVER(self) -> bool:
        """Whether databases are made empty by an administrator, not as a file by us."""

    @property
    def WALLS(self) -> bool:
        """Whether it has logins and row security."""

    @property
    def UNDOES_DDL(self) -> bool:
        """Whether tables that a transaction made or changed go back with it."""

    @property
    def KEEPS_WORDS(self) -> bool:
        """Whether types and conditions are read back as they were written."""

    @property
    def COMPONENT(self) -> tuple[str, str] | None:
        """The driver's module, and the extra it comes with; None where Python has it."""

    # -- opening, beginning, the writers' turn -----------------------------------------------------

    def open_engine(self, url: URL) -> Engine:
        """Return an engine on an existing database, whose errors carry no values of rows."""

    def at_work(self, engine: Engine, *, read_only: bool) -> Engine:
        """Return the engine whose transactions write, or only read what stood there when they began."""

    def take_turn(self, connection: Connection, patience: int) -> None:
        """Make the transaction the only one of our program that writes, until it ends.

        Raises what means E601 after `patience` milliseconds.
        """

    def holder(self, url: URL) -> str:
        """Return who has kept others from writing just now, as E601 says it; "" where nobody can tell."""

    def kept_apart(self, url: URL, patience: int) -> AbstractContextManager[None]:
        """Let nobody else change our tables while the block lasts, where no transaction does that."""

    def has_version(self, connection: Connection) -> bool:
        """Return whether the table of versions stands there, without ending the transaction where not."""

    def who(self, session: Session) -> Login:
        """Return who is logged in."""

    # -- many rows ---------------------------------------------------------------------------------

    def insert(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        rows: Iterable[tuple[object, ...]],
        *,
        looked_at: bool,
    ) -> None:
        """Insert rows as they come; `looked_at` says that row security looks at each."""

    def update(
        self, connection: Connection, table: Table, key: Sequence[str], columns: Sequence[str], rows: Rows
    ) -> None:
        """Update `columns` where `key` matches; each row holds the key's values, then the columns'."""

    def delete(self, connection: Connection, table: Table, key: Sequence[str], rows: Rows) -> None:
        """Delete the rows whose `key` columns have the values of each tuple."""

    def in_order(self, column: Column[object]) -> SQLCoreOperations[object]:
        """Return the column as rows are put in the order of its characters' numbers by it."""

    # -- what failed -------------------------------------------------------------------------------

    def code_of(self, error: BaseException) -> str | None:
        """Return the catalogue code of what its driver raised; None for another one's, and the unknown."""

    def detail_of(self, code: str, message: str) -> str:
        """Return what the driver said as people may read it."""

    # -- making, describing, checking --------------------------------------------------------------

    def require_absent(self, url: URL) -> None:
        """Raise E508 where a file stands already; a server is looked at by `require_room`."""

    def require_room(self, connection: Connection, url: URL) -> None:
        """Raise E508, E514 or E515 when our tables cannot be made in this database."""

    def made(self, url: URL, *, dry_run: bool = False) -> AbstractContextManager[str]:
        """Yield where new tables are to be made; what is there is kept when the block ends well."""

    def described(self, connection: Connection) -> str:
        """Return the engine and its version in words."""

    def size(self, connection: Connection, url: URL) -> int:
        """Return the bytes the database takes."""

    def place_checks(self, url: URL) -> Iterator[Check]:
        """Look at where the database is, before it is opened."""

    def running_checks(self, url: URL) -> Iterator[Check]:
        """Look at how the database does, once it is known to be ours."""

    def damage_sought(self, connection: Connection) -> AbstractContextManager[Callable[[], list[str]]]:
        """Look, while the block lasts, for what is broken in what is stored; say it when asked."""

    def dangling(self, connection: Connection) -> list[str]:
        """Return rows that point nowhere, and constraints that were switched off."""

    def planted(self, connection: Connection) -> Iterable[str]:
        """Return triggers, rules and views of others that act on our tables."""

    def unwalled(self, session: Session) -> bool:
        """Return whether there are walls that do not hold this login."""

    # -- backups -----------------------------------------------------------------------------------

    def require_another(self, path: Path, url: URL) -> None:
        """Raise E549 when `path` is the database itself or what stands beside it."""

    @property
    def BACKUPS(self) -> Backups | None:
        """Its own form of backups; without one, all rows go into a file of SQLite."""
