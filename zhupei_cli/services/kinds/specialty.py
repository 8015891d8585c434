"""专业: the catalogue of specialties."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Table
from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun, Plan
from zhupei_cli.services.kinds.kind import Found, ImportKind
from zhupei_cli.services.kinds.later import named_later
from zhupei_cli.services.kinds.plan import planned_later
from zhupei_cli.services.kinds.table_part import coded_part
from zhupei_cli.services.kinds.written import TABLES, Written
from zhupei_cli.services.reference.lists import import_specialties
from zhupei_cli.sheets.kinds import workbook_kinds

_PLAN: Table = TABLES[Plan.__tablename__]


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find specialties that were changed since, and new ones that a plan rests on."""
    yield from named_later(session, run, SPECIALTY_IMPORT, rows)
    yield from planned_later(session, run, rows, _PLAN.c.specialty_code)


SPECIALTY_IMPORT: Final[ImportKind] = ImportKind(
    key="specialty",
    label="专业目录",
    sheets=(workbook_kinds.SPECIALTY,),
    take=import_specialties,
    parts=(coded_part("specialty", "专业", blocked=_blocked),),
    line_keys=lambda _session: lambda line: [("code", line.values["code"])],
)
