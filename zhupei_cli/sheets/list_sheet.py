"""Lists for people, on the screen and on A4 paper: a title, a line about them, cells of text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhupei_cli.sheets.roster_columns import RosterColumn
from zhupei_cli.sheets.roster_template import draw
from zhupei_cli.sheets.splice import Sheet, Value, sheet_names, template_of, write_workbook


@dataclass(frozen=True, slots=True)
class ListSheet:
    """One list: `columns` by key, `line` below the title, `seal` in the footer of each page."""

    title: str
    batch_name: str
    line: str
    columns: Sequence[RosterColumn]
    made_on: date
    seal: str = ""


def write_list(path: Path, sheet: ListSheet, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write `rows` (values by key) as a workbook of one sheet; a column `number` counts them."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.worksheets[0].title = "名单"
    draw(workbook.worksheets[0], sheet.columns, lines=("{line}",), frozen="C")
    page = {
        "batch": sheet.batch_name,
        "base": sheet.title,
        "seal": sheet.seal,
        "made": f"制表日期：{sheet.made_on}",
    }
    texts = {
        **{key: text.replace("&", "&&") for key, text in page.items()},
        "title": f"{sheet.batch_name}{sheet.title}",
        "line": sheet.line,
    }
    keys = [column.key for column in sheet.columns]
    cells: list[list[Value]] = [
        [number if key == "number" else _cell(row.get(key)) for key in keys]
        for number, row in enumerate(rows, 1)
    ]
    (name,) = sheet_names([sheet.title])
    written = Sheet(name, "名单", cells, texts)
    write_workbook(path, template_of(workbook), [written], title=sheet.title, made_on=sheet.made_on)


def _cell(value: Any) -> Value:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if value is None or isinstance(value, str | int | Decimal) else str(value)
