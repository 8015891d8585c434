"""Parts whose rows say everything in columns of their own and are known by a code or an id."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.kinds.kind import (
    Called,
    Differing,
    Found,
    ImportKind,
    Key,
    Keys,
    Part,
    Witness,
    compared_fields,
)
from zhupei_cli.services.kinds.later import named_later
from zhupei_cli.services.kinds.written import TABLES, Written, by_id, halves, witnessed_rows
from zhupei_cli.store.bulk import delete_rows, rows_of, update_rows
from zhupei_cli.words.vocabulary import CodeTable

Blocks = Callable[[Session, ImportRun, Sequence[Written]], Found]


def coded_part(
    entity: str,
    label: str,
    *,
    blocked: Blocks,
    coded: Mapping[str, CodeTable] | None = None,
    headings: Mapping[str, str] | None = None,
) -> Part:
    """Return the part of a table whose rows are known by their codes, for people too."""
    stored = _Stored(TABLES[entity], "code")
    return Part(
        entity=entity,
        label=label,
        called=lambda _session, rows: {row: (row.key, row.key) for row in rows},
        keys=lambda _session, rows: {row: [("code", row.key)] for row in rows},
        compared=stored.compared,
        put_back=stored.put_back,
        blocked=blocked,
        witnesses=lambda session, keys: stored.witnesses(session, keys, lambda row: str(row.code)),
        witnessed_by="code",
        coded=coded or {},
        headings=headings or {},
    )


def numbered_part(
    entity: str,
    label: str,
    *,
    kind: Callable[[], ImportKind],
    called: Callable[[Any], tuple[str, str]],
    key: Callable[[Any], Key],
) -> Part:
    """Return the part of a table whose rows have ids.

    `called` and `key` say of a stored row what events and people call it, and what it shares with its line.
    """
    table = TABLES[entity]
    stored = _Stored(table, "id")

    def load(session: Session, rows: Sequence[Written]) -> Iterator[tuple[Written, Any]]:
        found = by_id(session, select(table), rows)
        return ((row, found[row.id]) for row in rows if row.id in found)

    def named(session: Session, rows: Sequence[Written]) -> Called:
        return {row: called(one) for row, one in load(session, rows)}

    return Part(
        entity=entity,
        label=label,
        called=named,
        keys=lambda session, rows: {row: [key(one)] for row, one in load(session, rows)},
        compared=stored.compared,
        put_back=stored.put_back,
        blocked=lambda session, run, rows: named_later(session, run, kind(), rows),
        witnesses=lambda session, keys: stored.witnesses(session, keys, lambda row: called(row)[0]),
    )


class _Stored:
    """The rows of one table by their key."""

    def __init__(self, table: Table, key: str) -> None:
        self._table, self._key = table, table.c[key]
        self._type = self._key.type.python_type
        self._others = [column.name for column in table.columns if column.name != key]

    def compared(self, session: Session, _run: ImportRun, rows: Sequence[Written]) -> Differing:
        keys = [self._type(row.key) for row in rows]
        stored = rows_of(session, select(self._table), self._key, keys)
        after = {str(row._mapping[self._key]): dict(row._mapping) for row in stored}
        prefix = f"{self._table.name}."
        return {row: compared_fields(prefix, self._others, row.image, after[row.key]) for row in rows}

    def put_back(self, session: Session, _run: ImportRun, rows: Sequence[Written]) -> None:
        sides = halves(rows)
        delete_rows(session, self._table, (self._key.name,), [(self._type(row.key),) for row in sides.new])
        values = [(self._type(row.key), *map(image.get, self._others)) for row, image in sides.changed]
        update_rows(session, self._table, (self._key.name,), self._others, values)

    def witnesses(self, session: Session, keys: Keys, called: Callable[[Any], str]) -> Iterator[Witness]:
        for row in witnessed_rows(session, select(self._table), self._key, keys):
            yield None, called(row), named_digest(row._mapping)
