"""Databases of OceanBase that tests use one after the other: making tables takes seconds there."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

from tests.oceanbase_server import OceanBase

_CHANGES = re.compile(r"\s*(?:CREATE|ALTER|DROP|TRUNCATE)\b", re.IGNORECASE)


@dataclass(slots=True)
class OceanBaseSlots:
    """Copies of the database `template`, emptied and filled again; made anew after a test changed tables."""

    server: OceanBase
    template: str
    made: set[str] = field(default_factory=set)
    changed: bool = False
    tables: dict[str, str] = field(default_factory=dict)
    rows: dict[str, tuple[str, list[tuple[Any, ...]]]] = field(default_factory=dict)

    def fill(self, fill: Callable[[str], None]) -> None:
        """Make the template by `fill`, and keep what it holds."""
        self.server.drop(self.template)
        self.server.create(self.template)
        fill(self.server.url(self.template))
        with closing(self.server.connect(self.template)) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            for (table,) in cursor.fetchall():
                cursor.execute(f"SHOW CREATE TABLE `{table}`")
                self.tables[table] = cursor.fetchone()[1].replace(f"`{self.template}`.", "")
                cursor.execute(f"SELECT * FROM `{table}`")
                if rows := list(cursor.fetchall()):
                    self.rows[table] = (", ".join(["%s"] * len(rows[0])), rows)
        event.listen(Engine, "before_cursor_execute", self._look)

    def _look(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.changed = self.changed or _CHANGES.match(statement) is not None

    def take(self, number: int) -> str:
        """Return the URL of the database `number`, holding what the template holds."""
        name = f"{self.template}_{number}"
        if self.changed:
            self.made.clear()
            self.changed = False
        with closing(self.server.connect()) as connection, connection.cursor() as cursor:
            if name in self.made:
                cursor.execute(f"USE `{name}`")
                cursor.execute("SET foreign_key_checks = 0")
                self._empty(cursor)
            else:
                self._make(cursor, name)
            for table, (places, rows) in self.rows.items():
                cursor.executemany(f"INSERT INTO `{table}` VALUES ({places})", rows)
        self.made.add(name)
        return self.server.url(name)

    def _make(self, cursor: Any, name: str) -> None:
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        cursor.execute(f"CREATE DATABASE `{name}` COLLATE utf8mb4_bin")
        cursor.execute(f"USE `{name}`")
        cursor.execute("SET foreign_key_checks = 0")
        for statement in self.tables.values():
            cursor.execute(statement)

    def _empty(self, cursor: Any) -> None:
        cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM `{table}`)" for table in self.tables))
        for table, filled in zip(self.tables, cursor.fetchone(), strict=True):
            if filled:
                cursor.execute(f"DELETE FROM `{table}`")

    def drop(self) -> None:
        """Remove all of them, the template too."""
        for name in (*self.made, self.template):
            self.server.drop(name)
