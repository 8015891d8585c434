"""`zhupei base`: training bases and the catalogue of specialties."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_HERE = "zhupei_cli.commands.base"


@click.group(
    cls=LazyGroup,
    lazy={
        "disable": (
            f"{_HERE}.edits:disable",
            "停用一个培训基地：不再列入任何批次的招收计划；已有的报名和录取不受影响",
        ),
        "edit": (f"{_HERE}.edits:edit", "修改一个培训基地：CODE 是基地编号或名称；基地编号不能改"),
        "enable": (f"{_HERE}.edits:enable", "恢复使用一个停用的培训基地"),
        "import": (f"{_HERE}.intake:import_", "从工作簿导入培训基地（基地编号、基地名称、所在地市必填）"),
        "list": (
            f"{_HERE}.views:list_",
            "列出全部培训基地；联系电话默认遮盖，加 --reveal 写成的文件可原样再导入",
        ),
        "show": (f"{_HERE}.views:show_", "查看一个培训基地：CODE 是基地编号或名称"),
        "specialty": (f"{_HERE}.group:specialty", "专业目录：模板、导入、查看"),
        "template": (
            f"{_HERE}.intake:template",
            "写出培训基地的空白模板，填好后用 base import 导入；不需要数据库",
        ),
    },
)
def base() -> None:
    """培训基地和专业目录：模板、导入、查看、修改、停用。"""


@click.group(
    "specialty",
    cls=LazyGroup,
    lazy={
        "import": (
            f"{_HERE}.intake:import_specialties",
            "从工作簿导入专业目录（专业代码、专业名称、类别必填）",
        ),
        "list": (f"{_HERE}.views:list_specialties", "列出专业目录"),
        "template": (
            f"{_HERE}.intake:specialty_template",
            "写出专业目录的空白模板，填好后用 base specialty import 导入；不需要数据库",
        ),
    },
)
def specialty() -> None:
    """专业目录：模板、导入、查看。"""
