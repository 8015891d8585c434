"""The tables of a report: one list of sections that the page and the workbook both show.

A cell is None where there is nothing to say: what may not show yet, a ratio to no seats.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Final

from zhupei_cli.reports.values import Cutoff, ExamLoad, Group, PaceLine, Report, Share, Supply
from zhupei_cli.rules.batch.times import show_time

#: The page names so many schools, and anomalies of each kind; the workbook has all.
SCHOOLS, ANOMALIES = 15, 5

Cells = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A table: headings with the kinds of their cells, rows, a note below the title.

    Kinds: `text`, `count`, `change`, `share` (0.5 is 50 %), `ratio`, `mark` (hundredths), `time`.
    `bare` has no rows by right: its note says why.
    """

    key: str
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Cells]
    note: str = ""
    bare: bool = False


def of_the_day(report: Report) -> list[Section]:
    """Return what the office looks at beside the batch itself, in its order: here a new section goes in."""
    found = [against_last_year(report)]
    found += [] if report.exam is None else [allotment(report.exam)]
    return [*found, *([under_way(report)] if report.batches else [])]


def against_last_year(report: Report) -> Section:
    """Return this day against the same day before the deadline of last year."""
    pace, title = report.pace, "去年同期"
    if pace.until is None or pace.then is None:
        return Section("last_year", title, (("报名", "text"),), [], pace.reason, bare=True)
    columns = (
        ("报名", "text"),
        ("今年至今", "count"),
        (f"{pace.year} 年同期", "count"),
        ("增减", "change"),
        ("增减率", "rate"),
        (f"{pace.year} 年全部", "count"),
        ("同期占全部", "share"),
    )
    rows = list(map(_against, pace.lines))
    then, until = show_time(pace.then)[:16], show_time(pace.until)[:16]
    note = f"{pace.year} 年为批次 {pace.batch}，报名截止 {until}；同期为离截止同样久的 {then}。已撤回的不计。"
    return Section("last_year", title, columns, rows, note)


def _against(line: PaceLine) -> Cells:
    more = line.now - line.then
    rate, share = _part(more, line.then), _part(line.then, line.whole)
    return line.label, line.now, line.then, more, rate, line.whole, share


_LOAD: Final = (
    ("考点", "text"),
    ("名称", "text"),
    ("考场", "count"),
    ("座位", "count"),
    ("已排", "count"),
    ("空座", "count"),
    ("排满率", "share"),
)


def allotment(exam: ExamLoad) -> Section:
    """Return how far the allotment of the exam is, by site, with the whole in the last row."""
    rows = [(one.code, one.name, *_load(one.rooms, one.seats, one.seated)) for one in exam.sites]
    if len(rows) > 1:
        whole = [
            sum(counts) for counts in zip(*((s.rooms, s.seats, s.seated) for s in exam.sites), strict=True)
        ]
        rows.append(("", "合计", *_load(*whole)))
    left = f"还有 {exam.unseated} 名参加考试的人没有座位。" if exam.unseated else "参加考试的人都有座位。"
    return Section("exam", "考场安排", _LOAD, rows, left)


def _load(rooms: int, seats: int, seated: int) -> Cells:
    return rooms, seats, seated, seats - seated, _part(seated, seats)


#: As LiveBatch has them.
_UNDER_WAY: Final = (
    ("批次", "text"),
    ("名称", "text"),
    ("状态", "text"),
    ("报名截止", "time"),
    ("提交", "count"),
    ("待审核", "count"),
    ("审核通过", "count"),
    ("录取", "count"),
)


def under_way(report: Report) -> Section:
    """Return all batches under way."""
    return Section("batches", "进行中的批次", _UNDER_WAY, list(map(astuple, report.batches)))


_SEATS: Final = (
    ("计划", "count"),
    ("报名人数", "count"),
    ("第一志愿", "count"),
    ("第二志愿", "count"),
    ("审核通过", "count"),
    ("录取", "count"),
    ("空缺", "count"),
    ("满额率", "share"),
    ("报录比", "ratio"),
)
_PEOPLE: Final = (("提交", "count"), ("审核通过", "count"), ("录取", "count"))
_SEATS_NOTE: Final = (
    "报名人数为第一、第二志愿人数（同一人只计一次）；审核由第一志愿进行；报录比为第一志愿人数比计划。"
)


def _seats(one: Supply) -> Cells:
    numbers = (one.plan, one.applied, one.first, one.second, one.approved, one.admitted, one.vacant)
    return (*numbers, one.fill, one.ratio)


def by_specialty(report: Report) -> Section:
    """Return seats and people by specialty, shortage specialties first."""
    rows = [(one.code, one.label, "紧缺" if one.shortage else "", *_seats(one)) for one in report.specialties]
    columns = (("专业代码", "text"), ("专业", "text"), ("紧缺", "text"), *_SEATS)
    return Section("specialties", "按专业", columns, rows, f"紧缺专业在前。{_SEATS_NOTE}")


def by_base(report: Report) -> Section:
    """Return seats and people by training base."""
    rows = [(one.code, one.label, *_seats(one)) for one in report.bases]
    return Section("bases", "按基地", (("基地编号", "text"), ("基地", "text"), *_SEATS), rows, _SEATS_NOTE)


def by_group(group: Group, limit: int | None = None) -> Section:
    """Return people by group, beyond `limit` groups the others in one line."""
    shares = group.shares
    whole = sum(one.submitted for one in shares)
    shown = shares if limit is None or len(shares) <= limit else [*shares[:limit], _others(shares[limit:])]
    rows = [
        (one.label, one.submitted, one.approved, one.admitted, _part(one.submitted, whole)) for one in shown
    ]
    columns = ((group.title, "text"), *_PEOPLE, ("占提交", "share"))
    return Section(group.key, f"按{group.title}", columns, rows)


def _part(count: int, whole: int) -> float | None:
    return count / whole if whole else None


def _others(shares: Sequence[Share]) -> Share:
    admitted = [one.admitted for one in shares if one.admitted is not None]
    return Share(
        f"其他（{len(shares)}）",
        sum(one.submitted for one in shares),
        sum(one.approved for one in shares),
        sum(admitted) if len(admitted) == len(shares) else None,
    )


_MARKED_NOTE: Final = (
    "参加录取的考生每人计一次（本年度已在别的批次录取的不计），"
    "以第一志愿基地的成绩为准（有单独成绩的按单独成绩）；总成绩按批次权重。"
)


def marks(report: Report) -> Section:
    """Return how many people lie in each band of marks."""
    rows = [(band.label, *band.counts.values()) for band in report.bands]
    columns = (("分数段", "text"), *((label, "count") for label in report.bands[0].counts))
    return Section("scores", "分数段", columns, rows, _MARKED_NOTE)


def backlog(report: Report) -> Section:
    """Return what waits for review, the longest wait first."""
    rows = [(one.base, one.base_label, one.count, one.oldest, one.days) for one in report.backlog]
    columns = (
        ("基地编号", "text"),
        ("基地", "text"),
        ("待审核", "count"),
        ("最早提交", "time"),
        ("已等天数", "count"),
    )
    return Section("backlog", "待审核", columns, rows, "等得最久的在前。")


def anomalies(report: Report, limit: int | None = None) -> Section:
    """Return what to look at, the first `limit` of each kind."""
    kinds = Counter(one.kind_label for one in report.anomalies)
    counts = Counter[str]()
    for one in report.anomalies:
        counts[one.kind_label] += one.count
    shown = [one for kind in kinds for one in [a for a in report.anomalies if a.kind_label == kind][:limit]]
    rows = [(one.kind_label, one.subject, one.count, one.message) for one in shown]
    # One row may speak of several.
    note = "，".join(
        f"{kind} {count} 项" + (f"（数量 {counts[kind]}）" if counts[kind] != count else "")
        for kind, count in kinds.items()
    )
    if len(shown) < len(report.anomalies):
        note += f"；每种列出前 {limit} 项，全部见工作簿"
    columns = (("异常", "text"), ("对象", "text"), ("数量", "count"), ("说明", "text"))
    return Section("anomalies", "异常", columns, rows, f"{note}。" if note else "")


def placed(report: Report) -> Section:
    """Return how choices were met."""
    whole = sum(one.count for one in report.placed)
    rows = [(one.label, one.count, _part(one.count, whole)) for one in report.placed]
    columns = (("结果", "text"), ("人数", "count"), ("占比", "share"))
    return Section("placed", "志愿满足情况", columns, rows)


#: Whoever was placed by hand or before the run sets no line (cutoffs.sql).
_BY_HAND: Final = "个别安排、预先安排和没有总成绩的不计在内"
_MARKS: Final = (("人数", "count"), ("最低分", "mark"), ("平均分", "mark"), ("最高分", "mark"))


def lines_by_specialty(report: Report) -> Section:
    """Return the cut-offs of each specialty over all bases."""
    found: dict[str, list[Cutoff]] = {}
    for one in report.cutoffs:
        found.setdefault(one.specialty, []).append(one)
    rows = [(code, group[0].specialty_label, *_line(group)) for code, group in found.items()]
    columns = (("专业代码", "text"), ("专业", "text"), *_MARKS)
    note = f"{_BY_HAND}；各岗位的分数线见工作簿。"
    return Section("cutoffs", "录取分数线（按专业）", columns, rows, note)


def lines_by_place(report: Report) -> Section:
    """Return the cut-off of each place."""
    rows = [
        (one.base, one.base_label, one.specialty, one.specialty_label, *_line([one]))
        for one in report.cutoffs
    ]
    names = ("基地编号", "基地", "专业代码", "专业")
    columns = (*((name, "text") for name in names), *_MARKS)
    return Section("cutoffs", "录取分数线", columns, rows, f"{_BY_HAND}。")


def _line(group: Sequence[Cutoff]) -> Cells:
    people = sum(one.count for one in group)
    # Half a hundredth goes up, as totals do: `round` would look for the even one.
    mean = (2 * sum(one.summed for one in group) + people) // (2 * people)
    return people, min(one.lowest for one in group), mean, max(one.highest for one in group)
