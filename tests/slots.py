"""Databases of the server that tests use one after the other: emptied in 5 ms, where a new one takes 100."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, create_engine, delete, pool, text

from tests.server import Server
from zhupei_cli.model import Base

_ALONE = text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
""")
#: What a test may leave behind beside rows of ours: schemas, tables, columns, policies, privileges, versions.
_SHAPE = text("""
    SELECT (SELECT array_agg(nspname::text ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_'),
           (SELECT array_agg((relname, relnatts, relrowsecurity, relacl)::text ORDER BY relname)
            FROM pg_class WHERE relnamespace = 'public'::regnamespace),
           (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
           (SELECT array_agg(version_num) FROM alembic_version)
""")


_EMPTIED = "; ".join(str(delete(table)) for table in reversed(Base.metadata.sorted_tables))


@dataclass(slots=True)
class Slots:
    """Copies of the database `template`, made when first asked for, used again once they are as it is."""

    server: Server
    template: str
    user: str
    password: str
    #: Table → its rows as the server writes and reads them fastest, where there are any.
    rows: dict[str, bytes] = field(default_factory=dict)
    shape: tuple[Any, ...] = ()
    made: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        with self._connect(self.template) as connection:
            self.shape = tuple(connection.execute(_SHAPE).one())
            for table in Base.metadata.sorted_tables:
                with _driver(connection).copy(f'COPY "{table.name}" TO STDOUT') as copied:
                    if rows := b"".join(copied):
                        self.rows[table.name] = rows

    def take(self, number: int) -> str:
        """Return the URL of the database `number`, holding what the template holds."""
        name = f"{self.template}_{number}"
        if name not in self.made or not self._restored(name):
            self.server.drop(name)
            self.server.create(name, template=self.template)
            self.made.add(name)
        return self.server.url(name, user=self.user, password=self.password)

    def drop(self) -> None:
        """Remove all of them, the template too."""
        for name in (*self.made, self.template):
            self.server.drop(name)

    def _connect(self, name: str) -> Connection:
        return create_engine(self.server.url(name), poolclass=pool.NullPool).connect()

    def _restored(self, name: str) -> bool:
        with self._connect(name) as connection:
            connection.execute(_ALONE)
            if tuple(connection.execute(_SHAPE).one()) != self.shape:
                return False
            connection.exec_driver_sql(_EMPTIED)
            for name, rows in self.rows.items():
                with _driver(connection).copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(rows)
            connection.commit()
        return True


def _driver(connection: Connection) -> Any:
    """Return a cursor of psycopg's own: SQLAlchemy has no COPY."""
    return connection.connection.cursor()
