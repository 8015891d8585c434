"""Reports: each section one query of sql/reports, counted in one reading transaction.

A report may be mailed on, so it holds nothing of admission before `batch publish`: until then those figures
are None, also where nobody is seated yet, for seats may be given before any run. How choices were met and
the cut-offs come with publication.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Final, TypedDict

from sqlalchemy import Row, Table, desc, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, Event
from zhupei_cli.reports.values import (
    WITHOUT_MARK,
    Anomaly,
    Band,
    Cutoff,
    ExamLoad,
    FunnelStage,
    Group,
    Head,
    LiveBatch,
    Placed,
    Report,
    Share,
    SiteLoad,
    Supply,
    Waiting,
)
from zhupei_cli.rules.admission.scores import ABSENT_PART, Mark, lacking
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.admission.objections import open_objections
from zhupei_cli.services.applications.past import against_people, against_sources
from zhupei_cli.services.batches.taking_part import count_sitting_out
from zhupei_cli.services.exams.candidates import count_unseated
from zhupei_cli.services.exams.rooms import RoomRow, list_rooms
from zhupei_cli.services.marks.score_marks import count_marked
from zhupei_cli.services.marks.score_views import Counted, counted_marks
from zhupei_cli.services.records.lookup import live_batches
from zhupei_cli.services.reports.anomalies import find_anomalies
from zhupei_cli.services.reports.headline import STAGES, figures_before, headline_figures, office_counts
from zhupei_cli.services.reports.last_year import pace
from zhupei_cli.services.reports.orders import against_orders
from zhupei_cli.services.reports.postgrads import against_postgrads
from zhupei_cli.services.reports.queries import section
from zhupei_cli.store.walls import is_veiled
from zhupei_cli.words import codes
from zhupei_cli.words.vocabulary import BATCH_STATUS, IDENTITY, VIA, ApplicationStatus

_EVENT: Table = Event.metadata.tables[Event.__tablename__]

#: The bands of marks, whoever has none first; from 60 on of five marks each, the last with the full mark.
_BANDS: Final = (
    *WITHOUT_MARK,
    "60 以下",
    "60–64",
    "65–69",
    "70–74",
    "75–79",
    "80–84",
    "85–89",
    "90–94",
    "95–100",
)
_COMPONENTS: Final = {"written": "笔试", "skill": "技能", "interview": "面试", "total": "总成绩"}
_OUTCOMES: Final = {**VIA.labels, "not_admitted": "未录取", "given_up": "放弃、取消或未报到"}
#: Section of sql/reports → what its groups are, and the labels of those that are codes.
_GROUPS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "identities": ("个人身份", IDENTITY.labels),
    "sources": ("生源类型", {}),
    "cities": ("第一志愿所在地市", codes.CITY.labels),
    "schools": ("毕业院校", {}),
    "degrees": ("最高学位", codes.DEGREE.labels),
}


def measure(
    session: Session, batch: Batch, *, now: datetime, live: Sequence[LiveBatch] | None = None
) -> Report:
    """Count everything of a batch; `live` is `under_way`, where several reports share it."""
    funnel, anomalies = count_funnel(session, batch), _anomalies(session, batch, now=now)
    places, hidden = section(session, batch, "places"), withheld(batch)
    bases = _supplies(places, "base", hidden=hidden)
    before = figures_before(session, batch, now=now)
    return Report(
        head=_head(session, batch, now=now, since=before and before[0]),
        figures=headline_figures(before, funnel, _counts(session, batch, now=now), bases, len(anomalies)),
        funnel=funnel,
        pace=pace(session, batch, now=now),
        batches=under_way(session) if live is None else live,
        exam=_exam(session, batch),
        days=[(row.day, row.people) for row in section(session, batch, "days") if row.day is not None],
        bases=bases,
        specialties=_supplies(places, "specialty", hidden=hidden),
        groups=[Group(name, title, _shares(session, batch, name)) for name, (title, _) in _GROUPS.items()],
        bands=_bands(counted_marks(session, batch)),
        backlog=_waiting(section(session, batch, "backlog"), now=now),
        anomalies=anomalies,
        placed=[] if hidden else _placed(section(session, batch, "satisfaction")),
        cutoffs=[] if hidden else _cutoffs(section(session, batch, "cutoffs")),
    )


def withheld(batch: Batch) -> bool:
    """Return whether nothing of admission may show yet."""
    return batch.status not in PUBLISHED


def count_funnel(session: Session, batch: Batch) -> list[FunnelStage]:
    """Return how many people got to each stage, in the order of the stages."""
    hidden = ("admitted", "reported") if withheld(batch) else ()
    counts = {row.stage: row.people for row in section(session, batch, "funnel")}
    counts["scored"] = count_marked(session, batch)
    counts |= {"sitting_out": out} if (out := count_sitting_out(session, batch)) else {}
    return [
        FunnelStage(key, label, None if key in hidden else counts[key])
        for key, label in STAGES.items()
        if key in counts
    ]


class FigureRow(TypedDict):
    """A headline figure, and what it was at the report of the day `since`."""

    figure: str
    figure_label: str
    count: int | None
    before: int | None
    change: int | None
    since: date | None


def summarize(session: Session, batch: Batch, *, now: datetime) -> list[FigureRow]:
    """Return the headline figures alone, with what they were at the last report of an earlier day."""
    before = figures_before(session, batch, now=now)
    figures = headline_figures(
        before,
        count_funnel(session, batch),
        _counts(session, batch, now=now),
        _supplies(section(session, batch, "places"), "base", hidden=withheld(batch)),
        len(_anomalies(session, batch, now=now)),
    )
    return [
        {
            "figure": one.key,
            "figure_label": one.label,
            "count": one.count,
            "before": one.before,
            "change": one.change,
            "since": before and before[0],
        }
        for one in figures
    ]


def list_anomalies(session: Session, batch: Batch, *, now: datetime) -> list[dict[str, object]]:
    """Return what the nightly report would warn of."""
    return [asdict(one) for one in _anomalies(session, batch, now=now)]


def _anomalies(session: Session, batch: Batch, *, now: datetime) -> list[Anomaly]:
    names = ("overfull", "backlog", "gaps", "duplicates", "planless")
    rows = {name: section(session, batch, name) for name in names}
    if is_veiled(session):  # masked, the numbers of many are alike
        rows["duplicates"] = []
    return find_anomalies(
        batch,
        rows,
        now=now,
        past=against_people(session, batch),
        sources=against_sources(session, batch),
        orders=against_orders(session, batch),
        postgrads=against_postgrads(session, batch),
        objections=open_objections(session, batch),
    )


def _head(session: Session, batch: Batch, *, now: datetime, since: date | None) -> Head:
    last = session.execute(select(_EVENT.c.seq, _EVENT.c.hash).order_by(desc(_EVENT.c.seq)).limit(1)).first()
    seal = "" if last is None else f"存证：第 {last.seq} 号 {last.hash[:16]}"
    return Head(batch.code, batch.name, BATCH_STATUS.label(batch.status), now, seal, since)


def under_way(session: Session) -> list[LiveBatch]:
    """Return all batches under way; none where there is but one, which the report is of."""
    batches = live_batches(session)
    if len(batches) < 2:
        return []
    return [
        LiveBatch(
            row.batch,
            row.batch_name,
            BATCH_STATUS.label(row.status),
            row.until,
            int(row.submitted),
            int(row.waiting),
            int(row.approved),
            None if row.admitted is None else int(row.admitted),
        )
        for row in section(session, batches[0], "live")
    ]


def _exam(session: Session, batch: Batch) -> ExamLoad | None:
    """Return how far the allotment of the exam is; None without rooms."""
    sites: dict[str, list[RoomRow]] = {}
    for room in list_rooms(session, batch):
        if room["seats"]:
            sites.setdefault(room["site"], []).append(room)
    if not sites:
        return None
    loads = [
        SiteLoad(
            code,
            rooms[0]["site_name"],
            len(rooms),
            sum(room["seats"] for room in rooms),
            sum(room["seated"] for room in rooms),
        )
        for code, rooms in sites.items()
    ]
    return ExamLoad(loads, count_unseated(session, batch))


def _counts(session: Session, batch: Batch, *, now: datetime) -> dict[str, int]:
    return _status_counts(session, batch) | office_counts(session, batch, now=now)


def _status_counts(session: Session, batch: Batch) -> dict[str, int]:
    counts = {row.status: row.people for row in section(session, batch, "statuses")}
    names = {
        "waiting": ApplicationStatus.SUBMITTED,
        **{str(one): one for one in (ApplicationStatus.RETURNED, ApplicationStatus.REJECTED)},
        "withdrawn": ApplicationStatus.WITHDRAWN,
    }
    return {key: counts.get(status, 0) for key, status in names.items()}


def _supplies(rows: Sequence[Row[*tuple[object, ...]]], key: str, *, hidden: bool) -> list[Supply]:
    """Sum places up by `key`, base or specialty: shortage specialties first, else by code."""
    groups: dict[str, list[Row[*tuple[object, ...]]]] = {}
    for row in rows:
        groups.setdefault(row._mapping[key], []).append(row)
    supplies = [_supply(code, group, key, hidden=hidden) for code, group in groups.items()]
    return sorted(supplies, key=lambda one: (not one.shortage, one.code))


def _supply(code: str, rows: Sequence[Row[*tuple[object, ...]]], key: str, *, hidden: bool) -> Supply:
    def total(name: str) -> int:
        return sum(int(row._mapping[name]) for row in rows)

    first, second = total("first_choice"), total("second_choice")
    return Supply(
        code=code,
        label=rows[0]._mapping[f"{key}_label"],
        shortage=key == "specialty" and bool(rows[0].is_shortage),
        plan=total("quota"),
        applied=first + second - total(f"again_{key}"),
        first=first,
        second=second,
        approved=total("approved"),
        admitted=None if hidden else total("admitted"),
        vacant=None if hidden else total("vacant"),
    )


def _shares(session: Session, batch: Batch, name: str) -> list[Share]:
    labels, hidden = _GROUPS[name][1], withheld(batch)
    shares = [
        Share(
            labels.get(row.name, row.name) if row.name else "未填",
            int(row.submitted),
            int(row.approved),
            None if hidden else int(row.admitted),
        )
        for row in section(session, batch, name)
    ]
    # Sorted here: each database has an order of its own for Chinese words.
    return sorted(shares, key=lambda one: (-one.submitted, one.label))


def _bands(people: Iterable[Counted]) -> list[Band]:
    """Return how many people lie in each band, by each part of the exam and by the total."""
    rows = [(*one.marks, _total(one)) for one in people]
    counts = Counter[tuple[str, int]]()
    # A hundred thousand people have few thousand different marks.
    for key, marks in zip(_COMPONENTS, zip(*rows, strict=True), strict=False):
        for mark, size in Counter(marks).items():
            counts[key, _band(mark)] += size
    return [
        Band(label, {word: counts[key, band] for key, word in _COMPONENTS.items()})
        for band, label in enumerate(_BANDS)
    ]


def _total(one: Counted) -> Mark:
    absent = one.total is None and lacking(one.marks, one.weights)[0]
    return ABSENT_PART if absent else one.total


def _band(mark: Mark) -> int:
    """Return the place of a mark in BANDS."""
    if not isinstance(mark, int):
        return 0 if mark == ABSENT_PART else 1
    first = len(WITHOUT_MARK)
    return min(first + max(0, mark // 500 - 11), len(_BANDS) - 1)


def _waiting(rows: Sequence[Row[*tuple[object, ...]]], *, now: datetime) -> list[Waiting]:
    return [
        Waiting(row.base, row.base_label, row.waiting, row.oldest, max((now - row.oldest).days, 0))
        for row in rows
    ]


def _placed(rows: Sequence[Row[*tuple[object, ...]]]) -> list[Placed]:
    counts = {row.outcome: row.people for row in rows}
    return [Placed(key, label, counts.get(key, 0)) for key, label in _OUTCOMES.items()]


def _cutoffs(rows: Sequence[Row[*tuple[object, ...]]]) -> list[Cutoff]:
    return [
        Cutoff(
            base=row.base,
            base_label=row.base_label,
            specialty=row.specialty,
            specialty_label=row.specialty_label,
            count=row.people,
            lowest=row.lowest,
            highest=row.highest,
            summed=int(row.summed),
        )
        for row in rows
    ]
