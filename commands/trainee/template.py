"""`zhupei trainee template`: the workbook people are registered with."""

from typing import Unpack

import click

from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.writing.template import form_of

from ..shared.options import batch_option, pass_settings
from ..shared.templates import TemplateAsked, choices_of, template_options, write_forms


@click.command("template")
@template_options("报名信息模板.xlsx")
@batch_option
@pass_settings
def template(settings: Settings, *, batch: str | None, **given: Unpack[TemplateAsked]) -> None:
    """写出报名信息的空白模板（另有教育经历、工作经历两个工作表），填好后用 trainee import 导入。

    专业和基地的下拉列表按批次的招收计划，先选专业就只列招收它的基地，先选基地就只列它招收的专业。
    没有数据库时也能用，只是没有基地可选。

    \b
    例：zhupei trainee template
        zhupei trainee template --batch HN2026 -o 报名信息.xlsx
    """
    choices, name = choices_of(settings, batch)
    forms = [
        form_of(kind, f"{name} {kind.title}".strip())
        for kind in (workbook_kinds.PERSON, workbook_kinds.EDUCATION, workbook_kinds.WORK)
    ]
    write_forms(settings, forms, choices, importing="zhupei trainee import", **given)
