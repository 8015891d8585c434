"""Application numbers in rows: spelt as the database has them, and those of another batch told as such."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.services.records.lookup import batch_spellings, carried_by
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.words.errors import Fault


def settle_numbers(session: Session, batch: Batch, reading: Reading) -> None:
    """Spell the numbers of all rows as they are stored; hn2026-0000001 is HN2026-0000001.

    A sheet all of whose numbers are those of one other batch is the wrong file: it is refused as a whole
    (E437). A few rows of another batch are refused one by one (E438).
    """
    known = batch_spellings(session)
    for _, table in reading.tables:
        carried = {id(line): _settled(known, line) for line in table.rows}
        others = set(carried.values()) - {None}
        if len(others) == 1 and batch.code not in others:
            values = {"sheet": table.sheet, "carried": others.pop(), "batch": batch.code}
            table.faults.append(Fault("E437", "", values=values))
            continue
        for line in table.rows:
            code = carried[id(line)]
            if code is not None and code != batch.code:
                values = {
                    "application_no": line.values["application_no"],
                    "carried": code,
                    "batch": batch.code,
                }
                line.faults.append(Fault("E438", "application_no", values=values))


def _settled(known: Mapping[str, str], line: Line) -> str | None:
    """Spell the number of a row, and return the code of the batch it carries; None when it carries none."""
    number = line.values.get("application_no")
    found = carried_by(known, number) if isinstance(number, str) else None
    if found is None:
        return None
    code, spelt = found
    if spelt != number:
        line.values = {**line.values, "application_no": spelt}
    return code
