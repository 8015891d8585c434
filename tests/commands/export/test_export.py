"""`zhupei export`, whole output and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from zhupei_cli.acting import Acting
from zhupei_cli.model import Event, Specialty
from zhupei_cli.services.admission import admissions
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]

FILES = ["A_基地A_拟录取名单.xlsx", "B_基地B_拟录取名单.xlsx", "C_基地C_拟录取名单.xlsx"]


@pytest.fixture
def season(database: str, by: Acting) -> str:
    """The worked example as batch T with one run, locked."""
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        session.execute(update(Specialty).where(Specialty.code == "0100").values(name="内"))
        admissions.run_admission(session, batch, by=by)
    return database


@pytest.fixture
def committed(season: str, by: Acting) -> str:
    with transaction(season) as session:
        admissions.commit_run(session, find_batch(session, "T"), 1, by=by)
    return season


@pytest.fixture
def export(season: str, zhupei: Run) -> Call:
    def call(*args: str | Path) -> Ran:
        return zhupei("--database", season, "export", *args)

    return call


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def _exports(database: str) -> int:
    with transaction(database, read_only=True) as session:
        return len(session.scalars(select(Event.seq).where(Event.action == "export.roster")).all())


def test_all_rosters(export: Call, committed: str, home: Path) -> None:
    assert export("roster", "--all", "-o", "名单") == Ran(
        0, "", "已写出 3 份拟录取名单，共 4 人，存放在 名单\n"
    )
    assert _names(home / "名单") == FILES
    assert export("roster", "--all", "-o", "名单") == Ran(
        5,
        "",
        f"错误 [E002]：文件 名单/{FILES[0]} 已存在\n怎么办：换一个文件名，或加 --force 覆盖\n",
    )
    assert export("roster", "--all", "-o", "名单", "--force").code == 0
    assert _exports(committed) == 2


def test_some_rosters_as_json(export: Call, committed: str, home: Path) -> None:
    ran = export("roster", "--base", "基地C", "A", "-o", "名单", "--json")
    assert json.loads(ran.out) == {
        "kind": "拟录取名单",
        "people": 3,
        "files": [{"base": "A", "file": FILES[0], "people": 2}, {"base": "C", "file": FILES[2], "people": 1}],
        "run": None,
        "locked": False,
        "dry_run": False,
    }
    assert (ran.code, ran.err) == (0, "")
    assert _names(home / "名单") == [FILES[0], FILES[2]]
    assert _exports(committed) == 1


def test_a_trial_writes_nothing(export: Call, committed: str, home: Path) -> None:
    assert export("roster", "--all", "-o", "名单", "-n") == Ran(
        0, "", "试做（不写文件）：3 份拟录取名单，共 4 人，存放在 名单\n"
    )
    assert (_names(home / "名单"), _exports(committed)) == ([], 0)


@pytest.mark.usefixtures("committed")
def test_which_rosters_must_be_said(export: Call) -> None:
    for args in ((), ("--all", "--base", "A"), ("--all", "A")):
        assert export("roster", *args, "-o", "名单") == Ran(
            2,
            "",
            "错误 [E080]：请用 --base 写基地，或用 --all，二者选一。\n"
            "怎么办：运行 zhupei export roster --help 查看用法\n",
        )
    assert export("roster", "--base", "没有", "-o", "名单").code == 4
    assert export("roster", "--all").code == 2


def test_before_the_result_only_a_run_can_be_looked_at(export: Call, season: str, home: Path) -> None:
    assert export("roster", "--all", "-o", "名单") == Ran(
        5,
        "",
        "错误 [E464]：批次 T 还没有录取结果（已锁定）\n"
        "怎么办：先运行 zhupei admit run --batch T，再运行 zhupei admit commit 编号 --batch T；"
        "要看一次录取计算的名单加 --run RUN\n",
    )
    assert export("roster", "--all", "--run", "1", "-o", "名单").code == 0
    assert (_names(home / "名单"), _exports(season)) == (FILES, 1)


VACANCIES = """\
基地编号  基地名称  专业代码  专业  计划人数  已占  空缺  紧缺  停招
--------  --------  --------  ----  --------  ----  ----  ----  ----
A         基地A     0100      内    2         {0}     {1}     否    否
B         基地B     0100      内    1         {2}     {3}     否    否
C         基地C     0100      内    1         {2}     {3}     否    否
"""


def test_vacancies_before_the_result(export: Call) -> None:
    assert export("vacancies") == Ran(0, VACANCIES.format(" ", " ", " ", " "), "")
    assert export("vacancies", "--unpublished") == Ran(0, VACANCIES.format(0, 2, 0, 1), "")


@pytest.mark.usefixtures("committed")
def test_vacancies_after_the_result(export: Call) -> None:
    assert export("vacancies") == Ran(0, VACANCIES.format(" ", " ", " ", " "), "")
    assert export("vacancies", "--unpublished") == Ran(0, VACANCIES.format(2, 0, 1, 0), "")
    first = json.loads(export("vacancies", "--unpublished", "--json").out)[0]
    assert first == {
        "base": "A",
        "base_label": "基地A",
        "specialty": "0100",
        "specialty_label": "内",
        "quota": 2,
        "taken": 2,
        "ceded": 0,
        "preplaced": 0,
        "vacant": 0,
        "is_shortage": False,
        "stopped": False,
    }
