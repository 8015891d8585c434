"""Time a nation's year: `python -m tests.bench.nation [--people N …] [--engine ENGINE …] [--at-once N]`.

N applicants in all (10,000) of 31 provinces in one database of ENGINE (sqlite): each province is a batch of
its own, as each decides by itself; bases, people and the year are shared. Every step is done by whole
commands, province after province or some provinces at once, and by all before the next step begins; what the
country looks at as a whole (nightly report, trend, check) is one command each.

Prints for each step its commands, the seconds on the clock and of the processor, applicants a second, the
most MiB a command and its children held (processor and memory without the server's), and beside a smaller N
of the same call the growth. What is no bulk of work (making batches, closing, publishing) is done in this
process, and told without its memory.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from click.testing import CliRunner
from sqlalchemy import func, select

from tests.bench.importing import measured
from tests.bench.provinces import PROVINCES, season_of
from tests.bench.sides import ENGINES, ZHUPEI, running_side
from zhupei_cli.acting import system_clock
from zhupei_cli.demo.generate import MadeApplicant, Season, review_rows, score_rows
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.model import Admission, Application, Batch, Snapshot
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.shell.cli import cli
from zhupei_cli.store.engine import reading
from zhupei_cli.words.codes import PROVINCE

_YEAR = 2026
#: A million people choose among 3,000 bases, of ten specialties each.
_PEOPLE_OF_A_BASE, _PLACES_OF_A_BASE = 333, 10
_DATES = ("--apply-from", "2020-01-01", "--apply-until", "2099-12-31")


@dataclass(slots=True)
class Step:
    """What the commands of a step took together, and the most that one of them held."""

    commands: int = 0
    seconds: float = 0
    processor: float = 0
    memory: float = 0

    def add(self, seconds: float, processor: float, memory: float = 0, *, commands: int = 1) -> None:
        """Add what some commands took."""
        self.commands += commands
        self.seconds += seconds
        self.processor += processor
        self.memory = max(self.memory, memory)


@dataclass(slots=True)
class Nation:
    """A database, the folder of its workbooks, and how long each step took.

    Of the commands of a step `at_once` run beside each other.
    """

    url: str
    folder: Path
    people: int
    provinces: Sequence[str]
    at_once: int = 1
    steps: dict[str, Step] = field(default_factory=dict)

    def run(self, step: str, *commands: Sequence[str | Path]) -> None:
        """Run the commands of a step."""
        started, before = time.perf_counter(), _processor(RUSAGE_CHILDREN)
        with ThreadPoolExecutor(self.at_once) as pool:
            memory = max(pool.map(self._memory_of, commands))
        seconds = time.perf_counter() - started
        self._step(step).add(seconds, _processor(RUSAGE_CHILDREN) - before, memory, commands=len(commands))
        print(f"{step} of {self.people:,}: {seconds:.1f} s", file=sys.stderr, flush=True)

    def _memory_of(self, words: Sequence[str | Path]) -> float:
        # As installed: with compiled modules, which some environments forbid to keep.
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "ZHUPEI_DATABASE_URL": self.url, "ZHUPEI_OPERATOR": "测速"}
        return measured([ZHUPEI, "-q", *words], environment, every=0.2)[1]

    def each(self, step: str, *words: str | Path) -> None:
        """Run one command of a step for every province; `@` stands for its batch."""
        self.run(step, *([_batch(one) if word == "@" else word for word in words] for one in self.provinces))

    def small(self, *words: str | Path) -> None:
        """Run one command in this process."""
        started, before = time.perf_counter(), _processor(RUSAGE_SELF)
        done = CliRunner().invoke(cli, ["--database", self.url, *map(str, words)], obj=system_clock)
        assert done.exit_code == 0, (words, done.stderr)
        step = self._step("create, close, publish …")
        step.add(time.perf_counter() - started, _processor(RUSAGE_SELF) - before)

    def _step(self, name: str) -> Step:
        return self.steps.setdefault(name, Step())

    def file(self, name: str, province: str = "") -> Path:
        """Return the path of a file, of a province or of all."""
        return self.folder / province / name


def _processor(whose: int) -> float:
    usage = getrusage(whose)
    return usage.ru_utime + usage.ru_stime


def _batch(province: str) -> str:
    return f"P{province}"


def play(nation: Nation) -> None:
    """Play the year, step by step."""
    nation.small("db", "init")
    for season, province in _seasons(nation):
        _begin(nation, season, province)
    nation.run(
        "trainee import --submit",
        *(
            (*command, "--submit", "--errors", nation.file("未通过.xlsx", province))
            for command, province in zip(
                _imports(nation, ("trainee", "import"), "人员.xlsx"), nation.provinces, strict=True
            )
        ),
    )
    for province in nation.provinces:
        rows = review_rows(*_waiting(nation.url, province, "submitted"))
        write_rows(nation.file("审核.xlsx", province), workbook_kinds.REVIEW, rows, year=_YEAR)
    nation.run("review import", *_imports(nation, ("review", "import"), "审核.xlsx"))
    for province in nation.provinces:
        nation.small("batch", "close", _batch(province), "--yes")
    for province in nation.provinces:
        rows = score_rows(*_waiting(nation.url, province, "approved"))
        write_rows(nation.file("成绩.xlsx", province), workbook_kinds.SCORE, rows, year=_YEAR)
    nation.run("admit scores import", *_imports(nation, ("admit", "scores", "import"), "成绩.xlsx"))
    nation.each("batch lock", "batch", "lock", "@", "--yes")
    nation.each("admit run", "admit", "run", "--batch", "@")
    nation.each("admit commit", "admit", "commit", "1", "--batch", "@", "--yes")
    rosters = nation.file("名单")
    nation.each("export roster --all", "export", "roster", "--all", "--batch", "@", "-o", rosters)
    nation.run("report nightly", ("report", "nightly", "-o", nation.file("日报")))
    for province in nation.provinces:
        nation.small("batch", "publish", _batch(province), "--yes")
    trend = ("report", "trend", "--by", "base", "-o", nation.file("趋势.xlsx"))
    nation.run("report trend --by base", trend)
    nation.run("db check", ("db", "check"))


def _imports(nation: Nation, words: Sequence[str | Path], name: str) -> list[tuple[str | Path, ...]]:
    """Return the commands that take in a workbook of this name, one of each province."""
    return [(*words, nation.file(name, one), "--batch", _batch(one)) for one in nation.provinces]


def _seasons(nation: Nation) -> Iterator[tuple[Season, str]]:
    """Yield the season of each province, made when its turn has come: a million rows are much."""
    many = len(nation.provinces)
    bases = max(nation.people // _PEOPLE_OF_A_BASE, 2 * many)
    for at, province in enumerate(nation.provinces):
        mine, applicants = (whole // many + (at < whole % many) for whole in (bases, nation.people))
        places = mine * _PLACES_OF_A_BASE
        yield season_of(province, bases=mine, places=places, applicants=applicants), province


def _begin(nation: Nation, season: Season, province: str) -> None:
    """Make the batch of a province, and the workbook of everybody who applies there."""
    code, books = _batch(province), nation.folder / province
    books.mkdir()
    bases, plan, people = write_season(books, season)
    named = ("--name", f"{PROVINCE.labels[province]}招收", "--year", str(_YEAR), *_DATES)
    nation.small("base", "import", bases)
    nation.small("batch", "create", code, *named)
    nation.small("batch", "plan", "import", plan, "--batch", code)
    nation.small("batch", "open", code)
    people.rename(nation.file("人员.xlsx", province))


def _waiting(url: str, province: str, status: str) -> tuple[Season, list[tuple[str, str]]]:
    """Return the people of a batch in `status` as a season, and their (application number, ID number)."""
    statement = (
        select(Application.application_no, Snapshot.id_number, Snapshot.name)
        .join(Snapshot, Snapshot.application_id == Application.id)
        .join(Batch, Batch.id == Application.batch_id)
        .where(Batch.code == _batch(province), Application.status == status)
        .order_by(Application.application_no)
    )
    with reading(url) as session:
        found = session.execute(statement).all()
    people = [MadeApplicant({"id_number": row.id_number, "name": row.name}) for row in found]
    return Season(int(province), _YEAR, (), (), people), [(row[0], row[1]) for row in found]


def _told(nation: Nation, engine: str, before: Nation | None) -> None:
    """Print the table of a year, beside that of a smaller one."""
    with reading(nation.url) as session:
        applied, admitted = (
            session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Application, Admission)
        )
    rosters = len(list(nation.file("名单").iterdir()))
    print(
        f"{engine}: {nation.people:,} rows, {applied:,} applications, {admitted:,} admitted,"
        f" {rosters} rosters"
    )
    head = f"{'':<26}commands  seconds  processor  people/s     MiB"
    print(head + ("" if before is None else "   × seconds  × processor  × MiB"))
    for name, step in (*nation.steps.items(), ("in all", _sum(nation))):
        line = f"{name:<26}{step.commands:8}{step.seconds:9.1f}{step.processor:11.1f}"
        line += f"{nation.people / step.seconds:10,.0f}{f'{step.memory:,.0f}' if step.memory else '':>8}"
        if before is not None:
            line += _growth(step, before.steps.get(name) or _sum(before))
        print(line, flush=True)


def _growth(step: Step, smaller: Step) -> str:
    memory = f"{step.memory / smaller.memory:7.1f}" if step.memory else ""
    return f"{step.seconds / smaller.seconds:12.1f}{step.processor / smaller.processor:13.1f}{memory}"


def _sum(nation: Nation) -> Step:
    steps = nation.steps.values()
    return Step(
        sum(step.commands for step in steps),
        sum(step.seconds for step in steps),
        sum(step.processor for step in steps),
        max(step.memory for step in steps),
    )


def main(engine: str, sizes: Sequence[int], provinces: Sequence[str], at_once: int) -> None:
    """Play a year of each size on one engine, the smallest first."""
    before = None
    for people in sorted(sizes):
        with tempfile.TemporaryDirectory(prefix="zhupei-nation-") as temporary:
            folder = Path(temporary)
            with running_side(engine, folder) as side:
                nation = Nation(side.new("year"), folder, people, provinces, at_once)
                play(nation)
                _told(nation, engine, before)
                before = nation


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog=f"{Path(sys.executable).name} -m tests.bench.nation")
    parser.add_argument("--people", type=int, nargs="+", default=[10_000])
    parser.add_argument("--engine", choices=ENGINES, nargs="+", default=["sqlite"])
    parser.add_argument("--provinces", type=int, default=len(PROVINCES), help="only the first so many")
    parser.add_argument("--at-once", type=int, default=1, help="of the commands of a step")
    asked = parser.parse_args()
    for one in asked.engine:
        main(one, asked.people, PROVINCES[: asked.provinces], asked.at_once)
