"""成绩: marks, record by record."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun, Score
from zhupei_cli.rules.admission.scores import COMPONENTS, Mark
from zhupei_cli.rules.proof.digests import row_digest
from zhupei_cli.services.kinds.parts.applied import (
    APPLICATION_TABLE,
    application_of,
    applied_called,
    applied_keys,
)
from zhupei_cli.services.kinds.parts.kind import (
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
from zhupei_cli.services.marks.score_marks import MARK_COLUMNS, mark_columns, marks_of, values_of
from zhupei_cli.services.marks.scores import import_scores
from zhupei_cli.services.records.lookup import base_names
from zhupei_cli.services.records.row_stamps import score_stamps
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import delete_rows, rows_of, update_rows
from zhupei_cli.words.vocabulary import BatchStatus

_SCORE: Table = MODEL_TABLES[Score.__tablename__]


def _line_keys(session: Session) -> Callable[[Line], list[Key]]:
    bases = base_names(session)

    def keys(line: Line) -> list[Key]:
        record = bases.find(line.values.get("base") or "") or ""
        return [(*key, record) for key in application_of(line)]

    return keys


def _compared(session: Session, _run: ImportRun, rows: Sequence[Written]) -> Differing:
    statement = select(_SCORE.c.application_id, _SCORE.c.record, *mark_columns())
    stored = rows_of(session, statement, _SCORE.c.application_id, {row.id for row in rows})
    after = {f"{id_}/{of}": _named(marks_of(values)) for id_, of, *values in stored}
    return {
        row: compared_fields("score.", COMPONENTS, _named(row.image["marks"]), after[row.key]) for row in rows
    }


def _named(marks: Sequence[Mark]) -> dict[str, Mark]:
    return dict(zip(COMPONENTS, marks, strict=True))


def _put_back(session: Session, _run: ImportRun, rows: Sequence[Written]) -> None:
    sides, key = halves(rows), ("application_id", "record")
    delete_rows(session, _SCORE, key, [(row.id, row.key.partition("/")[2]) for row in sides.new])
    values = [
        (row.id, row.key.partition("/")[2], *values_of(image["marks"]), image["touched_by"])
        for row, image in sides.changed
    ]
    update_rows(session, _SCORE, key, (*MARK_COLUMNS, "touched_by"), values)


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    stored = score_stamps(session, (row.id for row in rows))
    written = {f"{id_}/{record}": seq for (id_, record), seq in stored.items()}
    for row in rows:
        if written.get(row.key) != run.event_seq:
            yield row, written.get(row.key)


def _witnesses(session: Session, keys: Keys) -> Iterator[Witness]:
    columns = (
        APPLICATION_TABLE.c.batch_id,
        APPLICATION_TABLE.c.application_no,
        _SCORE.c.record,
        *mark_columns(),
    )
    statement = select(*columns).join(APPLICATION_TABLE, APPLICATION_TABLE.c.id == _SCORE.c.application_id)
    for batch, number, of, *values in witnessed_rows(session, statement, _SCORE.c.application_id, keys):
        yield batch, f"{number}/{of}" if of else number, row_digest(marks_of(values))


SCORE_IMPORT: Final[ImportKind] = ImportKind(
    key="score",
    label="成绩",
    sheets=(workbook_kinds.SCORE,),
    take=import_scores,
    parts=(
        Part(
            entity="score",
            label="成绩",
            called=applied_called,
            keys=applied_keys,
            compared=_compared,
            put_back=_put_back,
            blocked=_blocked,
            witnesses=_witnesses,
            of_batch=True,
            when=(BatchStatus.OPEN, BatchStatus.CLOSED),
        ),
    ),
    line_keys=_line_keys,
)
