"""复试分组: who goes to which group of the second exam."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun
from zhupei_cli.rules.proof.digests import named_digest
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
    Keys,
    Part,
    Witness,
    compared_fields,
)
from zhupei_cli.services.kinds.parts.written import Written, by_id, delete_of, halves, witnessed_rows
from zhupei_cli.services.marks.exam_groups import GROUP, GROUP_TERMS, GROUPING_TIME, import_groups
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_GROUP
from zhupei_cli.store.bulk import update_rows

_STATEMENT: Final = select(*GROUP.c["application_id", *GROUP_TERMS, "touched_by"])


def _compared(session: Session, _run: ImportRun, rows: Sequence[Written]) -> Differing:
    after = by_id(session, _STATEMENT, rows)
    return {
        row: compared_fields("exam_group.", GROUP_TERMS, row.image, dict(after[row.id]._mapping))
        for row in rows
    }


def _put_back(session: Session, _run: ImportRun, rows: Sequence[Written]) -> None:
    sides, columns = halves(rows), (*GROUP_TERMS, "touched_by")
    delete_of(session, GROUP.name, "application_id", sides.new)
    values = [(row.id, *(image[name] for name in columns)) for row, image in sides.changed]
    update_rows(session, GROUP, ("application_id",), columns, values)


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    stored = by_id(session, _STATEMENT, rows)
    for row in rows:
        seq = stored[row.id].touched_by if row.id in stored else None
        if seq != run.event_seq:
            yield row, seq


def _witnesses(session: Session, keys: Keys) -> Iterator[Witness]:
    columns = (GROUP.c.batch_id, APPLICATION_TABLE.c.application_no, *GROUP.c[*GROUP_TERMS])
    statement = select(*columns).join(APPLICATION_TABLE, APPLICATION_TABLE.c.id == GROUP.c.application_id)
    for batch, number, *values in witnessed_rows(session, statement, GROUP.c.batch_id, keys):
        yield batch, number, named_digest(dict(zip(GROUP_TERMS, values, strict=True)))


EXAM_GROUP_IMPORT: Final[ImportKind] = ImportKind(
    key="exam_group",
    label="复试分组",
    sheets=(EXAM_GROUP,),
    take=import_groups,
    parts=(
        Part(
            entity="exam_group",
            label="复试分组",
            called=applied_called,
            keys=applied_keys,
            compared=_compared,
            put_back=_put_back,
            blocked=_blocked,
            witnesses=_witnesses,
            witnessed_by="batch",
            of_batch=True,
            when=GROUPING_TIME,
            headings={
                "exam_group.name": "组别",
                "exam_group.day": "日期",
                "exam_group.clock": "时间",
                "exam_group.place": "地点",
            },
        ),
    ),
    line_keys=lambda _session: application_of,
)
