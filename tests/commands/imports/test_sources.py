"""Files as people name them to an import: in another encoding, twice, folders, Excel's lock files."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Ran, Run
from tests.people import open_batch, person, write_people
from zhupei_cli.model import ImportRun
from zhupei_cli.store.engine import reading, transaction

GBK = os.fsdecode("报名.xlsx".encode("gbk"))
Import = Callable[..., Ran]
DONE = "导入完成：共 1 行，新增 1，更新 0，不变 0，未通过 0，提醒 0，导入编号 2\n"


@pytest.fixture
def take(zhupei: Run, database: str) -> Import:
    """Run `trainee import` on a database with an open batch."""
    with transaction(database) as session:
        open_batch(session)

    def run(*args: str | Path, **kwargs: Any) -> Ran:
        return zhupei("--database", database, "trainee", "import", *args, **kwargs)

    return run


def test_a_name_in_gbk_is_read_and_shown_escaped(take: Import, home: Path, database: str) -> None:
    write_people(home / GBK, [person(1), person(2, mobile="138")])
    ran = take(GBK, "--log-file", "a.log")
    shown = r"\xb1\xa8\xc3\xfb"
    assert (ran.code, ran.err.splitlines()[1].split(" 报名信息")[0]) == (3, rf"错误 [E011] {shown}.xlsx")
    assert (home / os.fsdecode("报名_未通过.xlsx".encode("gbk")[:4] + "_未通过.xlsx".encode())).exists()
    with reading(database) as session:
        stored = session.execute(select(ImportRun.files).order_by(ImportRun.id.desc())).scalars().first()
    assert json.loads(stored or "")[0]["name"] == rf"{shown}.xlsx"
    assert shown in (home / "a.log").read_text("utf-8")


def test_two_files_that_look_alike_are_told_apart(take: Import, home: Path) -> None:
    other = os.fsdecode("名报.xlsx".encode("gbk"))
    write_people(home / GBK, [person(1, mobile="1")])
    write_people(home / other, [person(2, mobile="2")])
    ran = take(GBK, other, "--json")
    assert (ran.code, len(json.loads(ran.out)["errors_files"])) == (3, 2)


def test_a_file_that_is_named_twice_is_read_once(take: Import, home: Path) -> None:
    write_people(home / "a.xlsx", [person(1)])
    told = f"提醒：{home}/a.xlsx 写了两次，只读一次\n"
    assert take("a.xlsx", home / "a.xlsx") == Ran(0, "", told + DONE)


def test_a_folder_is_called_one(take: Import, home: Path) -> None:
    (home / "审核").mkdir()
    for name in ("审核", "审核/"):
        assert take(name) == Ran(
            4, "", "错误 [E070]：审核 是文件夹，不是文件\n怎么办：写出文件夹里的工作簿，例如 审核/*.xlsx\n"
        )


def test_lock_files_are_passed_over(take: Import, home: Path) -> None:
    write_people(home / "a.xlsx", [person(1)])
    (home / "~$a.xlsx").write_bytes(b"\x04User")
    told = "提醒：~$a.xlsx 是打开工作簿时的临时文件，已略过；请关闭 Excel 或 WPS\n"
    assert take("a.xlsx", "~$a.xlsx") == Ran(0, "", told + DONE)
    for other in (".~a.xlsx", ".~lock.a.xlsx#"):  # WPS, LibreOffice
        (home / other).write_bytes(b"User")
        assert "再导入 a.xlsx\n" in take(other).err
    assert take("~$a.xlsx") == Ran(
        4, "", "错误 [E071]：~$a.xlsx 是打开工作簿时的临时文件\n怎么办：请关闭 Excel 或 WPS，再导入 a.xlsx\n"
    )


IMPORTS = (
    *("base import", "base specialty import", "batch plan import", "trainee import", "review import"),
    *("trainee employer import", "admit scores import", "admit checkin import"),
)


@pytest.mark.parametrize("line", IMPORTS)
def test_a_missing_database_is_said_before_anything_is_read(
    zhupei: Run, home: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object, **__: object) -> None:
        raise AssertionError("read before the database was looked at")

    monkeypatch.setattr("zhupei_cli.services.records.workbooks.read_book", read)
    (home / "a.xlsx").write_bytes(b"")
    ran = zhupei("--database", "sqlite:///none.sqlite", *line.split(), "a.xlsx")
    assert (ran.code, ran.err.splitlines()[0]) == (6, "错误 [E501]：数据库不存在：none.sqlite")


def test_where_the_bad_rows_are_and_how_to_see_all(take: Import, home: Path) -> None:
    (home / "来件").mkdir()
    write_people(home / "来件" / "a.xlsx", [person(number, mobile="1") for number in range(1, 30)])
    assert take("来件/a.xlsx").err.endswith("不合格的行已写入 来件/a_未通过.xlsx，改好后可直接再导入\n")
    assert take("来件/a.xlsx", "-n").err.endswith(
        "……另有 9 个问题，加 --errors 文件 写出全部不合格的行，或加 --json 可全部列出\n"
    )
