"""Whether the tables of a database are those of the program: nothing lacks, nothing was planted."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from sqlalchemy import Connection, create_engine, inspect

from zhupei_cli.model import Base
from zhupei_cli.store.engines.choosing import backend_at

_VERSION: Final = "alembic_version"


def unlike_model(connection: Connection) -> list[str]:
    """Return what the database has beyond the program's tables (`+`), and what of them it lacks (`-`)."""
    backend = backend_at(connection)
    there, wanted = set(_parts(connection)), _wanted(worded=backend.KEEPS_WORDS)
    found = [f"- {one}" for one in sorted(wanted - there)] + [f"+ {one}" for one in sorted(there - wanted)]
    return found + [f"+ {one}" for one in sorted(backend.planted(connection))]


@cache
def _wanted(*, worded: bool) -> frozenset[str]:
    # Made and read back by the same means, so that both sides are spelled alike.
    engine = create_engine("sqlite://")
    with engine.connect() as fresh:
        Base.metadata.create_all(fresh)
        parts = list(_parts(fresh))
    engine.dispose()
    # A server keeps conditions in words of its own: there names have to do.
    return frozenset(part if worded else _without_words(part) for part in parts)


def _without_words(part: str) -> str:
    """Leave the condition of a CHECK and the type of a column out."""
    if " CHECK " in part:
        return part.partition(" CHECK ")[0] + " CHECK"
    return re.sub(r"^(\w+\.\w+) (?!NOT)\w+(\(\d+\))?", r"\1", part)


def _parts(connection: Connection) -> Iterator[str]:
    inspector = inspect(connection)
    worded = backend_at(connection).KEEPS_WORDS
    for table in inspector.get_table_names():
        if table == _VERSION:
            continue
        yield table
        for column in inspector.get_columns(table):
            type_ = f" {column['type']}" if worded else ""
            yield f"{table}.{column['name']}{type_}{'' if column['nullable'] else ' NOT NULL'}"
        yield f"{table} PRIMARY KEY {_names(inspector.get_pk_constraint(table)['constrained_columns'])}"
        uniques = inspector.get_unique_constraints(table)
        keys = inspector.get_foreign_keys(table)
        # A server lists the index behind a UNIQUE constraint too, MariaDB that behind a foreign key.
        behind = {unique.get("duplicates_index") for unique in uniques} | {key["name"] for key in keys}
        for index in inspector.get_indexes(table):
            if not index.get("duplicates_constraint") and index["name"] not in behind:
                yield f"{table} INDEX {index['name']} {_names(index['column_names'])}"
        for unique in uniques:
            yield f"{table} UNIQUE {_names(unique['column_names'])}"
        for key in keys:
            there = f"{key['referred_table']} {_names(key['referred_columns'])}"
            yield f"{table} FOREIGN KEY {_names(key['constrained_columns'])} → {there}"
        for check in inspector.get_check_constraints(table):
            condition = " " + _plain(str(check["sqltext"])) if worded else ""
            yield f"{table}.{check['name']} CHECK{condition}"


def _names(columns: Sequence[object]) -> str:
    return f"({', '.join(map(str, columns))})"


def _plain(condition: str) -> str:
    return re.sub(r"[\s\"()]+", "", condition).lower()
