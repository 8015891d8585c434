"""What a report warns of: seats given twice, reviews that are late, profiles with gaps, people met twice."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Row

from zhupei_cli.model import Batch
from zhupei_cli.reports.values import Anomaly
from zhupei_cli.rules.batch.times import show_time

_KINDS: Final = {
    "overfull": "超计划录取",
    "overdue": "审核逾期",
    "gaps": "个人信息不全",
    "duplicates": "疑似重复报名",
    "planless": "基地没有计划",
    "past": "历年记录有碍",
    "sources": "生源类型不符",
    "orders": "订单定向不符",
    "postgrads": "在读专硕不符",
    "objections": "公示异议未办结",
}
_PARTS: Final = {
    "no_basic": "基本信息",
    "no_contact": "联系信息",
    "no_education": "教育信息",
    "no_work": "工作信息",
}
_SHARED: Final = {"mobile": "手机号码相同", "person": "姓名、出生日期和毕业院校相同"}

_Rows = Sequence[Row[*tuple[object, ...]]]
#: What it is about, how many, what is wrong.
_Found = tuple[str, int, str]


def find_anomalies(
    batch: Batch,
    rows: Mapping[str, _Rows],
    *,
    now: datetime,
    past: Iterable[_Found],
    sources: Iterable[_Found],
    orders: Iterable[_Found],
    postgrads: Iterable[_Found],
    objections: Iterable[_Found],
) -> list[Anomaly]:
    """Return what is wrong, the gravest first; `rows` are those of the sections of sql/reports by name."""
    finders: Mapping[str, Callable[[], Iterator[_Found]]] = {
        "overfull": lambda: _overfull(rows["overfull"]),
        "overdue": lambda: _overdue(rows["backlog"], batch.review_until, now),
        "gaps": lambda: _gaps(rows["gaps"]),
        "duplicates": lambda: _duplicates(rows["duplicates"]),
        "planless": lambda: _planless(rows["planless"]),
        "past": lambda: iter(past),
        "sources": lambda: iter(sources),
        "orders": lambda: iter(orders),
        "postgrads": lambda: iter(postgrads),
        "objections": lambda: iter(objections),
    }
    return [
        Anomaly(kind, label, kind == "overfull", *found)
        for kind, label in _KINDS.items()
        for found in finders[kind]()
    ]


def _overfull(rows: _Rows) -> Iterator[tuple[str, int, str]]:
    for row in rows:
        place = f"{row.base_label}{row.specialty_label}"
        yield f"{row.base}/{row.specialty}", row.seated, f"{place}计划 {row.quota} 人，占用 {row.seated} 人"


def _overdue(rows: _Rows, until: datetime | None, now: datetime) -> Iterator[tuple[str, int, str]]:
    for row in rows if until is not None and until < now else ():
        oldest = show_time(row.oldest)
        yield row.base, row.waiting, f"{row.base_label}逾期未审 {row.waiting} 份，最早提交于 {oldest}"


def _gaps(rows: _Rows) -> Iterator[tuple[str, int, str]]:
    for row in rows:
        lacking = "、".join(label for key, label in _PARTS.items() if row._mapping[key])
        yield row.application_no, 1, f"缺少或不完整：{lacking}"


def _duplicates(rows: _Rows) -> Iterator[tuple[str, int, str]]:
    for row in rows:
        both = f"{row.one}、{row.other}"
        more = f"等 {row.people} 份" if row.people > 2 else ""
        yield row.one, row.people, f"{_SHARED[row.shared]}：{both}{more}"


def _planless(rows: _Rows) -> Iterator[tuple[str, int, str]]:
    for row in rows:
        yield row.base, 1, f"{row.base_label}已启用，但本批次没有可招收的岗位"
