"""`zhupei demo`: the whole season on invented data."""

from pathlib import Path

import click

from zhupei_cli.demo.season import BATCH, play
from zhupei_cli.display import padded
from zhupei_cli.errors import ZhupeiError
from zhupei_cli.logfile import note
from zhupei_cli.settings import Settings

from ._options import json_option, pass_settings
from ._output import show_summary


@click.command()
@click.argument("folder", default="zhupei-demo", metavar="[DIR]", type=click.Path(path_type=Path))
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
        note(settings, f"{number:>2}. {padded(step.title, 30)}{step.result}（{step.seconds:.1f} 秒）")
        steps.append({"step": step.title, "result": step.result, "seconds": round(step.seconds, 2)})
        seconds += step.seconds
    sentence = f"完成，共 {seconds:.1f} 秒。工作簿、数据库和录取名单在 {folder}"
    show_summary(settings, {"folder": str(folder), "batch": BATCH, "steps": steps}, sentence, as_json=as_json)
    note(settings, f"接着试：zhupei --database sqlite:///{folder / 'zhupei.sqlite'} apply list --limit 10")
