"""What a report holds: counted by `services.reporting`, shown by the page and the workbook alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure; `count` None: not shown before publication, `before` None: no report before."""

    key: str
    label: str
    count: int | None
    before: int | None = None

    @property
    def change(self) -> int | None:
        return None if self.count is None or self.before is None else self.count - self.before


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """One stage of the funnel."""

    stage: str
    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Supply:
    """Seats and people of a training base or of a specialty.

    `applied` counts people by whatever choice; `approved` is counted at the first choice. `admitted` and
    `vacant` are None while they may not be shown.
    """

    code: str
    label: str
    shortage: bool
    plan: int
    applied: int
    first: int
    second: int
    approved: int
    admitted: int | None
    vacant: int | None

    @property
    def fill(self) -> float | None:
        """The share of the seats that is taken; those handed to a supplement round are not."""
        return None if self.admitted is None or not self.plan else self.admitted / self.plan

    @property
    def ratio(self) -> float | None:
        """First choices for each seat."""
        return self.first / self.plan if self.plan else None


@dataclass(frozen=True, slots=True)
class Share:
    """People of one group."""

    label: str
    submitted: int
    approved: int
    admitted: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """People by one thing, `title`; the groups with most people first."""

    key: str
    title: str
    shares: Sequence[Share]


#: The first bands: no ranges of marks, but who has no mark.
WITHOUT_MARK: Final = ("缺考", "没有成绩")


@dataclass(frozen=True, slots=True)
class Band:
    """A range of marks: how many people lie in it, by each component (its label)."""

    label: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for review at a training base; `days` are whole days since the oldest came in."""

    base: str
    base_label: str
    count: int
    oldest: datetime
    days: int


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something to look at: of what kind, about which application, base or place."""

    kind: str
    kind_label: str
    alarm: bool
    subject: str
    count: int
    message: str


@dataclass(frozen=True, slots=True)
class Placed:
    """How many people were placed by one choice, or were not."""

    outcome: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The marks, in hundredths, that seats of a place were given at; `summed` is over all `count` people."""

    base: str
    base_label: str
    specialty: str
    specialty_label: str
    count: int
    lowest: int
    highest: int
    summed: int


@dataclass(frozen=True, slots=True)
class PaceLine:
    """Applications of one identity, or of all: so far, last year as long before its end, last year in all."""

    label: str
    now: int
    then: int
    whole: int


@dataclass(frozen=True, slots=True)
class Pace:
    """This day against the same day of last year; with no batch to compare with, `reason` says so.

    `until` is last year's deadline, `then` the instant as long before it as now is before this year's.
    """

    year: int
    batch: str | None
    until: datetime | None
    then: datetime | None
    reason: str
    lines: Sequence[PaceLine]


@dataclass(frozen=True, slots=True)
class LiveBatch:
    """A batch under way; `admitted` None while it may not show."""

    code: str
    name: str
    status_label: str
    apply_until: datetime
    submitted: int
    waiting: int
    approved: int
    admitted: int | None


@dataclass(frozen=True, slots=True)
class SiteLoad:
    """A site of the exam: its rooms in use and their seats, and how many people sit there."""

    code: str
    name: str
    rooms: int
    seats: int
    seated: int


@dataclass(frozen=True, slots=True)
class ExamLoad:
    """How far the allotment of the exam is: by site, and how many who take part have no seat yet."""

    sites: Sequence[SiteLoad]
    unseated: int


@dataclass(frozen=True, slots=True)
class Head:
    """Of which batch, made when, resting on which event of the chain, compared with which day."""

    batch: str
    batch_name: str
    status_label: str
    made_at: datetime
    seal: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Report:
    """All of one report. `placed` and `cutoffs` are empty before publication, `batches` with but one.

    `exam` is None while the batch has no rooms.
    """

    head: Head
    figures: Sequence[Figure]
    funnel: Sequence[FunnelStage]
    pace: Pace
    batches: Sequence[LiveBatch]
    exam: ExamLoad | None
    days: Sequence[tuple[date, int]]
    bases: Sequence[Supply]
    specialties: Sequence[Supply]
    groups: Sequence[Group]
    bands: Sequence[Band]
    backlog: Sequence[Waiting]
    anomalies: Sequence[Anomaly]
    placed: Sequence[Placed]
    cutoffs: Sequence[Cutoff]
