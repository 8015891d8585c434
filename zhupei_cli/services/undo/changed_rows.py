"""What an import changes, field by field: from the images it keeps and from what the database holds after it.

Call it in the transaction of the import, which a trial run then takes back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun
from zhupei_cli.services.kinds.parts.kind import Differing, Key, grouped
from zhupei_cli.services.kinds.parts.written import Written, load_rows
from zhupei_cli.services.kinds.register import KINDS
from zhupei_cli.services.undo.field_words import FieldWords, field_label
from zhupei_cli.services.undo.import_names import find_import, texts
from zhupei_cli.sheets.taking.lines import Line


@dataclass(frozen=True, slots=True)
class RowChange:
    """One field that an import changes, or one thing it adds (`field` is empty then)."""

    file: str
    sheet: str
    row: int
    entity: str
    entity_label: str
    name: str
    action: str
    field: str = ""
    field_label: str = ""
    old: str = ""
    new: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the change as `changes` of an import's summary has it."""
        return asdict(self)


def row_changes(session: Session, import_id: int, lines: Iterable[Line]) -> list[RowChange]:
    """Return what the import did, in the order of its lines; personal values are masked."""
    run = find_import(session, import_id)
    kind, written = KINDS[run.kind], load_rows(session, run)
    called, words, found = (
        texts(session, run, written),
        FieldWords(session),
        places(session, run, written, lines),
    )
    changed: Differing = {}
    for entity, rows in grouped(row for row in written if row.action == "updated").items():
        changed |= kind.part(entity).compared(session, run, rows)
    labels, changes = {part.entity: part.label for part in kind.parts}, []
    for row in written:
        head = (row.entity, labels[row.entity], called[row], row.action)
        if row.action == "inserted":
            changes.append(RowChange(*_where(kind.source(found[row], None)), *head))
        for one in changed.get(row, ()):
            field = one.field
            shown = (field_label(field), words.text(field, one.old), words.text(field, one.new))
            changes.append(RowChange(*_where(kind.source(found[row], one)), *head, field, *shown))
    return sorted(changes, key=lambda one: (one.file, one.sheet, one.row, one.entity))


def _where(line: Line | None) -> tuple[str, str, int]:
    return ("", "", 0) if line is None else (line.file, line.sheet, line.number)


def places(
    session: Session, run: ImportRun, rows: Iterable[Written], lines: Iterable[Line]
) -> Mapping[Written, Sequence[Line]]:
    """Return the lines each row comes from: of a person all, in the order of the sheets."""
    kind, by_key = KINDS[run.kind], dict[Key, list[Line]]()
    keys_of = kind.line_keys(session)
    for line in (line for line in lines if not line.bad):
        for key in keys_of(line):
            by_key.setdefault(key, []).append(line)
    found: dict[Written, Sequence[Line]] = {}
    for entity, group in grouped(rows).items():
        keys = kind.part(entity).keys(session, group)
        found |= {row: next((by_key[key] for key in keys[row] if key in by_key), []) for row in group}
    return found
