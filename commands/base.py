"""`zhupei base`: training bases and the catalogue of specialties."""

from collections.abc import Callable
from pathlib import Path

import click

from zhupei_cli.services import reference
from zhupei_cli.services.imports import Imported
from zhupei_cli.services.workbooks import read_workbooks
from zhupei_cli.settings import Settings
from zhupei_cli.sheets import kinds
from zhupei_cli.sheets.columns import Kind
from zhupei_cli.store.engine import reading, transaction

from ._imports import show_import
from ._options import dry_run_option, format_options, json_option, pass_settings, reveal_option
from ._output import Column, Out, next_step, show

BASES = (
    Column("code", "基地编号"),
    Column("name", "基地名称"),
    Column("level", "级别"),
    Column("city_label", "所在地市"),
    Column("contact_name", "联系人"),
    Column("contact_phone", "联系电话"),
    Column("status_label", "状态"),
)
SPECIALTIES = (
    Column("code", "专业代码"),
    Column("name", "专业名称"),
    Column("category", "类别"),
    Column("is_shortage", "紧缺"),
    Column("aliases", "别名"),
)

Take = Callable[..., Imported]


@click.group()
def base() -> None:
    """培训基地和专业目录：导入、查看。"""


@base.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@dry_run_option
@json_option
@pass_settings
def import_(settings: Settings, file: Path, *, dry_run: bool, as_json: bool) -> None:
    """从工作簿导入培训基地（基地编号、基地名称、所在地市必填）。

    已有的基地按编号更新，表中没有的保持不变；空白格保持原样，填“清空”则清除。

    \b
    例：zhupei base import 基地.xlsx
    """
    outcome = _import(settings, file, kinds.BASE, reference.import_bases, dry_run=dry_run, as_json=as_json)
    if outcome.import_id is not None and not dry_run:
        next_step(settings, "zhupei batch create HN2026 --name … --year 2026 …", "新建招收批次")


def _import(
    settings: Settings, file: Path, kind: Kind, take: Take, *, dry_run: bool, as_json: bool
) -> Imported:
    sheet = read_workbooks([file], kind)
    with transaction(settings.database_url, dry_run=dry_run) as session:
        outcome = take(session, sheet, by=settings.acting())
    show_import(settings, outcome, sheet, as_json=as_json, dry_run=dry_run)
    return outcome


@base.command("list")
@reveal_option
@format_options
@pass_settings
def list_(settings: Settings, *, reveal: bool, out: Out) -> None:
    """列出全部培训基地；联系电话默认遮盖。

    \b
    例：zhupei base list
        zhupei base list -o 基地.xlsx --reveal
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        rows = reference.list_bases(session, reveal_by=settings.acting() if reveal else None)
    show(rows, BASES, out)


@base.group("specialty")
def specialty() -> None:
    """专业目录：导入、查看。"""


@specialty.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@dry_run_option
@json_option
@pass_settings
def import_specialties(settings: Settings, file: Path, *, dry_run: bool, as_json: bool) -> None:
    """从工作簿导入专业目录（专业代码、专业名称、类别必填）。

    \b
    例：zhupei base specialty import 专业.xlsx
    """
    _import(settings, file, kinds.SPECIALTY, reference.import_specialties, dry_run=dry_run, as_json=as_json)


@specialty.command("list")
@format_options
@pass_settings
def list_specialties(settings: Settings, *, out: Out) -> None:
    """列出专业目录。

    \b
    例：zhupei base specialty list
    """
    with reading(settings.database_url) as session:
        rows = reference.list_specialties(session)
    show(rows, SPECIALTIES, out)
