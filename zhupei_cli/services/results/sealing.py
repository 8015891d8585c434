"""Sealing a batch (封存): everything its result rests on in one file, without any personal data.

The file is a zip of canonical JSON. `manifest.json` names the batch and the SHA-256 of every part; its own
SHA-256 is the seal, which an event keeps. Whoever has the file can check it, without a database, with
`results.sealed_files`: the runs are computed again, the result follows from them, the events are a chain.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypedDict, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Event, Run
from zhupei_cli.rules.admission.canonical import results_text
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.services.admission import runs
from zhupei_cli.services.proof.batch_check import check_batch
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.services.results.sealed_events import (
    EventLine,
    Manifest,
    RunLine,
    SeatLine,
    summary,
    with_digest,
)
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, BatchStatus

MANIFEST: Final = "manifest.json"
ADMISSIONS: Final = "admissions.jsonl"
EVENTS: Final = "events.jsonl"
#: The number of the file's layout, and those that can be read: the first had no summary of the events.
LAYOUT: Final = 2
LAYOUTS: Final = (1, LAYOUT)

_ADMISSION: Table = Admission.metadata.tables["admission"]
_APPLICATION: Table = Application.metadata.tables["application"]
_EVENT: Table = Event.metadata.tables["event"]


def inputs_part(number: int) -> str:
    """Return the name of the part with a run's inputs."""
    return f"run-{number}.inputs.json"


def results_part(number: int) -> str:
    """Return the name of the part with a run's results."""
    return f"run-{number}.results.json"


# Any: JSON, of which the callers say what it holds.
def part_lines(package: zipfile.ZipFile, part: str) -> Iterator[Any]:
    """Yield the lines of a part."""
    with package.open(part) as lines:
        for line in lines:
            yield json.loads(line)


class Sealed(TypedDict):
    """What was sealed: the batch, its seal (SHA-256), and how much is in it."""

    batch: str
    seal: str
    runs: int
    parts: int


def seal_batch(session: Session, batch: Batch, path: Path, *, by: Acting) -> Sealed:
    """Write the batch's seal to `path`, and the event; return what was sealed.

    Raises E475 before `batch finalize`: what may still change cannot be sealed; E650 when the batch stands
    otherwise than its events say.
    """
    if batch.status not in (BatchStatus.FINAL, BatchStatus.ARCHIVED):
        cure = directions(BATCH, batch.status, frozenset({BatchStatus.FINAL}), batch.code)
        raise ZhupeiError("E475", batch=batch.code, status=BATCH_STATUS.label(batch.status), cure=cure)
    if found := check_batch(session, batch):
        shown = "；".join(finding.message for finding in found[:3])
        raise ZhupeiError("E650", batch=batch.code, count=len(found), findings=shown)
    committed = select(Run).where(Run.batch_id == batch.id, Run.committed_at.is_not(None))
    runs = session.execute(committed.order_by(Run.number)).scalars().all()
    seal, parts = _write(session, batch, path, runs, sealed_at=by.at)
    record(session, by, [Change("batch.seal", batch.code, batch.id, data={"sha256": seal})])
    return {"batch": batch.code, "seal": seal, "runs": len(runs), "parts": parts}


def _write(
    session: Session, batch: Batch, path: Path, runs: Sequence[Run], *, sealed_at: datetime
) -> tuple[str, int]:
    """Write the parts and their manifest; return the seal and how many parts there are."""
    events = list(_events(session, batch))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        parts = {name: _add(package, name, pieces) for name, pieces in _parts(session, batch, runs, events)}
        manifest: Manifest = {
            "layout": LAYOUT,
            "batch": {"code": batch.code, "name": batch.name, "year": batch.year, "status": batch.status},
            "settings": settings_of(session, batch),
            "runs": [_run(run) for run in runs],
            "events": summary(events),
            "sealed_at": sealed_at.isoformat(),
            "parts": parts,
        }
        return _add(package, MANIFEST, [canonical(manifest)]), len(parts)


def _parts(
    session: Session, batch: Batch, committed: Iterable[Run], events: Iterable[EventLine]
) -> Iterator[tuple[str, Iterable[str]]]:
    for run in committed:
        yield inputs_part(run.number), [runs.stored_text(session, run)]
        yield results_part(run.number), results_text(runs.stored_rows(session, run))
    yield ADMISSIONS, _lines(_admissions(session, batch))
    yield EVENTS, _lines(events)


def _add(package: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> str:
    running = sha256()
    with package.open(name, "w") as part:
        for piece in pieces:
            content = piece.encode()
            running.update(content)
            part.write(content)
    return running.hexdigest()


def _lines(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    return (canonical(row) + "\n" for row in rows)


def _run(run: Run) -> RunLine:
    return {
        "number": run.number,
        "rule": run.rule,
        "round": run.round,
        "inputs_sha256": run.inputs_sha256,
        "results_sha256": run.results_sha256,
    }


def _admissions(session: Session, batch: Batch) -> Iterator[SeatLine]:
    """Yield where everybody stands, by application number; totals are the runs'."""
    run_numbers = select(Run.id, Run.number).where(Run.batch_id == batch.id)
    numbers = {row.id: row.number for row in session.execute(run_numbers)}
    statement = (
        select(_APPLICATION.c.application_no, _ADMISSION)
        .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .where(_ADMISSION.c.batch_id == batch.id)
    )
    found = session.execute(statement).mappings()
    for row in sorted(found, key=lambda row: str(row["application_no"])):
        yield {
            "no": row["application_no"],
            "status": row["status"],
            "base": row["base_code"],
            "specialty": row["specialty_code"],
            "via": row["via"],
            "run": numbers.get(row["run_id"]),
        }


def _events(session: Session, batch: Batch) -> Iterator[EventLine]:
    """Yield the batch's events, each with the hash of the event before it, whosever that was."""
    before = _EVENT.alias()
    statement = (
        select(_EVENT, before.c.hash.label("previous"))
        .outerjoin(before, before.c.seq == _EVENT.c.seq - 1)
        .where(_EVENT.c.batch_id == batch.id)
        .order_by(_EVENT.c.seq)
    )
    for row in session.execute(statement).mappings():
        line = {**row, "at": row["at"].isoformat(), "previous": row["previous"] or ""}
        event = cast(EventLine, line)  # the columns of the table, whatever they are
        # Written before reasons were masked at the door, or by a base's login.
        shown = masked_text(event["reason"])
        yield event if shown == event["reason"] else with_digest(event, shown or "")
