"""`zhupei trainee employer`: the directory of employers."""

from typing import Unpack

import click

from zhupei_cli.services.kinds.employer import EMPLOYER_IMPORT
from zhupei_cli.services.reference import employers
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.writing.template import form_of
from zhupei_cli.shell.arguments import Whole
from zhupei_cli.store.engine import reading

from ..shared.importing import Import, importing
from ..shared.options import column_options, pass_settings
from ..shared.output import Column, Out, next_step, show
from ..shared.templates import TemplateAsked, template_options, write_forms

LIST = (
    Column("name", "单位名称"),
    Column("uscc", "统一社会信用代码"),
    Column("level", "级别"),
    Column("city", "所在地市"),
    Column("is_medical", "医疗机构"),
    Column("base", "培训基地"),
)


@click.group()
def employer() -> None:
    """单位库：查找、模板、导入。"""


@employer.command("search")
@click.argument("keyword", metavar="KEYWORD")
@click.option("--limit", type=Whole(0), default=20, show_default=True, help="最多列出几个，0 为全部")
@column_options
@pass_settings
def search(settings: Settings, keyword: str, *, limit: int, out: Out) -> None:
    """按关键字查找工作单位，包括培训基地；几个关键字用空格分开，须全部出现在名称中。

    \b
    例：zhupei trainee employer search 中心医院
        zhupei trainee employer search "郑州 人民医院"
    """
    with reading(settings.database_url) as session:
        rows = employers.search(session, keyword, limit=limit)
    show(rows, LIST, out)
    if not rows:
        next_step(
            settings, "zhupei trainee work add WHO --employer-name 单位名称", "找不到时直接写准确的单位名称"
        )


@employer.command("template")
@template_options("单位模板.xlsx")
@pass_settings
def template(settings: Settings, **given: Unpack[TemplateAsked]) -> None:
    """写出单位库的空白模板，填好后用 trainee employer import 导入。

    \b
    例：zhupei trainee employer template
    """
    form = form_of(workbook_kinds.EMPLOYER, "工作单位库")
    write_forms(settings, [form], Choices(), **given)


@employer.command("import")
@importing()
def import_(taking: Import) -> None:
    """从工作簿导入工作单位（单位名称必填）。

    已有的单位按名称更新，表中没有的保持不变。

    \b
    例：zhupei trainee employer import 单位.xlsx
    """
    taking.run(EMPLOYER_IMPORT)
