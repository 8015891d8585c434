import json

from tests.conftest import Ran, Run
from zhupei_cli.words.catalogue import CATALOGUE


def test_one_code(zhupei: Run) -> None:
    assert zhupei("explain", "e301") == Ran(
        0,
        "代码    E301\n"
        "含义    没有批次 …\n"
        "原因    批次编号写错，或连接的不是同一个数据库。\n"
        "怎么办  zhupei batch list 查看全部批次\n"
        "退出码  4\n",
        "",
    )
    assert json.loads(zhupei("explain", "E301", "--json").out) == {
        "code": "E301",
        "group_label": "找不到",
        "message": "没有批次 …",
        "cause": "批次编号写错，或连接的不是同一个数据库。",
        "hint": "zhupei batch list 查看全部批次",
        "exit": 4,
    }


def test_all_codes(zhupei: Run) -> None:
    listed = zhupei("explain")
    assert [line.split()[0] for line in listed.out.splitlines()[2:]] == list(CATALOGUE)
    assert "{" not in listed.out
    assert [row["code"] for row in json.loads(zhupei("explain", "--json").out)] == list(CATALOGUE)


def test_a_code_that_does_not_exist(zhupei: Run) -> None:
    assert zhupei("explain", "E902x") == Ran(
        4,
        "",
        "错误 [E390]：没有错误代码 E902x\n怎么办：您是不是要查 E902？zhupei explain 列出全部代码\n",
    )


def test_every_cure_is_in_words(zhupei: Run) -> None:
    rows = json.loads(zhupei("explain", "--json").out)
    assert [row["code"] for row in rows if not row["hint"].replace("…", "").strip() and row["hint"]] == []
    assert "zhupei batch unlock" in next(row["hint"] for row in rows if row["code"] == "E405")
    assert "--set 'ticket={site}{room}{seat}'" in next(row["hint"] for row in rows if row["code"] == "E740")


def test_every_entry_can_be_explained() -> None:
    incomplete = [code for code, entry in CATALOGUE.items() if not entry.message or not entry.cause]
    assert incomplete == []
    assert {entry.exit for entry in CATALOGUE.values()} <= {1, 2, 3, 4, 5, 6, 130}
