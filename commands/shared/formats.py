"""The formats of lists: table, JSON, JSON lines, CSV, workbook."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final, TypeVar

from zhupei_cli.display import uncomputed
from zhupei_cli.rules.batch.times import iso_time, show_time

Cells = Sequence[Sequence[object]]
T = TypeVar("T")
#: Rows that are made into one piece of text.
_AT_ONCE: Final = 1_000


def shown(value: object) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return show_time(value)
    if isinstance(value, list | tuple):
        return "、".join(map(shown, value))
    return str(value)


def plan_line(plan: Mapping[str, object]) -> str:
    """Return the totals of a plan in words; seats taken only where they may be told."""
    taken = "" if plan["taken"] is None else f"，已占 {plan['taken']} 人"
    ceded = f"，转补录 {plan['ceded']} 人" if plan["ceded"] else ""
    return f"{plan['bases']} 个基地，{plan['places']} 个岗位，计划 {plan['seats']} 人{taken}{ceded}"


def _plain(value: object) -> object:
    """Return as JSON what the json module does not know."""
    if isinstance(value, datetime):
        return iso_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return str(value)


def sort_key(value: object) -> Any:
    """Return what a value is sorted by.

    Of Chinese text it is the place in GB 2312, where the common characters go by their sound (pinyin);
    those it has not come last.
    """
    if not isinstance(value, str):
        return value
    if value.isascii():
        return value.encode()
    places = (
        char.encode("gb2312", "ignore") or b"\xff" + char.encode("gb18030", "replace") for char in value
    )
    return b"".join(places)


def as_json(value: object) -> str:
    """Return indented JSON that keeps Chinese characters."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n"


def json_texts(rows: Iterable[object]) -> Iterator[str]:
    """Yield the text that `as_json` makes of a list, in pieces."""
    opening = "["
    for some in _batched(rows):
        yield opening + as_json(some)[1:-3]
        opening = ","
    yield "[]\n" if opening == "[" else "\n]\n"


def jsonl_texts(rows: Iterable[object]) -> Iterator[str]:
    """Yield one JSON object a line."""
    for some in _batched(rows):
        yield "".join([json.dumps(row, ensure_ascii=False, default=_plain) + "\n" for row in some])


def csv_texts(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield comma separated values; texts a spreadsheet would calculate get an apostrophe in front."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_harmless, headings))
    for some in _batched(rows):
        writer.writerows([_harmless(value) for value in row] for row in some)
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def _batched(rows: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(rows)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _harmless(value: object) -> str:
    return uncomputed(value) if isinstance(value, str) else shown(value)


def as_table(headings: Sequence[str], rows: Cells) -> str:
    """Return left-aligned columns under dashes; Chinese characters count as two columns."""
    import tabulate

    tabulate.MIN_PADDING = 0
    cells = [[" ".join(shown(value).split()) for value in row] for row in rows]
    table = tabulate.tabulate(cells, headings, tablefmt="simple", disable_numparse=True)
    return "".join(f"{line.rstrip()}\n" for line in table.splitlines())
