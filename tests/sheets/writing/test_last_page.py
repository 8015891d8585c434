"""What stands below a list shares a page with rows of it, wherever pages end."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from zhupei_cli.sheets.kinds.roster_columns import RosterColumn
from zhupei_cli.sheets.writing.last_page import break_before
from zhupei_cli.sheets.writing.list_sheet import ListSheet, write_list


@pytest.mark.parametrize(
    ("count", "above"),
    [
        (0, None),
        (35, None),  # one page, with room
        (42, 21),  # a full page: what is below would begin the next one
        (50, 25),  # two pages or one, by the fonts
        (3_000, 2_972),  # over so many pages nobody can say
    ],
)
def test_a_page_breaks_above_the_last_rows_where_the_signature_could_be_alone(
    count: int, above: int | None
) -> None:
    assert break_before([20.0] * count, head=100, below=60, page=960) == above


def test_tall_rows_go_over_too_and_none_is_left_without_a_row() -> None:
    assert break_before([300.0] * 6, head=100, below=60, page=1000) == 5
    assert break_before([900.0], head=100, below=60, page=1000) is None


def test_who_signs_a_list_stands_below_rows_of_it(tmp_path: Path) -> None:
    columns = [RosterColumn("name", "姓名", 20, "words")]
    for count, breaks in ((10, []), (25, [12]), (400, [386])):
        sheet = ListSheet("公示名单", "", ["共若干人"], columns, date(2026, 6, 5), ("", "", "某厅", "6月5日"))
        write_list(tmp_path / "a.xlsx", sheet, [{"name": "王一"}] * count)
        drawn = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
        # Three rows stand above: title, line, headings.
        assert [one.id - 3 for one in drawn.row_breaks.brk] == breaks, count
