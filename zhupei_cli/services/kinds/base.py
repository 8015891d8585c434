"""基地: training bases."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun, Plan, Score, TrainingBase
from zhupei_cli.services.kinds.parts.kind import Found, ImportKind
from zhupei_cli.services.kinds.parts.table_part import table_part
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written
from zhupei_cli.services.kinds.plan import planned_later
from zhupei_cli.services.reference.lists import import_bases
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.bulk import in_chunks
from zhupei_cli.words.codes import CITY
from zhupei_cli.words.vocabulary import ENABLED

_BASE: Table = MODEL_TABLES[TrainingBase.__tablename__]
_PLAN: Table = MODEL_TABLES[Plan.__tablename__]
_SCORE: Table = MODEL_TABLES[Score.__tablename__]


def _rests(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find new bases that a plan, a mark or a joint base of another origin rests on."""
    yield from planned_later(session, run, rows, _PLAN.c.base_code)
    new = {row.key: row for row in rows if row.action == "inserted"}
    joint = select(_BASE.c.main_code, _BASE.c.code).where(_BASE.c.main_code.is_not(None))
    for main, code in session.execute(joint):
        if main in new and code not in new:
            yield new[main], None
    marks = select(_SCORE.c.base_code, func.max(_SCORE.c.touched_by)).group_by(_SCORE.c.base_code)
    for chunk in in_chunks(new):
        for code, seq in session.execute(marks.where(_SCORE.c.base_code.in_(chunk))):
            yield new[code], seq


BASE_IMPORT: Final[ImportKind] = ImportKind(
    key="base",
    label="基地",
    sheets=(workbook_kinds.BASE,),
    take=import_bases,
    parts=(
        table_part(
            "base",
            "基地",
            kind=lambda: BASE_IMPORT,
            rests=_rests,
            coded={"base.status": ENABLED, "base.city": CITY},
            headings={"base.status": "状态"},
        ),
    ),
    line_keys=lambda _session: lambda line: [("code", line.values["code"])],
)
