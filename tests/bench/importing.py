"""Time a large import against its floor and its peers: `python -m tests.bench.importing [ROWS [FILES]]`.

The floor reads with python-calamine, checks in plain Python and writes one table with one executemany of
sqlite3. The peer reads with pandas and openpyxl and writes with `to_sql`, without any check. Ours writes the
whole model with its events, with and without `--submit`. All are processes of their own; memory is the
largest sum of a process and its children. Workbooks keep their words in the cells; the same rows as office
programs save them, words in a part of their own, are timed against a floor of their own. With FILES, as many
workbooks of ROWS are taken in one call too.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.bench.main_job import BASES, PLACES, Shell
from zhupei_cli.demo.generate import Season, generate
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.sheets.kinds import workbook_kinds

_RUNS, _SEED = 3, 7

_AS_IT_IS = {"strings_to_formulas": False, "strings_to_urls": False}

#: What takes some seconds and MiB.
Way = Callable[[], tuple[float, float]]

_FLOOR = """
import sqlite3, sys
from python_calamine import CalamineWorkbook
from zhupei_cli.rules.people.idcard import check_character
with CalamineWorkbook.from_path(sys.argv[1]) as book:
    rows = book.get_sheet_by_index(0).iter_rows()
    heads = [str(head).rstrip("*") for head in next(rows)]
    at = {head: index for index, head in enumerate(heads)}
    number, mobile = at["证件号码"], at["手机号码"]
    required = [at[head] for head in ("姓名", "民族", "通讯地址", "紧急联系人", "毕业院校", "毕业专业")]
    lists = [(at["是否全日制"], {"是", "否"}), (at["是否服从调剂"], {"是", "否"})]
    good, bad = [], []
    for line, row in enumerate(rows, 2):
        id_number = row[number]
        reasons = [heads[index] for index in required if not row[index]]
        if not isinstance(id_number, str) or len(id_number) != 18 or not id_number[:17].isdigit():
            reasons.append("证件号码")
        elif check_character(id_number[:17]) != id_number[17]:
            reasons.append("证件号码")
        if not (isinstance(row[mobile], str) and len(row[mobile]) == 11 and row[mobile].isdigit()):
            reasons.append("手机号码")
        reasons += [heads[index] for index, words in lists if row[index] not in words]
        if reasons:
            bad.append((line, reasons))
        else:
            good.append(row)
with sqlite3.connect(sys.argv[2]) as database:
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(f"CREATE TABLE applicant ({', '.join(f'c{index}' for index in range(len(heads)))})")
    database.executemany(f"INSERT INTO applicant VALUES ({', '.join('?' * len(heads))})", good)
"""
_PANDAS = """
import sqlite3, sys
import pandas
frame = pandas.read_excel(sys.argv[1], engine="openpyxl", dtype=str)
with sqlite3.connect(sys.argv[2]) as database:
    frame.to_sql("applicant", database, index=False)
"""


def measured(
    command: Sequence[str | Path], environment: dict[str, str], *, every: float = 0.01
) -> tuple[float, float]:
    """Run a command; return its seconds and the most MiB that it and its children held together.

    It is looked at `every` so many seconds.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        most = 0
        parent = psutil.Process(process.pid)
        while process.poll() is None:
            most = max(most, _held(parent))
            time.sleep(every)
        seconds = time.perf_counter() - started
        assert process.stderr is not None
        told = process.stderr.read().decode()
    assert process.returncode in (0, 3), told
    return seconds, most / 2**20


def _held(parent: psutil.Process) -> int:
    total = 0
    try:
        for process in (parent, *parent.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass  # it ended while it was looked at
    return total


class Bench:
    """The database that all begin with, and the ways to fill it."""

    def __init__(self, folder: Path, season: Season) -> None:
        self._folder = folder
        bases, plan, self.people = write_season(folder, season)
        self._shell = Shell(folder)
        self._shell.run("db", "init")
        self._shell.run("base", "import", bases)
        dates = ("--apply-from", "2020-01-01", "--apply-until", "2099-12-31")
        self._shell.run("batch", "create", "BENCH", "--name", "测速", "--year", str(season.year), *dates)
        self._shell.run("batch", "plan", "import", plan)
        self._shell.run("batch", "open", "BENCH")

    def ours(self, files: Sequence[Path], *options: str) -> tuple[float, float]:
        """Import `files` into a fresh copy of the database."""
        copy = self._fresh()
        shutil.copyfile(self._shell.path, copy)
        environment = {**os.environ, "ZHUPEI_DATABASE_URL": f"sqlite:///{copy}"}
        program = Path(sys.executable).parent / "zhupei"
        errors = ("--errors", self._folder / "errors.xlsx")
        (self._folder / "errors.xlsx").unlink(missing_ok=True)
        return measured([program, "-q", "trainee", "import", *files, *errors, *options], environment)

    def script(self, source: str, file: Path) -> tuple[float, float]:
        """Run a yardstick on a workbook and a fresh file."""
        return measured([sys.executable, "-c", source, file, self._fresh()], dict(os.environ))

    def _fresh(self) -> Path:
        copy = self._folder / "copy.sqlite"
        for path in (copy, *(copy.with_name(copy.name + end) for end in ("-wal", "-shm"))):
            path.unlink(missing_ok=True)
        return copy


def shared(people: Path) -> Path:
    """Write the rows of a workbook as office programs save them: each word once, in a part of its own."""
    target = people.with_stem("共享字符串")
    with CalamineWorkbook.from_path(people) as book, xlsxwriter.Workbook(target, _AS_IT_IS) as copy:
        sheet = copy.add_worksheet(workbook_kinds.PERSON.title)
        for number, row in enumerate(book.get_sheet_by_index(0).iter_rows()):
            sheet.write_row(number, 0, [None if cell == "" else cell for cell in row])
    return target


def medians(runs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the median seconds and the median MiB."""
    seconds, memory = zip(*runs, strict=True)
    return statistics.median(seconds), statistics.median(memory)


def main(rows: int, files: int, folder: Path) -> None:
    """Print all figures, and their ratios to the floor of the same workbook."""
    bench = Bench(folder, generate(_SEED, bases=BASES, places=PLACES, applicants=rows))
    saved = shared(bench.people)
    one = _compared(
        {
            "floor: one table": lambda: bench.script(_FLOOR, bench.people),
            "trainee import": lambda: bench.ours([bench.people]),
            "trainee import --submit": lambda: bench.ours([bench.people], "--submit"),
        },
        {"pandas.read_excel, to_sql": lambda: bench.script(_PANDAS, bench.people)},
    )
    _compared(
        {
            "floor, shared strings": lambda: bench.script(_FLOOR, saved),
            "import, shared strings": lambda: bench.ours([saved]),
        },
        {"pandas, shared strings": lambda: bench.script(_PANDAS, saved)},
    )
    if files:
        _many(bench, rows, files, one, folder)


def _compared(ways: Mapping[str, Way], slow: Mapping[str, Way]) -> float:
    """Time `ways` in turns, `slow` ones once; return the seconds of the second: ours."""
    runs: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(_RUNS):
        for way, run in ways.items():
            runs[way].append(run())
    runs |= {way: [run()] for way, run in slow.items()}
    (floor, memory), ours, *_ = (medians(found) for found in runs.values())
    for way, found in runs.items():
        seconds, held = medians(found)
        print(
            f"{way:<28}{seconds:8.2f} s {seconds / floor:6.2f} × {held:8.0f} MiB {held / memory:6.2f} ×",
            flush=True,
        )
    return ours[0]


def _many(bench: Bench, rows: int, files: int, one: float, folder: Path) -> None:
    # The same seed: bases and places are those of the plan.
    season = generate(_SEED, bases=BASES, places=PLACES, applicants=rows * files)
    cells = [applicant.cells for applicant in season.applicants]
    paths = [folder / f"报名信息{number}.xlsx" for number in range(files)]
    for number, path in enumerate(paths):
        write_rows(path, workbook_kinds.PERSON, cells[number * rows : (number + 1) * rows], year=season.year)
    del season, cells
    seconds, held = bench.ours(paths)
    print(
        f"{files} files in one call{'':<8}{seconds:8.2f} s {seconds / one:6.2f} × one {held:8.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
            int(sys.argv[2]) if len(sys.argv) > 2 else 0,
            Path(temporary),
        )
