"""`zhupei doctor`: whether everything around the program is as it should be, with the cure."""

import sys
from collections.abc import Iterator
from functools import partial

import click

from zhupei_cli.services.upkeep.doctor import STATE, Check, State, diagnose
from zhupei_cli.settings import candidates
from zhupei_cli.words.errors import ZhupeiError

from ..shared.options import bare_settings, current_settings, format_options
from ..shared.output import FINDINGS, Column, Out, say, show
from ..shared.screen import sheet_lines

LIST = (
    Column("state_label", "结果"),
    Column("name", "项目"),
    Column("found", "情况"),
    Column("cure", "怎么办"),
)


@click.command("doctor")
@partial(format_options, settings=bare_settings)
@click.pass_context
def doctor(ctx: click.Context, out: Out) -> None:
    """检查运行环境：程序、数据库、磁盘、占用、终端编码、组件、字体、配置和时钟。

    每一项是正常、注意或异常，附处理办法；有“异常”的退出码为 3。什么也不改动。

    \b
    例：zhupei doctor
        zhupei doctor --json
    """
    found = [*_examined(ctx), _terminal()]
    rows = [_row(one) for one in found]
    if out.format == "table" and out.path is None:
        lines = [
            (f"{row['state_label']}  {row['name']}", _lines(one))
            for row, one in zip(rows, found, strict=True)
        ]
        say(sheet_lines(lines, None), for_people=True)
    else:
        show(rows, LIST, out)
    if any(one.state is State.BAD for one in found):
        ctx.exit(FINDINGS)


def _examined(ctx: click.Context) -> Iterator[Check]:
    """Yield the configuration first: broken, it keeps the rest from being looked at as it is meant."""
    given = ctx.find_root().params
    try:
        settings = current_settings()
    except ZhupeiError as error:
        yield Check("配置", error.message, State.BAD, error.hint)
        settings = bare_settings()
    else:
        used = [str(path) for path in candidates(given.get("config")) if path.is_file()]
        yield Check("配置", "、".join(used) or "没有配置文件，用默认值")
    yield from diagnose(settings)


def _terminal() -> Check:
    encoding = sys.stdout.encoding.upper().replace("UTF8", "UTF-8")
    if encoding == "UTF-8":
        return Check("终端编码", encoding)
    cure = "常用汉字不受影响；Windows 可先运行 chcp 65001 或设 PYTHONUTF8=1"
    state = State.OK if encoding.startswith(("GB", "CP936")) else State.WARNING
    rare = "，编码里没有的字显示为问号"
    return Check("终端编码", encoding + rare, state, "" if state is State.OK else cure)


def _lines(one: Check) -> str:
    return f"{one.found}\n怎么办：{one.cure}" if one.cure else one.found


def _row(one: Check) -> dict[str, object]:
    return {
        "name": one.name,
        "state": str(one.state),
        "state_label": STATE.label(one.state),
        "found": one.found,
        "cure": one.cure,
    }
