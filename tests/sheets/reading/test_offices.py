"""What office programs save is read as it was typed: every template, every error workbook."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.sheets.books import typed
from tests.sheets.offices import PROGRAMS, save_as
from tests.sheets.taken import take
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Choices, Kind
from zhupei_cli.sheets.reading.book import read_book
from zhupei_cli.sheets.writing.error_workbook import errors_path, write_error_workbook
from zhupei_cli.sheets.writing.template import form_of, wide_form, write_template
from zhupei_cli.words.errors import Fault

KINDS = (
    *(
        workbook_kinds.PERSON,
        workbook_kinds.EDUCATION,
        workbook_kinds.WORK,
        workbook_kinds.BASE,
        workbook_kinds.SPECIALTY,
    ),
    *(
        workbook_kinds.PLAN,
        workbook_kinds.SCORE,
        workbook_kinds.REVIEW,
        workbook_kinds.CHECK_IN,
        workbook_kinds.EMPLOYER,
    ),
)
CHOICES = Choices(
    bases=("郑州第一医院", "洛阳中心医院"),
    base_codes=("4101001", "4103001"),
    specialties=("内科", "儿科"),
    places=(("郑州第一医院", "内科"), ("洛阳中心医院", "儿科")),
)
_PROGRAMS = pytest.mark.parametrize("program", PROGRAMS)


def filled(path: Path, kind: Kind) -> Path:
    """Fill two rows of a template: what its lists offer, a number, a text with blanks around."""
    book = openpyxl.load_workbook(path)
    sheet = book[kind.title]
    for cell in sheet[2]:
        heading = str(cell.value).rstrip("*")
        column = next((one for one in kind.columns if one.heading == heading), None)
        words = CHOICES.of(column) if column else ()
        for row in (3, 4):
            sheet.cell(row, cell.column).value = words[row % len(words)] if words else f" {row} <&> "
    sheet.cell(4, 1).value = 12.5
    book.save(path)
    return path


def _taken(path: Path, kind: Kind) -> list[tuple[int, list[Any], list[str], dict[str, Any]]]:
    table = take(read_book(path), kind)
    assert not [fault for fault in table.faults if fault.severity == "error"]
    return [
        (row.number, list(table.cells_of(row)), [fault.code for fault in row.faults], dict(row.values))
        for row in table.rows
    ]


@_PROGRAMS
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_a_template_filled_in_and_saved(tmp_path: Path, kind: Kind, program: str) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(path, [form_of(kind, "某批次 某表")], CHOICES)
    typed_in = _taken(filled(path, kind), kind)
    assert len(typed_in) == 2
    assert _taken(save_as(program, path, tmp_path / "存.xlsx"), kind) == typed_in


@_PROGRAMS
def test_a_wide_plan_filled_in_and_saved(tmp_path: Path, program: str) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(path, [wide_form("某批次 招收计划", CHOICES)], CHOICES)
    book = openpyxl.load_workbook(path)
    sheet = book["招收计划"]
    for at in range(3, sheet.max_column + 1):
        sheet.cell(3, at).value = at
    book.save(path)
    typed_in = _taken(path, workbook_kinds.PLAN_WIDE)
    assert len(typed_in) == len(CHOICES.bases)
    assert _taken(save_as(program, path, tmp_path / "存.xlsx"), workbook_kinds.PLAN_WIDE) == typed_in


@_PROGRAMS
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_an_error_workbook_saved(tmp_path: Path, kind: Kind, program: str) -> None:
    template = tmp_path / "报.xlsx"
    write_template(template, [form_of(kind, "表")], CHOICES)
    book = openpyxl.load_workbook(filled(template, kind))
    rows = [[cell.value for cell in line] for line in book[kind.title].iter_rows(min_row=2, max_row=4)]
    table = take(read_book(typed(tmp_path / "报.xlsx", (kind.title, rows))), kind)
    table.rows[0].faults.append(Fault("E436", ""))
    path = write_error_workbook(errors_path(tmp_path / "报.xlsx"), [table])
    assert path is not None
    assert _taken(save_as(program, path, tmp_path / "存.xlsx"), kind) == _taken(path, kind)
