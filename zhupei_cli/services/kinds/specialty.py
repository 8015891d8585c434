"""专业: the catalogue of specialties."""

from typing import Final

from sqlalchemy import Table

from zhupei_cli.model import Plan
from zhupei_cli.services.kinds.parts.kind import ImportKind
from zhupei_cli.services.kinds.parts.table_part import table_part
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES
from zhupei_cli.services.kinds.plan import planned_later
from zhupei_cli.services.reference.lists import import_specialties
from zhupei_cli.sheets.kinds import workbook_kinds

_PLAN: Table = MODEL_TABLES[Plan.__tablename__]


SPECIALTY_IMPORT: Final[ImportKind] = ImportKind(
    key="specialty",
    label="专业目录",
    sheets=(workbook_kinds.SPECIALTY,),
    take=import_specialties,
    parts=(
        table_part(
            "specialty",
            "专业",
            kind=lambda: SPECIALTY_IMPORT,
            rests=lambda session, run, rows: planned_later(session, run, rows, _PLAN.c.specialty_code),
        ),
    ),
    line_keys=lambda _session: lambda line: [("code", line.values["code"])],
)
