"""诚信名单: records of conduct."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.people import idcard
from zhupei_cli.rules.people.masking import mask_id, masked_text
from zhupei_cli.rules.people.people_names import other_name
from zhupei_cli.services.kinds.parts.kind import ImportKind, Key
from zhupei_cli.services.kinds.parts.table_part import Naming, table_part
from zhupei_cli.services.people import bars
from zhupei_cli.services.people.bars import BAR_TABLE
from zhupei_cli.services.people.profiles import load_profiles
from zhupei_cli.services.records.entries import LineEntry, take_in
from zhupei_cli.services.records.import_ledger import Counts, Imported, refuse_twins
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.codes import ID_TYPE
from zhupei_cli.words.vocabulary import BAR_KIND, IdType

_TOLD: Final = ("until", "reason")
_Key = tuple[str, str, str, str]


def import_bars(session: Session, reading: Reading, *, by: Acting, pending: bool = False) -> Imported:
    """Take records in from the rows of 诚信名单: in force at once, unless they are to be `pending`.

    A record is known by paper, kind and first day; years and reason may change, its state does not.
    """
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    entries = [LineEntry(line) for line in reading.lines]
    for entry in entries:
        if not entry.line.bad:
            entry.after = _said(entry.line, by.today, "pending" if pending else "active")
    said = {id(entry.line): entry.after for entry in entries}
    refuse_twins(reading.lines, lambda line: ["/".join(_key(said[id(line)]))], _called)
    _compare(session, [entry for entry in entries if not entry.line.bad])
    return take_in(
        session, "bar", BAR_TABLE, entries, reading, by=by, called=lambda row: bars.subject(row["id"])
    )


def _line_keys(line: Line) -> list[Key]:
    values = line.values
    number = values["id_number"].strip().upper()
    return [("bar", number, values["kind"], values["from_date"].isoformat())]


def _key(row: TableRow | RowMapping) -> _Key:
    return row["id_type"], row["id_number"], row["kind"], row["from_date"]


def _called(key: str) -> str:
    id_type, _, rest = key.partition("/")
    number, kind, first = rest.rsplit("/", 2)
    return f"{ID_TYPE.label(id_type)} {mask_id(number)} {first} 起的{BAR_KIND.label(kind)}记录"


def _said(line: Line, today: date, state: str) -> TableRow:
    values = line.values
    id_type = values.get("id_type") or IdType.ID_CARD
    paper = idcard.read(id_type, values["id_number"], today)
    line.faults += paper.faults
    first: date = values["from_date"]
    years, reason = values.get("years"), values.get("reason")
    return {
        "id_type": str(id_type),
        "id_number": paper.number,
        "name": values["name"],
        "kind": values["kind"],
        "from_date": first.isoformat(),
        "until": None if years in (None, CLEAR) else bars.last_day(first, years).isoformat(),
        "reason": None if reason is CLEAR else reason,
        # People name files by ID numbers.
        "source": f"{masked_text(line.file)} 第 {line.number} 行"[:200],
        "state": state,
        "application_id": None,
    }


def _compare(session: Session, entries: Sequence[LineEntry]) -> None:
    """Give each row what is stored of it: a query per 5,000 numbers; refuse other names of known people."""
    numbers = [entry.after["id_number"] for entry in entries]
    stored = {
        _key(row._mapping): dict(row._mapping)
        for row in rows_of(session, select(BAR_TABLE), BAR_TABLE.c.id_number, numbers)
    }
    names = {key: one.person["name"] for key, one in load_profiles(session, numbers).items()}
    for entry in entries:
        after = entry.after
        known = names.get((after["id_type"], after["id_number"]), after["name"])
        entry.before = stored.get(_key(after))
        if known != after["name"]:
            entry.line.faults.append(other_name(after["name"], known, by="证件号码"))
        elif entry.before is not None:
            said = {name: after[name] for name in _TOLD if name == "until" or after[name] is not None}
            if "years" not in entry.line.values:  # a blank cell keeps what is stored
                said.pop("until")
            entry.after = {**entry.before, **said}


BAR_IMPORT: Final[ImportKind] = ImportKind(
    key="bar",
    label="诚信名单",
    sheets=(workbook_kinds.BAR,),
    take=import_bars,
    parts=(
        table_part(
            "bar",
            "诚信记录",
            kind=lambda: BAR_IMPORT,
            naming=Naming(
                called=lambda row: (bars.subject(row.id), f"{row.name} {mask_id(row.id_number)}"),
                key=lambda row: ("bar", row.id_number, row.kind, row.from_date),
            ),
        ),
    ),
    line_keys=lambda _session: _line_keys,
)
