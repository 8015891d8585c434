"""`zhupei base template`, `import`, and those of specialties: workbooks filled in and taken in."""

from contextlib import suppress
from typing import Unpack

import click

from zhupei_cli.services.kinds.base import BASE_IMPORT
from zhupei_cli.services.kinds.specialty import SPECIALTY_IMPORT
from zhupei_cli.services.records.lookup import live_batches
from zhupei_cli.services.reports import overview
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.writing.template import form_of
from zhupei_cli.store.engine import reading
from zhupei_cli.words.errors import ZhupeiError

from ..shared.importing import Import, importing
from ..shared.options import (
    pass_settings,
)
from ..shared.templates import TemplateAsked, template_options, write_forms


@click.command("template")
@template_options("基地模板.xlsx")
@pass_settings
def template(settings: Settings, **given: Unpack[TemplateAsked]) -> None:
    """写出培训基地的空白模板，填好后用 base import 导入；不需要数据库。

    \b
    例：zhupei base template
        zhupei base template -o 基地.xlsx
    """
    form = form_of(workbook_kinds.BASE, "住院医师规范化培训基地")
    write_forms(settings, [form], Choices(), **given)


@click.command("import")
@importing()
def import_(taking: Import) -> None:
    """从工作簿导入培训基地（基地编号、基地名称、所在地市必填）。

    已有的基地按编号更新，表中没有的保持不变；空白格保持原样，填“清空”则清除。

    \b
    例：zhupei base import 基地.xlsx
    """
    if taking.run(BASE_IMPORT).import_id is not None and not taking.dry_run:
        steps: list[overview.NextStep] = []
        with suppress(ZhupeiError), reading(taking.settings.database_url) as session:
            steps = [] if live_batches(session) else overview.before_any_batch(session)
        for step in steps:
            taking.next(step.command, step.purpose)


@click.command("template")
@template_options("专业模板.xlsx")
@pass_settings
def specialty_template(settings: Settings, **given: Unpack[TemplateAsked]) -> None:
    """写出专业目录的空白模板，填好后用 base specialty import 导入；不需要数据库。

    \b
    例：zhupei base specialty template
    """
    form = form_of(workbook_kinds.SPECIALTY, "住院医师规范化培训专业目录")
    write_forms(settings, [form], Choices(), **given)


@click.command("import")
@importing()
def import_specialties(taking: Import) -> None:
    """从工作簿导入专业目录（专业代码、专业名称、类别必填）。

    \b
    例：zhupei base specialty import 专业.xlsx
    """
    taking.run(SPECIALTY_IMPORT)
