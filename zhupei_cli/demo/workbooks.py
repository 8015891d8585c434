"""Rows of a season as the workbooks that offices send."""

from datetime import date
from pathlib import Path

from zhupei_cli.demo.generate import Season
from zhupei_cli.files import replacing
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.writing.kind_sheet import SheetRows, write_kinds


def write_season(folder: Path, season: Season, *, force: bool = False) -> tuple[Path, Path, Path]:
    """Write 基地.xlsx, 招收计划.xlsx and 报名信息.xlsx into `folder` and return their paths."""
    people = [one.cells for one in season.applicants]
    bases, plan, applicants = (folder / f"{name}.xlsx" for name in ("基地", "招收计划", "报名信息"))
    write_rows(bases, workbook_kinds.BASE, season.bases, year=season.year, force=force)
    write_rows(plan, workbook_kinds.PLAN, season.plan, year=season.year, force=force)
    write_rows(applicants, workbook_kinds.PERSON, people, year=season.year, force=force)
    return bases, plan, applicants


def write_rows(path: Path, kind: Kind, rows: SheetRows, *, year: int, force: bool = False) -> None:
    """Write one sheet of `kind` with rows by key; a column that no row has is left out, unless required.

    The file's date is New Year's Day of `year`: the same rows give the same bytes.
    """
    used = {key for row in rows for key in row}
    columns = [column for column in kind.columns if column.required or column.key in used]
    with replacing(path, force=force) as beside:
        write_kinds(beside, [(kind, columns, rows)], made_on=date(year, 1, 1))
