"""`zhupei batch plan`: the places of a batch."""

from collections.abc import Callable, Iterator, Mapping
from typing import Unpack

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.rules.batch.settings import read_mark
from zhupei_cli.services.batches import batch_views, plans
from zhupei_cli.services.kinds.plan import PLAN_IMPORT
from zhupei_cli.services.records import lookup
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.writing.template import form_of, wide_form
from zhupei_cli.shell.arguments import NAME, Whole
from zhupei_cli.store.engine import reading

from ..shared.done import tell_cut_shares, tell_stale
from ..shared.importing import Import, importing
from ..shared.options import batch_option, list_options, pass_settings
from ..shared.output import Column, Out, show
from ..shared.templates import TemplateAsked, choices_of, template_options, write_forms
from ..shared.writing import Deed, writing

LIST = (
    Column("base", "基地编号"),
    Column("base_label", "基地名称"),
    # Of joint bases alone.
    Column("main_base_label", "主基地"),
    Column("specialty", "专业代码"),
    # Not 专业 or 专业名称: those are other headings of 专业代码, and files of this list are imported again.
    Column("specialty_label", "招收专业"),
    Column("quota", "计划人数"),
    Column("taken", "已占"),
    Column("preplaced", "其中预先安排"),
    Column("vacant", "空缺"),
    Column("ceded", "转补录"),
    Column("min_score", "最低分"),
    Column("max_own", "本单位上限"),
    Column("max_entrusted", "委托培养上限"),
    Column("max_social", "社会招收上限"),
    Column("max_postgrad", "专硕上限"),
    Column("reserve_own", "本单位保留"),
    Column("reserve_entrusted", "委托培养保留"),
    Column("reserve_social", "社会招收保留"),
    Column("reserve_postgrad", "专硕保留"),
    # By the share of the batch for who comes from the public; what there is no room for.
    Column("reserve_shared", "按比例保留"),
    Column("reserve_cut", "比例留不足"),
    Column("stopped_label", "状态"),
    Column("capacity", "培训容量"),
)
_LIMITS = {column.key: column.heading for column in LIST if column.key.startswith("max_")}
_RESERVES = {column.key: column.heading for column in LIST if column.key in plans.RESERVES}
#: What is shown only where there is something to say of it.
_RARE = (
    "main_base_label",
    "ceded",
    "preplaced",
    "max_postgrad",
    *_RESERVES,
    "reserve_shared",
    "reserve_cut",
    "capacity",
)
_NO_LIMIT = ("none", "无")


@click.group()
def plan() -> None:
    """招收计划：模板、导入、查看、修改。"""


@plan.command("template")
@template_options("招收计划模板.xlsx")
@click.option("--wide", is_flag=True, help="一行一个基地、一列一个专业；已有的基地都列好")
@pass_settings
def template(settings: Settings, *, wide: bool, **given: Unpack[TemplateAsked]) -> None:
    """写出招收计划的空白模板，填好后用 batch plan import 导入。

    基地和专业从数据库中已有的里面选；没有数据库时只有程序自带的专业。

    \b
    例：zhupei batch plan template
        zhupei batch plan template --wide -o 招收计划.xlsx
    """
    choices, _ = choices_of(settings, any_batch=False)
    title = "住院医师规范化培训招收计划"
    form = wide_form(title, choices) if wide else form_of(workbook_kinds.PLAN, title)
    write_forms(settings, [form], choices, **given)


@plan.command("import")
@batch_option
@importing()
def import_(taking: Import, *, batch: str | None) -> None:
    """从工作簿导入招收计划：一行一个岗位，或一行一个基地、一列一个专业。

    已有的岗位更新，表中没有的保持不变；空白格保持原样。

    \b
    例：zhupei batch plan import 招收计划.xlsx --batch HN2026
    """
    code, runs = "", 0

    def act(session: Session, sheet: Reading) -> Imported:
        nonlocal code, runs
        found = lookup.find_batch(session, batch)
        code, runs = found.code, batch_views.stored_runs(session, found)
        return PLAN_IMPORT.take(session, sheet, batch=found, by=taking.by)

    done = taking.take(PLAN_IMPORT, act)
    tell_stale(taking.settings, runs if done.outcome.counts.written else 0)
    if taking.show(done).import_id is not None:
        taking.next(f"zhupei batch open {code}", "开放报名")


@plan.command("list")
@batch_option
@click.option("--base", type=NAME, help="只看这个基地的（编号或名称）")
@click.option("--specialty", type=NAME, help="只看这个专业的（代码或名称）")
@list_options
@pass_settings
def list_(
    settings: Settings, *, batch: str | None, base: str | None, specialty: str | None, out: Out
) -> None:
    """列出招收计划和已占名额；写成文件后可原样再导入，也可改好再导入。

    \b
    例：zhupei batch plan list --base 4101001
        zhupei batch plan list -o 招收计划.xlsx
    """
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        rows = plans.list_plan(
            session,
            found,
            base=base and lookup.find_base(session, base),
            specialty=specialty and lookup.find_specialty(session, specialty),
        )
        name, code = found.name, found.code
    said = {key for row in rows for key in _RARE if row.get(key)}
    columns = [column for column in LIST if column.key not in _RARE or column.key in said]
    show(rows, columns, out, title="招收计划", batch_name=name)
    tell_cut_shares(settings, sum(1 for row in rows if row["reserve_cut"]), code)


def _place_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what every change of one place takes."""
    for option in (
        writing,
        click.option("--reason", metavar="REASON", help="修改的原因"),
        batch_option,
        click.argument("specialty", metavar="SPECIALTY", type=NAME),
        click.argument("base", metavar="BASE", type=NAME),
    ):
        command = option(command)
    return command


@plan.command("set")
@click.argument("base", metavar="BASE", type=NAME)
@click.argument("specialty", metavar="SPECIALTY", type=NAME)
@click.argument("quota", metavar="QUOTA", type=Whole(0, 100_000))
@click.option("--min-score", metavar="MARK", help="最低分，0 至 100；none 表示不设")
@click.option("--max-own", metavar="N", help="本单位住院医师上限；none 表示不限")
@click.option("--max-entrusted", metavar="N", help="委托培养住院医师上限；none 表示不限")
@click.option("--max-social", metavar="N", help="面向社会招收上限；none 表示不限")
@click.option("--max-postgrad", metavar="N", help="在读专硕上限；none 表示不限")
@click.option("--reserve-own", metavar="N", help="为本单位住院医师保留的名额；0 表示不保留")
@click.option("--reserve-entrusted", metavar="N", help="为委托培养住院医师保留的名额")
@click.option("--reserve-social", metavar="N", help="为面向社会招收保留的名额；0 表示按批次的比例保留")
@click.option("--reserve-postgrad", metavar="N", help="为在读专硕保留的名额")
@click.option("--capacity", metavar="N", help="培训容量，各年级合计；none 表示没有规定")
@click.option("--reason", metavar="REASON", help="修改的原因")
@batch_option
@writing
def set_(
    deed: Deed,
    base: str,
    specialty: str,
    quota: int,
    *,
    batch: str | None,
    min_score: str | None,
    reason: str | None,
    **numbers: str | None,
) -> None:
    """设定一个岗位的计划人数、最低分、身份上限、保留名额和培训容量；没有这个岗位就新增。

    保留名额先给这种身份的考生，他们用不完的对所有人开放。批次设了 reserve.social_share 的，
    没有写社会招收保留的岗位都按这个比例保留。

    \b
    例：zhupei batch plan set 4101001 内科 20 --min-score 60 --max-own 5
        zhupei batch plan set 4101001 内科 20 --reserve-social 10
    """
    terms = {"quota": quota, **_given(min_score, numbers)}
    _set(deed, base, specialty, terms, batch=batch, reason=reason)


def _given(min_score: str | None, numbers: Mapping[str, str | None]) -> dict[str, int | None]:
    terms = {} if min_score is None else {"min_score": _line(min_score)}
    for name, text in numbers.items():
        if text is not None:
            number = _limit(name, text)
            terms[name] = number or 0 if name in _RESERVES else number
    return terms


#: What a place may also say, as people read it.
def _line(text: str) -> int | None:
    try:
        return None if text in _NO_LIMIT else read_mark(text)
    except ValueError as error:
        message = f"--min-score {text!r} 应为 0 至 100，最多两位小数，或 none。"
        raise click.UsageError(message, click.get_current_context()) from error


def _limit(name: str, text: str) -> int | None:
    if text in _NO_LIMIT:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        option = f"--{name.replace('_', '-')}"
        raise click.UsageError(f"{option} {text!r} 应为整数，或 none。", click.get_current_context())
    return int(text)


def _set(
    deed: Deed,
    base: str,
    specialty: str,
    terms: dict[str, int | None],
    *,
    batch: str | None,
    reason: str | None,
) -> None:
    def change(session: Session, found: Batch) -> tuple[plans.PlaceSet, int]:
        runs = batch_views.stored_runs(session, found)
        row = plans.set_place(session, found, base, specialty, by=deed.by, terms=terms, reason=reason)
        return row, runs if row["changed"] else 0

    row, stale = deed.in_batch(batch, change)
    sentence = f"{row['base_label']} 的 {row['specialty_label']}：{'，'.join(_terms(row))}"
    deed.tell({**row, "stale_runs": stale}, sentence)
    tell_stale(deed.settings, stale)


def _terms(row: plans.PlaceSet) -> Iterator[str]:
    """Yield what a place says, each term with its value; limits and lines only where there are any."""
    yield f"计划 {row['quota']} 人"
    if row["taken"] is not None:
        yield f"已占 {row['taken']} 人"
    if row["min_score"] is not None:
        yield f"最低分 {row['min_score']}"
    for key, label in _LIMITS.items():
        if (most := row.get(key)) is not None:
            yield f"{label} {most} 人"
    for key, label in _RESERVES.items():
        if seats := row.get(key):
            yield f"{label} {seats} 人"
    if row["reserve_shared"]:
        yield f"按比例为社会招收保留 {row['reserve_shared']} 人"
    if row["capacity"] is not None:
        yield f"培训容量 {row['capacity']} 人"
    if row["stopped"]:
        yield "停招"


@plan.command("stop")
@_place_options
def stop(deed: Deed, base: str, specialty: str, *, batch: str | None, reason: str | None) -> None:
    """停招一个岗位：不能再填报，录取时不再招人；已占的名额保留。

    \b
    例：zhupei batch plan stop 4101001 内科 --reason 师资不足
    """
    _set(deed, base, specialty, {"stopped": True}, batch=batch, reason=reason)


@plan.command("resume")
@_place_options
def resume(deed: Deed, base: str, specialty: str, *, batch: str | None, reason: str | None) -> None:
    """恢复停招的岗位。

    \b
    例：zhupei batch plan resume 4101001 内科
    """
    _set(deed, base, specialty, {"stopped": False}, batch=batch, reason=reason)
