"""`zhupei batch`: recruitment batches. Steps are in `batch_steps`, the plan is in `batch_plan`."""

from collections.abc import Iterable

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.rules.batch.setting_words import in_words, label_of
from zhupei_cli.rules.batch.settings import SETTINGS
from zhupei_cli.services.batches import batches, plans
from zhupei_cli.services.exams.candidates import has_seats
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, SETTING, Whole
from zhupei_cli.shell.lazy import LazyGroup
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, APPLICATION_STATUS, CodeTable

from ..shared.done import tell_cut_shares, tell_stale
from ..shared.formats import plan_line, shown
from ..shared.options import (
    F,
    batch_argument,
    format_options,
    list_options,
    pass_settings,
)
from ..shared.output import Column, Out, show, show_sheet
from ..shared.writing import Deed, writing

_STEPS, _PLAN = "zhupei_cli.commands.batch.steps", "zhupei_cli.commands.batch.plan"
_HERE = "zhupei_cli.commands.batch.group"

LIST = (
    Column("batch", "批次"),
    Column("name", "名称"),
    Column("year", "年份"),
    Column("status_label", "状态"),
    Column("apply_from", "报名开始"),
    Column("apply_until", "报名截止"),
    Column("seats", "计划人数"),
    Column("applications", "报名人数"),
)
SHEET = (
    *LIST[:4],
    *(Column(key, label) for key, label in batches.DATES.items()),
    Column("plan_line", "招收计划"),
    Column("applications_line", "报名"),
    Column("runs", "录取计算次数"),
    Column("admissions_line", "录取"),
)


@click.group(
    cls=LazyGroup,
    lazy={
        "create": (f"{_HERE}:create", "新建批次"),
        "list": (f"{_HERE}:list_", "列出批次"),
        "show": (f"{_HERE}:show_", "查看一个批次的日期、设置和进展"),
        "edit": (f"{_HERE}:edit", "修改名称、日期和设置"),
        "plan": (f"{_PLAN}:plan", "招收计划：导入、查看、修改"),
        "open": (f"{_STEPS}:open_", "开放报名"),
        "extend": (f"{_STEPS}:extend", "延长报名时间"),
        "close": (f"{_STEPS}:close", "结束报名"),
        "reopen": (f"{_STEPS}:reopen", "重新开放报名"),
        "lock": (f"{_STEPS}:lock", "锁定，准备录取"),
        "unlock": (f"{_STEPS}:unlock", "解除锁定"),
        "publish": (f"{_STEPS}:publish", "公示拟录取名单"),
        "finalize": (f"{_STEPS}:finalize", "正式录取"),
        "seal": ("zhupei_cli.commands.batch.seal:seal", "封存：写出可独立核对的文件"),
        "archive": (f"{_STEPS}:archive", "归档"),
        "cancel": (f"{_STEPS}:cancel", "取消批次"),
    },
)
def batch() -> None:
    """招收批次：新建、设置、推进，以及招收计划。"""


def _set_option(command: F) -> F:
    return click.option(
        "--set",
        "pairs",
        multiple=True,
        type=SETTING,
        metavar="KEY=VALUE",
        help="设置项，可写多次，例如 weights=笔试=0.5,技能=0.5 或 审核截止=2026-07-05",
    )(command)


def _given(pairs: Iterable[str], **options: str | None) -> dict[str, str]:
    """Return what is to be set, from --set and from options of their own."""
    given = {key: value for key, value in options.items() if value is not None}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--set {pair!r} 应写成 KEY=VALUE。", click.get_current_context())
        given[batches.key_of(key.strip())] = value
    return given


@click.command("create")
@click.argument("code", metavar="CODE", type=CODE)
@click.option("--name", required=True, help="批次名称")
@click.option("--year", type=Whole(2000, 2100), help="招收年份；补录批次与原批次相同，可以不写")
@click.option("--apply-from", required=True, metavar="TIME", help="报名开始时间，例如 2026-06-01")
@click.option("--apply-until", required=True, metavar="TIME", help="报名截止时间；只写日期即到当天 23:59:59")
@click.option("--like", type=CODE, metavar="CODE", help="照这个批次的设置和招收计划")
@click.option(
    "--supplement-of", type=CODE, metavar="CODE", help="补录：取这个已正式录取的批次的设置和空缺名额"
)
@_set_option
@writing
def create(
    deed: Deed,
    code: str,
    *,
    name: str,
    year: int | None,
    apply_from: str,
    apply_until: str,
    like: str | None,
    supplement_of: str | None,
    pairs: tuple[str, ...],
) -> None:
    """新建招收批次，状态为筹备中；报名号以批次编号开头。

    \b
    例：zhupei batch create HN2026 --name 2026年招收 --year 2026 \\
          --apply-from 2026-06-01 --apply-until 2026-06-20
        zhupei batch create HN2026B --supplement-of HN2026 --name 补录 \\
          --apply-from 2026-09-01 --apply-until 2026-09-05
    """
    if like is not None and supplement_of is not None:
        raise click.UsageError("--like 和 --supplement-of 只能用一个。", click.get_current_context())
    if year is None and supplement_of is None:
        raise click.MissingParameter(ctx=click.get_current_context(), param=_param("year"))
    given = _given(pairs, name=name, apply_from=apply_from, apply_until=apply_until)

    def make(session: Session) -> batches.BatchShown:
        made = batches.create_batch(
            session, code, year=year, given=given, by=deed.by, like=like, supplement_of=supplement_of
        )
        return batches.show_batch(session, made)

    row = deed.do(make)
    deed.tell(row, f"已新建批次 {code}（{row['name']}）")
    following, purpose = f"zhupei batch plan import 招收计划.xlsx --batch {code}", "导入招收计划"
    if supplement_of is not None:
        following, purpose = f"zhupei batch open {code}", "开放补录报名"
    elif row["plan"]["places"]:
        following, purpose = (
            f"zhupei batch plan list --batch {code}",
            "核对招收计划，需要时用 batch plan set 修改",
        )
        if not deed.dry_run:
            note(deed.settings, f"招收计划照批次 {like}：" + plan_line(row["plan"]))
    deed.next(following, purpose, in_json=True)


def _param(name: str) -> click.Parameter:
    return next(one for one in click.get_current_context().command.params if one.name == name)


@click.command("list")
@click.option("--open", "open_only", is_flag=True, help="只列现在可以报名的")
@list_options
@pass_settings
def list_(settings: Settings, *, open_only: bool, out: Out) -> None:
    """列出招收批次。

    \b
    例：zhupei batch list
        zhupei batch list --open --json
    """
    with reading(settings.database_url) as session:
        rows = batches.list_batches(session, by=settings.acting(), open_only=open_only)
    show(rows, LIST, out)


@click.command("show")
@batch_argument
@format_options
@pass_settings
def show_(settings: Settings, *, batch: str | None, out: Out) -> None:
    """查看一个批次：日期、全部设置、招收计划合计、报名和录取人数。

    \b
    例：zhupei batch show HN2026
    """
    with reading(settings.database_url) as session:
        row = batches.show_batch(session, lookup.find_batch(session, batch))
    keys = tuple(Column(f"settings.{key}", label_of(key)) for key in sorted(row["settings"], key=_place))
    show_sheet(row if out.format.startswith("json") else _as_lines(row), (*SHEET, *keys), out)


def _place(key: str) -> int:
    """Return where a setting stands in a sheet for people."""
    return list(SETTINGS).index(key) if key in SETTINGS else len(SETTINGS)


def _as_lines(row: batches.BatchShown) -> dict[str, object]:
    """Return the row with its counts and settings as texts, for a sheet people read."""
    return {
        **row,
        "plan_line": plan_line(row["plan"]),
        "applications_line": _counted(row["applications"], APPLICATION_STATUS),
        "admissions_line": _counted(row["admissions"] or {}, ADMISSION_STATUS),
        **{f"settings.{key}": in_words(key, value) for key, value in row["settings"].items()},
    }


def _counted(counts: dict[str, int], words: CodeTable) -> list[str]:
    return [f"{words.label(status)} {counts[status]}" for status in words.labels if status in counts]


@click.command("edit")
@batch_argument
@click.option("--name", help="批次名称")
@click.option("--apply-from", metavar="TIME", help="报名开始时间")
@click.option("--apply-until", metavar="TIME", help="报名截止时间")
@_set_option
@click.option("--reason", help="修改的原因")
@writing
def edit(
    deed: Deed,
    *,
    batch: str | None,
    name: str | None,
    apply_from: str | None,
    apply_until: str | None,
    pairs: tuple[str, ...],
    reason: str | None,
) -> None:
    """修改批次的名称、日期和设置；每一项何时还能改，见 zhupei explain E405。

    \b
    例：zhupei batch edit HN2026 --set min_score=60 --set contact=0371-00000000
        zhupei batch edit HN2026 --apply-until "2026-06-25 18:00"
    """
    given = _given(pairs, name=name, apply_from=apply_from, apply_until=apply_until)
    if not given:
        raise click.UsageError("没有写明要修改什么，例如 --set min_score=60。", click.get_current_context())

    seated: list[bool] = []

    def change(session: Session, found: Batch) -> tuple[str, list[batches.Changed], int, int]:
        runs = batches.stored_runs(session, found)
        changes = batches.edit_batch(session, found, given, by=deed.by, reason=reason)
        stale = runs if any(batches.makes_stale(one["key"]) for one in changes) else 0
        shared = any(one["key"] == "reserve.social_share" for one in changes)
        seated[:] = [any(one["key"] == "ticket" for one in changes) and has_seats(session, found)]
        return found.code, changes, stale, plans.count_cut_shares(session, found) if shared else 0

    code, changes, stale, cut = deed.in_batch(batch, change)
    summary = {"batch": code, "changes": changes, "stale_runs": stale}
    deed.tell(summary, f"批次 {code}：修改 {len(changes)} 项")
    for one in changes:
        key = one["key"]
        before, after = (in_words(key, shown(value)) for value in (one["before"], one["after"]))
        deed.note(f"{batches.batch_label(key)}：{before or '空'} → {after or '空'}")
    tell_stale(deed.settings, stale)
    tell_cut_shares(deed.settings, cut, code)
    if any(seated):
        again = f"zhupei exam allot --again --batch {code}"
        deed.note(f"提醒：已有的准考证号不变，以后安排的用新的；要全部换新的：{again}（已印的准考证作废）")
