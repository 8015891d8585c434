"""`zhupei base`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Run
from tests.people import write_book
from zhupei_cli.services.records.import_ledger import ImportedFile
from zhupei_cli.sheets.kinds import workbook_kinds

ROWS = [
    {
        "code": "4101001",
        "name": "郑州第一医院",
        "level": "三甲",
        "city": "郑州",
        "contact_name": "王芳",
        "contact_phone": "13800000000",
    },
    {"code": "4103001", "name": "洛阳中心医院", "city": "某市"},
]


@pytest.fixture
def base(zhupei: Run, database: str) -> Run:
    def run(*args: Any, **options: Any) -> Ran:
        return zhupei("--database", database, "base", *args, **options)

    return run


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "基地.xlsx", [(workbook_kinds.BASE, ROWS)])


CITY = "不认识的地市“某市”；填河南省辖市名称（如 郑州市），外省填六位行政区划代码（如 130100）"


def test_good_rows_go_in_and_bad_ones_are_told(base: Run, book: Path) -> None:
    assert base("import", book, "-n") == Ran(
        3,
        "",
        "试导入（不保存）：共 2 行，新增 1，更新 0，不变 0，未通过 1，提醒 0\n"
        f"错误 [E053] 基地.xlsx 基地 第 3 行 所在地市：{CITY}\n",
    )
    assert base("list", "-f", "jsonl") == Ran(0, "", "没有符合条件的记录\n")
    assert base("import", book) == Ran(
        3,
        "",
        "导入完成：共 2 行，新增 1，更新 0，不变 0，未通过 1，提醒 0，导入编号 2\n"
        f"错误 [E053] 基地.xlsx 基地 第 3 行 所在地市：{CITY}\n"
        f"不合格的行已写入 {book.parent}/基地_未通过.xlsx，改好后可直接再导入\n",
    )


def test_the_same_again_changes_nothing_and_says_what_next_only_once(base: Run, tmp_path: Path) -> None:
    path = write_book(tmp_path / "基地.xlsx", [(workbook_kinds.BASE, ROWS[:1])])
    done = "导入完成：共 1 行，新增 {}，更新 0，不变 {}，未通过 0，提醒 0{}\n"
    create = "zhupei batch create HN2026 --name … --year 2026 --apply-from … --apply-until …"
    following = f"下一步：{create}（新建招收批次）\n"
    assert base("import", path) == Ran(0, "", done.format(1, 0, "，导入编号 2") + following)
    assert base("import", path) == Ran(0, "", done.format(0, 1, ""))


def test_the_summary_as_json(base: Run, book: Path) -> None:
    ran = base("import", book, "--json")
    found = json.loads(ran.out)
    (file,) = (ImportedFile(**file) for file in found.pop("files"))
    assert (ran.code, ran.err, file.name, file.rows, len(file.sha256)) == (3, "", "基地.xlsx", 2, 64)
    assert found == {
        "ok": False,
        "import_id": 2,
        "counts": {
            "rows": 2,
            "inserted": 1,
            "updated": 0,
            "unchanged": 0,
            "rejected": 1,
            "warned": 0,
            "blank": 0,
            "replaced": 0,
        },
        "problems": [
            {
                "file": "基地.xlsx",
                "sheet": "基地",
                "row": 3,
                "column": "所在地市",
                "code": "E053",
                "severity": "error",
                "message": CITY,
            }
        ],
        "errors_files": [str(book.with_name("基地_未通过.xlsx"))],
        "dry_run": False,
    }


def test_a_file_that_is_not_there(base: Run) -> None:
    assert base("import", "没有.xlsx") == Ran(
        4, "", "错误 [E001]：找不到文件 没有.xlsx\n怎么办：请核对文件名和所在文件夹\n"
    )


def test_phones_are_masked_and_revealing_is_written_down(base: Run, book: Path) -> None:
    base("import", book)
    head = (
        "基地编号  基地名称      级别  所在地市  联系人  联系电话     状态\n"
        "--------  ------------  ----  --------  ------  -----------  ----\n"
    )
    row = "4101001   郑州第一医院  三甲  郑州市    王芳    {}  启用\n"
    assert base("list") == Ran(0, head + row.format("138****0000"), "")
    assert base("list", "--reveal") == Ran(0, head + row.format("13800000000"), "")


def test_the_catalogue_of_specialties(base: Run, tmp_path: Path) -> None:
    lines = base("specialty", "list", "-f", "csv").out.splitlines()
    assert lines[:3] == ["专业代码,专业名称,类别,紧缺,别名", "0100,内科,西医,否,", "0200,儿科,西医,是,"]
    assert len(lines) == 38
    row = {"code": "9900", "name": "新专业", "category": "西医"}
    path = write_book(tmp_path / "专业.xlsx", [(workbook_kinds.SPECIALTY, [row])])
    assert base("specialty", "import", path) == Ran(
        0, "", "导入完成：共 1 行，新增 1，更新 0，不变 0，未通过 0，提醒 0，导入编号 2\n"
    )
    assert json.loads(base("specialty", "list", "--json").out)[-1] == {
        **row,
        "is_shortage": False,
        "aliases": "",
    }


def _imported(base: Run, tmp_path: Path) -> None:
    assert base("import", write_book(tmp_path / "基地.xlsx", [(workbook_kinds.BASE, ROWS[:1])])).code == 0


def test_one_base_is_shown_and_edited(base: Run, tmp_path: Path) -> None:
    _imported(base, tmp_path)
    edited = base(
        "edit", "郑州第一医院", "--level", "三级甲等", "--aliases", "一院、郑大附院", "--city", "洛阳"
    )
    assert edited == Ran(0, "", "已保存 4101001 郑州第一医院\n")
    assert base("show", "一院") == Ran(
        0,
        "基地编号          4101001\n"
        "基地名称          郑州第一医院\n"
        "别名              一院|郑大附院\n"
        "级别              三级甲等\n"
        "所在地市          洛阳市\n"
        "统一社会信用代码\n"
        "联系人            王芳\n"
        "联系电话          138****0000\n"
        "状态              启用\n"
        "进行中的批次\n"
        "其中招收岗位      0\n",
        "",
    )
    assert base("edit", "4101001", "--level", "清空") == Ran(0, "", "已保存 4101001 郑州第一医院\n")
    assert json.loads(base("show", "4101001", "--json").out)["level"] is None


def test_an_edit_tells_everything_that_is_wrong_and_saves_nothing(base: Run, tmp_path: Path) -> None:
    _imported(base, tmp_path)
    before = base("show", "4101001", "--json").out
    refused = base("edit", "4101001", "--city", "某市", "--name", "清空", "--contact-phone", "12")
    assert (refused.code, refused.out) == (3, "")
    assert "错误 [E180]：没有保存，1 处有误：联系电话（" in refused.err
    assert base("edit", "4101001", "--name", "清空").code == 3
    assert base("edit", "4101001") == Ran(
        2,
        "",
        "错误 [E080]：没有写要修改的内容，例如 --name。\n怎么办：运行 zhupei base edit --help 查看用法\n",
    )
    assert base("edit", "没有", "--name", "甲").code == 4
    assert base("show", "4101001", "--json").out == before


def test_a_disabled_base_is_in_no_plan(zhupei: Run, base: Run, database: str, tmp_path: Path) -> None:
    def run(*args: Any) -> Ran:
        return zhupei("--database", database, *args)

    _imported(base, tmp_path)
    dates = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-30")
    run("batch", "create", "HN2026", "--name", "甲", "--year", "2026", *dates)
    place = ("4101001", "内科")
    assert run("batch", "plan", "set", *place, "5").code == 0
    assert base("disable", "4101001", "--reason", "资格终止") == Ran(
        5,
        "",
        "错误 [E473]：郑州第一医院 在批次 HN2026 还有 1 个招收岗位，不能停用\n"
        "怎么办：确应停用的先停招：zhupei batch plan stop 基地 专业 --batch 批次；"
        "已有录取结果的批次不能再停招，等归档以后停用\n",
    )
    assert run("batch", "plan", "stop", *place).code == 0
    assert base("disable", "4101001", "-n").err == "试做（不保存）：4101001 郑州第一医院：停用\n"
    assert base("disable", "4101001") == Ran(0, "", "4101001 郑州第一医院：停用\n")
    assert base("disable", "4101001") == Ran(0, "", "4101001 郑州第一医院：停用，没有变化\n")
    for change in (("resume", *place), ("set", "4101001", "儿科", "5")):
        refused = run("batch", "plan", *change)
        assert (refused.code, refused.err.split("：")[0]) == (5, "错误 [E474]")
    row = {"base": "4101001", "specialty": "儿科", "quota": 3}
    plan = write_book(tmp_path / "招收计划.xlsx", [(workbook_kinds.PLAN, [row])])
    assert "[E474] 招收计划.xlsx 招收计划 第 2 行 基地编号：" in run("batch", "plan", "import", plan).err
    assert base("enable", "4101001") == Ran(0, "", "4101001 郑州第一医院：启用\n")
    assert run("batch", "plan", "resume", *place).code == 0
