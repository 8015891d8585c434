import ast
import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.commands.sample import PROGRAM
from tests.conftest import NOW, Ran, Run
from tests.messages import FOLDER, compiled, entries
from tests.outline import commands
from zhupei_cli.config_file import KEYS, MAIL_KEYS
from zhupei_cli.display import display_width
from zhupei_cli.rules.batch.settings import SETTINGS
from zhupei_cli.rules.batch.times import DATES
from zhupei_cli.settings import Settings
from zhupei_cli.shell.anywhere import OPTIONS
from zhupei_cli.shell.arguments import Words
from zhupei_cli.shell.cli import cli
from zhupei_cli.words.vocabulary import ApplicationStatus

HAN = re.compile(r"[\u4e00-\u9fff]")


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


def leaves() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield the commands that do something."""
    return ((path, command) for path, command in commands() if not isinstance(command, click.Group))


def test_an_option_of_one_value_that_is_typed_twice_is_refused_unless_it_says_the_same() -> None:
    anywhere = {name for names in OPTIONS for name in names}
    kept: list[tuple[str | bool, ...]] = []
    several: list[tuple[str | bool, ...]] = []
    for path, command in leaves():
        for option in options(command):
            if option.is_flag or {*option.opts} & anywhere:
                continue
            words = [word for value in "一二" for word in (option.opts[-1], *[value] * option.nargs)]
            refused = "写了两次" in (parsed([*path, *words]) or "")
            (several if option.multiple else kept).append((*path, option.opts[-1], refused))
    assert [one for one in several if one[-1]] == []
    assert len(kept) > 200
    assert [one for one in kept if not one[-1]] == []
    assert parsed(["batch", "list", "--sort", "年度", "--sort", "年度"]) is None
    twice = parsed(["batch", "list", "--sort", "年度", "--sort", "编号"])
    assert twice == "选项 '--sort' 写了两次，值不一样；它只能写一个值。"


def examples(command: click.Command) -> list[list[str]]:
    """Return the words after `zhupei` of each example in a command's help, as a shell would split them."""
    raw = [
        part.partition("\b\n")[2]
        for part in inspect.cleandoc(command.help or "").split("\n\n")
        if part.startswith("\b")
    ]
    lines = re.sub(r"\\\n\s*", " ", "\n".join(raw)).replace("例：", "").splitlines()
    typed = [re.split(r"\s(?:[|<>]|>>|&&)\s", line.strip())[0] for line in lines]
    words = [shlex.split(line, comments=True) for line in typed]
    return [line[1:] for line in words if line[:1] == ["zhupei"]]


def parsed(words: list[str]) -> str | None:
    """Return why Click refuses a command line, None when it takes it."""
    settings = Settings("sqlite:///a.sqlite", "王", lambda: NOW)
    command: click.Command | None = cli
    ctx: click.Context | None = None
    try:
        while isinstance(command, click.Group):
            ctx = command.make_context(command.name, words, parent=ctx, obj=lambda: settings)
            _, command, words = command.resolve_command(ctx, [*ctx._protected_args, *ctx.args])
        assert command is not None
        command.make_context(command.name, words, parent=ctx)
    except click.UsageError as error:
        about_file = isinstance(error, click.BadParameter) and isinstance(
            getattr(error.param, "type", None), click.Path
        )
        return None if about_file else error.format_message()  # files of examples are nowhere
    return None


def test_every_command_has_an_example_and_every_example_can_be_typed() -> None:
    assert [" ".join(path) for path, command in leaves() if not examples(command)] == []
    refused = [
        (" ".join(words), reason)
        for _, command in leaves()
        for words in examples(command)
        if (reason := parsed(words)) is not None
    ]
    assert refused == []


#: What has no Chinese name, or is written so in Chinese text too.
SPOKEN = {
    *("Excel", "WPS", "Word", "PDF", "PNG", "JPG", "MB", "GB", "JSON", "CSV", "SQLite", "PostgreSQL"),
    *("OceanBase", "UTF", "TOML"),
    *(
        "Tab",
        "shell",
        "bash",
        "zsh",
        "fish",
        "powershell",
        "SHA",
        "SMTP",
        "HTML",
        "UTC",
        "Ctrl",
        "xlsx",
        "xls",
    ),
    *(
        "csv",
        "json",
        "jsonl",
        "ods",
        "zip",
        "txt",
        "pdf",
        "jpg",
        "png",
        "zhupei",
        "html",
        "HEIC",
        "KB",
        "toml",
        "sqlite",
        "B",
    ),
    *("bashrc", "zshrc", "eval", "pip", "install", "print", "cron", "true", "false", "none"),
}


def names() -> set[str]:
    """Return every English name a page may use: commands, options, metavars, choices, settings."""
    found = set(SPOKEN) | set(KEYS) | set(MAIL_KEYS)
    for path, command in commands():
        found.update(path)
        for param in command.params:
            found.update(re.findall(r"[A-Za-z_]+", " ".join((*param.opts, *param.secondary_opts))))
            found.update(re.findall(r"[A-Za-z_]+", param.metavar or ""))
            if isinstance(param.type, (click.Choice, Words)):
                found.update(re.findall(r"[A-Za-z_]+", " ".join(param.type.choices)))
    found.update(ApplicationStatus, DATES)
    for key, setting in SETTINGS.items():
        found.update(re.findall(r"[A-Za-z_]+", f"{key} {setting.default}"))
    return found


def test_no_english_word_but_names_options_and_formats() -> None:
    """An example is a command line and was parsed; a name of the environment is ZHUPEI_… or NO_COLOR."""
    known, foreign = names(), []
    for path, command in commands():
        text = "\n".join(part for part in (command.help or "").split("\n\n") if "\b" not in part)
        pieces = [text, command.epilog or "", *(option.help or "" for option in options(command))]
        words = {word for piece in pieces for word in re.findall(r"[A-Za-z][A-Za-z_]+", piece)}
        foreign += [
            (" ".join(path), word)
            for word in sorted(words - known)
            if not word.startswith("ZHUPEI_") and word != "NO_COLOR"
        ]
    assert foreign == []


def test_help_as_a_command_is_the_same_page(zhupei: Run) -> None:
    assert zhupei("help") == zhupei("--help")
    for path in (("explain",), ("batch",), ("batch", "plan", "set"), ("help",)):
        assert zhupei("help", *path) == zhupei(*path, "--help")


def test_help_of_what_does_not_exist(zhupei: Run) -> None:
    assert zhupei("help", "batch", "crate") == Ran(
        2,
        "",
        "错误 [E080]：没有命令 'crate'。您是不是要用 'create'？\n怎么办：运行 zhupei batch --help 查看用法\n",
    )
    assert zhupei("help", "explain", "x").err.startswith("错误 [E080]：zhupei explain 下面没有别的命令。")


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
        "  --columns COLUMN,…   只列这些列（列名或键），按所写次序\n"
        "  --sort COLUMN        按这一列排列；列名前加 - 则从大到小\n"
        "  --limit N            最多列出多少行，0 为全部\n"
        "  -f, --format FORMAT  输出格式：table、json、jsonl、csv、xlsx\n"
        "  --json               等于 -f json\n"
        "  -o, --output FILE    写入文件，格式由后缀决定；- 是标准输出\n"
        "  --force              覆盖已有文件\n"
        "  -h, --help           显示本帮助\n"
    )


@pytest.mark.parametrize("columns", ["60", "40"])
def test_a_narrow_terminal_gets_narrow_pages(zhupei: Run, columns: str) -> None:
    for words in (("explain", "--help"), ("--help",), ("apply", "show", "--help")):
        page = zhupei(*words, env={"COLUMNS": columns}).out
        assert max(map(display_width, page.splitlines())) <= int(columns), page


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    source = (FOLDER / "messages.po").read_text("utf-8")
    assert (FOLDER / "messages.mo").read_bytes() == compiled(source)


#: What Click says to whoever writes a program, never to whoever runs it.
FOR_PROGRAMMERS = re.compile(
    r"declaration|was passed|defined twice|same flag|start character|colour|^Choice|standard stream|^d$"
)


def test_nothing_click_says_to_people_is_left_out() -> None:
    known = {one for message, _ in entries(_source()) for one in message.split("\0")}
    unsaid = {word for word in _said() if word not in known and not FOR_PROGRAMMERS.search(word)}
    assert unsaid == set()


def _source() -> str:
    return (FOLDER / "messages.po").read_text("utf-8")


def _said() -> Iterator[str]:
    """Yield every text Click looks up a translation of."""
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in ("_", "ngettext"):
                for given in node.args[:2]:
                    if isinstance(given, ast.Constant) and isinstance(given.value, str):
                        yield given.value


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
