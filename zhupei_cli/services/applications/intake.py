"""Trainees (学员): bulk import with or without their applications."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.copied import worked_ahead
from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.rules.proof.digests import row_digest
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.form_checks import load_checks
from zhupei_cli.services.applications.intake_cases import (
    Case,
    Options,
    examine,
    identify,
    leave_returned,
    load_cases,
    refuse_changes_of_submitted,
    refuse_company,
    refuse_same_people,
)
from zhupei_cli.services.applications.store import SnapshotRow, Stored
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.merging import all_fit
from zhupei_cli.services.people.profiles import Profile
from zhupei_cli.services.records import row_stamps
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.services.records.import_ledger import (
    EVENT_ROWS,
    Counts,
    Imported,
    Touched,
    begin_import,
    counted,
    inserted,
    record_rows,
)
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.store.bulk import in_chunks
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, ApplicationStatus, BatchStatus

#: Persons and snapshots of which a copy of the process is worth its while.
_MANY: Final = 5_000

WatchCases = Callable[[Collection[Case]], Iterable[Case]]


def import_trainees(
    session: Session,
    reading: Reading,
    *,
    batch: Batch | None,
    by: Acting,
    options: Options,
    watch: WatchCases = iter,
) -> Imported:
    """Take people, and their applications to `batch`, in from the rows of workbooks.

    Good persons go in, bad ones do not; the faults are left on the lines. `watch` is what goes through the
    persons and may tell how far it is. Raises E450 when the batch
    takes no applications now.
    """
    if batch is not None and not options.profile_only:
        require_entry(batch, by, late=options.late_reason is not None)
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    today = by.today
    cases = identify(reading.lines, today)
    refuse_same_people(cases)
    load_cases(session, batch, cases)
    checks = None if batch is None else load_checks(session, batch)
    short = bool(reading.tables) and all(all_fit(table.longest) for _, table in reading.tables)
    for case in watch(cases.values()):
        examine(case, checks, options=options, today=today, short=short)
    refuse_changes_of_submitted(session, list(cases.values()))
    leave_returned(cases.values())
    refuse_company(cases)
    judged = [(case, case.verdict) for case in cases.values()]
    counts = counted((verdict, case.lines) for case, verdict in judged)
    accepted = [case for case, verdict in judged if verdict in ("inserted", "updated")]
    if options.all_or_nothing and (counts.rejected or reading.left_out):
        return Imported(None, counts.none_written(), reading.files, applied_anew=0)
    if not accepted:
        return Imported(None, counts, reading.files, applied_anew=0)
    import_id, seq = begin_import(
        session,
        "trainee",
        by=by,
        batch_id=None if batch is None else batch.id,
        files=reading.files,
        counts=counts,
        reason=options.late_reason,
    )
    anew = sum(
        1 for case in accepted if case.before is not None and case.form is not None and case.live is None
    )
    record_rows(session, import_id, _write(session, batch, accepted, by=by, seq=seq), by=by)
    return Imported(import_id, counts, reading.files, applied_anew=anew)


def require_entry(batch: Batch, by: Acting, *, late: bool) -> None:
    """Raise E450 unless the batch is open and now is inside its dates; `late` also takes a closed one."""
    if batch.status == BatchStatus.OPEN and batch.apply_from <= by.at <= batch.apply_until:
        return
    if late and batch.status in (BatchStatus.OPEN, BatchStatus.CLOSED):
        return
    dates = f"，报名时间为 {show_time(batch.apply_from)} 至 {show_time(batch.apply_until)}"
    about = BATCH_STATUS.label(batch.status) + (dates if batch.status == BatchStatus.OPEN else "")
    if late or batch.status not in (BatchStatus.OPEN, BatchStatus.CLOSED):
        cure = "报名开始以后、锁定以前才能报名和补录入"
    else:
        cure = "报名要在批次开放且在报名时间内；确需补录入用 --late --reason 原因"
    raise ZhupeiError("E450", batch=batch.code, status=about, cure=cure)


def _write(
    session: Session, batch: Batch | None, cases: Sequence[Case], *, by: Acting, seq: int
) -> list[Touched]:
    changed = [case for case in cases if case.profile_changed]
    new = [case for case in cases if batch is not None and case.form is not None and case.live is None]
    # An import submits all of its new applications or none.
    taken = new if new and new[0].submit else []
    words = partial(_words_of, [case.after for case in changed], [case.after for case in taken])
    with worked_ahead(words, worth=len(changed) + len(taken) > _MANY) as ahead:
        touched = _write_people(session, changed, ahead, by=by, seq=seq)
        if batch is not None:
            touched += _write_applications(session, batch, cases, new, ahead, by=by, seq=seq)
    return touched


def _words_of(changed: Iterable[Profile], taken: Iterable[Profile]) -> Iterator[str]:
    """Yield the digest of each who changed, then the content and the digest of each snapshot to be taken."""
    yield from map(profiles.profile_digest, changed)
    for profile in taken:
        content = profiles.content_of(profile)
        yield content
        yield row_digest(store.snapshot_values(profile, content))


def _write_people(
    session: Session, changed: Sequence[Case], digests: Iterator[str], *, by: Acting, seq: int
) -> list[Touched]:
    stored = [case.before.id for case in changed if case.before is not None]
    stamps = row_stamps.stamps(session, "trainee", stored)
    profiles.write_profiles(session, [(case.before, case.after) for case in changed], at=by.at, seq=seq)
    told = dict(zip((case.after.id for case in changed), digests, strict=False))
    record(session, by, list(_people_changes(changed, told)))
    touched = [*inserted("trainee", (case.after.id or 0 for case in changed if case.before is None))]
    touched += [
        ("trainee", str(before.id), "updated", profiles.image_of(before, stamps[before.id or 0]))
        for case in changed
        if (before := case.before) is not None
    ]
    return touched


def _write_applications(
    session: Session,
    batch: Batch,
    cases: Sequence[Case],
    new: Sequence[Case],
    words: Iterator[str],
    *,
    by: Acting,
    seq: int,
) -> list[Touched]:
    """Store new applications, and what changed of others; `words` are those of new snapshots."""
    forms = [(case.after.id or 0, case.form) for case in new if case.form is not None]
    submit = bool(new) and new[0].submit
    by_order = {case.after.id or 0 for case in new if submit and case.after.person.get("order_oriented")}
    digests: dict[int, str] = {}

    def digest(one: Stored) -> None:
        digests[one.id] = store.form_digest(one.trainee_id, one.form)

    added = store.add_applications(
        session, batch, forms, by=by, seq=seq, submit=submit, by_order=by_order, watch=digest
    )
    stored: list[tuple[Case, Stored]] = list(zip(new, added, strict=True))
    snapshots: dict[int, str] = {}
    fresh = _snapshots(stored if submit else (), words, snapshots)
    store.insert_snapshots(session, fresh, at=by.at)
    changed = [
        (case, case.live) for case in cases if case.live is not None and (case.form_changed or case.submit)
    ]
    stamps = row_stamps.stamps(session, "application", [one.id for _, one in changed])
    changed_forms = [(one.id, case.form) for case, one in changed if case.form_changed and case.form]
    store.change_forms(session, batch, changed_forms, seq=seq)
    stored += changed
    submitted = [(one, case.after) for case, one in changed if case.submit]
    again = list(store.snapshots_of(submitted))
    snapshots |= {row[0]: store.snapshot_digest(row) for row in again}
    taken = [(one, row) for (one, _), row in zip(submitted, again, strict=True)]
    store.set_submitted(session, taken, by=by, seq=seq)
    digests |= {one.id: store.form_digest(one.trainee_id, case.form or one.form) for case, one in changed}
    record(session, by, list(_changes(batch, stored, snapshots, digests)))
    touched = [*inserted("application", (one.id for one in added))]
    return touched + [_touched(one, stamps[one.id]) for _, one in changed]


def _snapshots(
    new: Iterable[tuple[Case, Stored]], words: Iterator[str], digests: dict[int, str]
) -> Iterator[SnapshotRow]:
    """Yield first snapshots, and keep each one's digest by the number of its application."""
    for case, one in new:
        row = store.snapshot_row(one, case.after, next(words))
        digests[one.id] = store.told_version(row[1], next(words))
        yield row


def _touched(one: Stored, stamp: row_stamps.Stamp) -> Touched:
    before = {"status": one.status, "form": [*one.form], "stamp": stamp}
    return ("application", str(one.id), "updated", canonical(before))


def _people_changes(cases: Sequence[Case], digests: Mapping[int | None, str]) -> Iterator[Change]:
    """Yield one event per 500 people, new or not, by the numbers of their rows: events name nobody."""
    for new in (True, False):
        people = [case.after for case in cases if (case.before is None) == new]
        for chunk in in_chunks(people, EVENT_ROWS):
            ids = [one.id for one in chunk]
            data = {"people": ids, "digests": [digests[one] for one in ids], "new": new}
            yield Change("trainee.write", "trainee", data=data)


def _changes(
    batch: Batch,
    stored: Sequence[tuple[Case, Stored]],
    snapshots: Mapping[int, str],
    digests: Mapping[int, str],
) -> Iterator[Change]:
    """Yield one event per 500 applications and change of state, naming each application in it."""
    moves: dict[tuple[str | None, str], list[tuple[Case, Stored]]] = {}
    for case, one in stored:
        before = None if case.live is None else str(one.status)
        after = str(ApplicationStatus.SUBMITTED if case.submit else one.status)
        moves.setdefault((before, after), []).append((case, one))
    for (before, after), moved in moves.items():
        for chunk in in_chunks(moved, EVENT_ROWS):
            data: dict[str, object] = {
                "numbers": [one.application_no for _, one in chunk],
                "digests": [digests[one.id] for _, one in chunk],
            }
            if any(one.id in snapshots for _, one in chunk):
                data["snapshots"] = [snapshots.get(one.id) for _, one in chunk]
            yield Change(
                "application.import",
                chunk[0][1].application_no,
                batch.id,
                before=before,
                after=after,
                data=data,
            )
