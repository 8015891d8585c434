"""Parts whose rows say everything in columns of their own and are known by a code or an id."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.kinds.parts import kind as of
from zhupei_cli.services.kinds.parts.later import named_later
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written, by_id, halves, witnessed_rows
from zhupei_cli.store.bulk import delete_rows, rows_of, update_rows
from zhupei_cli.words.vocabulary import CodeTable

Blocks = Callable[[Session, ImportRun, Sequence[Written]], of.Found]


@dataclass(frozen=True, slots=True)
class Naming:
    """What events and people call a stored row that has an id, and what it shares with its line."""

    called: Callable[[Row[*tuple[object, ...]]], tuple[str, str]]
    key: Callable[[Row[*tuple[object, ...]]], of.Key]


def table_part(
    entity: str,
    label: str,
    *,
    kind: Callable[[], of.ImportKind],
    naming: Naming | None = None,
    rests: Blocks = lambda *_: iter(()),
    coded: Mapping[str, CodeTable] | None = None,
    headings: Mapping[str, str] | None = None,
) -> of.Part:
    """Return the part of a table; without `naming` its rows are known by their codes, for people too.

    `rests` finds what rests on new rows; rows that later events name are found here.
    """
    table = MODEL_TABLES[entity]
    rows = _Rows(table, table.c.code if naming is None else table.c.id, naming, kind, rests)
    return of.Part(
        entity=entity,
        label=label,
        called=rows.called,
        keys=rows.keys,
        compared=rows.compared,
        put_back=rows.put_back,
        blocked=rows.blocked,
        witnesses=rows.witnesses,
        witnessed_by="code" if naming is None else "id",
        coded=coded or {},
        headings=headings or {},
    )


@dataclass(frozen=True)
class _Rows:
    """The rows of one table by their key."""

    table: Table
    key: Column[object]
    naming: Naming | None
    kind: Callable[[], of.ImportKind]
    rests: Blocks

    @property
    def _others(self) -> list[str]:
        return [column.name for column in self.table.columns if column is not self.key]

    def _key_of(self, row: Written) -> object:
        return row.id if self.naming else row.key

    def called(self, session: Session, rows: Sequence[Written]) -> of.Called:
        if self.naming is None:
            return {row: (row.key, row.key) for row in rows}
        return {row: self.naming.called(one) for row, one in self._stored(session, rows)}

    def keys(self, session: Session, rows: Sequence[Written]) -> dict[Written, list[of.Key]]:
        if self.naming is None:
            return {row: [("code", row.key)] for row in rows}
        return {row: [self.naming.key(one)] for row, one in self._stored(session, rows)}

    def _stored(
        self, session: Session, rows: Sequence[Written]
    ) -> Iterator[tuple[Written, Row[*tuple[object, ...]]]]:
        found = by_id(session, select(self.table), rows)
        return ((row, found[row.id]) for row in rows if row.id in found)

    def compared(self, session: Session, _run: ImportRun, rows: Sequence[Written]) -> of.Differing:
        found = rows_of(session, select(self.table), self.key, map(self._key_of, rows))
        after = {row._mapping[self.key]: dict(row._mapping) for row in found}
        prefix, names = f"{self.table.name}.", self._others
        return {row: of.compared_fields(prefix, names, row.image, after[self._key_of(row)]) for row in rows}

    def put_back(self, session: Session, _run: ImportRun, rows: Sequence[Written]) -> None:
        sides, key, names = halves(rows), (self.key.name,), self._others
        delete_rows(session, self.table, key, [(self._key_of(row),) for row in sides.new])
        values = [(self._key_of(row), *map(image.get, names)) for row, image in sides.changed]
        update_rows(session, self.table, key, names, values)

    def blocked(self, session: Session, run: ImportRun, rows: Sequence[Written]) -> of.Found:
        yield from named_later(session, run, self.kind(), rows)
        yield from self.rests(session, run, rows)

    def witnesses(self, session: Session, keys: of.Keys) -> Iterator[of.Witness]:
        for row in witnessed_rows(session, select(self.table), self.key, keys):
            name = row.code if self.naming is None else self.naming.called(row)[0]
            yield None, name, named_digest(row._asdict())
