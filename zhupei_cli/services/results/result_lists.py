"""Lists of a result: the publicity list (公示), the order of merit of places, who was not admitted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TypedDict

from sqlalchemy import ColumnElement, Row, Select, Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST, Acting
from zhupei_cli.model import Admission, Application, Batch, Choice, Event, Run, RunRow, Snapshot, Trainee
from zhupei_cli.rules.admission.merit import Bid, Merits, bids
from zhupei_cli.rules.admission.run import Round, Spot
from zhupei_cli.rules.admission.scores import mark_number
from zhupei_cli.rules.batch.lifecycle import BATCH, PUBLISHED, directions
from zhupei_cli.rules.batch.phases import is_changeable
from zhupei_cli.rules.batch.times import written_day, written_time
from zhupei_cli.rules.people.masking import mask_id, mask_phone
from zhupei_cli.services.admission.result_reasons import reasons_now
from zhupei_cli.services.admission.runs import find_run, result_run, stored_inputs, stored_rows
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.services.marks.score_marks import reason_labels
from zhupei_cli.services.records.lookup import Names, base_names, settings_of, specialty_names
from zhupei_cli.words import vocabulary as words
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, AdmissionStatus, BatchStatus

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_CHOICE: Table = _TABLES[Choice.__tablename__]
_ROW: Table = _TABLES[RunRow.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]

#: Where somebody sits, and by what.
_Seat = tuple[Spot, str]

#: States in which a batch has a result that admits people for good.
FINAL: Final = (BatchStatus.FINAL, BatchStatus.ARCHIVED)


class PublicRow(TypedDict):
    """Somebody with a seat as it is published."""

    application_no: str
    name: str
    id_number: str
    base: str
    base_label: str
    specialty: str
    specialty_label: str
    total: Decimal | None
    rank: int | None
    status: str
    status_label: str
    remark: str | None
    """预先安排 of who was seated before any run: they have no marks to be compared"""


class Ranked(TypedDict):
    """Somebody who chose a place and was eligible, in the order of merit, with what they got."""

    base: str
    base_label: str
    specialty: str
    specialty_label: str
    quota: int
    rank: int
    application_no: str
    name: str
    id_number: str
    choice: int
    choice_label: str
    total: Decimal | None
    cutoff: Decimal | None
    """the lowest total seated there by choice, as `admit explain --place` has it"""
    result: str


class Unadmitted(TypedDict):
    """Somebody without a seat, and why."""

    application_no: str
    name: str
    id_number: str
    mobile: str | None
    identity: str
    identity_label: str
    choice1: str | None
    choice2: str | None
    accept_adjust: bool
    reason: str | None
    reason_label: str


class PublishedNotice(TypedDict):
    """What stands on the publicity list beside the people."""

    title: str
    about: list[str]
    closing: list[str]
    seal: str


def require_status(batch: Batch, states: Sequence[str], what: str, more: str = "") -> None:
    """Raise E487 unless the batch is in one of `states`: before that there is nothing to export.

    The way there is named, and what `more` can be done instead.
    """
    if batch.status not in states:
        label = BATCH_STATUS.label(batch.status)
        way = directions(BATCH, batch.status, frozenset(states), batch.code)
        raise ZhupeiError("E487", batch=batch.code, status=label, what=what, cure=f"{way}{more}")


def public_list(
    session: Session, batch: Batch, *, draft: bool = False, run: int | None = None
) -> list[PublicRow]:
    """Return whoever holds a seat, by base, specialty and rank, as it is published: nobody's number whole.

    `run` gives the supplementary list: those alone who have their seat by it. Raises E487 before `batch
    publish`, of a `draft` before a run is committed; E305 and E684 for a run that is none of the result.
    """
    chosen = None if run is None else committed_run(session, batch, run)
    if draft:
        states = (BatchStatus.COMMITTED, *PUBLISHED)
        require_status(batch, states, "公示名单送审稿")
    else:
        require_status(batch, [*PUBLISHED], "公示名单", "；公示前要送审的加 --draft")
    return [row for row, _, run_id in public_seats(session, batch) if chosen is None or run_id == chosen.id]


def public_seats(session: Session, batch: Batch) -> list[tuple[PublicRow, str | None, int | None]]:
    """Return whoever holds a seat as it is published, with the way they came by it and the id of its run."""
    statement = _people(_ADMISSION.c.batch_id == batch.id, _ADMISSION.c.live_key.is_not(None))
    bases, specialties = base_names(session), specialty_names(session)
    found = [(_public(row, bases, specialties), row.via, row.run_id) for row in session.execute(statement)]
    return sorted(found, key=lambda one: _by_place(one[0]))


def committed_run(session: Session, batch: Batch, number: int) -> Run:
    """Return the run of this number; E305 when there is none, E684 when it is no part of the result."""
    run = find_run(session, batch, number)
    if run.committed_at is None:
        raise ZhupeiError("E684", run=number, batch=batch.code)
    return run


def public_notice(
    session: Session, batch: Batch, *, draft: bool, by: Acting, run: int | None = None
) -> PublishedNotice:
    """Return what stands on the publicity list beside the people: `title`, lines `about` it, `closing` lines.

    It names the days of publicity, who is asked, and who publishes, as far as the batch says so; `seal` is
    the head of the chain of events, for `audit verify --head`.
    """
    settings = settings_of(session, batch)
    published = _published_on(session, batch)
    day = written_day(published or by.today)
    about = []
    if batch.publicity_until is not None:
        begin = "公布之日起" if draft or published is None else day
        about.append(f"公示期：{begin}至{written_time(batch.publicity_until)}")
    if settings.get("contact"):
        about.append(f"受理电话：{settings['contact']}")
    return {
        "title": _public_title(session, batch, run) + ("（送审稿）" if draft else ""),
        "about": ["　　".join(about)] if about else [],
        # Two lines free for the seal.
        "closing": ["", "", settings["authority"], day] if settings.get("authority") else ["", day],
        "seal": seal_now(session),
    }


def _public_title(session: Session, batch: Batch, run: int | None) -> str:
    title = "录取名单（公示）" if batch.status in FINAL else "拟录取公示名单"
    later = None if run is None else find_run(session, batch, run).round
    return title if later in (None, Round.MAIN) else words.ROUND.label(later) + title


def left_unsaid(session: Session, batch: Batch) -> dict[str, str]:
    """Return setting → what a publicity list lacks because the batch does not say it, and still can."""
    settings = settings_of(session, batch)
    said = {key: settings.get(key) for key in _UNSAID} | {"publicity_until": batch.publicity_until}
    dated = is_changeable("dates", batch.status)
    return {
        key: words for key, words in _UNSAID.items() if not said[key] and (dated or key != "publicity_until")
    }


_UNSAID: Final = {"publicity_until": "公示期", "contact": "受理电话", "authority": "落款单位"}


def signed_by(session: Session, batch: Batch, *, by: Acting) -> list[str]:
    """Return the lines a list made today closes with; none where the batch does not say whose it is."""
    authority = settings_of(session, batch).get("authority")
    return ["", "", authority, written_day(by.today)] if authority else []


def seal_now(session: Session) -> str:
    """Return the number of the last event and the head of the chain, as lists and reports have them."""
    last = session.execute(select(Event.seq, Event.hash).order_by(Event.seq.desc()).limit(1)).first()
    return "" if last is None else f"存证：第 {last.seq} 号 {last.hash[:16]}"


def _published_on(session: Session, batch: Batch) -> date | None:
    at = session.execute(
        select(func.max(Event.at)).where(Event.batch_id == batch.id, Event.action == "batch.publish")
    ).scalar()
    return None if at is None else at.astimezone(CST).date()


def _people(*where: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    return (
        select(
            *_APPLICATION.c["id", "application_no", "identity"],
            _APPLICATION.c.accept_adjust,
            *_SNAPSHOT.c["name", "id_number"],
            _TRAINEE.c.mobile,
            *_ADMISSION.c["status", "base_code", "specialty_code", "via", "total", "rank", "run_id"],
        )
        .select_from(_ADMISSION)
        .join(_APPLICATION, _APPLICATION.c.id == _ADMISSION.c.application_id)
        .join(_SNAPSHOT, CURRENT_SNAPSHOT)
        .join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
        .where(*where)
    )


def _public(row: Row[*tuple[object, ...]], bases: Names, specialties: Names) -> PublicRow:
    return {
        "application_no": row.application_no,
        "name": row.name,
        "id_number": mask_id(row.id_number),
        "base": row.base_code,
        "base_label": bases.labels[row.base_code],
        "specialty": row.specialty_code,
        "specialty_label": specialties.labels[row.specialty_code],
        "total": mark_number(row.total),
        "rank": row.rank,
        "status": row.status,
        "status_label": words.ADMISSION_STATUS.label(row.status),
        "remark": words.VIA.label(row.via) if row.via == "preplaced" else None,
    }


def _by_place(row: PublicRow) -> tuple[str, str, float, str]:
    # Seats by adjustment and by hand have no rank: after those who have one.
    rank = float("inf") if row["rank"] is None else row["rank"]
    return row["base"], row["specialty"], rank, row["application_no"]


def unadmitted_list(session: Session, batch: Batch) -> list[Unadmitted]:
    """Return who is 未录取, by number, with the reason and whether they would be adjusted.

    Raises E487 before a run is committed.
    """
    states = (BatchStatus.COMMITTED, *PUBLISHED)
    require_status(batch, states, "未录取名单")
    statement = _people(
        _ADMISSION.c.batch_id == batch.id, _ADMISSION.c.status == AdmissionStatus.NOT_ADMITTED
    )
    rows = session.execute(statement).all()
    now = reasons_now(session, batch)
    reasons = {row.id: now.get(row.id) for row in rows}
    labels = reason_labels(session, batch, reasons)
    wishes = _wishes(session, batch)
    found: list[Unadmitted] = [
        {
            "application_no": row.application_no,
            "name": row.name,
            "id_number": mask_id(row.id_number),
            "mobile": row.mobile and mask_phone(row.mobile),
            "identity": row.identity,
            "identity_label": words.IDENTITY.label(row.identity),
            "choice1": wishes[row.id].get(1),
            "choice2": wishes[row.id].get(2),
            "accept_adjust": row.accept_adjust,
            "reason": reasons[row.id],
            "reason_label": labels.get(row.id, ""),
        }
        for row in rows
    ]
    return sorted(found, key=lambda row: row["application_no"])


def _wishes(session: Session, batch: Batch) -> dict[int, dict[int, str]]:
    """Return application id → its choices in words."""
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    statement = select(
        _CHOICE.c.application_id, _CHOICE.c.number, _CHOICE.c.base_code, _CHOICE.c.specialty_code
    ).where(_CHOICE.c.batch_id == batch.id)
    found: dict[int, dict[int, str]] = {}
    for id_, number, base, specialty in session.execute(statement):
        words_ = f"{bases[base]} {specialties[specialty]}"
        found.setdefault(id_, {})[number] = words_
    return found


def ranking(
    session: Session, batch: Batch, *, run: int | None, base: str | None, specialty: str | None
) -> Iterator[Ranked]:
    """Return the order of merit of each place: who chose it and was eligible, with what they got.

    From publication on in the order of the committed run, with the seats as they are now, whatever was given
    up, refilled or placed since; of any run by its number, as it found. Raises E487 and E305.
    """
    if run is None:
        require_status(batch, [*PUBLISHED], "成绩排名", "；公示前加 --run 编号，看一次录取计算的排名")
    one = find_run(session, batch, run) if run is not None else result_run(session, batch)
    assert one is not None  # published batches have a result
    inputs = stored_inputs(session, one)
    ended: Mapping[str, str] = {}
    if run is None:
        got, ended = _seats_now(session, batch), _ended(session, batch)
    else:
        got = {row.no: (row.spot, row.via or "") for row in stored_rows(session, one) if row.spot is not None}
    asked = [
        (spot, in_order)
        for spot, in_order in sorted(_by_spot(bids(inputs, Merits(inputs))).items())
        if base in (None, spot[0]) and specialty in (None, spot[1])
    ]
    labels = (base_names(session).labels, specialty_names(session).labels)
    quotas = {place.spot: place.quota for place in inputs.places}
    # One place after the other: together they are twice as many rows as people.
    return _ranked(asked, got, ended, quotas, labels, _names(session, batch))


def _ranked(
    places: Iterable[tuple[Spot, Sequence[Bid]]],
    got: Mapping[str, _Seat],
    ended: Mapping[str, str],
    quotas: Mapping[Spot, int],
    labels: tuple[Mapping[str, str], Mapping[str, str]],
    names: Mapping[str, tuple[str, str]],
) -> Iterator[Ranked]:
    for spot, in_order in places:
        base, specialty = spot
        cutoff = min(
            (bid.total for bid in in_order if _by_choice(got.get(bid.candidate.no), spot)), default=None
        )
        for rank, bid in enumerate(in_order, 1):
            name, id_number = names[bid.candidate.no]
            yield {
                "base": base,
                "base_label": labels[0][base],
                "specialty": specialty,
                "specialty_label": labels[1][specialty],
                "quota": quotas[spot],
                "rank": rank,
                "application_no": bid.candidate.no,
                "name": name,
                "id_number": mask_id(id_number),
                "choice": bid.choice,
                "choice_label": words.VIA.label(f"choice{bid.choice}"),
                "total": mark_number(bid.total),
                "cutoff": mark_number(cutoff),
                "result": ended.get(bid.candidate.no) or _result(got.get(bid.candidate.no), spot),
            }


def _by_spot(in_order: Sequence[Bid]) -> dict[Spot, list[Bid]]:
    found: dict[Spot, list[Bid]] = {}
    for bid in in_order:
        found.setdefault(bid.spot, []).append(bid)
    return found


def _by_choice(seat: _Seat | None, spot: Spot) -> bool:
    """Return whether somebody sits there by a choice of theirs: who was placed by hand sets no line."""
    return seat is not None and seat[0] == spot and seat[1].startswith("choice")


def _result(seat: _Seat | None, spot: Spot) -> str:
    if seat is None:
        return "未录取"
    return "录取" if seat[0] == spot else "录取到其他岗位"


def _seats_now(session: Session, batch: Batch) -> dict[str, _Seat]:
    columns = _ADMISSION.c["base_code", "specialty_code", "via"]
    statement = (
        select(_APPLICATION.c.application_no, *columns)
        .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .where(_ADMISSION.c.batch_id == batch.id, _ADMISSION.c.live_key.is_not(None))
    )
    return {no: ((base, specialty), via or "") for no, base, specialty, via in session.execute(statement)}


def _ended(session: Session, batch: Batch) -> dict[str, str]:
    """Return application number → the state of those who gave their seat up or lost it, in words."""
    statement = (
        select(_APPLICATION.c.application_no, _ADMISSION.c.status)
        .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .where(_ADMISSION.c.batch_id == batch.id, _ADMISSION.c.status.in_(words.DECIDED_ON))
    )
    return {no: words.ADMISSION_STATUS.label(status) for no, status in session.execute(statement)}


def _names(session: Session, batch: Batch) -> dict[str, tuple[str, str]]:
    statement = (
        select(_APPLICATION.c.application_no, _SNAPSHOT.c.name, _SNAPSHOT.c.id_number)
        .join(_SNAPSHOT, CURRENT_SNAPSHOT)
        .where(_APPLICATION.c.batch_id == batch.id)
    )
    return {no: (name, number) for no, name, number in session.execute(statement)}
