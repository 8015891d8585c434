"""Workbooks with a password: read with it, refused without it, and what leaves the house protected."""

import csv
import hashlib
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import write_book
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.locks.locking import lock
from zhupei_cli.sheets.reading.book import read_book
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
WORD = "密码 Ab1"


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """Batch T with its result, and nothing else."""
    with transaction(database) as session:
        store_world(session, worked_example(), told=True)

    def run(*args: str | Path, stdin: str | None = None) -> Ran:
        return zhupei("--database", database, *args, env={"ZHUPEI_BATCH": "T"}, stdin=stdin)

    return run


def _opened(path: Path, password: str) -> openpyxl.Workbook:
    with path.open("rb") as file:
        office = msoffcrypto.OfficeFile(file)
        assert office.is_encrypted()
        office.load_key(password=password)
        plain = BytesIO()
        office.decrypt(plain)
    return openpyxl.load_workbook(plain)


@pytest.mark.sqlite
def test_a_protected_workbook_is_read_with_its_password(call: Call, home: Path) -> None:
    rows = [{"code": "4202", "name": "县医院", "city": "郑州市"}, {"code": "?", "name": "坏", "city": "无"}]
    write_book(home / "基地.xlsx", [(workbook_kinds.BASE, rows)])
    lock(home / "基地.xlsx", WORD)
    words = ("base", "import", "基地.xlsx")
    assert call(*words).err.startswith("错误 [E032]：基地.xlsx 有密码保护\n怎么办：导入时加 --password-stdin")
    assert call(*words, "--password-stdin", stdin="ab\n").err.startswith("错误 [E786]：基地.xlsx 的密码不对")
    taken = call(*words, "--password-stdin", stdin=f"{WORD}\n")
    # The ledger knows the file by what the office can compute of it.
    digest = hashlib.sha256((home / "基地.xlsx").read_bytes()).hexdigest()
    assert read_book(home / "基地.xlsx", password=WORD).sha256 == digest
    assert (taken.code, "新增 1" in taken.err, "未通过 1" in taken.err) == (3, True, True)
    # What is given back holds whole numbers too: protected as what came.
    assert "坏" in str(list(_opened(home / "基地_未通过.xlsx", WORD).worksheets[0].values))
    # One without a password is read as always; a damaged one is refused.
    write_book(home / "明.xlsx", [(workbook_kinds.BASE, rows[:1])])
    assert call("base", "import", "明.xlsx", "--password-stdin", stdin="x\n").code == 0
    content = (home / "基地.xlsx").read_bytes()
    (home / "断.xlsx").write_bytes(content[: len(content) // 2])
    broken = call("base", "import", "断.xlsx", "--password-stdin", stdin=f"{WORD}\n")
    assert (broken.code, broken.err.split("：")[0]) == (3, "错误 [E787]")


def test_rosters_leave_with_a_password_a_base(call: Call, home: Path) -> None:
    for step in (("admit", "run"), ("admit", "commit", "1", "-y")):
        assert call(*step).code == 0
    roster = ("export", "roster", "--all", "--passwords", "密码.csv")
    done = call(*roster, "-o", "名单")
    assert done.err.endswith("存放在 名单；密码在 密码.csv，另行告知各基地\n")
    with (home / "密码.csv").open(encoding="utf-8-sig", newline="") as file:
        words = {row["基地编号"]: row["密码"] for row in csv.DictReader(file)}
    files = sorted((home / "名单").iterdir())
    assert len({*words.values()}) == len(files) == len(words)
    for path in files:
        assert "汇总" in _opened(path, words[path.name.split("_")[0]]).sheetnames
    # The same ones the next time; another list, or both options, are refused.
    shutil.rmtree(home / "名单")
    call(*roster, "-o", "名单")
    assert _opened(files[0], words[files[0].name.split("_")[0]])
    for foreign in ("a,b\n1,2\n", "a,b\n", "基地编号,基地名称,密码,备注\nA,甲,abc,急\n"):
        (home / "坏.csv").write_text(foreign, "utf-8")
        assert call("export", "roster", "--all", "--passwords", "坏.csv", "-o", "x").code == 3
        assert (home / "坏.csv").read_text("utf-8") == foreign
    # As Excel saves a csv on a Chinese system.
    (home / "密码.csv").write_text((home / "密码.csv").read_text("utf-8-sig"), "gb18030")
    shutil.rmtree(home / "名单")
    assert call(*roster, "-o", "名单").code == 0
    assert _opened(files[0], words[files[0].name.split("_")[0]])
    assert call(*roster, "--password-stdin", "-o", "x", stdin="y\n").code == 2
    assert call("export", "roster", "--base", "A", "--password-stdin", "-o", "一", stdin="y\n").code == 0
    (one,) = (home / "一").iterdir()
    assert _opened(one, "y")
