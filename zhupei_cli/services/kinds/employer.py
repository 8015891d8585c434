"""单位: the directory of employers (指南 二.2 工作信息)."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Employer
from zhupei_cli.model.base import TableRow
from zhupei_cli.services.kinds.parts.kind import ImportKind
from zhupei_cli.services.kinds.parts.table_part import Naming, table_part
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES
from zhupei_cli.services.records.entries import LineEntry, take_in
from zhupei_cli.services.records.import_ledger import Counts, Imported, refuse_twins
from zhupei_cli.services.records.lookup import match_key
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.services.reference.catalogue_intake import longer_names, uscc_faults
from zhupei_cli.services.reference.employers import EMPLOYER_KEYS
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.words.codes import CITY
from zhupei_cli.words.errors import Fault

_EMPLOYER: Table = MODEL_TABLES[Employer.__tablename__]


def import_employers(session: Session, reading: Reading, *, by: Acting) -> Imported:
    """Take employers in from the rows of 单位; one is known by its name, as names are compared.

    Blank cells keep what is stored, 清空 erases. Faults are left on the lines, bad rows stay out.
    """
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    for line in reading.lines:
        if line.values.get("name") is CLEAR:
            line.faults.append(Fault("E051", "name", values={"heading": "单位名称"}))
    refuse_twins(reading.lines, lambda line: [match_key(line.values["name"])])
    stored = {match_key(row["name"]): dict(row) for row in session.execute(select(_EMPLOYER)).mappings()}
    entries = [LineEntry(line) for line in reading.lines]
    for entry in entries:
        if not entry.line.bad:
            entry.before = stored.get(match_key(entry.line.values["name"]))
            entry.after = _merged(entry)
            entry.line.faults += _faults(entry.after)
    return take_in(session, "employer", _EMPLOYER, entries, reading, by=by, called=lambda row: row["name"])


def _merged(entry: LineEntry) -> TableRow:
    given = {name: None if value is CLEAR else value for name, value in entry.line.values.items()}
    merged: TableRow = {**dict.fromkeys(EMPLOYER_KEYS), **(entry.before or {}), **given}
    # The city's name where it is one of ours: as the province's other lists have it.
    merged["city"] = CITY.labels.get(CITY.parse(merged["city"] or "") or "", merged["city"])
    return merged


def _faults(entry: TableRow) -> Iterator[Fault]:
    yield from uscc_faults(entry["uscc"])
    names = (column.name for column in _EMPLOYER.columns if column.name != "uscc")
    yield from longer_names({name: entry.get(name) for name in names}, _EMPLOYER)


EMPLOYER_IMPORT: Final[ImportKind] = ImportKind(
    key="employer",
    label="单位",
    sheets=(workbook_kinds.EMPLOYER,),
    take=import_employers,
    parts=(
        table_part(
            "employer",
            "单位",
            kind=lambda: EMPLOYER_IMPORT,
            naming=Naming(
                called=lambda row: (row.name, row.name),
                key=lambda row: ("name", match_key(row.name)),
            ),
        ),
    ),
    line_keys=lambda _session: lambda line: [("name", match_key(line.values["name"]))],
)
