import json
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import select

from commands.shared import formats
from tests.commands.sample import PROGRAM
from tests.conftest import Ran, Run
from tests.exam_world import closed_batch
from tests.outline import commands
from zhupei_cli.model import Event
from zhupei_cli.shell.arguments import FileName
from zhupei_cli.store.engine import transaction

TABLE = """\
姓名    总成绩  名次  服从调剂  提交时间
------  ------  ----  --------  -------------------
王小明  85.5    1     是        2024-06-20 09:00:00
=1+1            -2    否
"""
CSV = """\
姓名,总成绩,名次,服从调剂,提交时间
王小明,85.5,1,是,2024-06-20 09:00:00
'=1+1,,-2,否,
"""
JSON: list[dict[str, Any]] = [
    {
        "name": "王小明",
        "id_number": "4101**********2024",
        "total": 85.5,
        "rank": 1,
        "adjust": True,
        "code": "0100",
        "born": "1999-01-02",
        "at": "2024-06-20T09:00:00+08:00",
    },
    {"name": "=1+1", "rank": -2, "adjust": False, "code": None, "born": None, "at": None},
]


@pytest.fixture
def listed(zhupei: Run) -> Run:
    def run(*args: str | Path, **kwargs: Any) -> Ran:
        return zhupei("do", "list", *args, program=PROGRAM, **kwargs)

    return run


def test_on_screen(listed: Run) -> None:
    assert listed() == listed("-f", "table") == Ran(0, TABLE, "")
    assert listed("-f", "csv") == Ran(0, CSV, "")


def test_json_has_every_key(listed: Run) -> None:
    whole = listed("--json")
    assert (whole.code, json.loads(whole.out), whole.err) == (0, JSON, "")
    assert "王小明" in whole.out
    assert whole == listed("-f", "json")
    lines = listed("-f", "jsonl")
    assert [json.loads(line) for line in lines.out.splitlines()] == JSON


def test_nothing_found(listed: Run) -> None:
    heading, rule = "姓名  总成绩  名次  服从调剂  提交时间", "----  ------  ----  --------  --------"
    assert listed("--empty") == Ran(0, f"{heading}\n{rule}\n", "没有符合条件的记录\n")
    assert listed("--empty", "--json") == Ran(0, "[]\n", "没有符合条件的记录\n")


def test_json_and_another_format(listed: Run) -> None:
    assert listed("--json", "-f", "csv").code == 2
    assert json.loads(listed("--json", "-f", "csv").err)["error"]["code"] == "E080"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"\xef\xbb\xbf" + CSV.encode()),
        ("a.txt", TABLE.encode()),
        ("a.JSON", (json.dumps(JSON, ensure_ascii=False, indent=2) + "\n").encode()),
    ],
)
def test_into_a_file(listed: Run, home: Path, name: str, content: bytes) -> None:
    assert listed("-o", name) == Ran(0, "", f"已写入 {name}（2 行）\n")
    assert (home / name).read_bytes() == content
    assert (home / name).stat().st_mode & 0o777 == 0o600
    refused = f"错误 [E002]：文件 {name} 已存在\n怎么办：换一个文件名，或加 --force 覆盖\n"
    assert listed("-o", name) == Ran(5, "", refused)
    assert listed("-o", name, "--force", "-f", "jsonl").code == 0
    assert (home / name).read_bytes() != content


def test_into_a_workbook(listed: Run, home: Path) -> None:
    assert listed("-o", "名单.xlsx") == Ran(0, "", "已写入 名单.xlsx（2 行）\n")
    import openpyxl

    sheet = openpyxl.load_workbook(home / "名单.xlsx").active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet] == [
        ["名单", *[None] * 4],
        ["共 2 行　　制表日期：2026-06-05", *[None] * 4],
        ["姓名", "总成绩", "名次", "服从调剂", "提交时间"],
        ["王小明", 85.5, 1, "是", "2024-06-20 09:00:00"],
        ["=1+1", None, -2, "否", None],
    ]
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 5
    assert (sheet.title, sheet.freeze_panes, sheet.print_title_rows) == ("名单", "B4", "$1:$3")


def test_a_workbook_is_not_for_the_screen(listed: Run) -> None:
    told = "错误 [E086]：xlsx 格式不能显示在屏幕上，也不能写到标准输出\n"
    assert listed("-f", "xlsx") == Ran(2, "", f"{told}怎么办：用 -o 指定文件，例如 -o 名单.xlsx\n")


def test_a_dash_is_stdout_where_text_is_written(listed: Run, home: Path) -> None:
    """`-o -` once wrote a file of that name."""
    assert listed("-o", "-", "-f", "csv") == listed("-f", "csv")
    assert listed("-o", "-") == listed()
    assert listed("-o", "-", "-f", "xlsx").err.startswith(
        "错误 [E086]：xlsx 格式不能显示在屏幕上，也不能写到标准输出"
    )
    assert list(home.glob("*")) == []
    assert listed("-o", "./-", "-f", "csv").code == 0
    assert (home / "-").read_text("utf-8-sig") == listed("-f", "csv").out


def test_everywhere_else_a_dash_is_refused(zhupei: Run, home: Path) -> None:
    named = [
        (path, command, param)
        for path, command in commands()
        for param in command.params
        if isinstance(param.type, click.Path)
    ]
    assert all(isinstance(param.type, FileName) for _, _, param in named)
    refused = "这里不能用标准输入或标准输出（-），请写文件名。"
    for path, command, param in named:
        if any("--format" in one.opts for one in command.params) and "--output" in param.opts:
            continue
        words = [param.opts[-1], "-"] if isinstance(param, click.Option) else ["-"]
        assert refused in zhupei(*path, *words).err, path
    assert list(home.glob("*")) == []


def test_one_thing(zhupei: Run) -> None:
    sheet = "姓名      王小明\n总成绩    85.5\n名次      1\n服从调剂  是\n提交时间  2024-06-20 09:00:00\n"
    assert zhupei("do", "show", program=PROGRAM) == Ran(0, sheet, "")
    assert json.loads(zhupei("do", "show", "--json", program=PROGRAM).out) == JSON[0]
    assert zhupei("do", "show", "-f", "csv", program=PROGRAM).out == "\n".join(CSV.split("\n")[:2]) + "\n"


@pytest.mark.parametrize("count", [0, 1, 1_000, 2_001])
def test_a_list_in_pieces_is_the_list(count: int) -> None:
    rows = [{"number": number, "name": "王一", "at": None} for number in range(count)]
    assert "".join(formats.json_texts(iter(rows))) == formats.as_json(rows)
    assert [json.loads(line) for line in "".join(formats.jsonl_texts(iter(rows))).splitlines()] == rows
    texts = list(formats.csv_texts(["号", "姓名"], ([row["number"], row["name"]] for row in rows)))
    assert "".join(texts) == "号,姓名\n" + "".join(f"{number},王一\n" for number in range(count))
    assert max(map(len, texts)) < 10_000  # however many there are


@pytest.mark.parametrize("last", [("-o", "有.xlsx"), ("-f", "xlsx")])
def test_what_cannot_be_written_is_not_written_down_as_given_out(
    zhupei: Run, database: str, home: Path, last: tuple[str, str]
) -> None:
    with transaction(database) as session:
        closed_batch(session, 2, told=True)
    (home / "有.xlsx").write_text("原有", "utf-8")
    reading = ("trainee bar list", "exam list", "exam groups list", "apply list", "base list", "trainee list")
    for command in (*(f"{one} --reveal" for one in reading), "trainee bar export", "export applicants"):
        refused = zhupei("--database", database, *command.split(), *last)
        code = "E002" if last[0] == "-o" else "E086"
        assert (refused.out, code in refused.err) == ("", True), command
    assert (home / "有.xlsx").read_text("utf-8") == "原有"
    with transaction(database) as session:
        acts = set(session.scalars(select(Event.action)).all())
    assert not [one for one in acts if "reveal" in one or "export" in one or "list" in one]
