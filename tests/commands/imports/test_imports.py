"""`zhupei imports` and what a trial import shows: whole output and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_book, write_people
from tests.services.imported import everything
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
NUMBER = "HN2026-0000003"
MASKED = f"4101**********{id_number(1)[-4:]}"


@pytest.fixture
def shell(database: str, zhupei: Run, home: Path) -> Call:
    """Two drafts of import 2, in an open batch."""
    with transaction(database) as session:
        open_batch(session)

    def call(*args: str | Path, **more: str) -> Ran:
        return zhupei("--database", database, *args, **more)

    assert call("trainee", "import", write_people(home / "a.xlsx", [person(1), person(2)])).code == 0
    return call


def test_an_empty_password_is_told_before_anything_is_read(shell: Call) -> None:
    ran = shell("trainee", "import", "a.xlsx", "--password-stdin", stdin="\n")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "错误 [E080]：标准输入里没有密码。")


def test_imports_are_listed_with_their_files(shell: Call) -> None:
    ran = shell("imports", "list", "--kind", "trainee", "--json")
    (row,) = json.loads(ran.out)
    (file,) = row["files"]
    assert (len(file["sha256"]), file["name"], file["rows"]) == (64, "a.xlsx", 2)
    assert row | {"files": [], "sha256_head": ""} == {
        "import_id": 2,
        "kind": "trainee",
        "kind_label": "学员和报名",
        "batch": "HN2026",
        "made_at": "2026-06-05T10:00:00+08:00",
        "made_by": "测试员",
        "files": [],
        "file_names": "a.xlsx",
        "sha256_head": "",
        "inserted": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "warned": 0,
        "undone_at": None,
        "undone_by": None,
        "undone_reason": None,
    }
    table = shell("imports", "list").out.splitlines()
    assert len(table) == 4
    assert file["sha256"][:16] in table[2]
    assert file["sha256"] not in table[2]
    assert json.loads(shell("imports", "list", "--batch", "HN2026", "--kind", "plan", "--json").out) == []


def test_people_who_were_told_something_stay(shell: Call, home: Path) -> None:
    """Their approval can be taken back, what they were told cannot."""
    assert shell("trainee", "import", write_people(home / "b.xlsx", [person(3)]), "--submit").code == 0
    book = write_book(
        home / "审核.xlsx", [(workbook_kinds.REVIEW, [{"application_no": NUMBER, "decision": "通过"}])]
    )
    assert shell("review", "import", book).code == 0
    assert shell("notice", "export", "--event", "审核通过", "-o", "短信.xlsx").code == 0
    assert shell("imports", "undo", "4", "--reason", "不对", "--yes").code == 0
    undo = ("imports", "undo", "3", "--reason", "不对", "--yes")
    refused = shell(*undo)
    assert (refused.code, "错误 [E491]" in refused.err, "短信" in refused.err) == (5, True, True), refused
    assert "可以撤销" not in shell("imports", "show", "3").out


def test_an_import_shows_its_rows_and_what_stands_in_the_way(shell: Call) -> None:
    assert shell("trainee", "edit", id_number(1), "--mobile", "13712345678").code == 0
    ran = shell("imports", "show", "2")
    assert ran.code == 0
    assert ran.out.splitlines()[-6:] == [
        "内容  对象                     动作",
        "----  -----------------------  ----",
        "报名  HN2026-0000001 王一      新增",
        "报名  HN2026-0000002 王二      新增",
        f"学员  王一 {MASKED}  新增",
        f"学员  王二 4101**********{id_number(2)[-4:]}  新增",
    ]
    assert "能否撤销          不能撤销\n" in ran.out
    assert ran.err == f"此后又有变动：王一 {MASKED}（2026-06-05 10:00:00 测试员 修改学员信息）\n"
    told = json.loads(shell("imports", "show", "2", "--json").out)
    assert (told["can_undo"], told["refusal"], len(told["rows"])) == (False, None, 4)
    assert told["blocked"] == [
        {
            "entity": "trainee",
            "text": f"王一 {MASKED}",
            "action_label": "修改学员信息",
            "who": "测试员",
            "at": "2026-06-05T10:00:00+08:00",
            "seq": told["blocked"][0]["seq"],
        }
    ]


def test_an_undo_asks_and_tells(shell: Call, database: str) -> None:
    before = everything(database)
    asked = shell("imports", "undo", "2", "--reason", "导错了文件")
    assert (asked.code, asked.err.splitlines()[0]) == (
        2,
        "错误 [E085]：需要确认：撤销导入 2：删除 4 条，恢复 0 条，继续吗？",
    )
    tried = shell("imports", "undo", "2", "--reason", "导错了文件", "--dry-run")
    assert (tried.code, tried.err) == (0, "试撤销（不保存）：导入 2，删除 4 条，恢复 0 条\n")
    assert everything(database) == before
    done = shell("imports", "undo", "2", "--reason", "导错了文件", "--yes", "--json")
    assert json.loads(done.out) == {
        "import_id": 2,
        "kind": "trainee",
        "deleted": 4,
        "restored": 0,
        "dry_run": False,
    }
    again = shell("imports", "undo", "2", "--reason", "导错了文件", "--yes")
    assert again == (
        5,
        "",
        "错误 [E490]：导入 2 已于 2026-06-05 10:00:00 撤销\n怎么办：需要的话可重新导入原来的文件\n",
    )
    assert shell("imports", "undo", "9", "--reason", "x", "--yes").code == 4
    assert shell("imports", "undo", "2", "--reason", " ", "--yes").code == 2


def test_a_trial_import_shows_field_by_field(shell: Call, home: Path) -> None:
    book = write_people(home / "b.xlsx", [person(1, mobile="13711112222"), person(3)])
    ran = shell("trainee", "import", book, "--dry-run")
    assert ran == (
        0,
        "工作表    行  对象                     项目      原来         改为\n"
        "--------  --  -----------------------  --------  -----------  -----------\n"
        f"报名信息  2   王一 {MASKED}  手机号码  138****0001  137****2222\n",
        "试导入（不保存）：共 2 行，新增 1，更新 1，不变 0，未通过 0，提醒 0\n",
    )
    told = json.loads(shell("trainee", "import", book, "--dry-run", "--json").out)
    assert [(one["action"], one["entity"], one["row"]) for one in told["changes"]] == [
        ("updated", "trainee", 2),
        ("inserted", "application", 3),
        ("inserted", "trainee", 3),
    ]
    assert told["changes"][0] == {
        "file": "b.xlsx",
        "sheet": "报名信息",
        "row": 2,
        "entity": "trainee",
        "entity_label": "学员",
        "name": f"王一 {MASKED}",
        "action": "updated",
        "field": "mobile",
        "field_label": "手机号码",
        "old": "138****0001",
        "new": "137****2222",
    }
    assert "changes" not in json.loads(shell("trainee", "import", book, "--json").out)


def test_many_changes_are_counted_on_screen_and_whole_in_a_file(shell: Call, home: Path) -> None:
    many = [person(n) for n in range(1, 31)]
    assert shell("trainee", "import", write_people(home / "b.xlsx", many)).code == 0
    book = write_people(home / "c.xlsx", [row | {"address": "洛阳市西工区"} for row in many])
    ran = shell("trainee", "import", book, "--dry-run")
    assert (ran.code, len(ran.out.splitlines())) == (0, 22)
    assert ran.err.splitlines()[1] == "……还有 10 处，加 -o 文件 或 zhupei -v 可全部列出"
    assert len(shell("-v", "trainee", "import", book, "--dry-run").out.splitlines()) == 32
    ran = shell("trainee", "import", book, "--dry-run", "-o", home / "变化.xlsx")
    assert (ran.code, ran.out) == (0, "")
    sheet = openpyxl.load_workbook(home / "变化.xlsx").active
    assert (sheet.max_row, sheet["D4"].value, sheet["H4"].value) == (33, f"王一 {MASKED}", "洛阳市****")
    assert shell("trainee", "import", book, "--dry-run", "-o", home / "变化.xlsx").code == 5
    refused = shell("trainee", "import", book, "-o", home / "d.xlsx")
    assert (refused.code, refused.err.splitlines()[0]) == (2, "错误 [E080]：-o 只能与 --dry-run 同用。")
