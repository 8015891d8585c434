"""`zhupei trainee bar`: records of conduct (诚信记录)."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import Unpack

import click
from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun
from zhupei_cli.services.admission.readiness import left_standing
from zhupei_cli.services.kinds.bar import BAR_IMPORT
from zhupei_cli.services.kinds.parts.written import load_ids
from zhupei_cli.services.people import bars
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.writing.template import form_of
from zhupei_cli.shell.arguments import NAME, REASON, Whole, Word
from zhupei_cli.shell.days import DAY
from zhupei_cli.shell.logfile import warn
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError, sentence
from zhupei_cli.words.vocabulary import BAR_KIND, BAR_STATE

from ..shared.importing import Import, importing
from ..shared.naming import who_argument
from ..shared.options import (
    list_options,
    pass_settings,
    reveal_option,
    yes_option,
)
from ..shared.output import Column, Out, show
from ..shared.templates import TemplateAsked, template_options, write_forms
from ..shared.writing import Deed, writing

LIST = (
    Column("bar", "编号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("kind_label", "类别"),
    Column("from_date", "起始日期"),
    Column("until", "截止日期"),
    Column("state_label", "状态"),
    Column("reason", "原因"),
    Column("source", "来源"),
)


#: Applications that a message names one by one.
_NAMED = 10


@click.group()
def bar() -> None:
    """诚信记录：模板、导入、登记、列出、确认、解除、导出。"""


@bar.command("template")
@template_options("诚信名单模板.xlsx")
@pass_settings
def template(settings: Settings, **given: Unpack[TemplateAsked]) -> None:
    """写出诚信名单的空白模板，填好后用 trainee bar import 导入。

    \b
    例：zhupei trainee bar template
    """
    form = form_of(workbook_kinds.BAR, "诚信名单")
    write_forms(settings, [form], Choices(), **given)


@bar.command("import")
@click.option("--pending", is_flag=True, help="导入为待确认，以后用 trainee bar activate 确认")
@importing()
def import_(taking: Import, *, pending: bool) -> None:
    """从工作簿导入诚信名单，立即生效；同一文件再导入一次不会有任何变化。

    同一人同类别、同一起始日期的是同一条，年限和原因照表中的更新，状态不变。

    \b
    例：zhupei trainee bar import 诚信名单.xlsx
    """
    done = taking.run(BAR_IMPORT, pending=pending)
    if done.import_id is not None and not taking.dry_run:
        with suppress(ZhupeiError), reading(taking.settings.database_url) as session:
            written = load_ids(session, session.get_one(ImportRun, done.import_id), "bar")
            _tell_applied(taking, *left_standing(session, written))


@bar.command("add")
@who_argument
@click.option("--kind", required=True, type=Word(BAR_KIND), help="类别：违约退培、无故未报到、作弊、其他")
@click.option("--from", "from_date", type=DAY, metavar="DATE", help="起始日期；不写为今天")
@click.option("--years", type=Whole(1, 50), metavar="N", help="年限；不写为不限期")
@click.option("--reason", required=True, type=REASON, help="原因")
@click.option("--source", help="来源，例如文号")
@click.option("--pending", is_flag=True, help="登记为待确认，以后再确认")
@writing
def add(
    deed: Deed,
    who: str,
    *,
    kind: str,
    from_date: date | None,
    years: int | None,
    reason: str,
    source: str | None,
    pending: bool,
) -> None:
    """登记一条诚信记录，立即生效；限制期内此人不能报名。

    \b
    例：zhupei trainee bar add 王小明 --kind 作弊 --years 3 --reason 代考
    """

    def act(session: Session) -> tuple[bars.BarShown, tuple[list[str], str]]:
        by = deed.by
        row = bars.enter_bar(
            session,
            who,
            kind=kind,
            from_date=from_date or by.today,
            years=years,
            reason=reason,
            source=source,
            by=by,
            pending=pending,
        )
        return row, left_standing(session, [row["bar"]])

    row, (applied, cure) = deed.do(act)
    said = f"已登记诚信记录 {row['bar']}：{row['name']}（{row['state_label']}）"
    deed.tell({**row, "applications": applied}, said)
    _tell_applied(deed, applied, cure)
    if pending:
        deed.next(f"zhupei trainee bar activate {row['bar']} --reason 原因", "确认生效")


@bar.command("list")
@click.option("--state", type=Word(BAR_STATE), help="只列待确认、生效或已解除的")
@click.option("--who", type=NAME, metavar="WHO", help="只列这个人的")
@reveal_option
@list_options
@pass_settings
def list_(settings: Settings, *, state: str | None, who: str | None, reveal: bool, out: Out) -> None:
    """列出诚信记录，最近的在前。

    \b
    例：zhupei trainee bar list --state 待确认
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        rows = bars.list_bars(session, state=state, who=who, reveal=reveal)
        if reveal:
            bars.record_list(session, len(rows), by=settings.acting(), export=False)
    show(rows, LIST, out)


@bar.command("export")
@click.option("--state", type=Word(BAR_STATE), help="只导出待确认、生效或已解除的")
@list_options
@pass_settings
def export(settings: Settings, *, state: str | None, out: Out) -> None:
    """导出诚信名单，证件号码是完整的；导出会留下记录。

    \b
    例：zhupei trainee bar export -o 诚信名单.xlsx
    """
    with transaction(settings.database_url) as session:
        rows = bars.list_bars(session, state=state, reveal=True)
        bars.record_list(session, len(rows), by=settings.acting(), export=True)
    show(rows, LIST, out)


def _stepping(command: Callable[..., None]) -> Callable[..., None]:
    command = writing(command)
    for option in (
        yes_option,
        click.option("--reason", required=True, type=REASON, help="原因，随记录保存"),
        click.argument("numbers", nargs=-1, required=True, metavar="BAR…", type=Whole(1)),
    ):
        command = option(command)
    return command


@bar.command("activate")
@_stepping
def activate(deed: Deed, numbers: tuple[int, ...], *, reason: str) -> None:
    """确认待确认的诚信记录，从此生效。

    \b
    例：zhupei trainee bar activate 3 --reason 省卫健委核定
    """
    _step(deed, "activate", "生效", numbers, reason=reason)


@bar.command("lift")
@_stepping
def lift(deed: Deed, numbers: tuple[int, ...], *, reason: str) -> None:
    """解除诚信记录，此人可以报名。

    \b
    例：zhupei trainee bar lift 3 --reason 查明无误
    """
    _step(deed, "lift", "解除", numbers, reason=reason)


def _step(deed: Deed, verb: str, label: str, numbers: tuple[int, ...], *, reason: str) -> None:
    def act(session: Session) -> tuple[list[bars.BarShown], tuple[list[str], str]]:
        moved = bars.step_bars(session, numbers, verb, reason=reason, by=deed.by)
        return moved, left_standing(session, [row["bar"] for row in moved])

    moved, (applied, cure) = deed.do(act)
    same = len(dict.fromkeys(numbers)) - len(moved)
    standing = f"，另有 {same} 条已经是这样，不必再做" if same else ""
    deed.tell({"bars": moved, "applications": applied}, f"{label}：{len(moved)} 条{standing}")
    _tell_applied(deed, applied, cure)


def _tell_applied(deed: Deed | Import, applied: Sequence[str], cure: str) -> None:
    if applied and not deed.as_json:
        named = "、".join(applied[:_NAMED]) + (f" 等 {len(applied)} 份" if len(applied) > _NAMED else "")
        told = sentence("E814", {"numbers": named, "example": applied[0], "cure": cure})
        warn(deed.settings, f"提醒 [E814]：{told}")
