"""`zhupei review`: the first-choice base decides (指南 二.5); modules are loaded when they are called."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_HERE = "zhupei_cli.commands.review"


@click.group(
    cls=LazyGroup,
    lazy={
        "queue": (f"{_HERE}.lists:queue", "列出待审核的报名"),
        "show": (f"{_HERE}.lists:show_", "查看一份报名和系统提醒"),
        "approve": (f"{_HERE}.decisions:approve", "审核通过"),
        "reject": (f"{_HERE}.decisions:reject", "审核不通过"),
        "return": (f"{_HERE}.decisions:return_", "退回修改"),
        "revoke": (f"{_HERE}.decisions:revoke", "撤销审核"),
        "export": (f"{_HERE}.sheets:export", "导出待审核的工作簿"),
        "import": (f"{_HERE}.intake:import_", "从工作簿导入审核意见"),
        "log": (f"{_HERE}.lists:log", "列出审核记录"),
    },
)
def review() -> None:
    """基地审核：待审核、通过、不通过、退回修改、撤销，也可用工作簿导出导入。"""
