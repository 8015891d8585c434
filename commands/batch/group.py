"""`zhupei batch`: recruitment batches. Each command's module is loaded when it is called."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_HERE = "zhupei_cli.commands.batch"


@click.group(
    cls=LazyGroup,
    lazy={
        "create": (f"{_HERE}.edits:create", "新建批次"),
        "list": (f"{_HERE}.views:list_", "列出批次"),
        "show": (f"{_HERE}.views:show_", "查看一个批次的日期、设置和进展"),
        "edit": (f"{_HERE}.edits:edit", "修改名称、日期和设置"),
        "plan": (f"{_HERE}.plan:plan", "招收计划：导入、查看、修改"),
        "open": (f"{_HERE}.steps:open_", "开放报名"),
        "extend": (f"{_HERE}.steps:extend", "延长报名时间"),
        "close": (f"{_HERE}.steps:close", "结束报名"),
        "reopen": (f"{_HERE}.steps:reopen", "重新开放报名"),
        "lock": (f"{_HERE}.steps:lock", "锁定，准备录取"),
        "unlock": (f"{_HERE}.steps:unlock", "解除锁定"),
        "publish": (f"{_HERE}.steps:publish", "公示拟录取名单"),
        "finalize": (f"{_HERE}.steps:finalize", "正式录取"),
        "seal": (f"{_HERE}.seal:seal", "封存：写出可独立核对的文件"),
        "archive": (f"{_HERE}.steps:archive", "归档"),
        "cancel": (f"{_HERE}.steps:cancel", "取消批次"),
    },
)
def batch() -> None:
    """招收批次：新建、设置、推进，以及招收计划。"""
