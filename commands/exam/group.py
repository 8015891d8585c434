"""`zhupei exam`: the exam of a batch (考务)."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_ALLOT, _PAPERS = "zhupei_cli.commands.exam.allot", "zhupei_cli.commands.exam.papers"


@click.group(
    cls=LazyGroup,
    lazy={
        "sites": ("zhupei_cli.commands.exam.sites:sites", "考点和考场：模板、导入、列出"),
        "allot": (f"{_ALLOT}:allot", "给没有座位的考生安排座位和准考证号"),
        "list": (f"{_ALLOT}:list_", "列出考生的座位和准考证号"),
        "tickets": (f"{_PAPERS}:tickets", "印制准考证"),
        "sheets": (f"{_PAPERS}:sheets", "印制门贴、桌贴和签到表，写出签到登记表"),
        "groups": ("zhupei_cli.commands.exam.groups:groups", "复试分组：模板、导入、列出、签到表"),
    },
)
def exam() -> None:
    """考务：考点和考场，安排座位，准考证，门贴、桌贴和签到表，复试分组。"""
