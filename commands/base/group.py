"""`zhupei base`: training bases and the catalogue of specialties."""

from typing import Unpack

import click

from zhupei_cli.services.kinds.base import BASE_IMPORT
from zhupei_cli.services.kinds.specialty import SPECIALTY_IMPORT
from zhupei_cli.services.reference import bases, lists
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.writing.template import form_of
from zhupei_cli.shell.arguments import NAME
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction

from ..shared.asking import field_options, given_of
from ..shared.importing import Import, importing
from ..shared.options import (
    format_options,
    list_options,
    pass_settings,
    reveal_option,
)
from ..shared.output import Column, Out, show, show_sheet
from ..shared.templates import TemplateOptions, template_options, write_forms
from ..shared.writing import Deed, writing

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


@click.group()
def base() -> None:
    """培训基地和专业目录：模板、导入、查看、修改、停用。"""


@base.command("template")
@template_options("基地模板.xlsx")
@pass_settings
def template(settings: Settings, **given: Unpack[TemplateOptions]) -> None:
    """写出培训基地的空白模板，填好后用 base import 导入；不需要数据库。

    \b
    例：zhupei base template
        zhupei base template -o 基地.xlsx
    """
    form = form_of(workbook_kinds.BASE, "住院医师规范化培训基地")
    write_forms(settings, [form], Choices(), **given)


@base.command("import")
@importing()
def import_(taking: Import) -> None:
    """从工作簿导入培训基地（基地编号、基地名称、所在地市必填）。

    已有的基地按编号更新，表中没有的保持不变；空白格保持原样，填“清空”则清除。

    \b
    例：zhupei base import 基地.xlsx
    """
    if taking.run(BASE_IMPORT).import_id is not None:
        taking.next("zhupei batch create HN2026 --name … --year 2026 …", "新建招收批次")


@base.command("list")
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
        rows = lists.list_bases(session, reveal_by=settings.acting() if reveal else None)
    said = {key for row in rows for key in _RARE if row.get(key)}
    columns = [column for column in BASES if column.key not in _RARE or column.key in said]
    show(rows, columns, out, title="培训基地名单")
    if out.path is not None and not reveal:
        note(settings, "联系电话已遮盖；要改好再导入的，加 --reveal 重新写出")


@base.command("show")
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
        row = bases.show_base(session, code, reveal_by=settings.acting() if reveal else None)
    show_sheet(row, [column for column in BASE if column.key not in _RARE or row.get(column.key)], out)


@base.command("edit")
@click.argument("code", metavar="CODE", type=NAME)
@field_options(bases.BASE_FIELDS)
@click.option("--reason", metavar="REASON", help="修改的原因")
@writing
def edit(deed: Deed, code: str, *, reason: str | None, **words: str | None) -> None:
    """修改一个培训基地：CODE 是基地编号或名称；基地编号不能改。

    各项的写法与基地工作簿相同，填“清空”则清除。

    \b
    例：zhupei base edit 4101001 --contact-phone 13800000000
        zhupei base edit 4101001 --aliases 郑大一附院、一附院
    """
    given = given_of(words)
    if not given:
        raise click.UsageError("没有写要修改的内容，例如 --name。", click.get_current_context())
    row, warnings = deed.do(lambda session: bases.edit_base(session, code, given, by=deed.by, reason=reason))
    deed.tell(row, f"{'可以保存' if deed.dry_run else '已保存'} {row['code']} {row['name']}")
    for fault in warnings:
        note(deed.settings, f"提醒 [{fault.code}]：{fault.message}")


def _set_enabled(deed: Deed, code: str, *, enabled: bool, reason: str | None) -> None:
    row = deed.do(
        lambda session: bases.set_enabled(session, code, enabled=enabled, by=deed.by, reason=reason)
    )
    deed.tell(
        row, f"{row['code']} {row['name']}：{row['status_label']}{'' if row['changed'] else '，没有变化'}"
    )
    # Each is a base of its own, with places of its own; nothing of it is stopped with the main base.
    if row["joint_bases"] and not enabled:
        told = "、".join(row["joint_bases"])
        cure = "不再招收的也停用（zhupei base disable），换主基地的改主基地编号（zhupei base edit）"
        note(deed.settings, f"提醒：{row['name']}的协同单位还在使用：{told}；{cure}")


@base.command("enable")
@click.argument("code", metavar="CODE", type=NAME)
@click.option("--reason", metavar="REASON", help="恢复使用的原因")
@writing
def enable(deed: Deed, code: str, *, reason: str | None) -> None:
    """恢复使用一个停用的培训基地。

    \b
    例：zhupei base enable 4101001
    """
    _set_enabled(deed, code, enabled=True, reason=reason)


@base.command("disable")
@click.argument("code", metavar="CODE", type=NAME)
@click.option("--reason", metavar="REASON", help="停用的原因")
@writing
def disable(deed: Deed, code: str, *, reason: str | None) -> None:
    """停用一个培训基地：不再列入任何批次的招收计划；已有的报名和录取不受影响。

    正在进行的批次里还有招收岗位时不能停用，先用 zhupei batch plan stop 停招。

    \b
    例：zhupei base disable 4101001 --reason 资格终止
    """
    _set_enabled(deed, code, enabled=False, reason=reason)


@base.group("specialty")
def specialty() -> None:
    """专业目录：模板、导入、查看。"""


@specialty.command("template")
@template_options("专业模板.xlsx")
@pass_settings
def specialty_template(settings: Settings, **given: Unpack[TemplateOptions]) -> None:
    """写出专业目录的空白模板，填好后用 base specialty import 导入；不需要数据库。

    \b
    例：zhupei base specialty template
    """
    form = form_of(workbook_kinds.SPECIALTY, "住院医师规范化培训专业目录")
    write_forms(settings, [form], Choices(), **given)


@specialty.command("import")
@importing()
def import_specialties(taking: Import) -> None:
    """从工作簿导入专业目录（专业代码、专业名称、类别必填）。

    \b
    例：zhupei base specialty import 专业.xlsx
    """
    taking.run(SPECIALTY_IMPORT)


@specialty.command("list")
@list_options
@pass_settings
def list_specialties(settings: Settings, *, out: Out) -> None:
    """列出专业目录。

    \b
    例：zhupei base specialty list
    """
    with reading(settings.database_url) as session:
        rows = lists.list_specialties(session)
    show(rows, SPECIALTIES, out)
