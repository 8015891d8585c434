"""`zhupei apply`: applications. Each command's module is loaded when it is called."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_HERE = "zhupei_cli.commands.apply"


@click.group(
    cls=LazyGroup,
    lazy={
        "new": (f"{_HERE}.new:new", "新建报名（五步，可在终端中逐项填写）"),
        "edit": (f"{_HERE}.new:edit", "修改未提交、退回修改的报名"),
        "submit": (f"{_HERE}.steps:submit", "提交报名"),
        "withdraw": (f"{_HERE}.steps:withdraw", "撤回报名"),
        "correct": (f"{_HERE}.steps:correct", "更正已提交的报名（省级）"),
        "list": (f"{_HERE}.views:list_", "列出报名"),
        "show": (f"{_HERE}.views:show_", "查看一份报名"),
        "status": (f"{_HERE}.views:status", "查看一份报名的状态"),
        "print": (f"{_HERE}.printing:print_", "打印报名表（PDF）"),
        "stats": (f"{_HERE}.views:stats", "按状态、基地、专业、身份统计报名"),
    },
)
def apply() -> None:
    """报名：新建、修改、提交、撤回、更正、查看、统计。"""
