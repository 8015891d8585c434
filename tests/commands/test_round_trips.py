"""Lists that are written, mended and imported again; a plan that goes from one batch to the next."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Ran, Run
from tests.people import BASES, SPECIALTIES, write_book
from zhupei_cli.model import TrainingBase
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]

_DATES = ("--name", "招收", "--year", "2027", "--apply-from", "2027-06-01", "--apply-until", "2027-06-30")
_TAKEN = "导入完成：共 {0} 行，新增 0，更新 0，不变 {0}，未通过 0，提醒 0\n"


@pytest.fixture
def call(zhupei: Run, database: str, tmp_path: Path) -> Call:
    """A batch with terms at a place, one base that has a telephone."""
    with transaction(database) as session:
        session.add_all(
            TrainingBase(code=code, name=name, aliases="", city=f"{code[:4]}00", status="enabled")
            for code, name in BASES
        )
        session.flush()
        session.get_one(TrainingBase, "4101001").contact_phone = "0371-65556666"
    rows = [{"base": base, "specialty": code, "quota": 10} for base, _ in BASES for code in SPECIALTIES]
    plan = write_book(tmp_path / "原计划.xlsx", [(workbook_kinds.PLAN, rows)])

    def run(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    assert run("batch", "create", "HN2026", *_DATES).code == 0
    assert run("batch", "plan", "import", plan).code == 0
    terms = ("--min-score", "60.5", "--max-own", "3", "--max-social", "0")
    assert run("batch", "plan", "set", "4101001", "0100", "12", *terms) == Ran(
        0,
        "",
        "郑州第一医院 的 内科：计划 12 人，最低分 60.50，本单位上限 3 人，社会招收上限 0 人\n",
    )
    stopped = run("batch", "plan", "stop", "4101002", "0100")
    assert stopped.err == "郑州第二医院 的 内科：计划 10 人，停招\n"
    return run


def _plan(call: Call, batch: str) -> list[dict[str, object]]:
    rows = json.loads(call("batch", "plan", "list", "--batch", batch, "--json").out)
    return [{key: value for key, value in row.items() if key != "batch"} for row in rows]


@pytest.mark.parametrize("name", ["计划.xlsx", "计划.csv"])
def test_a_plan_that_is_listed_imports_unchanged(call: Call, name: str) -> None:
    assert call("batch", "plan", "list", "-o", name).code == 0
    assert call("batch", "plan", "import", name) == Ran(0, "", _TAKEN.format(9))
    made = call("batch", "create", "HN2027", *_DATES)
    assert made.code == 0
    assert call("batch", "plan", "import", name, "--batch", "HN2027").code == 0
    assert _plan(call, "HN2027") == _plan(call, "HN2026")


def test_a_plan_is_mended_in_its_list(call: Call, home: Path) -> None:
    call("batch", "plan", "list", "-o", "计划.xlsx")
    book = openpyxl.load_workbook(home / "计划.xlsx")
    sheet = book["招收计划"]
    quota = next(cell.column for cell in sheet[3] if cell.value == "计划人数")
    sheet.cell(4, quota).value = 20
    book.save(home / "计划.xlsx")
    assert call("batch", "plan", "import", "计划.xlsx", "--json").code == 0
    assert _plan(call, "HN2026")[0]["quota"] == 20


def test_a_batch_like_another_takes_its_plan(call: Call) -> None:
    ran = call("batch", "create", "HN2027", "--like", "HN2026", *_DATES)
    places = len(BASES) * len(SPECIALTIES)
    assert ran == Ran(
        0,
        "",
        "已新建批次 HN2027（招收）\n"
        f"招收计划照批次 HN2026：3 个基地，{places} 个岗位，计划 82 人\n"
        "下一步：zhupei batch plan list --batch HN2027（核对招收计划，需要时用 batch plan set 修改）\n",
    )
    assert _plan(call, "HN2027") == _plan(call, "HN2026")
    assert call("audit", "verify").code == 0
    assert call("db", "check").code == 0


def test_a_list_of_bases_imports_unchanged_when_it_is_whole(call: Call) -> None:
    assert call("base", "list", "-o", "基地.xlsx", "--reveal").code == 0
    assert call("base", "import", "基地.xlsx") == Ran(0, "", _TAKEN.format(3))


def test_a_masked_list_says_what_it_is(call: Call) -> None:
    assert call("base", "list", "-o", "基地.xlsx") == Ran(
        0, "", "已写入 基地.xlsx（3 行）\n联系电话已遮盖；要改好再导入的，加 --reveal 重新写出\n"
    )
    ran = call("base", "import", "基地.xlsx")
    assert (ran.code, ran.err.splitlines()[1]) == (
        3,
        "错误 [E141] 基地.xlsx 培训基地名单 第 4 行 联系电话：“037******6666”是遮盖过的内容，不能导入；"
        "留空则保持原样；要写入，用没有遮盖的内容（导出时加 --reveal）",
    )
