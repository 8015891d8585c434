"""Figures over years by one thing: base, specialty, identity, city, school, level of study, source."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.services.reports.flat_frame import AFTER_CHECKIN, BY_KEY, frame_of
from zhupei_cli.services.reports.years import batches_of_years, offered
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import CodeTable

if TYPE_CHECKING:
    from pandas import DataFrame


BY: Final = CodeTable(
    "分组",
    {
        "base": "基地",
        "specialty": "专业",
        "identity": "个人身份",
        "city": "所在地市",
        "school": "毕业院校",
        "level": "最高学历",
        "source": "生源类型",
    },
)
OF: Final = CodeTable(
    "指标",
    {
        "plan": "计划",
        "applied": "报名",
        "approved": "审核通过",
        "admitted": "录取",
        "reported": "报到",
        "fill_rate": "完成率",
        "lowest_total": "最低分",
    },
)
#: Where people are counted before there is a seat: by their first choice.
FIRST: Final[Mapping[str, str]] = {
    "base": "choice1_base",
    "specialty": "choice1_specialty",
    "city": "choice1_city",
}
#: Where a code stands behind the words; a school is its own name.
CODED: Final = frozenset(("base", "specialty", "identity", "city", "level"))
#: What a plan can be counted by.
_PLANNED: Final = frozenset(FIRST)
_OF_ADMISSION: Final = ("admitted", "reported", "fill_rate", "lowest_total")
_RATES: Final = ("fill_rate", "lowest_total")


#: Group and figure with their labels, a value a year (`y2026`), change, share. Any: years are no fixed keys.
TrendRow = dict[str, Any]


def trend(session: Session, *, years: int, by: str, of: Sequence[str]) -> tuple[list[int], list[TrendRow]]:
    """Return the years, and a row for each group and figure: a value a year (`y2026`), change, share.

    Applications are counted at their first choice, admissions at their seat. `change` is from the year
    before the last, `share` the part of the last year's whole. The row of the whole has no `key`. A year
    whose result is not published has no figures of admission, one without a check-in none of it. Raises E720
    without a batch, E721 for the plan of what has none.
    """
    for one in of:
        if one in ("plan", "fill_rate") and by not in _PLANNED:
            raise ZhupeiError("E721", figure=OF.label(one), by=BY.label(by))
    span, batches = batches_of_years(session, years)
    published = [batch for batch in batches if batch.status in PUBLISHED]
    told = {batch.year for batch in published}
    first = FIRST.get(by, by)
    wanted = dict.fromkeys(
        (first, by, "year", "via", "total", "applied", "approved", "admitted", "reported", "admission")
    )
    frame = frame_of(session, batches, list(wanted))
    plan = _plan(session, batches, by)
    begun = {int(year) for year in frame.loc[frame["admission"].isin(AFTER_CHECKIN), "year"].unique()}
    tables = {
        one: _table(frame, plan, one, first if one in ("applied", "approved") else by) for one in _needed(of)
    }
    if "fill_rate" in of:
        tables["told plan"] = _table(frame, _plan(session, published, by), "plan", by)
    labels = labels_of(session, by)
    keys = sorted({key for table in tables.values() for key, _ in table if key is not None})
    rows = []
    for key in (*keys, None):
        for one in of:
            values = [_value(tables, one, key, year, begun if one == "reported" else told) for year in span]
            whole = _value(tables, one, None, span[-1], begun if one == "reported" else told)
            rows.append(_row(by, key, labels, one, dict(zip(span, values, strict=True)), whole))
    return span, rows


def _plan(session: Session, batches: Sequence[Batch], by: str) -> list[tuple[int, str, int]]:
    if by not in _PLANNED:
        return []
    return [(row.year, getattr(row, by), row.quota) for row in offered(session, batches)]


def _needed(of: Sequence[str]) -> list[str]:
    more = ("admitted",) if "fill_rate" in of else ()
    return [one for one in dict.fromkeys((*of, *more)) if one != "fill_rate"]


_Table = dict[tuple[str | None, int], float]


def _table(frame: "DataFrame", plan: Sequence[tuple[int, str, int]], figure: str, key: str) -> _Table:
    """Return (group, year) → value; the group None is the whole."""
    import pandas as pd

    if figure == "plan":
        counted, value, how = pd.DataFrame(plan, columns=["year", key, "plan"]), "plan", "sum"
    elif figure == "lowest_total":
        counted = frame[
            frame["admitted"] & ~frame["via"].isin(("place", "preplaced")) & frame["total"].notna()
        ]
        value, how = "total", "min"
    else:
        counted, value, how = frame[frame[figure]], figure, "sum"
    if counted.empty:
        return {}
    found: _Table = {}
    wide = counted.pivot_table(index=key, columns="year", values=value, aggfunc=how, observed=True)
    for year in wide.columns:
        found |= {(group, int(year)): one for group, one in wide[year].dropna().items()}
    whole = counted.groupby("year")[value].agg(how)
    return found | {(None, int(year)): one for year, one in whole.dropna().items()}


def _value(
    tables: Mapping[str, _Table], figure: str, key: str | None, year: int, told: set[int]
) -> float | int | None:
    if figure in _OF_ADMISSION and year not in told:
        return None
    if figure == "fill_rate":
        # What is filled is of published batches alone: so must be what there was to fill.
        plan = tables["told plan"].get((key, year), 0)
        return float(tables["admitted"].get((key, year), 0) / plan) if plan else None
    if figure == "lowest_total":
        lowest = tables[figure].get((key, year))
        return None if lowest is None else float(lowest)
    return int(tables[figure].get((key, year), 0))


def _row(
    by: str,
    key: str | None,
    labels: Mapping[str, str],
    figure: str,
    values: Mapping[int, float | int | None],
    whole: float | int | None,
) -> TrendRow:
    last, before = ([None, None, *values.values()])[-1], ([None, None, *values.values()])[-2]
    change = None if last is None or before is None else last - before
    counted = figure not in _RATES
    return {
        "by": by,
        "key": key,
        "label": "合计" if key is None else labels.get(key, key),
        "of": figure,
        "of_label": OF.label(figure),
        **{f"y{year}": value for year, value in values.items()},
        "change": round(change, 6) if isinstance(change, float) else change,
        "change_rate": change / before if counted and change is not None and before else None,
        "share": last / whole if counted and last is not None and whole else None,
    }


def labels_of(session: Session, key: str) -> Mapping[str, str]:
    """Return the labels of a column's codes; none where the words speak for themselves."""
    if key.endswith("base"):
        return base_names(session).labels
    if key.endswith("specialty"):
        return specialty_names(session).labels
    return BY_KEY[key].labels or {}
