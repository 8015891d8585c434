"""`zhupei admit preplace`: seats given before anything is computed (在读专硕 and others), by workbook."""

from typing import Unpack

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.services.admission.preplacing import shown, taking_back
from zhupei_cli.services.applications import listing
from zhupei_cli.services.batches.batch_views import stored_runs
from zhupei_cli.services.kinds.preplace import PREPLACE_IMPORT
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.writing.template import form_of
from zhupei_cli.shell.arguments import CODE
from zhupei_cli.store.engine import transaction

from ..shared.done import tell_stale
from ..shared.importing import Import, importing
from ..shared.naming import numbered
from ..shared.options import batch_option, list_options, pass_settings, reveal_option
from ..shared.output import Column, Out, show
from ..shared.templates import TemplateAsked, choices_of, template_options, write_forms
from ..shared.writing import Deed, writing

LIST = (
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("identity_label", "个人身份"),
    Column("base", "基地编号"),
    Column("base_label", "基地名称"),
    Column("specialty", "专业代码"),
    Column("specialty_label", "安排专业"),
    Column("university", "培养高校"),
    Column("tutor", "导师"),
    Column("decided_at", "安排时间"),
)


@click.group("preplace")
def preplace() -> None:
    """预先安排：计算录取以前给在读专硕等安排名额。"""


@preplace.command("template")
@template_options("专硕安排.xlsx")
@batch_option
@pass_settings
def template(settings: Settings, *, batch: str | None, **given: Unpack[TemplateAsked]) -> None:
    """写出专硕安排的空白模板，填好后用 admit preplace import 导入。

    \b
    例：zhupei admit preplace template -o 专硕安排.xlsx
    """
    choices, _ = choices_of(settings, batch)
    form = form_of(workbook_kinds.PREPLACE, "在读专硕名额安排")
    write_forms(settings, [form], choices, **given)


@preplace.command("import")
@batch_option
@importing()
def import_(taking: Import, *, batch: str | None) -> None:
    """从工作簿安排名额（报名号或证件号码、基地、专业、培养高校、导师）；报名结束以后、定拟录取以前可用。

    安排的名额计入计划和上限，不参加排名，公示以后才显示；已有的录取计算随之过时。

    \b
    例：zhupei admit preplace import 专硕安排.xlsx
    """
    outcome = taking.run_in_batch(PREPLACE_IMPORT, batch)
    if outcome.import_id is not None:
        taking.next("zhupei admit preplace list", "查看预先安排的名额")


@preplace.command("list")
@batch_option
@reveal_option
@list_options
@pass_settings
def list_(settings: Settings, *, batch: str | None, reveal: bool, out: Out) -> None:
    """列出预先安排的名额；加 --reveal 写成的文件可原样再导入。

    \b
    例：zhupei admit preplace list -o 专硕安排.xlsx
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        rows = shown.list_preplaced(session, found, reveal=reveal)
        if reveal:
            what = "admit preplace list"
            listing.record_reveal(session, found, by=settings.acting(), what=what, rows=len(rows))
    show(rows, LIST, out)


@preplace.command("undo")
@click.argument("numbers", nargs=-1, required=True, metavar="NO…", type=CODE)
@numbered("numbers")
@click.option("--reason", required=True, help="撤销的原因")
@writing
def undo(deed: Deed, numbers: tuple[str, ...], *, batch: str | None, reason: str) -> None:
    """撤销预先安排的名额，本人又成为考生；要撤销整次导入用 imports undo。

    \b
    例：zhupei admit preplace undo HN2026-0000012 --reason 改报其他基地
    """

    def act(session: Session, found: Batch) -> tuple[list[taking_back.Unplaced], int]:
        done = taking_back.take_back(session, found, numbers, reason=reason, by=deed.by)
        return done, stored_runs(session, found)

    done, stale = deed.in_batch(batch, act)
    told = "、".join(one["application_no"] for one in done)
    deed.tell({"undone": done, "stale_runs": stale}, f"已撤销预先安排的名额 {len(done)} 个：{told}")
    tell_stale(deed.settings, stale)
