"""`zhupei exam groups`: groups of the second exam (复试), by workbook, and their sheets."""

from pathlib import Path
from typing import Unpack

import click
from sqlalchemy.orm import Session

from zhupei_cli.files import refuse_existing, replacing
from zhupei_cli.model import Batch
from zhupei_cli.printing.exam_sheets import RoomSheet, render_sheets
from zhupei_cli.printing.fonts import find_fonts
from zhupei_cli.services.applications import listing
from zhupei_cli.services.applications.printing import NotPrinted
from zhupei_cli.services.kinds.exam_group import EXAM_GROUP_IMPORT
from zhupei_cli.services.marks.exam_groups import group_sheets, list_groups
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_GROUP
from zhupei_cli.sheets.writing.template import form_of
from zhupei_cli.shell.arguments import NAME
from zhupei_cli.store.engine import transaction

from ..shared.importing import Import, importing
from ..shared.options import batch_option, into_options, list_options, pass_settings, reveal_option
from ..shared.output import Column, Out, show
from ..shared.prints import font_option, show_prints
from ..shared.templates import TemplateAsked, template_options, write_forms
from ..shared.writing import Deed, writing

LIST = (
    Column("group", "组别"),
    Column("day", "日期"),
    Column("clock", "时间"),
    Column("place", "地点"),
    Column("application_no", "报名号"),
    Column("ticket", "准考证号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("specialty_label", "报名专业"),
)
_group_option = click.option(
    "--group", "names", type=NAME, multiple=True, metavar="NAME", help="只要这一组，可写多次"
)


@click.group("groups")
def groups() -> None:
    """复试分组：模板、导入、列出、签到表。"""


@groups.command("template")
@template_options("复试分组.xlsx")
@pass_settings
def template(settings: Settings, **given: Unpack[TemplateAsked]) -> None:
    """写出复试分组的空白模板，一行一人，填好后用 exam groups import 导入。

    \b
    例：zhupei exam groups template
    """
    write_forms(settings, [form_of(EXAM_GROUP, "复试分组")], Choices(), **given)


@groups.command("import")
@batch_option
@importing()
def import_(taking: Import, *, batch: str | None) -> None:
    """从工作簿导入谁在哪一组、哪天几点、在哪里复试；认报名号、证件号码或准考证号。

    没有写到的人保持原样；锁定批次后不能再导入。

    \b
    例：zhupei exam groups import 复试分组.xlsx
    """
    outcome = taking.run_in_batch(EXAM_GROUP_IMPORT, batch)
    if outcome.counts.written and not taking.as_json:
        taking.next("zhupei notice export --event 复试 -o 短信.xlsx", "通知考生")


@groups.command("list")
@batch_option
@_group_option
@reveal_option
@list_options
@pass_settings
def list_(settings: Settings, *, batch: str | None, names: tuple[str, ...], reveal: bool, out: Out) -> None:
    """列出复试分组，按日期、时间和组别；加 --reveal 写成的文件可原样再导入。

    \b
    例：zhupei exam groups list --group 内科一组
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        rows = list_groups(session, found, groups=names, reveal=reveal)
        if reveal:
            listing.record_reveal(
                session, found, by=settings.acting(), what="exam groups list", rows=len(rows)
            )
    show(rows, LIST, out)


@groups.command("sheets")
@batch_option
@_group_option
@into_options("写入这个 .pdf 文件", ending=".pdf")
@font_option
@writing
def sheets(
    deed: Deed,
    *,
    batch: str | None,
    names: tuple[str, ...],
    target: Path,
    more_fonts: tuple[Path, ...],
    force: bool,
) -> None:
    """印制复试签到表（PDF，A4，按组分页），证件号码遮盖。

    \b
    例：zhupei exam groups sheets -o 复试签到表.pdf
    """
    refuse_existing(target, force=force)
    fonts = find_fonts(deed.settings.fonts, more_fonts)

    def prepare(session: Session, found: Batch) -> tuple[list[RoomSheet], NotPrinted, str]:
        return *group_sheets(session, found, groups=names, by=deed.by, fonts=fonts), found.name

    made, refused, name = deed.in_batch(batch, prepare)
    if made:
        with replacing(target, force=force, keep=not deed.dry_run) as beside:
            beside.write_bytes(render_sheets("sign", made, batch=f"{name}复试", time="", fonts=fonts))
    people = sum(len(one.people) for one in made)
    summary = {"people": people, "groups": len(made), "file": str(target) if made else None}
    where = f"，存放在 {target}" if made else ""
    show_prints(deed, summary, f"印制 {len(made)} 组、{people} 人的复试签到表{where}", refused)
