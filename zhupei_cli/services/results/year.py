"""A year as a whole: its main batches with their later rounds and supplement rounds (补录) together."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, TypedDict

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Batch, Plan, Run
from zhupei_cli.rules.admission.run import Round
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.rules.batch.times import written_day
from zhupei_cli.services.admission.result_now import result_rounds, round_labels
from zhupei_cli.services.batches.vacant_seats import vacant_at
from zhupei_cli.services.records.lookup import base_names, settings_of
from zhupei_cli.services.results.result_lists import (
    FINAL,
    PublicRow,
    PublishedNotice,
    public_seats,
    seal_now,
)
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, VIA, BatchStatus

_ADMISSION: Table = Admission.metadata.tables[Admission.__tablename__]
_PLAN: Table = Admission.metadata.tables[Plan.__tablename__]
_RUN: Table = Admission.metadata.tables[Run.__tablename__]

#: The ways to a seat in a year, told apart in its figures.
WAYS: Final = (*(round_.value for round_ in Round), "place", "preplaced", "supplement")


def batches_of(session: Session, year: int, states: Collection[str] | None = None) -> list[Batch]:
    """Return the batches of a year that were not cancelled, in the order of their codes.

    With `states` those in one of them. Raises E706 when there is none.
    """
    every = select(Batch).where(Batch.year == year, Batch.status != BatchStatus.CANCELLED)
    found = sorted(session.execute(every).scalars(), key=lambda batch: batch.code)
    chosen = [batch for batch in found if states is None or batch.status in states]
    if not chosen:
        why = "没有批次" if not found else "还没有录取结果"
        raise ZhupeiError("E706", year=year, why=why)
    return chosen


class YearByBase(TypedDict):
    """The batches of a year, and each base's figures: one for each of WAYS among them."""

    year: int
    batches: list[str]
    waiting: list[str]
    preparing: list[str]
    bases: list[dict[str, object]]


def year_by_base(session: Session, year: int) -> YearByBase:
    """Return the `batches` of a year and each base's figures: plan, seats by their way, what is vacant.

    The plan is that of every other screen: a stopped place has none, and a supplement round offers what is
    its parent's. `preparing` are the batches that are no recruitment yet and not counted, `waiting` those
    whose seats are not, as nothing of admission shows before publication. Raises E706.
    """
    batches = batches_of(session, year)
    told = [batch for batch in batches if batch.status in PUBLISHED]
    drafts = [one for one in batches if one.status == BatchStatus.DRAFT and one.parent_id is None]
    quotas, vacant = _plans(session, [one for one in batches if one not in drafts], told)
    ways = _ways(session, told)
    labels = base_names(session).labels
    rows = []
    for base in sorted(quotas):
        seats = {way: ways[base, way] for way in WAYS}
        figures = {"quota": quotas[base], **seats, "admitted": sum(seats.values()), "vacant": vacant[base]}
        rows.append({"base": base, "base_label": labels[base], **figures})
    return {
        "year": year,
        "batches": [batch.code for batch in batches],
        "waiting": [batch.code for batch in batches if batch not in told and batch not in drafts],
        "preparing": [batch.code for batch in drafts],
        "bases": rows,
    }


def register_of_year(
    session: Session, year: int, read: Callable[[Session, Batch], list[dict[str, str]]]
) -> tuple[list[Mapping[str, str]], list[str]]:
    """Return the register of every batch of a year that is final, as `read` gives it; codes of the others."""
    final = batches_of(session, year, FINAL)
    rows: list[Mapping[str, str]] = [row for batch in final for row in read(session, batch)]
    others = [batch.code for batch in batches_of(session, year) if batch not in final]
    return sorted(rows, key=lambda row: (row["base"], row["specialty"], row["application_no"])), others


class PublicYearRow(PublicRow):
    """Somebody with a seat of the year as it is published, with the batch and what gave it."""

    batch: str
    way_label: str


def public_of_year(session: Session, year: int) -> tuple[list[PublicYearRow], list[str]]:
    """Return whoever holds a seat in a published batch of the year, by place, and the codes of the others.

    Nobody's number is whole. Raises E706.
    """
    told = batches_of(session, year, PUBLISHED)
    rows: list[PublicYearRow] = []
    for batch in told:
        rounds = result_rounds(session, batch)
        labels = round_labels(rounds)
        names = {run.id: labels[run.number] for run in rounds}
        for row, via, run_id in public_seats(session, batch):
            by_hand = via in ("place", "preplaced") or run_id is None
            way = VIA.label(via or "place") if by_hand else names[run_id or 0]
            rows.append({**row, "batch": batch.code, "way_label": way})
    others = [batch.code for batch in batches_of(session, year) if batch not in told]
    return sorted(rows, key=lambda row: (row["base"], row["specialty"])), others


def notice_of_year(session: Session, year: int, *, by: Acting) -> PublishedNotice:
    """Return what stands on the list of a year beside the people: its batches, whom to ask, who publishes.

    Of several batches the first that says so is taken. Raises E706.
    """
    told = batches_of(session, year, PUBLISHED)
    settings = [settings_of(session, batch) for batch in told]
    contact, authority = (
        next((one[key] for one in settings if one.get(key)), None) for key in ("contact", "authority")
    )
    states = "，".join(f"{one.code}（{BATCH_STATUS.label(one.status)}）" for one in told)
    return {
        "title": "录取公示名单",
        "about": [f"包括：{states}", *([f"受理电话：{contact}"] if contact else [])],
        "closing": [*(["", "", authority] if authority else [""]), written_day(by.today)],
        "seal": seal_now(session),
    }


def _plans(
    session: Session, batches: Sequence[Batch], told: Sequence[Batch]
) -> tuple[Counter[str], Counter[str]]:
    """Return base → seats planned, and of the batches that may be `told`, seats vacant."""
    parents, published = {batch.id: batch.parent_id for batch in batches}, {batch.id: batch for batch in told}
    quotas: Counter[str] = Counter()
    vacant: Counter[str] = Counter()
    for row in session.execute(select(_PLAN).where(_PLAN.c.batch_id.in_(parents))).mappings():
        uncounted = row["stopped"] or parents[row["batch_id"]] is not None
        quotas[row["base_code"]] += 0 if uncounted else row["quota"]
        if row["batch_id"] in published:
            vacant[row["base_code"]] += vacant_at(row, published[row["batch_id"]])
    return quotas, vacant


def _ways(session: Session, told: Sequence[Batch]) -> Counter[tuple[str, str]]:
    """Return (base, way) → seats held."""
    parents = {batch.id: batch.parent_id for batch in told}
    keys = (_ADMISSION.c.batch_id, _ADMISSION.c.base_code, _ADMISSION.c.via, _RUN.c.round)
    statement = (
        select(*keys, func.count())
        .select_from(_ADMISSION)
        .outerjoin(_RUN, _RUN.c.id == _ADMISSION.c.run_id)
        .where(_ADMISSION.c.batch_id.in_(parents), _ADMISSION.c.live_key.is_not(None))
        .group_by(*keys)
    )
    ways: Counter[tuple[str, str]] = Counter()
    for batch_id, base, via, round_, count in session.execute(statement):
        way = via if via in ("place", "preplaced") else round_
        ways[base, "supplement" if parents[batch_id] is not None else way] += count
    return ways
