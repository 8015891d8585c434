"""A list that is published, as a page of the web or of paper: the same words as its workbook."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Final

from zhupei_cli.printing.fonts import FontSet, find_fonts
from zhupei_cli.printing.notice import print_notice
from zhupei_cli.reports.notice import NoticePage, render_notice
from zhupei_cli.services.applications.printing import named_characters
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.writing.list_sheet import ListSheet
from zhupei_cli.words.errors import ZhupeiError

from ..shared.formats import shown
from ..shared.output import Row

#: What a column of words has at least of what is left over, lest a name of twenty characters be a tower.
_NAME: Final = 20


def write_page(
    settings: Settings,
    path: Path,
    sheet: ListSheet,
    rows: Sequence[Row],
    *,
    file_format: str,
    more_fonts: Sequence[Path],
) -> None:
    """Write the list as html or pdf; E726 when the fonts lack a character of it, E088 without the extra."""
    cells = [
        [str(number) if column.key == "number" else _text(row.get(column.key)) for column in sheet.columns]
        for number, row in enumerate(rows, 1)
    ]
    if file_format == "html":
        columns = [(column.heading, column.kind) for column in sheet.columns]
        words = (sheet.title, sheet.batch_name, sheet.lines, columns, cells, sheet.closing, sheet.seal)
        path.write_text(render_notice(NoticePage(*words)), "utf-8")
    else:
        path.write_bytes(_paper(sheet, cells, find_fonts(settings.fonts, more_fonts)))


def _paper(sheet: ListSheet, cells: Sequence[Sequence[str]], fonts: FontSet) -> bytes:
    said = [sheet.title, sheet.batch_name, *sheet.lines, *sheet.closing, *chain.from_iterable(cells)]
    if missing := fonts.missing("".join(said)):
        raise ZhupeiError("E726", characters=named_characters(missing))
    return print_notice(
        title=sheet.title,
        batch_name=sheet.batch_name,
        lines=sheet.lines,
        # Words may wrap; a number in two lines would be read as two.
        columns=[(one.heading, max(one.width, _NAME) if one.kind == "words" else 0) for one in sheet.columns],
        rows=cells,
        closing=sheet.closing,
        seal=sheet.seal,
        fonts=fonts,
    )


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else shown(value)
