"""基地: training bases."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Event, ImportRun, Plan, Score, TrainingBase
from zhupei_cli.rules.proof.digests import event_data
from zhupei_cli.services.kinds.parts.kind import Found, ImportKind
from zhupei_cli.services.kinds.parts.later import naming
from zhupei_cli.services.kinds.parts.table_part import table_part
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written
from zhupei_cli.services.kinds.plan import planned_later
from zhupei_cli.services.reference.lists import import_bases
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.bulk import in_chunks
from zhupei_cli.store.engines.choosing import backend_at
from zhupei_cli.words.codes import CITY
from zhupei_cli.words.vocabulary import ENABLED

_BASE: Table = MODEL_TABLES[TrainingBase.__tablename__]
_EVENT: Table = MODEL_TABLES[Event.__tablename__]
_PLAN: Table = MODEL_TABLES[Plan.__tablename__]
_SCORE: Table = MODEL_TABLES[Score.__tablename__]


def _rests(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find new bases that a plan, a mark or a login rests on, and bases that a later joint base names."""
    yield from planned_later(session, run, rows, _PLAN.c.base_code)
    new = {row.key: row for row in rows if row.action == "inserted"}
    yield from _named_as_main(session, run, rows)
    marks = select(_SCORE.c.base_code, func.max(_SCORE.c.touched_by)).group_by(_SCORE.c.base_code)
    for chunk in in_chunks(new):
        for code, seq in session.execute(marks.where(_SCORE.c.base_code.in_(chunk))):
            yield new[code], seq
    yield from ((new[code], seq) for code, seq in _logged_in(session).items() if code in new)


def _named_as_main(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find bases that would be gone or joint again and that another names, or that would name a joint one."""
    back = {row.key: row for row in rows}
    would = {row.key: (row.image or {}).get("main_code") for row in rows}
    statement = select(_BASE.c.code, _BASE.c.main_code).where(_BASE.c.main_code.is_not(None))
    joint = {code: main for code, main in session.execute(statement) if code not in back}
    gone = {row.key for row in rows if row.action == "inserted"}
    found = [(main, code) for code, main in joint.items() if main in gone or would.get(main)]
    found += [(code, main) for code, main in would.items() if main in joint]
    after = BASE_IMPORT.last_event(run, len(rows))
    when = naming(session, run, BASE_IMPORT, {code for _, code in found}, after=after) if found else {}
    yield from ((back[code], when.get(other)) for code, other in found)


def _logged_in(session: Session) -> dict[str, int]:
    """Return code of a base → the event that gave it its latest login, where logins are kept."""
    if not backend_at(session).WALLS:
        return {}
    statement = select(*_EVENT.c["seq", "action", "subject", "data"])
    made: dict[str, tuple[str, int]] = {}
    for row in session.execute(statement.where(_EVENT.c.action.startswith("login.")).order_by(_EVENT.c.seq)):
        if row.action == "login.add":
            made[row.subject] = event_data(row.data).get("base", ""), row.seq
        else:
            made.pop(row.subject, None)
    return dict(made.values())


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
