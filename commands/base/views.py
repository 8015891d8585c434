"""`zhupei base list`, `show`, `specialty list`: looking at bases and specialties."""

import click

from zhupei_cli.services.reference import views
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import NAME
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction

from ..shared.options import (
    format_options,
    list_options,
    pass_settings,
    reveal_option,
)
from ..shared.output import Column, Out, show, show_sheet

BASES = (
    Column("code", "基地编号"),
    Column("name", "基地名称"),
    Column("level", "级别"),
    Column("city_label", "所在地市"),
    Column("contact_name", "联系人"),
    Column("contact_phone", "联系电话"),
    Column("main_base", "主基地编号"),
    Column("is_joint", "是否协同"),
    Column("institution", "机构类别"),
    Column("status_label", "状态"),
)
#: What is shown only where there is something to say of it.
_RARE = ("main_base", "main_base_label", "is_joint", "institution")
BASE = (
    *BASES[:2],
    Column("aliases", "别名"),
    *BASES[2:4],
    Column("uscc", "统一社会信用代码"),
    *BASES[4:],
    Column("main_base_label", "主基地"),
    Column("batches", "进行中的批次"),
    Column("places", "其中招收岗位"),
)
SPECIALTIES = (
    Column("code", "专业代码"),
    Column("name", "专业名称"),
    Column("category", "类别"),
    Column("is_shortage", "紧缺"),
    Column("aliases", "别名"),
)


@click.command("list")
@reveal_option
@list_options
@pass_settings
def list_(settings: Settings, *, reveal: bool, out: Out) -> None:
    """列出全部培训基地；联系电话默认遮盖，加 --reveal 写成的文件可原样再导入。

    \b
    例：zhupei base list
        zhupei base list -o 基地.xlsx --reveal
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        rows = views.list_bases(session, reveal_by=settings.acting() if reveal else None)
    said = {key for row in rows for key in _RARE if row.get(key)}
    columns = [column for column in BASES if column.key not in _RARE or column.key in said]
    show(rows, columns, out, title="培训基地名单")
    if out.path is not None and not reveal:
        note(settings, "联系电话已遮盖；要改好再导入的，加 --reveal 重新写出")


@click.command("show")
@click.argument("code", metavar="CODE", type=NAME)
@reveal_option
@format_options
@pass_settings
def show_(settings: Settings, code: str, *, reveal: bool, out: Out) -> None:
    """查看一个培训基地：CODE 是基地编号或名称。

    \b
    例：zhupei base show 4101001
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        row = views.show_base(session, code, reveal_by=settings.acting() if reveal else None)
    show_sheet(row, [column for column in BASE if column.key not in _RARE or row.get(column.key)], out)


@click.command("list")
@list_options
@pass_settings
def list_specialties(settings: Settings, *, out: Out) -> None:
    """列出专业目录。

    \b
    例：zhupei base specialty list
    """
    with reading(settings.database_url) as session:
        rows = views.list_specialties(session)
    show(rows, SPECIALTIES, out)
