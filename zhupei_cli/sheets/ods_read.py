"""Reading .ods by python-calamine, after a look at what it would unfold or not tell."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Cell
from zhupei_cli.sheets.ods_scan import scan_ods
from zhupei_cli.sheets.rows import Message, Rows
from zhupei_cli.sheets.scan import Limits, Scan


def read_ods(path: Path, package: zipfile.ZipFile, limits: Limits) -> Iterator[Message]:
    """Yield the sheets of a workbook; raises as `scan_ods` does, and E033 when calamine cannot read it."""
    scans = scan_ods(package, limits, file=path.name)
    for hidden, name, found in _opened(path):
        if hidden is not None:
            yield "hidden", hidden
        else:
            yield from _read_sheet(found, scans.get(name) or Scan(), limits, sheet=name, file=path.name)


def _opened(path: Path) -> Iterator[tuple[list[str] | None, str, Any]]:
    """Yield the names of the hidden sheets, then each visible one."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            sheets = [one for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
            shown = [one.name for one in sheets if one.visible == SheetVisibleEnum.Visible]
            yield [one.name for one in sheets if one.name not in shown], "", None
            for name in shown:
                yield None, name, workbook.get_sheet_by_name(name)
    except (ZhupeiError, MemoryError, GeneratorExit):
        raise
    except BaseException as error:
        # calamine's own errors, and a panic of its Rust code, which is no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise ZhupeiError("E033", file=path.name) from error
        raise


def _read_sheet(found: Any, scan: Scan, limits: Limits, *, sheet: str, file: str) -> Iterator[Message]:
    rows = Rows(sheet, limits, file=file)
    top, left = found.start or (0, 0)
    # calamine reads #N/A as an empty cell: a value nobody typed would be lost without a word.
    spoilt: dict[int, dict[int, Any]] = {}
    for (row, column), cell in scan.spoilt.items():
        spoilt.setdefault(row, {})[column] = cell
    yield "sheet", sheet
    for number, cells in enumerate(found.iter_rows(), top):
        for row in sorted(row for row in spoilt if row < number):
            rows.add(row + 1, _marked([], spoilt.pop(row)))
        line: list[Cell] = [""] * left + list(cells)
        rows.add(number + 1, _marked(line, spoilt.pop(number, {})))
        yield from rows.ready()
    for row in sorted(spoilt):
        rows.add(row + 1, _marked([], spoilt[row]))
    yield from rows.rest()
    yield "end", sorted(scan.hidden), []


def _marked(cells: list[Cell], spoilt: dict[int, Any]) -> list[Cell]:
    """Return a row with its cells without a value; those merged into another only where there are cells."""
    for column, cell in spoilt.items():
        if column >= len(cells) and cell.code != "E027":
            cells += [""] * (column - len(cells) + 1)
        if column < len(cells):
            cells[column] = cell
    return cells
