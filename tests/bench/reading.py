"""Time reading a workbook, all checks made: `python -m tests.bench.reading [ROWS [SLOW]]`.

Ours is a child process that reads and a parent that has all rows in the end; the peers are single calls,
each in a process of its own, without any check. Prints seconds (best of three), the ratio to python-calamine
alone, and peak memory, of parent and child together. With SLOW, openpyxl's ways are timed too.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

COLUMNS: Final = 36
_READ: Final = """
import gc, resource, sys, time
from pathlib import Path
path = Path(sys.argv[1])
started = time.perf_counter()
{code}
print(time.perf_counter() - started)
def peak(who="self"):
    lines = Path(f"/proc/{{who}}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024
child = 0
if "WORKER" in globals() and WORKER.process_id:
    child = peak(WORKER.process_id)
print(peak() + child)
"""
_OURS: Final = """
from zhupei_cli.sheets.reading.book import read_book
from zhupei_cli.sheets.reading.worker import WORKER
book = read_book(path)
"""
_CALAMINE: Final = """
from python_calamine import CalamineWorkbook
rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
"""
_PANDAS: Final = "import pandas\nframe = pandas.read_excel(path, engine={!r}, dtype=str)"
_OPENPYXL: Final = """
import openpyxl
rows = list(openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True))
"""


def write(folder: Path, rows: int) -> dict[str, Path]:
    """Write a sheet of texts three ways: as we write it, shared strings as Excel does, and as .csv."""
    table = [[_word(row, column) for column in range(COLUMNS)] for row in range(rows)]
    return {
        "shared strings": _shared(folder / "shared.xlsx", table),
        "inline": _shared(folder / "inline.xlsx", table, constant_memory=True),
        "csv": _csv(folder / "a.csv", table),
    }


def _word(row: int, column: int) -> str:
    """Return a text: in every sixth column each is another, as numbers and names are; some are blank."""
    if column % 9 == 4 and row % 3:
        return ""
    return f"{row:06}{column:012}" if column % 6 == 0 else f"河南省第{(row + column) % 50}医院"


def _shared(path: Path, table: list[list[str]], **options: Any) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("S")
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
    return path


def _csv(path: Path, table: list[list[str]]) -> Path:
    path.write_text("\n".join(map(",".join, table)), "utf-8")
    return path


def measure(path: Path, code: str, times: int = 3) -> tuple[float, int]:
    """Return seconds and megabytes of the best run."""
    command = [sys.executable, "-c", _READ.format(code=code), str(path)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(times)]
    figures = [(float(run.split()[0]), int(run.split()[1])) for run in runs]
    return min(figures)


def main(rows: int, *, slow: bool) -> None:
    """Print all figures."""
    peers = {"ours": _OURS, "python-calamine": _CALAMINE, "pandas, calamine": _PANDAS.format("calamine")}
    if slow:
        peers |= {"openpyxl read_only": _OPENPYXL, "pandas, openpyxl": _PANDAS.format("openpyxl")}
    with tempfile.TemporaryDirectory() as folder:
        for kind, path in write(Path(folder), rows).items():
            print(f"{kind}, {rows} × {COLUMNS}, {path.stat().st_size >> 20} MB")
            if path.suffix == ".csv":
                print(f"  {'ours':<22}{measure(path, _OURS)[0]:8.2f} s", flush=True)
                continue
            floor = measure(path, _CALAMINE)[0]
            for name, code in peers.items():
                seconds, memory = measure(path, code, 1 if "openpyxl" in name else 3)
                print(f"  {name:<22}{seconds:8.2f} s{seconds / floor:8.2f} ×{memory:8} MB", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, slow=len(sys.argv) > 2)
