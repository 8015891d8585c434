"""Batches made and changed: `zhupei batch create`, `zhupei batch edit`."""

from collections.abc import Iterable

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.rules.batch.setting_words import setting_in_words
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.admission.stages import passed_over
from zhupei_cli.services.batches import batch_views, batches, plans
from zhupei_cli.services.exams.candidates import has_seats
from zhupei_cli.shell.arguments import CODE, SETTING, Whole
from zhupei_cli.shell.logfile import note

from ..shared.consent import with_doubts
from ..shared.done import tell_cut_shares, tell_stale
from ..shared.formats import plan_line, shown
from ..shared.options import F, batch_argument, yes_option
from ..shared.output import Row
from ..shared.writing import Deed, writing


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
@yes_option
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

    原批次还有人可以递补的，或有空缺在停用的基地的，先提醒，在终端中提问：补录批次接去
    空缺名额以后不再递补，停用的基地的名额不转。
    """
    if like is not None and supplement_of is not None:
        raise click.UsageError("--like 和 --supplement-of 只能用一个。", click.get_current_context())
    if year is None and supplement_of is None:
        raise click.MissingParameter(ctx=click.get_current_context(), param=_param("year"))
    given = _given(pairs, name=name, apply_from=apply_from, apply_until=apply_until)

    def make(session: Session) -> tuple[batch_views.BatchShown, list[Finding]]:
        waiting = [] if supplement_of is None else passed_over(session, supplement_of)
        made = batches.create_batch(
            session, code, year=year, given=given, by=deed.by, like=like, supplement_of=supplement_of
        )
        if waiting:
            # It can be taken back, by cancelling the round.
            deed.require(
                f"新建补录批次 {code}，接去 {supplement_of} 的空缺名额，继续吗？", waiting, people=True
            )
        return batch_views.show_batch(session, made), waiting

    row, waiting = deed.do(make)
    summary: Row = with_doubts({**row, "doubts": waiting}) if supplement_of is not None else {**row}
    deed.tell(summary, f"已新建批次 {code}（{row['name']}）")
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

    def change(session: Session, found: Batch) -> tuple[str, list[batches.Changed], int, int, bool]:
        runs = batch_views.stored_runs(session, found)
        changes = batches.edit_batch(session, found, given, by=deed.by, reason=reason)
        stale = runs if any(batches.makes_stale(one["key"]) for one in changes) else 0
        keys = {one["key"] for one in changes}
        cut = plans.count_cut_shares(session, found) if "reserve.social_share" in keys else 0
        return found.code, changes, stale, cut, "ticket" in keys and has_seats(session, found)

    code, changes, stale, cut, ticketed = deed.in_batch(batch, change)
    summary = {"batch": code, "changes": changes, "stale_runs": stale}
    deed.tell(summary, f"批次 {code}：修改 {len(changes)} 项")
    for one in changes:
        key = one["key"]
        before, after = (setting_in_words(key, shown(value)) for value in (one["before"], one["after"]))
        deed.note(f"{batches.batch_label(key)}：{before or '空'} → {after or '空'}")
    tell_stale(deed.settings, stale)
    tell_cut_shares(deed.settings, cut, code)
    if ticketed:
        again = f"zhupei exam allot --again --batch {code}"
        deed.note(f"提醒：已有的准考证号不变，以后安排的用新的；要全部换新的：{again}（已印的准考证作废）")
