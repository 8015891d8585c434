"""`zhupei demo`: the whole season on invented data."""

import sys
from pathlib import Path

import click

from zhupei_cli.demo.season import DEMO_BATCH, SeasonStep, play
from zhupei_cli.display import padded
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import FileName
from zhupei_cli.shell.logfile import note
from zhupei_cli.words.errors import ZhupeiError

from ..shared.options import json_option, pass_settings
from ..shared.output import show_summary
from ..shared.screen import sheet_lines, terminal_size

#: Columns of a step's title; what came of it stands beside it.
_TITLE = 28


@click.command()
@click.argument("folder", default="zhupei-demo", metavar="[DIR]", type=FileName())
@json_option
@pass_settings
def demo(settings: Settings, folder: Path, *, as_json: bool) -> None:
    """用虚构数据走完一个招收季：建库、导入、审核、成绩、录取、公示、名单。

    在文件夹 DIR（默认 zhupei-demo，须不存在或为空）中留下输入的工作簿、数据库和各基地录取名单，
    可以打开查看，也可以接着用命令试。真正的数据库不受影响。

    \b
    例：zhupei demo
        zhupei demo 演示
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ZhupeiError("E087", folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    steps: list[dict[str, str | float]] = []
    seconds = 0.0
    for number, step in enumerate(play(folder.resolve()), 1):
        note(settings, _line(number, step))
        steps.append({"step": step.title, "result": step.result, "seconds": round(step.seconds, 2)})
        seconds += step.seconds
    sentence = f"完成，共 {seconds:.1f} 秒。工作簿、数据库和录取名单在 {folder}"
    show_summary(
        settings, {"folder": str(folder), "batch": DEMO_BATCH, "steps": steps}, sentence, as_json=as_json
    )
    url = f"sqlite:///{(folder / 'zhupei.sqlite').as_posix()}"
    note(settings, f"接着试：{_typed(_program())} --database {_typed(url)} apply list --limit 10")


def _line(number: int, step: SeasonStep) -> str:
    """Return the line of a step, broken where words end: a terminal would break it within a number."""
    title = f"{number:>2}. {padded(step.title, _TITLE)}"
    return sheet_lines([(title, f"{step.result}（{step.seconds:.1f} 秒）")], terminal_size()[0]).rstrip()


def _program() -> str:
    """Return what to type for this very program: its name where the shell finds it, else its path."""
    from shutil import which

    typed = Path(sys.argv[0])
    if typed.stem.lower() != "zhupei":  # not started by its name: `python -m`, a test
        return "zhupei"
    found = which("zhupei")
    return (
        "zhupei" if found and Path(found).with_suffix("") == typed.absolute().with_suffix("") else str(typed)
    )


def _typed(word: str) -> str:
    return f'"{word}"' if " " in word else word
