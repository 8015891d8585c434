"""Taking an import back, of whatever kind: all of it in one transaction, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NotRequired, TypedDict

from sqlalchemy import Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, ExamSeat, ImportRun
from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.kinds.parts.kind import Moves, grouped
from zhupei_cli.services.kinds.parts.written import Written, load_rows
from zhupei_cli.services.kinds.register import KINDS, PARTS
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.import_ledger import EVENT_ROWS
from zhupei_cli.services.undo.import_names import find_import, names
from zhupei_cli.services.undo.undo_checks import Blocked, blocked, require_time
from zhupei_cli.store.bulk import in_chunks, rows_of
from zhupei_cli.words.errors import ZhupeiError, sentence
from zhupei_cli.words.vocabulary import ApplicationStatus

_SEAT: Table = ExamSeat.metadata.tables[ExamSeat.__tablename__]
#: Who takes part in the exam.
_TAKES_PART = ApplicationStatus.APPROVED
#: Rows that an error names before it says how many more there are.
_NAMED = 3


class Undone(TypedDict):
    """What was done; `doubts` only where there are any."""

    import_id: int
    kind: str
    deleted: int
    restored: int
    doubts: NotRequired[Sequence[Finding]]


def undo(session: Session, import_id: int, *, by: Acting, reason: str) -> Undone:
    """Take back all that an import wrote, while nothing has touched it since; return what was done.

    Its numbers stay used. Raises E316 for an unknown import, E490 when it is taken back already, E401 for
    the state of its batch, E491 with who touched what when, E492 when what stood there has no room now (E463,
    E467, E495 where it is a seat that somebody would have again).
    """
    run = find_import(session, import_id)
    session.refresh(run, with_for_update=True)
    if run.undone_at is not None:
        raise ZhupeiError("E490", import_id=run.id, at=show_time(run.undone_at))
    rows = load_rows(session, run)
    require_time(session, run, rows)
    if found := blocked(session, run, rows):
        raise ZhupeiError("E491", import_id=run.id, count=len(found), examples=examples(found))
    earlier = names(session, run, rows)
    try:
        moves = _take_back(session, run, rows)
    except IntegrityError as error:
        raise ZhupeiError("E492", import_id=run.id) from error
    # Who was spelt otherwise before is called so again; the spelling of until now is gone.
    called = earlier | names(session, run, [row for row in rows if row.action == "updated"])
    deleted = sum(row.action == "inserted" for row in rows)
    counts = {"deleted": deleted, "restored": len(rows) - deleted}
    head = Change(
        "import.undo",
        f"import {run.id}",
        run.batch_id,
        reason=reason,
        data={"import": run.id, "kind": run.kind, **counts},
    )
    digests = _digests(session, run, rows)
    record(session, by, [head, *_changes(run, called, earlier, moves, digests, reason)])
    afterwards = KINDS[run.kind].afterwards
    doubts = [] if afterwards is None else afterwards(session, run, moves, by, reason)
    session.execute(update(ImportRun).where(ImportRun.id == run.id).values(undone_at=by.at))
    done = Undone(import_id=run.id, kind=run.kind, deleted=deleted, restored=len(rows) - deleted)
    if doubts := [*doubts, *_seated(session, run, moves)]:
        done["doubts"] = doubts
    return done


def _seated(session: Session, run: ImportRun, moves: Moves) -> list[Finding]:
    """Return E798 when people keep seats who take part in no exam any more: the next allotment frees them."""
    gone = [row.id for row, (before, after) in moves.items() if before == _TAKES_PART != after]
    count = sum(1 for _ in rows_of(session, select(_SEAT.c.ticket), _SEAT.c.application_id, gone))
    if run.batch_id is None or not count:
        return []
    values = {"count": count, "batch": session.get_one(Batch, run.batch_id).code}
    return [Finding("E798", sentence("E798", values))]


def examples(found: Sequence[Blocked]) -> str:
    """Return the first few rows with what was done to them since, by whom and when."""
    return "；".join(_example(one) for one in found[:_NAMED])


def _example(one: Blocked) -> str:
    if one.at is None:
        return f"{one.text}（{one.action_label}）"
    return f"{one.text}（{show_time(one.at)} {one.who} {one.action_label}）"


def _take_back(session: Session, run: ImportRun, rows: Sequence[Written]) -> Moves:
    """Take all rows of an import back, children first; return how their states moved."""
    groups, moves = grouped(rows), Moves()
    for part in KINDS[run.kind].parts:
        if part.entity in groups:
            moves |= part.put_back(session, run, groups[part.entity]) or {}
    session.expire_all()
    return moves


def _digests(session: Session, run: ImportRun, rows: Sequence[Written]) -> dict[tuple[str, str], str]:
    """Return (table, name) → digest of the rows that were put back; rows that are gone have none."""
    found: dict[tuple[str, str], str] = {}
    for entity, group in grouped(rows).items():
        part = PARTS[entity]
        keys = {
            "id": {row.id for row in group} if part.witnessed_by == "id" else (),
            "code": {row.key for row in group},
            "batch": {run.batch_id},
        }
        if part.witnesses is not None:
            seen = part.witnesses(session, keys[part.witnessed_by])
            found |= {(entity, name): digest for _, name, digest in seen}
    return found


def _changes(
    run: ImportRun,
    called: Mapping[Written, str],
    earlier: Mapping[Written, str],
    moves: Moves,
    digests: Mapping[tuple[str, str], str],
    reason: str,
) -> Iterator[Change]:
    """Yield one event per 500 rows of a table and change of state, naming each row in it."""
    groups: dict[tuple[str, str | None, str | None], list[str]] = {}
    for row, name in called.items():
        moved = groups.setdefault((row.entity, *moves.get(row, (None, None))), [])
        moved += dict.fromkeys((name, earlier.get(row, name)))
    for (entity, before, after), moved in groups.items():
        for keys in in_chunks(moved, EVENT_ROWS):
            data: dict[str, object] = {"entity": entity, "keys": keys}
            if PARTS[entity].witnesses is not None:
                data["digests"] = [digests.get((entity, name)) for name in keys]
            yield Change(
                "import.undo.rows",
                keys[0],
                run.batch_id,
                before=before,
                after=after,
                reason=reason,
                data=data,
            )
