"""`zhupei exam sites`: sites and rooms (考点、考场), by workbook."""

from typing import Unpack

import click

from zhupei_cli.services.exams.rooms import list_rooms
from zhupei_cli.services.kinds.exam_room import EXAM_ROOM_IMPORT
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_ROOM
from zhupei_cli.sheets.writing.template import form_of
from zhupei_cli.store.engine import reading

from ..shared.importing import Import, importing
from ..shared.options import batch_option, list_options, pass_settings
from ..shared.output import Column, Out, show
from ..shared.templates import TemplateAsked, template_options, write_forms

LIST = (
    Column("site", "考点编号"),
    Column("site_name", "考点名称"),
    Column("address", "考点地址"),
    Column("city_label", "所在地市"),
    Column("room", "考场编号"),
    Column("seats", "座位数"),
    Column("row_count", "行数"),
    Column("column_count", "列数"),
    Column("seated", "已安排"),
    Column("free", "空座"),
)


@click.group("sites")
def sites() -> None:
    """考点和考场：模板、导入、列出。"""


@sites.command("template")
@template_options("考场模板.xlsx")
@pass_settings
def template(settings: Settings, **given: Unpack[TemplateAsked]) -> None:
    """写出考场的空白模板，一行一个考场，填好后用 exam sites import 导入。

    \b
    例：zhupei exam sites template
    """
    write_forms(settings, [form_of(EXAM_ROOM, "考场")], Choices(), **given)


@sites.command("import")
@batch_option
@importing()
def import_(taking: Import, *, batch: str | None) -> None:
    """从工作簿导入考点和考场；同一文件再导入一次不会有任何变化。

    没有写到的考场保持原样；不用的考场座位数写 0。锁定批次后不能再导入。

    \b
    例：zhupei exam sites import 考场.xlsx
    """
    outcome = taking.run_in_batch(EXAM_ROOM_IMPORT, batch)
    if outcome.counts.written and not taking.as_json:
        taking.next("zhupei exam allot", "报名结束、审核以后安排座位")


@sites.command("list")
@batch_option
@list_options
@pass_settings
def list_(settings: Settings, *, batch: str | None, out: Out) -> None:
    """列出考场，按安排座位的次序；写出的工作簿可以再导入。

    \b
    例：zhupei exam sites list -o 考场.xlsx
    """
    with reading(settings.database_url) as session:
        rows = list_rooms(session, lookup.find_batch(session, batch))
    show(rows, LIST, out)
