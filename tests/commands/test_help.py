import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.commands.sample import PROGRAM
from tests.conftest import Run
from tests.messages import FOLDER, compiled, entries
from zhupei_cli.cli import cli
from zhupei_cli.display import display_width

HAN = re.compile(r"[\u4e00-\u9fff]")


def commands(command: click.Command = cli, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command of the program with the words that reach it."""
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from commands(below, *path, name)


def options(command: click.Command) -> list[click.Option]:
    return [param for param in command.params if isinstance(param, click.Option)]


def test_every_command_and_option_says_in_chinese_what_it_does() -> None:
    silent = [
        " ".join(path)
        for path, command in commands()
        if not HAN.search(command.help or "") or not HAN.search(command.get_short_help_str())
    ]
    assert silent == []
    unsaid = [
        (" ".join(path), option.opts)
        for path, command in commands()
        for option in options(command)
        if not HAN.search(option.help or "")
    ]
    assert unsaid == []


def test_no_line_of_help_is_too_wide_or_begins_with_closing_punctuation(zhupei: Run) -> None:
    lines = [line for path, _ in commands() for line in zhupei(*path, "--help").out.splitlines()]
    assert [line for line in lines if display_width(line) > 79] == []
    assert [line for line in lines if line.lstrip()[:1] in tuple("，。；：、）》」』”’")] == []


def test_no_word_of_click_is_left_in_english(zhupei: Run) -> None:
    pages = "\n".join(zhupei(*path, "--help").out for path, _ in commands())
    assert (
        re.findall(r"Usage|Options|Commands|ARGS|OPTIONS|TEXT|INTEGER|PATH|Show this|default:", pages) == []
    )


def test_a_group_page_whole(zhupei: Run) -> None:
    assert zhupei("do", "--help", program=PROGRAM).out == (
        "用法：zhupei do [选项] 命令 [参数]...\n"
        "\n"
        "  各种结局。\n"
        "\n"
        "选项：\n"
        "  -h, --help  显示本帮助\n"
        "\n"
        "命令：\n"
        "  fail    出错\n"
        "  list    列出\n"
        "  remove  删除\n"
        "  show    查看一个\n"
        "  write   写入\n"
    )


def test_a_command_page_whole(zhupei: Run) -> None:
    assert zhupei("explain", "--help").out == (
        "用法：zhupei explain [选项] [CODE]\n"
        "\n"
        "  解释错误代码：含义、原因、怎么办；不写 CODE 则列出全部代码。\n"
        "\n"
        "  例：zhupei explain E501\n"
        "      zhupei explain -f json\n"
        "\n"
        "选项：\n"
        "  -f, --format FORMAT  输出格式：table、json、jsonl、csv、xlsx\n"
        "  --json               等于 -f json\n"
        "  -o, --output FILE    写入文件，格式由后缀决定\n"
        "  --force              覆盖已有文件\n"
        "  -h, --help           显示本帮助\n"
    )


@pytest.mark.parametrize("columns", ["60", "40"])
def test_a_narrow_terminal_gets_narrow_pages(zhupei: Run, columns: str) -> None:
    page = zhupei("explain", "--help", env={"COLUMNS": columns}).out
    assert max(map(display_width, page.splitlines())) <= 58


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    source = (FOLDER / "messages.po").read_text("utf-8")
    assert (FOLDER / "messages.mo").read_bytes() == compiled(source)


def test_every_message_is_one_of_click_and_keeps_its_placeholders() -> None:
    package = Path(click.__file__).parent
    code = "".join(path.read_text("utf-8") for path in package.glob("*.py"))
    plain = re.sub(r'"\s*\n\s*"', "", code)
    messages = dict(entries((FOLDER / "messages.po").read_text("utf-8")))
    del messages[""]
    for message, translation in messages.items():
        for one in message.split("\0"):
            assert f'"{one}"'.replace("\n", "\\n").replace("\t", "\\t") in plain
        allowed = set(re.findall(r"\{.*?\}", message))
        assert set(re.findall(r"\{.*?\}", translation)) <= allowed
