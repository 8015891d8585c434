"""Writing what an import takes, portion by portion; what it tells of it waits until all is written."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.importing.case import Case, Newcomer, Taken
from zhupei_cli.services.applications.importing.newcomers import newcomer_of, taken_of
from zhupei_cli.services.applications.store import Stored
from zhupei_cli.services.people import profiles
from zhupei_cli.services.records import row_stamps
from zhupei_cli.services.records.events import Change, canonical, reserve
from zhupei_cli.services.records.import_ledger import (
    EVENT_ROWS,
    Counts,
    ImportedFile,
    Touched,
    begin_import,
    inserted,
    record_rows,
)
from zhupei_cli.services.records.later_events import LaterEvents
from zhupei_cli.store.bulk import in_chunks
from zhupei_cli.words.vocabulary import ApplicationStatus


class _New(NamedTuple):
    """A new application: of whom, what it asks for, what it is submitted with."""

    case: Case
    trainee_id: int
    form: store.Form
    by_order: bool
    taken: Taken | None


@dataclass(slots=True)
class Writing:
    """What one import has written so far. `seq` is its event's number, which its rows carry."""

    session: Session
    batch: Batch | None
    by: Acting
    seq: int
    #: Applications that are new, of people who were known.
    anew: int = 0
    _people: "array[int]" = field(default_factory=lambda: array("Q"))
    _applications: "array[int]" = field(default_factory=lambda: array("Q"))
    _changed: list[Touched] = field(default_factory=list)
    _events: LaterEvents = field(default_factory=LaterEvents)

    @classmethod
    def begun(cls, session: Session, batch: Batch | None, by: Acting) -> "Writing":
        """Return one that has written nothing; its number is taken."""
        return cls(session, batch, by, reserve(session))

    def write(self, cases: Sequence[Case]) -> None:
        """Write persons that are taken."""
        newcomers = [(case, case.newcomer or newcomer_of(case)) for case in cases if case.before is None]
        new = self._write_people(newcomers, [case for case in cases if case.before and case.profile_changed])
        if self.batch is not None:
            applying = [*self._applying(cases, new)]
            self._write_applications(self.batch, applying, [case for case in cases if case.live is not None])

    def done(
        self,
        kind: str,
        *,
        files: Sequence[ImportedFile],
        counts: Counts,
        reason: str | None,
    ) -> int:
        """Tell of all that was written, and return the import's id."""
        import_id, _ = begin_import(
            self.session,
            kind,
            by=self.by,
            batch_id=None if self.batch is None else self.batch.id,
            files=files,
            counts=counts,
            reason=reason,
            reserved=self.seq,
        )
        self._events.record(self.session, self.by)
        new = (*inserted("trainee", self._people), *inserted("application", self._applications))
        record_rows(self.session, import_id, [*new, *self._changed], by=self.by)
        return import_id

    def _write_people(
        self, new: Sequence[tuple[Case, Newcomer]], changed: Sequence[Case]
    ) -> dict[int, tuple[int, Newcomer]]:
        """Write people; return of new ones, by the identity of their cases, the id and what is stored."""
        at, seq = self.by.at, self.seq
        ids = profiles.insert_people(self.session, [one.rows for _, one in new], at=at, seq=seq)
        self._people.extend(ids)
        self._events.add(_people_changes(ids, [one.digest for _, one in new], new=True))
        known = [(case.before, case.after) for case in changed if case.before is not None]
        stored = [before.id or 0 for before, _ in known]
        stamps = row_stamps.stamps(self.session, "trainee", stored)
        profiles.write_profiles(self.session, known, at=at, seq=seq)
        digests = [profiles.profile_digest(after) for _, after in known]
        self._events.add(_people_changes(stored, digests, new=False))
        self._changed += [
            ("trainee", str(before.id), "updated", profiles.image_of(before, stamps[before.id or 0]))
            for before, _ in known
        ]
        return {id(case): (id_, one) for id_, (case, one) in zip(ids, new, strict=True)}

    def _applying(self, cases: Iterable[Case], new: Mapping[int, tuple[int, Newcomer]]) -> Iterator[_New]:
        for case in cases:
            if case.form is None or case.live is not None:
                continue
            if case.before is None:
                trainee_id, one = new[id(case)]
                yield _New(case, trainee_id, case.form, one.by_order, one.taken)
            else:
                self.anew += 1
                by_order = bool(case.after.person.get("order_oriented"))
                taken = taken_of(case.after) if case.submit else None
                yield _New(case, case.before.id or 0, case.form, by_order, taken)

    def _write_applications(self, batch: Batch, new: Sequence[_New], cases: Sequence[Case]) -> None:
        """Store new applications, and what changed of others."""
        session, by, seq = self.session, self.by, self.seq
        # An import submits all of its new applications or none.
        submit = bool(new) and new[0].case.submit
        added = store.add_applications(
            session,
            batch,
            [(one.trainee_id, one.form) for one in new],
            by=by,
            seq=seq,
            submit=submit,
            by_order={one.trainee_id for one in new if submit and one.by_order},
        )
        self._applications.extend(one.id for one in added)
        stored: list[tuple[Case, Stored]] = [(one.case, kept) for one, kept in zip(new, added, strict=True)]
        first = [(kept, one.taken) for one, kept in zip(new, added, strict=True) if one.taken is not None]
        rows = [(kept.id, store.next_version(kept), *taken.values) for kept, taken in first]
        snapshots = {
            kept.id: store.told_version(store.next_version(kept), taken.digest) for kept, taken in first
        }
        store.insert_snapshots(session, rows, at=by.at)
        changed = [(case, case.live) for case in cases if case.live and (case.form_changed or case.submit)]
        stamps = row_stamps.stamps(session, "application", [one.id for _, one in changed])
        forms = [(one.id, case.form) for case, one in changed if case.form_changed and case.form]
        store.change_forms(session, batch, forms, seq=seq)
        snapshots |= self._submit_again([(one, case) for case, one in changed if case.submit])
        self._changed += [_touched(one, stamps[one.id]) for _, one in changed]
        stored += changed
        digests = {one.id: store.form_digest(one.trainee_id, case.form or one.form) for case, one in stored}
        self._events.add(_changes(batch, stored, snapshots, digests))

    def _submit_again(self, submitted: Sequence[tuple[Stored, Case]]) -> dict[int, str]:
        """Submit applications that were there already; return what their events tell of their snapshots."""
        again = list(store.snapshots_of((one, case.after) for one, case in submitted))
        taken = [(one, row) for (one, _), row in zip(submitted, again, strict=True)]
        store.set_submitted(self.session, taken, by=self.by, seq=self.seq)
        return {row[0]: store.snapshot_digest(row) for row in again}


def _touched(one: Stored, stamp: row_stamps.Stamp) -> Touched:
    before = {"status": one.status, "form": [*one.form], "stamp": stamp}
    return ("application", str(one.id), "updated", canonical(before))


def _people_changes(ids: Sequence[int], digests: Sequence[str], *, new: bool) -> Iterator[Change]:
    """Yield one event per 500 people, by the numbers of their rows: events name nobody."""
    for start in range(0, len(ids), EVENT_ROWS):
        some = slice(start, start + EVENT_ROWS)
        data = {"people": list(ids[some]), "digests": list(digests[some]), "new": new}
        yield Change("trainee.write", "trainee", data=data)


def _changes(
    batch: Batch,
    stored: Sequence[tuple[Case, Stored]],
    snapshots: Mapping[int, str],
    digests: Mapping[int, str],
) -> Iterator[Change]:
    """Yield one event per 500 applications and change of state, naming each application in it."""
    moves: dict[tuple[str | None, str], list[Stored]] = {}
    for case, one in stored:
        before = None if case.live is None else str(one.status)
        after = str(ApplicationStatus.SUBMITTED if case.submit else one.status)
        moves.setdefault((before, after), []).append(one)
    for (before, after), moved in moves.items():
        for chunk in in_chunks(moved, EVENT_ROWS):
            data: dict[str, object] = {
                "numbers": [one.application_no for one in chunk],
                "digests": [digests[one.id] for one in chunk],
            }
            if any(one.id in snapshots for one in chunk):
                data["snapshots"] = [snapshots.get(one.id) for one in chunk]
            number = chunk[0].application_no
            yield Change("application.import", number, batch.id, before=before, after=after, data=data)
