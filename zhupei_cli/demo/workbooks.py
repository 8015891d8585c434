"""Rows of a season as the workbooks that offices send."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from zhupei_cli.demo.generate import Season
from zhupei_cli.files import replacing
from zhupei_cli.sheets import kinds
from zhupei_cli.sheets.columns import Column, Kind, headings_of
from zhupei_cli.sheets.splice import Sheet, Template, Value, template_of, write_workbook

_Rows = Sequence[Mapping[str, Value]]

#: Rows whose cells say how wide a column should be, and the width no column exceeds.
_MEASURED: Final = 50
_WIDEST: Final = 40


def write_season(folder: Path, season: Season, *, force: bool = False) -> tuple[Path, Path, Path]:
    """Write 基地.xlsx, 招收计划.xlsx and 报名信息.xlsx into `folder` and return their paths."""
    people = [one.cells for one in season.applicants]
    bases, plan, applicants = (folder / f"{name}.xlsx" for name in ("基地", "招收计划", "报名信息"))
    write_rows(bases, kinds.BASE, season.bases, year=season.year, force=force)
    write_rows(plan, kinds.PLAN, season.plan, year=season.year, force=force)
    write_rows(applicants, kinds.PERSON, people, year=season.year, force=force)
    return bases, plan, applicants


def write_rows(path: Path, kind: Kind, rows: _Rows, *, year: int, force: bool = False) -> None:
    """Write one sheet of `kind` with rows by key; a column that no row has is left out, unless required.

    The file's date is New Year's Day of `year`: the same rows give the same bytes.
    """
    used = {key for row in rows for key in row}
    columns = [column for column in kind.columns if column.required or column.key in used]
    keys = [column.key for column in columns]
    cells = [[row.get(key) for key in keys] for row in rows]
    template = _template(kind.title, columns, cells[:_MEASURED])
    with replacing(path, force=force) as beside:
        sheet = Sheet(kind.title, kind.title, cells)
        write_workbook(beside, template, [sheet], title=kind.title, made_on=date(year, 1, 1))


def _template(title: str, columns: Sequence[Column], cells: Sequence[Sequence[Value]]) -> Template:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = title
    for at, heading in enumerate(headings_of(columns), 1):
        head = sheet.cell(1, at, heading)
        head.font = Font(bold=True)
        sheet.cell(2, at).number_format = "@"
        longest = max((_width(row[at - 1]) for row in cells), default=0)
        sheet.column_dimensions[head.column_letter].width = min(max(_width(heading), longest) + 2, _WIDEST)
    sheet.freeze_panes = "A2"
    return template_of(workbook)


def _width(value: Value) -> int:
    """Return how many half-width characters a cell takes."""
    text = "" if value is None else str(value)
    return len(text) + sum(char > "\u1100" for char in text)
