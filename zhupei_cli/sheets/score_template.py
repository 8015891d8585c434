"""The sheet 成绩 to fill in: who is to be marked stands there already."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from zhupei_cli.sheets.kinds import SCORE
from zhupei_cli.sheets.splice import Sheet, Template, template_of, write_workbook

#: Columns of the sheet with their widths. No ID number: the sheet goes from hand to hand.
_WIDTHS: Final = {"application_no": 20, "name": 14, "written": 10, "skill": 10, "interview": 10, "base": 14}
_TEXT: Final = frozenset(("application_no", "name", "base"))


def write_score_template(
    path: Path, people: Iterable[tuple[str, str]], *, base: str | None, made_on: date
) -> None:
    """Write number and name of each person, marks blank; `base` makes each row a record of that base."""
    rows = [(number, name, None, None, None, base) for number, name in people]
    sheet = Sheet(SCORE.title, SCORE.title, rows)
    write_workbook(path, _template(), [sheet], title=SCORE.title, made_on=made_on)


def _template() -> Template:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = SCORE.title
    for at, (key, width) in enumerate(_WIDTHS.items(), 1):
        head = sheet.cell(1, at, SCORE.headings[key])
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = width
        sheet.cell(2, at).number_format = "@" if key in _TEXT else "General"
    sheet.freeze_panes = "A2"
    return template_of(workbook)
