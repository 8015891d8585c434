"""Review by the first-choice base (指南 二.5): each decision, taking one back too, is a row that stays."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Batch, Review
from zhupei_cli.rules.batch import lifecycle
from zhupei_cli.rules.people.people_names import other_name
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.past import not_allowed
from zhupei_cli.services.records import base_login
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.services.records.import_ledger import (
    Counts,
    Imported,
    Touched,
    begin_import,
    filled_in,
    record_rows,
)
from zhupei_cli.services.records.line_numbers import settle_numbers
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.services.reviews.under_review import UnderReview, load_under_review
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import insert_rows, rows_of
from zhupei_cli.store.counters import take
from zhupei_cli.store.walls import signature
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import (
    ADMISSION_STATUS,
    APPLICATION_STATUS,
    BATCH_STATUS,
    AdmissionStatus,
    ApplicationStatus,
    BatchStatus,
    Decision,
)

_REVIEW: Table = Review.metadata.tables["review"]

#: Looked up by the word: an enum made of it costs ten times as much, a hundred thousand times.
_DECISIONS: Final = {str(decision): decision for decision in Decision}

#: What each decision makes of an application.
_OUTCOMES = {
    Decision.APPROVE: ApplicationStatus.APPROVED,
    Decision.REJECT: ApplicationStatus.REJECTED,
    Decision.RETURN: ApplicationStatus.RETURNED,
    Decision.REVOKE: ApplicationStatus.SUBMITTED,
}


class Verdict(NamedTuple):  # not a dataclass: made and looked up a hundred thousand at a time
    """One decision somebody wants to make."""

    application_no: str
    decision: Decision
    reason: str | None = None


def faults(
    session: Session, batch: Batch, verdicts: Sequence[Verdict], *, base: str | None
) -> tuple[list[tuple[Verdict, UnderReview]], list[Verdict], list[tuple[Verdict, Fault]]]:
    """Sort verdicts into those that can be carried out, those that stand already, and those refused."""
    stored = load_under_review(session, batch, {verdict.application_no for verdict in verdicts})
    good: list[tuple[Verdict, UnderReview]] = []
    standing: list[Verdict] = []
    refused: list[tuple[Verdict, Fault]] = []
    decided = _decided(
        session, [stored[one.application_no] for one in verdicts if one.application_no in stored]
    )
    for verdict in verdicts:
        one = stored.get(verdict.application_no)
        found = _fault(verdict, one, base)
        if found is not None and one is not None and found.code == "E402":
            found = _after_closing(batch, one, found)
        if found is None and one is not None and one.id in decided and verdict.decision == Decision.REVOKE:
            found = standing_in_the_way(verdict.application_no, decided[one.id], base=base)
        if one is not None and found is None and one.status == _OUTCOMES[verdict.decision]:
            standing.append(verdict)
        elif found is not None:
            refused.append((verdict, found))
        elif one is not None:
            good.append((verdict, one))
    good, barred = _allowed(session, batch, good)
    refused += barred
    other = _other_reasons(session, [(verdict, stored[verdict.application_no]) for verdict in standing])
    refused += other.items()
    return good, [verdict for verdict in standing if verdict not in other], refused


def _allowed(
    session: Session, batch: Batch, good: Sequence[tuple[Verdict, UnderReview]]
) -> tuple[list[tuple[Verdict, UnderReview]], list[tuple[Verdict, Fault]]]:
    """Sort out the approvals of people whom the past forbids this batch, as it came to light since."""
    approved = {one.application_no for verdict, one in good if verdict.decision == Decision.APPROVE}
    barred = not_allowed(session, batch, approved) if approved else {}
    refused = [
        (
            verdict,
            Fault(
                "E425",
                "decision",
                values={"application_no": number, "why": barred[number], "batch": batch.code},
            ),
        )
        for verdict, _ in good
        if verdict.decision == Decision.APPROVE and (number := verdict.application_no) in barred
    ]
    out = {verdict for verdict, _ in refused}
    return [(verdict, one) for verdict, one in good if verdict not in out], refused


def _other_reasons(session: Session, standing: Sequence[tuple[Verdict, UnderReview]]) -> dict[Verdict, Fault]:
    """Return the fault (E662) of each decision that stands for another reason than is given now."""
    given = [(verdict, one) for verdict, one in standing if (verdict.reason or "").strip()]
    columns = (_REVIEW.c.application_id, _REVIEW.c.id, _REVIEW.c.decision, _REVIEW.c.reason)
    rows = rows_of(session, select(*columns), _REVIEW.c.application_id, [one.id for _, one in given])
    last = {row.application_id: row for row in sorted(rows, key=lambda row: row.id)}
    found = {}
    for verdict, one in given:
        row = last.get(one.id)
        if row is not None and row.decision == verdict.decision and row.reason != verdict.reason:
            values = {
                "application_no": verdict.application_no,
                "status": APPLICATION_STATUS.label(one.status),
            }
            found[verdict] = Fault("E662", "reason", values=values | {"reason": row.reason or "空白"})
    return found


def _after_closing(batch: Batch, one: UnderReview, fault: Fault) -> Fault:
    """Return the refusal with a way that leads somewhere: nobody submits by themselves any more."""
    unsent = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)
    if batch.status != BatchStatus.CLOSED or one.status not in unsent:
        return fault
    number = one.application_no
    cure = f"报名已结束；确应参加的，先运行 zhupei apply submit {number} --late --reason 原因，再审核"
    return Fault(fault.code, fault.field, values={**fault.values, "cure": cure})


def _decided(session: Session, stored: Sequence[UnderReview]) -> dict[int, str]:
    """Return application id → where it stands in admission, of those that stand anywhere."""
    columns = select(Admission.application_id, Admission.status)
    approved = [one.id for one in stored if one.status == ApplicationStatus.APPROVED]
    rows = rows_of(session, columns, Admission.application_id, approved)
    return {row.application_id: row.status for row in rows}


def standing_in_the_way(number: str, status: str, *, base: str | None = None) -> Fault:
    """Return why an application cannot be touched that has a seat before the run, or gave one up.

    A base learns nothing of an admission that was not published.
    """
    if base is not None:
        return Fault("E708", "application_no", values={"application_no": number})
    if status == AdmissionStatus.PROPOSED:  # of a batch without a result
        return Fault("E770", "application_no", values={"application_no": number})
    label = ADMISSION_STATUS.label(status)
    return Fault("E686", "application_no", values={"application_no": number, "status": label})


def _fault(verdict: Verdict, stored: UnderReview | None, base: str | None) -> Fault | None:
    # A number of another base is answered like one that does not exist: it is none of their business.
    if stored is None or (base is not None and stored.base != base):
        return Fault(
            "E304", "application_no", values={"application_no": verdict.application_no, "nearest": ""}
        )
    # Said twice a decision stands; there is nothing to take back twice.
    if verdict.decision != Decision.REVOKE and stored.status == _OUTCOMES[verdict.decision]:
        return None
    try:
        lifecycle.step(
            lifecycle.APPLICATION,
            stored.status,
            verdict.decision,
            name=verdict.application_no,
            reason=verdict.reason,
        )
    except ZhupeiError as refusal:
        field = "reason" if refusal.code == "E404" else "decision"
        return Fault(refusal.code, field, values=refusal.values)
    return None


def decide(
    session: Session,
    batch: Batch,
    verdicts: Sequence[Verdict],
    *,
    by: Acting,
    base: str | None = None,
    skip_bad: bool = False,
) -> tuple[int, list[tuple[Verdict, Fault]]]:
    """Carry out the verdicts; return how many were, and the refused ones.

    One refused verdict refuses all, unless `skip_bad`. Raises E451 when the batch takes no reviews now.
    """
    require_reviewing(batch)
    good, _standing, refused = faults(session, batch, list(dict.fromkeys(verdicts)), base=base)
    if refused and not skip_bad:
        first = refused[0][1]
        # What other bases have is not offered to one of them.
        raise (
            store.refusal(session, batch, first) if base is None else ZhupeiError(first.code, **first.values)
        )
    carry_out(session, batch, good, by=by, base=base)
    return len(good), refused


def require_reviewing(batch: Batch) -> None:
    """Raise E451 unless the batch is open or closed: reviews end when it is locked."""
    if batch.status not in (BatchStatus.OPEN, BatchStatus.CLOSED):
        raise ZhupeiError("E451", batch=batch.code, status=BATCH_STATUS.label(batch.status))


_COLUMNS: Final = (
    "id",
    "application_id",
    "decision",
    "reason",
    "base_code",
    "snapshot_version",
    "decided_by",
    "decided_at",
)


def carry_out(
    session: Session,
    batch: Batch,
    decisions: Sequence[tuple[Verdict, UnderReview]],
    *,
    by: Acting,
    base: str | None,
    import_id: int | None = None,
) -> None:
    """Write the decisions, the new states and one event each, set-based.

    `import_id` is the import they come from: the rows it touched are kept with it.
    """
    if not decisions:
        return
    if base_login.is_base(session):
        _carry_out_as_base(session, batch, decisions, import_id)
        return
    seqs = record(session, by, list(_changes(batch, decisions, base)))
    who = signature(session, by.who)
    ids = take(session, "review", len(decisions))
    rows = [
        (id_, one.id, verdict.decision, verdict.reason, base, one.snapshot_version, who, by.at)
        for id_, (verdict, one) in zip(ids, decisions, strict=True)
    ]
    insert_rows(session, _REVIEW, _COLUMNS, rows)
    statuses = [(one.id, _OUTCOMES[verdict.decision]) for verdict, one in decisions]
    store.set_status(session, statuses, seq=seqs[-1])
    if import_id is not None:
        record_rows(session, import_id, _touched(decisions), by=by)


def _carry_out_as_base(
    session: Session, batch: Batch, decisions: Sequence[tuple[Verdict, UnderReview]], import_id: int | None
) -> None:
    chosen = [(one.application_no, str(verdict.decision), verdict.reason) for verdict, one in decisions]
    try:
        base_login.decide_at_server(session, batch, chosen, import_id)
    except IntegrityError as error:
        # An approval that an admission rests on which this login may not see: it learns nothing of it.
        first, *more = (one.application_no for _, one in decisions)
        raise ZhupeiError("E708", application_no=f"{first} 等" if more else first) from error


def _touched(decisions: Sequence[tuple[Verdict, UnderReview]]) -> Iterator[Touched]:
    # An import or a command touched many: what stood there before is hardly ever one's alone.
    before = cache(lambda status, touched_by: canonical({"status": status, "touched_by": touched_by}))
    for _, one in decisions:
        yield "application", str(one.id), "updated", before(one.status, one.touched_by)


def _changes(
    batch: Batch, decisions: Sequence[tuple[Verdict, UnderReview]], base: str | None
) -> Iterator[Change]:
    for verdict, one in decisions:
        yield Change(
            f"review.{verdict.decision}",
            one.application_no,
            batch.id,
            before=one.status,
            after=_OUTCOMES[verdict.decision],
            reason=verdict.reason,
            data=None if base is None else {"base": base},
        )


def import_reviews(
    session: Session,
    reading: Reading,
    *,
    batch: Batch,
    by: Acting,
    base: str | None = None,
) -> Imported:
    """Take decisions in from the rows of 审核意见; faults are left on the lines.

    A row without a decision is passed over, one that says what was decided already changes nothing. Raises
    E451 when reviews are over.
    """
    settle_numbers(session, batch, reading)
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    require_reviewing(batch)
    lines = filled_in(reading.lines, ("decision",), beside="reason")
    _refuse_twins(lines)
    read = {line.values["application_no"]: line for line in lines if not line.bad}
    good, standing, refused = faults(session, batch, list(map(_verdict, read.values())), base=base)
    for verdict, fault in refused:
        read[verdict.application_no].faults.append(fault)
    _refuse_other_names((read[one.application_no], one) for _, one in good)
    good = [(verdict, one) for verdict, one in good if not read[one.application_no].bad]
    bad = sum(1 for line in lines if line.bad)
    rows = len(reading.lines)
    warned = sum(bool(line.faults) and not line.bad for line in reading.lines)
    counts = Counts(
        rows,
        updated=len(good),
        unchanged=len(standing),
        rejected=bad,
        warned=warned,
        blank=rows - len(lines),
    )
    if not good:
        return Imported(None, counts, reading.files)
    import_id, _ = begin_import(
        session, "review", by=by, batch_id=batch.id, files=reading.files, counts=counts
    )
    carry_out(session, batch, good, by=by, base=base, import_id=import_id)
    return Imported(import_id, counts, reading.files)


def _verdict(line: Line) -> Verdict:
    values = line.values
    return Verdict(values["application_no"], _DECISIONS[values["decision"]], values.get("reason"))


def _refuse_twins(lines: Sequence[Line]) -> None:
    good = [line for line in lines if not line.bad]
    times = Counter(line.values["application_no"] for line in good)
    if len(times) == len(good):
        return
    seen: dict[str, list[Line]] = {}
    for line in good:
        if times[number := line.values["application_no"]] > 1:
            seen.setdefault(number, []).append(line)
    for number, twins in seen.items():
        for line in twins:
            others = "、".join(other.seen_from(line) for other in twins if other is not line)
            values = {"number": number, "others": others}
            line.faults.append(Fault("E157", "application_no", values=values))


def _refuse_other_names(lines: Iterable[tuple[Line, UnderReview]]) -> None:
    """Refuse rows whose name is not that of the number's owner: a shifted column decides about others."""
    for line, one in lines:
        given = line.values.get("name")
        if given is not None and given != one.name:
            line.faults.append(other_name(given, one.name, by="报名号"))
