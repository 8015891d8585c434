"""考场: sites and rooms of a batch's exam."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, ImportRun
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.exams.room_sheets import (
    ROOM_TERMS,
    ROOMS_TIME,
    SITE_TERMS,
    import_rooms,
    room_key,
    seated_beyond,
)
from zhupei_cli.services.kinds.parts.kind import (
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
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written, halves, witnessed_rows
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_ROOM
from zhupei_cli.store.bulk import delete_rows, update_rows
from zhupei_cli.words.codes import CITY

Rests = Callable[[Session, ImportRun, Sequence[Written]], Found]


@dataclass(frozen=True)
class _Rows:
    """The rows of one table, known in their batch by one or two codes."""

    table: Table
    key: tuple[str, ...]
    terms: tuple[str, ...]
    rests: Rests

    def _name(self, row: RowMapping) -> str:
        return "/".join(row[name] for name in self.key)

    def _stored(self, session: Session, run: ImportRun) -> dict[str, RowMapping]:
        statement = select(self.table).where(self.table.c.batch_id == run.batch_id)
        return {self._name(row): row for row in session.execute(statement).mappings()}

    def called(self, _session: Session, rows: Sequence[Written]) -> Called:
        return {row: (row.key, row.key) for row in rows}

    def keys(self, _session: Session, rows: Sequence[Written]) -> dict[Written, list[Key]]:
        return {row: [(self.table.name, row.key)] for row in rows}

    def compared(self, session: Session, run: ImportRun, rows: Sequence[Written]) -> Differing:
        after, prefix = self._stored(session, run), f"{self.table.name}."
        return {row: compared_fields(prefix, self.terms, row.image, dict(after[row.key])) for row in rows}

    def put_back(self, session: Session, run: ImportRun, rows: Sequence[Written]) -> None:
        sides, key, names = halves(rows), ("batch_id", *self.key), (*self.terms, "touched_by")
        gone = [(run.batch_id, *row.key.split("/")) for row in sides.new]
        delete_rows(session, self.table, key, gone)
        values = [
            (run.batch_id, *row.key.split("/"), *(image[name] for name in names))
            for row, image in sides.changed
        ]
        update_rows(session, self.table, key, names, values)

    def blocked(self, session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
        stored = self._stored(session, run)
        for row in rows:
            seq = stored[row.key]["touched_by"] if row.key in stored else None
            if seq != run.event_seq:
                yield row, seq
        yield from self.rests(session, run, rows)

    def witnesses(self, session: Session, keys: Keys) -> Iterator[Witness]:
        for row in witnessed_rows(session, select(self.table), self.table.c.batch_id, keys):
            now = row._mapping
            yield now["batch_id"], self._name(now), named_digest({name: now[name] for name in self.terms})


def _part(entity: str, label: str, key: tuple[str, ...], terms: tuple[str, ...], rests: Rests) -> Part:
    rows = _Rows(MODEL_TABLES[entity], key, terms, rests)
    return Part(
        entity=entity,
        label=label,
        called=rows.called,
        keys=rows.keys,
        compared=rows.compared,
        put_back=rows.put_back,
        blocked=rows.blocked,
        witnesses=rows.witnesses,
        witnessed_by="batch",
        of_batch=True,
        when=ROOMS_TIME,
        coded={f"{entity}.city": CITY} if "city" in terms else {},
        headings={
            "exam_site.name": "考点名称",
            "exam_site.address": "考点地址",
            "exam_site.city": "所在地市",
        },
    )


def _seated(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find rooms in which somebody sits on a seat that would be none any more."""
    sides = {tuple(row.key.split("/")): row for row in rows}
    kept = {key: 0 if row.action == "inserted" else row.image["seats"] for key, row in sides.items()}
    found = seated_beyond(session, session.get_one(Batch, run.batch_id), kept)
    yield from ((sides[key], seq) for key, seq in found.items())


def _roomed(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find new sites that got rooms by another import."""
    new = {row.key: row for row in rows if row.action == "inserted"}
    room = MODEL_TABLES["exam_room"]
    statement = select(room.c.site_code, room.c.touched_by).where(room.c.batch_id == run.batch_id)
    for site, seq in session.execute(statement):
        if site in new and seq != run.event_seq:
            yield new[site], seq


EXAM_ROOM_IMPORT: Final[ImportKind] = ImportKind(
    key="exam_room",
    label="考场",
    sheets=(EXAM_ROOM,),
    take=import_rooms,
    parts=(
        _part("exam_room", "考场", ("site_code", "code"), ROOM_TERMS, _seated),
        _part("exam_site", "考点", ("code",), SITE_TERMS, _roomed),
    ),
    line_keys=lambda _session: (
        lambda line: [
            ("exam_room", "/".join(room_key(line))),
            ("exam_site", line.values["site"]),
        ]
    ),
)
