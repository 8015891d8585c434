"""Imports as people see them: which there were, what each did, whether it can be taken back."""

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, Event, ImportRun
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.services.kinds.parts.written import Written, load_rows
from zhupei_cli.services.kinds.register import ACTION, ENTITY, KIND
from zhupei_cli.services.undo.import_names import find_import, texts
from zhupei_cli.services.undo.undo_checks import Blocked, blocked, require_time
from zhupei_cli.store.walls import is_veiled
from zhupei_cli.words.errors import ZhupeiError

Listed = dict[str, object]


def list_imports(session: Session, *, batch: Batch | None = None, kind: str | None = None) -> list[Listed]:
    """Return the imports, the latest first; all, or those of one batch or kind."""
    statement = select(ImportRun).order_by(ImportRun.id.desc())
    if batch is not None:
        statement = statement.where(ImportRun.batch_id == batch.id)
    if kind is not None:
        statement = statement.where(ImportRun.kind == kind)
    return _rows(session, session.execute(statement).scalars().all())


def show_import(session: Session, import_id: int) -> tuple[Listed, list[Listed], list[Blocked], str | None]:
    """Return an import, what it did to each row, what keeps it from being taken back, and why its batch does.

    Raises E316 for an unknown one.
    """
    run = find_import(session, import_id)
    (head,) = _rows(session, [run])
    written = load_rows(session, run)
    called = texts(session, run, written)
    rows: list[Listed] = [
        {
            "entity": row.entity,
            "entity_label": ENTITY.label(row.entity),
            "name": called[row],
            "action": row.action,
            "action_label": ACTION.label(row.action),
        }
        for row in sorted(written, key=_order)
    ]
    if run.undone_at is not None or is_veiled(session):  # what stood before cannot be compared, nor put back
        return {**head, "can_undo": False}, rows, [], None
    refusal = _refusal(session, run, written)
    found = blocked(session, run, written)
    return {**head, "can_undo": not found and refusal is None}, rows, found, refusal


def _refusal(session: Session, run: ImportRun, written: Sequence[Written]) -> str | None:
    try:
        require_time(session, run, written, hold=False)
    except ZhupeiError as error:
        return error.message
    return None


def _order(row: Written) -> tuple[str, int, str]:
    number = row.key.partition("/")[0]
    return row.entity, int(number) if number.isdecimal() else 0, row.key


def _rows(session: Session, runs: Sequence[ImportRun]) -> list[Listed]:
    codes = {row.id: row.code for row in session.execute(select(Batch.id, Batch.code))}
    undone = _undone(session)
    return [_row(run, codes.get(run.batch_id or 0), undone.get(f"import {run.id}")) for run in runs]


def _files(text: str) -> list[Listed]:
    """Return the files of an import; of words that are none of the program's, what can be shown.

    People name files by ID numbers: a photo, above all.
    """
    try:
        files = json.loads(text)
    except (ValueError, RecursionError):
        files = None
    known = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return [
        {
            "name": masked_text(str(file.get("name"))),
            "sha256": str(file.get("sha256")),
            "rows": file.get("rows"),
        }
        for file in known
    ]


def _undone(session: Session) -> dict[str, Event]:
    statement = select(Event).where(Event.action == "import.undo")
    return {event.subject: event for event in session.execute(statement).scalars()}


def _row(run: ImportRun, batch: str | None, undone: Event | None) -> Listed:
    files = _files(run.files)
    return {
        "import_id": run.id,
        "kind": run.kind,
        "kind_label": KIND.label(run.kind),
        "batch": batch,
        "made_at": run.made_at,
        "made_by": run.made_by,
        "files": files,
        "file_names": "、".join(str(file["name"]) for file in files),
        "sha256_head": "、".join(str(file["sha256"])[:16] for file in files),
        **{name: getattr(run, name) for name in ("inserted", "updated", "unchanged", "rejected", "warned")},
        "undone_at": run.undone_at,
        "undone_by": None if undone is None else undone.who,
        "undone_reason": None if undone is None else undone.reason,
    }
