"""Applications (报名): what a person asks for, stored, submitted with a snapshot, listed."""

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Select, Table, and_, select, update
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST, Acting
from zhupei_cli.model import Admission, Application, Batch, Choice, Snapshot
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.rules.proof.digests import row_digest
from zhupei_cli.services.people.profiles import Profile, content_of, profile_of
from zhupei_cli.services.records.lookup import nearest
from zhupei_cli.store.bulk import delete_rows, in_chunks, insert_rows, rows_of, update_rows
from zhupei_cli.store.counters import take
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import ApplicationStatus

_APPLICATION: Table = Application.metadata.tables["application"]
_CHOICE: Table = Choice.metadata.tables["choice"]
_SNAPSHOT: Table = Snapshot.metadata.tables["snapshot"]

#: The values of SNAPSHOT.
SnapshotRow = tuple[Any, ...]

#: Choices that are near enough for the indexes by application.
_NEAR: Final = 20_000


# Tuples: an import makes a hundred thousand of each, and a frozen dataclass takes four times as long.
class Form(NamedTuple):
    """What the guide's steps two, four and five ask. `choices` are (base, specialty) in order."""

    identity: str
    source_type: str
    train_years: int
    accept_adjust: bool
    choices: tuple[tuple[str, str], ...]


#: The columns of an application that hold its form; the choices have a table of their own.
ASKED: Final = Form._fields[:-1]


class Stored(NamedTuple):
    """An application as it stands in the database."""

    id: int
    application_no: str
    trainee_id: int
    status: str
    form: Form
    snapshot_version: int | None
    first_submitted_at: datetime | None


_STORED = select(
    _APPLICATION.c.id,
    _APPLICATION.c.application_no,
    _APPLICATION.c.trainee_id,
    _APPLICATION.c.status,
    _APPLICATION.c.snapshot_version,
    _APPLICATION.c.first_submitted_at,
    *(_APPLICATION.c[name] for name in ASKED),
)


#: The snapshot an application stands with: the version it was submitted or corrected with last.
CURRENT_SNAPSHOT = and_(
    _SNAPSHOT.c.application_id == _APPLICATION.c.id, _SNAPSHOT.c.version == _APPLICATION.c.snapshot_version
)


def load_live(session: Session, batch: Batch, trainee_ids: Iterable[int]) -> dict[int, Stored]:
    """Return the live applications to `batch` of these people, by trainee id."""
    statement = _STORED.where(_APPLICATION.c.batch_id == batch.id, _APPLICATION.c.live_key.is_not(None))
    found = _stored(session, statement, _APPLICATION.c.trainee_id, trainee_ids)
    return {stored.trainee_id: stored for stored in found}


def load_withdrawn(session: Session, batch: Batch, trainee_ids: Iterable[int]) -> dict[int, Stored]:
    """Return the application to `batch` that each of these people withdrew last, by trainee id."""
    withdrawn = _APPLICATION.c.status == ApplicationStatus.WITHDRAWN
    statement = _STORED.where(_APPLICATION.c.batch_id == batch.id, withdrawn)
    found = _stored(session, statement, _APPLICATION.c.trainee_id, trainee_ids)
    return {stored.trainee_id: stored for stored in sorted(found)}


def load_seated(session: Session, batch: Batch, trainee_ids: Iterable[int]) -> dict[int, str]:
    """Return trainee id → code of the batch in which they hold a seat of the batch's year.

    A seat counts from publication on: before it nobody may learn of it.
    """
    keys = {f"{batch.year}:{id_}": id_ for id_ in trainee_ids}
    statement = (
        select(Admission.live_key, Batch.code)
        .join(Batch, Admission.batch_id == Batch.id)
        .where(Batch.status.in_(PUBLISHED))
    )
    return {keys[row.live_key]: row.code for row in rows_of(session, statement, Admission.live_key, keys)}


def load_by_number(session: Session, batch: Batch, numbers: Iterable[str]) -> dict[str, Stored]:
    """Return the applications to `batch` with these numbers, by number."""
    statement = _STORED.where(_APPLICATION.c.batch_id == batch.id)
    found = _stored(session, statement, _APPLICATION.c.application_no, numbers)
    return {stored.application_no: stored for stored in found}


def find_stored(session: Session, batch: Batch, number: str) -> Stored:
    """Return the application to `batch` of this number; E304 with the nearest ones when there is none."""
    stored = load_by_number(session, batch, (number,)).get(number)
    if stored is None:
        raise ZhupeiError("E304", application_no=number, nearest=near_numbers(session, batch, number))
    return stored


def near_numbers(session: Session, batch: Batch, number: str) -> str:
    """Offer numbers that begin alike: comparing with all of a province's would take seconds."""
    alike = _APPLICATION.c.application_no.startswith(number[: len(batch.code) + 5], autoescape=True)
    known = select(_APPLICATION.c.application_no).where(_APPLICATION.c.batch_id == batch.id, alike).limit(100)
    return nearest(number, session.execute(known).scalars())


def refusal(session: Session, batch: Batch, fault: Fault) -> ZhupeiError:
    """Return what is wrong with one application as an error; the nearest numbers where there is none."""
    near = fault.code == "E304" and near_numbers(session, batch, fault.values["application_no"])
    return ZhupeiError(fault.code, **{**fault.values, **({"nearest": near} if near else {})})


def _stored(
    session: Session, statement: Select[*tuple[object, ...]], column: Column[object], keys: Iterable[object]
) -> Iterator[Stored]:
    rows = list(rows_of(session, statement, column, keys))
    choices = load_choices(session, (row.id for row in rows))
    for row in rows:
        form = Form._make((*row[-len(ASKED) :], choices.get(row.id, ())))
        yield Stored(
            row.id,
            row.application_no,
            row.trainee_id,
            row.status,
            form,
            row.snapshot_version,
            row.first_submitted_at,
        )


def load_choices(session: Session, ids: Iterable[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Return the choices of these applications in their order, by application id."""
    columns = (_CHOICE.c.application_id, _CHOICE.c.number, _CHOICE.c.base_code, _CHOICE.c.specialty_code)
    rows = [tuple(row) for row in rows_of(session, select(*columns), columns[0], ids)]
    choices: dict[int, tuple[tuple[str, str], ...]] = {}
    for application_id, _number, base, specialty in sorted(rows):
        choices[application_id] = (*choices.get(application_id, ()), (base, specialty))
    return choices


def add_applications(
    session: Session,
    batch: Batch,
    forms: Sequence[tuple[int, Form]],
    *,
    by: Acting,
    seq: int,
    submit: bool = False,
    by_order: Container[int] = (),
) -> list[Stored]:
    """Store new applications for (trainee id, form) and give them their numbers, in the order given.

    They are drafts; those to `submit` are submitted at once, and their snapshots are the caller's to
    insert; `by_order` are the people of whom these say that they study by order. The numbers are taken here,
    as late as can be: rows refused before leave no gaps.
    """
    if not forms:
        return []
    # Attributes of the model are slow to ask for a hundred thousand times.
    batch_id, code = batch.id, batch.code
    ids = take(session, "application", len(forms))
    numbers = take(session, f"application_no:{batch_id}", len(forms))
    stored = [
        Stored(id_, f"{code}-{number:07d}", trainee_id, ApplicationStatus.DRAFT, form, None, None)
        for id_, number, (trainee_id, form) in zip(ids, numbers, forms, strict=True)
    ]
    columns = (
        *("id", "application_no", "batch_id", "trainee_id", *ASKED),
        *("live_key", "created_at", "touched_by"),
        *("status", "first_submitted_at", "submitted_on", "submitted_at", "snapshot_version"),
        "order_oriented",
    )
    state = (
        (ApplicationStatus.SUBMITTED, by.at, _day(by.at), by.at, 1)
        if submit
        else (ApplicationStatus.DRAFT, None, None, None, None)
    )
    rows = (
        (
            *(one.id, one.application_no, batch_id, one.trainee_id, *one.form[:-1]),
            *(f"{batch_id}:{one.trainee_id}", by.at, seq),
            *(*state, one.trainee_id in by_order or None),
        )
        for one in stored
    )
    insert_rows(session, _APPLICATION, columns, rows)
    _insert_choices(session, batch, [(one.id, one.form) for one in stored])
    return stored


def change_forms(session: Session, batch: Batch, forms: Sequence[tuple[int, Form]], *, seq: int) -> None:
    """Replace what applications (id, new form) ask for; their status stays."""
    rows = [(id_, *form[:-1], seq) for id_, form in forms]
    update_rows(session, _APPLICATION, ("id",), (*ASKED, "touched_by"), rows)
    delete_rows(session, _CHOICE, ("application_id",), [(id_,) for id_, _ in forms])
    _insert_choices(session, batch, forms)


def _insert_choices(session: Session, batch: Batch, forms: Sequence[tuple[int, Form]]) -> None:
    columns = ("application_id", "number", "batch_id", "base_code", "specialty_code")
    batch_id = batch.id
    rows = (
        (id_, number, batch_id, base, specialty)
        for id_, form in forms
        for number, (base, specialty) in enumerate(form.choices, 1)
    )
    insert_rows(session, _CHOICE, columns, _gathered(rows))


def _gathered(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    """Yield rows, those of one place together: the index by place is then written page by page."""
    for some in in_chunks(rows, _NEAR):
        places: dict[tuple[str, str], list[tuple[object, ...]]] = {}
        for row in some:
            places.setdefault((str(row[-2]), str(row[-1])), []).append(row)
        yield from chain.from_iterable(places[place] for place in sorted(places))


def set_submitted(
    session: Session, taken: Sequence[tuple[Stored, SnapshotRow]], *, by: Acting, seq: int
) -> None:
    """Make the applications 已提交, each with its snapshot (see `snapshots_of`)."""
    insert_snapshots(session, (row for _, row in taken), at=by.at)
    rows = []
    for one, snapshot in taken:
        first = one.first_submitted_at or by.at
        state = (one.id, ApplicationStatus.SUBMITTED, first, _day(first), by.at, next_version(one))
        rows.append((*state, _is_by_order(snapshot), seq))
    changed = (
        *("status", "first_submitted_at", "submitted_on", "submitted_at", "snapshot_version"),
        *("order_oriented", "touched_by"),
    )
    update_rows(session, _APPLICATION, ("id",), changed, rows)


def _day(moment: datetime) -> date:
    return moment.astimezone(CST).date()


def next_version(stored: Stored) -> int:
    """Return the number of the snapshot that comes next."""
    return (stored.snapshot_version or 0) + 1


#: The columns of a snapshot that its digest is made of, behind whose it is.
SNAPSHOT: Final = (
    *("application_id", "version", "id_type", "id_number", "name", "gender", "birth_date", "level"),
    *("school", "major", "degree", "graduated_on", "content", "reason"),
)

_CONTENT: Final = SNAPSHOT.index("content")


def _is_by_order(snapshot: SnapshotRow) -> bool | None:
    return '"order_oriented":true' in snapshot[_CONTENT] or None


def snapshots_of(
    applications: Iterable[tuple[Stored, Profile]], *, reason: str | None = None
) -> Iterator[SnapshotRow]:
    """Yield a snapshot of each profile as its application's next version; a correction has a `reason`."""
    for stored, profile in applications:
        values = snapshot_values(profile, content_of(profile), reason=reason)
        yield (stored.id, next_version(stored), *values)


def snapshot_values(profile: Profile, content: str, *, reason: str | None = None) -> SnapshotRow:
    """Return what a snapshot keeps of a profile: SNAPSHOT behind the number of the version."""
    education = highest(profile.educations)
    assert education is not None  # a profile without one is refused before
    return (
        *map(profile.person.get, ("id_type", "id_number", "name", "gender", "birth_date")),
        *map(education.get, ("level", "school", "major", "degree", "graduated_on")),
        *(content, reason),
    )


def insert_snapshots(session: Session, rows: Iterable[SnapshotRow], *, at: datetime) -> None:
    """Store what `snapshots_of` made."""
    insert_rows(session, _SNAPSHOT, (*SNAPSHOT, "made_at"), ((*row, at) for row in rows))


def snapshot_digest(row: Sequence[object]) -> str:
    """Return the digest of a snapshot, given as SNAPSHOT, behind the number of its version."""
    return told_version(row[1], row_digest(row[2:]))


def told_version(version: object, digest: str) -> str:
    """Return what an event tells of a snapshot: its version, and the digest of its values."""
    return f"{version}:{digest}"


def form_digest(trainee_id: int, form: Form) -> str:
    """Return the digest of what a person asks for."""
    return row_digest((trainee_id, *form[:4], *chain.from_iterable(form.choices)))


def correct_snapshot(
    session: Session, stored: Stored, snapshot: SnapshotRow, *, at: datetime, seq: int
) -> None:
    """Make `snapshot` the application's from now on; the versions before it stay."""
    insert_snapshots(session, [snapshot], at=at)
    row = (stored.id, next_version(stored), _is_by_order(snapshot), seq)
    columns = ("snapshot_version", "order_oriented", "touched_by")
    update_rows(session, _APPLICATION, ("id",), columns, [row])


def load_snapshots(session: Session, applications: Iterable[Stored]) -> dict[int, Profile]:
    """Return the profile each application was last submitted with, by application id."""
    versions = {stored.id: stored.snapshot_version for stored in applications}
    statement = select(_SNAPSHOT.c.application_id, _SNAPSHOT.c.version, _SNAPSHOT.c.content)
    rows = rows_of(session, statement, _SNAPSHOT.c.application_id, versions)
    return {
        row.application_id: profile_of(row.content)
        for row in rows
        if row.version == versions[row.application_id]
    }


def set_status(session: Session, changes: Sequence[tuple[int, str]], *, seq: int) -> None:
    """Give applications (id, status) their new status; whether it may be is the caller's question."""
    ids: dict[str, list[int]] = {}
    for id_, status in changes:
        ids.setdefault(status, []).append(id_)
    for status, these in ids.items():  # few, of many: a statement a row takes four times as long
        changed = update(_APPLICATION).values(status=status, touched_by=seq)
        for chunk in in_chunks(these):
            session.execute(changed.where(_APPLICATION.c.id.in_(chunk)))


def set_withdrawn(session: Session, stored: Stored, *, seq: int) -> None:
    """Make the application 已撤回; its person may apply to the batch anew."""
    row = (stored.id, ApplicationStatus.WITHDRAWN, None, seq)
    update_rows(session, _APPLICATION, ("id",), ("status", "live_key", "touched_by"), [row])
