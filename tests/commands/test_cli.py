import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.sample import PROGRAM
from tests.conftest import Ran, Run


def test_no_argument_is_help(zhupei: Run) -> None:
    assert zhupei() == zhupei("--help") == zhupei("-h")
    assert zhupei("do", program=PROGRAM) == zhupei("do", "-h", program=PROGRAM)
    assert (zhupei().code, zhupei().err) == (0, "")


def test_version(zhupei: Run) -> None:
    assert zhupei("--version") == Ran(0, "zhupei 0.1.0\n", "")


@pytest.mark.parametrize(
    ("how", "code", "err"),
    [
        (
            "known",
            6,
            "错误 [E501]：数据库不存在：a.sqlite\n"
            "怎么办：先运行 zhupei db init 建库，或用 --database 指向已有数据库\n",
        ),
        ("findings", 3, ""),
        (
            "database",
            6,
            "错误 [E601]：数据库正忙，等了 30 秒仍被别的程序占用\n怎么办：稍后再试；没有写入任何内容\n",
        ),
        ("cancel", 130, "\n已取消，没有写入任何内容\n"),
        ("pipe", 1, ""),
        ("nothing", 0, ""),
    ],
)
def test_every_ending_has_its_line_and_its_code(zhupei: Run, how: str, code: int, err: str) -> None:
    assert zhupei("do", "fail", how, program=PROGRAM) == Ran(code, "", err)


def test_a_bug_names_its_place_and_nobody(zhupei: Run) -> None:
    ran = zhupei("do", "fail", "bug", program=PROGRAM)
    assert (ran.code, ran.out) == (1, "")
    first, second = ran.err.splitlines()
    assert first.startswith("错误 [E901]：程序出错：RuntimeError，位于 ")
    assert second == "怎么办：加 --debug 重新运行可看到详细位置，请把输出发给技术支持"
    assert "王小明" not in ran.err
    debug = zhupei("--debug", "do", "fail", "bug", program=PROGRAM)
    assert debug.err.startswith("Traceback (most recent call last):")
    assert debug.err.endswith(ran.err)


def test_a_file_the_system_refuses_is_named(zhupei: Run) -> None:
    ran = zhupei("do", "fail", "file", program=PROGRAM)
    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        "错误 [E084]：文件 /dev/null/x 读写失败：路径中有一段不是文件夹",
    )


def test_errors_as_json(zhupei: Run) -> None:
    known = zhupei("do", "fail", "known", "--json", program=PROGRAM)
    assert (known.code, known.out) == (6, "")
    assert json.loads(known.err) == {
        "error": {
            "code": "E501",
            "message": "数据库不存在：a.sqlite",
            "hint": "先运行 zhupei db init 建库，或用 --database 指向已有数据库",
        }
    }
    assert len(known.err.splitlines()) == 1
    usage = zhupei("do", "lst", "--format=json", program=PROGRAM)
    assert (usage.code, json.loads(usage.err)["error"]["code"]) == (2, "E080")
    cancelled = zhupei("do", "fail", "cancel", "--json", program=PROGRAM)
    assert cancelled.code == 130
    assert json.loads(cancelled.err) == {
        "error": {"code": "E902", "message": "已取消", "hint": "没有写入任何内容"}
    }
    plain = zhupei("do", "fail", "--", "known", "--json", program=PROGRAM)
    assert plain.err.startswith("错误 [E080]：")


@pytest.mark.parametrize(
    ("words", "problem", "command"),
    [
        ("explian", "没有命令 'explian'。您是不是要用 'explain'？", "zhupei"),
        ("zzz", "没有命令 'zzz'。", "zhupei"),
        ("--databse x", "没有选项 '--databse'。您是不是要用 '--database'？", "zhupei"),
        ("--database", "选项 '--database' 后面缺少值。", "zhupei"),
        ("--quiet=1 explain", "选项 '--quiet' 后面不带值。", "zhupei"),
        ("explain a b", "多出参数：b", "zhupei explain"),
        (
            "explain -f xml",
            "'-f' / '--format' 的值不对："
            "'xml' 不在可选范围内，"
            "可选：table（表格）、json（JSON）、jsonl（逐行 JSON）、csv（CSV）、xlsx（工作簿）。",
            "zhupei explain",
        ),
        (
            "explain -o a.doc",
            "不认识文件后缀 '.doc'，可用 .json、.jsonl、.csv、.xlsx、.txt，或用 -f 指定格式。",
            "zhupei explain",
        ),
    ],
)
def test_usage_errors_are_chinese(zhupei: Run, words: str, problem: str, command: str) -> None:
    told = f"错误 [E080]：{problem}\n怎么办：运行 {command} --help 查看用法\n"
    assert zhupei(*words.split()) == Ran(2, "", told)


def test_missing_and_mistyped_names_in_a_group(zhupei: Run) -> None:
    assert zhupei("do", "fail", program=PROGRAM).err.splitlines()[0] == "错误 [E080]：缺少参数 'HOW'。"
    near = zhupei("do", "lst", program=PROGRAM)
    assert near.err.splitlines()[0] == "错误 [E080]：没有命令 'lst'。您是不是要用 'list'？"
    assert zhupei("ndo", program=PROGRAM).err.splitlines()[0] == (
        "错误 [E080]：没有命令 'ndo'。您是不是要用其中之一：'do', 'undo'？"
    )


def test_settings_reach_commands(zhupei: Run) -> None:
    ran = zhupei("do", "write", "--json", "--dry-run", "--batch", "HN2024", program=PROGRAM)
    assert json.loads(ran.out) == {
        "who": "测试员",
        "at": "2026-06-05T10:00:00+08:00",
        "batch": "HN2024",
        "dry_run": True,
    }
    other = zhupei(
        "--operator", "李四", "do", "write", "--json", env={"ZHUPEI_BATCH": "HN2023"}, program=PROGRAM
    )
    assert (json.loads(other.out)["who"], json.loads(other.out)["batch"]) == ("李四", "HN2023")


def test_quiet_and_verbose(zhupei: Run) -> None:
    words = ("do", "write", "--batch", "A")
    told = "已写入 A\n下一步：zhupei batch open A（开放报名）\n"
    assert zhupei(*words, program=PROGRAM) == Ran(0, "", told)
    assert zhupei("-q", *words, program=PROGRAM) == Ran(0, "", "")
    settings = "数据库：sqlite:///a.sqlite（--database）\n经办人：测试员（ZHUPEI_OPERATOR）\n"
    assert zhupei("-v", "--database", "sqlite:///a.sqlite", *words, program=PROGRAM).err == settings + told


def test_verbose_shows_no_password(zhupei: Run) -> None:
    ran = zhupei("-v", "--database", "postgresql://u:secret@h/d", "do", "write", program=PROGRAM)
    assert "postgresql://u:***@h/d" in ran.err
    assert "secret" not in ran.err


def test_a_variable_nothing_reads_is_told(zhupei: Run) -> None:
    misspelt = {"ZHUPEI_DATABASE": "sqlite:///b.sqlite", "ZHUPEI_MAIL_PASSWORD": "secret"}
    ran = zhupei("do", "show", "--json", env=misspelt, program=PROGRAM)
    assert json.loads(ran.out)["name"] == "王小明"
    assert ran.err == ("提醒：没有环境变量 ZHUPEI_DATABASE 这一项，未使用；可用的见 zhupei config --help\n")
    assert zhupei("do", "write", "--help", env=misspelt, program=PROGRAM).err == ""


def test_a_broken_configuration_stops_commands_but_not_help(zhupei: Run) -> None:
    Path("zhupei.toml").write_text("operator = 王")
    ran = zhupei("do", "write", program=PROGRAM)
    assert ran == Ran(
        2,
        "",
        '错误 [E083]：配置文件 zhupei.toml 有误：第 1 行不是正确的 TOML；文字要加引号：operator = "…"\n'
        "怎么办：请改正，或用 --config 指定另一个文件\n",
    )
    assert zhupei("do", "write", "--help", program=PROGRAM).code == 0


def test_the_log_has_what_was_said_and_what_stopped_it(zhupei: Run, home: Path) -> None:
    zhupei("-q", "--log-file", "a.log", "do", "write", "--batch", "A", program=PROGRAM)
    zhupei("--log-file", "a.log", "do", "fail", "known", program=PROGRAM)
    zhupei("--log-file", "a.log", "do", "fail", "findings", program=PROGRAM)
    assert (home / "a.log").read_text().splitlines() == [
        "2026-06-05T10:00:00+08:00 测试员 已写入 A",
        "2026-06-05T10:00:00+08:00 测试员 下一步：zhupei batch open A（开放报名）",
        "2026-06-05T10:00:00+08:00 测试员 错误 [E501]：数据库不存在：a.sqlite",
    ]
    assert (home / "a.log").stat().st_mode & 0o777 == 0o600
    unwritable = zhupei("--log-file", "no/a.log", "do", "fail", "known", program=PROGRAM)
    assert unwritable.code == 6
    assert unwritable.err.startswith("提示：不能写入日志文件 no/a.log：")


def test_nobody_is_asked_without_a_terminal(zhupei: Run) -> None:
    refused = Ran(2, "", "错误 [E085]：需要确认：删除全部吗？\n怎么办：加 --yes 表示同意\n")
    assert zhupei("do", "remove", program=PROGRAM, stdin="y\n") == refused
    assert zhupei("do", "remove", "-y", program=PROGRAM) == Ran(0, "已删除\n", "")


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.parametrize(
    ("option", "answer", "code", "out", "err"),
    [
        ("-q", "y\n", 0, "已删除\n", "删除全部吗？ [y/N]："),
        ("-q", "n\n", 130, "", "删除全部吗？ [y/N]：已取消，没有写入任何内容\n"),
        ("--no-input", "y\n", 2, "", "错误 [E085]：需要确认：删除全部吗？\n怎么办：加 --yes 表示同意\n"),
    ],
)
def test_answers_on_a_terminal(option: str, answer: str, code: int, out: str, err: str) -> None:
    ours, theirs = os.openpty()
    os.write(ours, answer.encode())
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.commands.sample", option, "do", "remove"],
        stdin=theirs,
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (code, out, err)
