"""Trainees (学员): bulk import with or without their applications, in portions that memory holds."""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from typing import Final

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.copied import MAX_PIECES, work_shared
from zhupei_cli.model import Batch
from zhupei_cli.services.applications.entry import require_entry
from zhupei_cli.services.applications.form_checks import Checks, load_checks
from zhupei_cli.services.applications.importing.case import Case, Options
from zhupei_cli.services.applications.importing.examining import (
    examine,
    leave_returned,
    leave_withdrawn,
    load_cases,
    refuse_changes_of_submitted,
    refuse_company,
)
from zhupei_cli.services.applications.importing.groups import (
    Group,
    Groups,
    grouped_lines,
    refuse_same_people,
)
from zhupei_cli.services.applications.importing.newcomers import newcomer, told_newcomers
from zhupei_cli.services.applications.importing.writing import Writing
from zhupei_cli.services.people.merging import all_fit
from zhupei_cli.services.people.profiles import known_numbers
from zhupei_cli.services.records.import_ledger import Counts, Imported
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.taking.stored_lines import StoredLines
from zhupei_cli.store.bulk import KEYS_AT_ONCE, in_chunks
from zhupei_cli.words.errors import Fault

#: Persons who are examined and written together; of how many a copy of the process is worth its while, and
#: how many it or this one takes at once.
_PORTION: Final = KEYS_AT_ONCE
_MANY: Final = 5_000
_PIECE: Final = 250

WatchGroups = Callable[[Collection[Group]], Iterable[Group]]


def import_trainees(
    session: Session,
    reading: Reading,
    *,
    batch: Batch | None,
    by: Acting,
    options: Options,
    watch: WatchGroups = iter,
) -> Imported:
    """Take people, and their applications to `batch`, in from the rows of workbooks.

    Good persons go in, bad ones do not; the faults are left on the lines. `watch` goes through the persons as
    they are done with and may tell how far that is. Raises E450 when the batch takes no applications now.
    """
    if batch is not None and not options.profile_only:
        require_entry(batch, by, late=options.late_reason is not None)
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    with _whole(session, wanted=options.all_or_nothing) as take_back:
        intake = _Intake(session, batch, reading, by, options)
        intake.run(watch)
        counts = intake.counts
        if options.all_or_nothing and (counts.rejected or reading.left_out):
            take_back()
            return Imported(None, counts.none_written(), reading.files, applied_anew=0)
        if intake.writing is None:
            return Imported(None, counts, reading.files, applied_anew=0)
        import_id = intake.writing.done(
            "trainee", files=reading.files, counts=counts, reason=options.late_reason
        )
        return Imported(import_id, counts, reading.files, applied_anew=intake.writing.anew)


@contextmanager
def _whole(session: Session, *, wanted: bool) -> Iterator[Callable[[], None]]:
    """Give what takes back all that was written within, where that is wanted."""
    if not wanted:
        yield lambda: None
        return
    with session.begin_nested() as nested:
        yield nested.rollback


@dataclass(slots=True)
class _Intake:
    """One import under way: persons are examined and, where they are good, written, portion by portion."""

    session: Session
    batch: Batch | None
    reading: Reading
    by: Acting
    options: Options
    checks: Checks | None = None
    #: Whether no text of the whole import is too long.
    short: bool = False
    writing: Writing | None = None
    _rows: Counter[str] = field(default_factory=Counter)
    _warned: int = 0

    @property
    def counts(self) -> Counts:
        """What has become of the rows so far."""
        words = ("inserted", "updated", "unchanged", "rejected")
        return Counts(self._rows.total(), **{word: self._rows[word] for word in words}, warned=self._warned)

    def run(self, watch: WatchGroups) -> None:
        """Take all persons in."""
        groups = grouped_lines(self.reading.lines, self.by.today)
        refuse_same_people(self.reading.lines, groups)
        self.checks = None if self.batch is None else load_checks(self.session, self.batch)
        tables = self.reading.tables
        self.short = bool(tables) and all(all_fit(table.longest) for _, table in tables)
        with self._told(groups) as told:
            # A person is seen when it is done with, and the watch ends when all are.
            seen = iter(watch(groups))
            for portion in in_chunks(groups, _PORTION):
                self._take([self._case(group, next(told)) for group in portion])
                deque(islice(seen, len(portion)), maxlen=0)
            deque(seen, maxlen=0)

    @contextmanager
    def _told(self, groups: Groups) -> Iterator[Iterator[Sequence[object] | None]]:
        """Give what can be told of each person without the database, where that is much and of use."""
        lines = self.reading.lines
        if len(groups) <= _MANY or not isinstance(lines, StoredLines) or not self._are_new(groups):
            yield repeat(None)
            return
        size = max(_PIECE, -(-len(groups) // MAX_PIECES))
        options, today, short = self.options, self.by.today, self.short

        def make(piece: int) -> list[tuple[object, ...] | None]:
            some = groups[piece * size : (piece + 1) * size]
            return told_newcomers(lines, some, self.checks, options=options, today=today, short=short)

        with work_shared(make, -(-len(groups) // size)) as told:
            yield chain.from_iterable(told)

    def _are_new(self, groups: Groups) -> bool:
        """Say whether most are new, as far as the first ones tell."""
        numbers = [group.key[1] for group in groups[:_PORTION] if group.key is not None]
        return 2 * known_numbers(self.session, numbers) < len(numbers)

    def _case(self, group: Group, told: Sequence[object] | None) -> Case:
        case = Case(group.key, group.at)
        if told is not None:
            case.newcomer = newcomer(told)
            case.form = case.newcomer.form
            case.submit = case.newcomer.taken is not None
        return case

    def _take(self, cases: Sequence[Case]) -> None:
        load_cases(self.session, self.batch, cases)
        asked = [case for case in cases if not case.is_told]
        for case in asked:
            self._examine(case)
        refuse_changes_of_submitted(self.session, asked)
        leave_returned(asked)
        leave_withdrawn(asked)
        refuse_company(asked)
        lines = self.reading.lines
        for case in asked:
            for at, line in zip(case.at, case.lines, strict=True):
                lines[at] = line
        accepted = []
        for case in cases:
            verdict = case.verdict
            self._rows[verdict] += len(case.at)
            self._warned += sum(1 for line in case.lines if line.faults and not line.bad)
            if verdict in ("inserted", "updated"):
                accepted.append(case)
        # What is taken back anyhow need not be written.
        in_vain = self.options.all_or_nothing and (self._rows["rejected"] or self.reading.left_out)
        if accepted and not in_vain:
            self.writing = self.writing or Writing.begun(self.session, self.batch, self.by)
            self.writing.write(accepted)

    def _examine(self, case: Case) -> None:
        """Look at a person with their lines, whatever a copy has told of them as of somebody new."""
        case.newcomer, case.form, case.submit = None, None, False
        case.lines = [self.reading.lines[at] for at in case.at]
        if case.key is None:  # the sheet has said so already, or it is missing
            (line,) = case.lines
            if not line.bad:
                line.faults.append(Fault("E150", "id_number", values={"label": "证件号码"}))
        today = self.by.today
        examine(case, self.checks, options=self.options, today=today, short=self.short)
