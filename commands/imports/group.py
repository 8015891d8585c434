"""`zhupei imports`: what was imported, what it did, and taking it back."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_HERE = "zhupei_cli.commands.imports"


@click.group(
    cls=LazyGroup,
    lazy={
        "list": (f"{_HERE}.views:list_", "列出全部导入，最近的在前"),
        "show": (f"{_HERE}.views:show_", "查看一次导入：对每一行做了什么，能否撤销，不能撤销的原因"),
        "undo": (
            f"{_HERE}.undo:undo",
            "撤销一次导入：新增的删除，更新的恢复原来的内容；用过的报名号不再使用",
        ),
    },
)
def imports() -> None:
    """导入记录：列出、查看、撤销（学员、基地、专业、单位、招收计划、审核意见、成绩、报到）。"""
