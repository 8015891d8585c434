"""Whether the tables of a database are those of the program: nothing lacks, nothing was planted."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from sqlalchemy import Connection, create_engine, inspect, text

from zhupei_cli.model import Base

_VERSION: Final = "alembic_version"
#: Triggers, rules and functions of others that act on our tables, and our own checks switched off.
_PLANTED: Final = text("""
    SELECT 'trigger ' || tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = 'public'::regnamespace AND (NOT t.tgisinternal OR t.tgenabled <> 'O')
    UNION ALL SELECT 'rule ' || rulename FROM pg_rules WHERE schemaname = 'public'
    UNION ALL SELECT 'view ' || viewname FROM pg_views WHERE schemaname = 'public'
""")


def unlike_model(connection: Connection) -> list[str]:
    """Return what the database has beyond the program's tables (`+`), and what of them it lacks (`-`)."""
    there, wanted = set(_parts(connection)), _wanted(on_server=connection.dialect.name != "sqlite")
    found = [f"- {one}" for one in sorted(wanted - there)] + [f"+ {one}" for one in sorted(there - wanted)]
    return found + [f"+ {one}" for one in sorted(_planted(connection))]


@cache
def _wanted(*, on_server: bool) -> frozenset[str]:
    # Made and read back by the same means, so that both sides are spelled alike.
    engine = create_engine("sqlite://")
    with engine.connect() as fresh:
        Base.metadata.create_all(fresh)
        parts = list(_parts(fresh))
    engine.dispose()
    # A server keeps conditions in words of its own: there names have to do.
    return frozenset(_without_words(part) if on_server else part for part in parts)


def _without_words(part: str) -> str:
    """Leave the condition of a CHECK and the type of a column out."""
    if " CHECK " in part:
        return part.partition(" CHECK ")[0] + " CHECK"
    return re.sub(r"^(\w+\.\w+) (?!NOT)\w+(\(\d+\))?", r"\1", part)


def _parts(connection: Connection) -> Iterator[str]:
    inspector = inspect(connection)
    on_server = connection.dialect.name != "sqlite"
    for table in inspector.get_table_names():
        if table == _VERSION:
            continue
        yield table
        for column in inspector.get_columns(table):
            type_ = "" if on_server else f" {column['type']}"
            yield f"{table}.{column['name']}{type_}{'' if column['nullable'] else ' NOT NULL'}"
        yield f"{table} PRIMARY KEY {_names(inspector.get_pk_constraint(table)['constrained_columns'])}"
        for index in inspector.get_indexes(table):
            # A server lists the index behind a UNIQUE constraint too.
            if not index.get("duplicates_constraint"):
                yield f"{table} INDEX {index['name']} {_names(index['column_names'])}"
        for unique in inspector.get_unique_constraints(table):
            yield f"{table} UNIQUE {_names(unique['column_names'])}"
        for key in inspector.get_foreign_keys(table):
            there = f"{key['referred_table']} {_names(key['referred_columns'])}"
            yield f"{table} FOREIGN KEY {_names(key['constrained_columns'])} → {there}"
        for check in inspector.get_check_constraints(table):
            condition = "" if on_server else " " + _plain(str(check["sqltext"]))
            yield f"{table}.{check['name']} CHECK{condition}"


def _names(columns: Sequence[object]) -> str:
    return f"({', '.join(map(str, columns))})"


def _plain(condition: str) -> str:
    return re.sub(r"[\s\"()]+", "", condition).lower()


def _planted(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        kinds = "SELECT type || ' ' || name FROM sqlite_master WHERE type IN ('trigger', 'view')"
        yield from connection.execute(text(kinds)).scalars()
    else:
        yield from connection.execute(_PLANTED).scalars()
