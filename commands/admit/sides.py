"""`zhupei admit compare` and `what-if`: results side by side, nothing written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import click

from zhupei_cli.rules.batch.settings import read_mark
from zhupei_cli.rules.proof.explanation_words import via_label
from zhupei_cli.services.admission import comparing
from zhupei_cli.services.applications import listing
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME, Whole, Word
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.vocabulary import ADJUST_SCOPE, IDENTITY, RULE, Identity

from ..shared.options import batch_option, format_options, pass_settings
from ..shared.output import Column, Out, Row, show, show_sheet
from .views import run_option

#: What 受损 means.
_WRONGED = "志愿岗位还有名额，或录取了按名次和保留名额都应在其后的人，本人却没有得到它"
#: Moves that people see without asking for a file.
_SHOWN_MOVES = 50


@click.command("compare")
@click.argument("numbers", metavar="RUN RUN [RUN…]", nargs=-1, required=True, type=Whole(1))
@batch_option
@click.option("--reveal", is_flag=True, help="去向不同的人连同姓名列出（会留下记录）")
@format_options
@pass_settings
def compare(
    settings: Settings, numbers: tuple[int, ...], *, batch: str | None, reveal: bool, out: Out
) -> None:
    """比较几次录取计算：人数、志愿、身份、空缺，以及谁的去向不同；人只列报名号。

    “受损”指志愿岗位还有名额，或录取了按名次和保留名额都应在其后的人，本人却没有得到它。

    \b
    例：zhupei admit compare 1 2
        zhupei admit compare 1 2 3 --reveal
    """
    if not 1 < len(numbers) <= len(comparing.SIDES):
        message = f"请写 2 至 {len(comparing.SIDES)} 次录取计算的编号，例如 1 2 3。"
        raise click.UsageError(message, click.get_current_context())
    with transaction(settings.database_url, read_only=not reveal) as session:
        found_batch = lookup.find_batch(session, batch)
        found = comparing.compare_runs(session, found_batch, numbers, reveal=reveal)
        if reveal:
            count = len(found["moved"])
            listing.record_reveal(
                session, found_batch, by=settings.acting(), what="admit compare", rows=count
            )
    _show_compared(found, [f"第 {number} 次" for number in numbers], out, named=reveal)


def _show_compared(found: comparing.Compared, names: Sequence[str], out: Out, *, named: bool) -> None:
    """Show figures and moves to people, the whole as JSON, the moves alone as a list."""
    moved = found["moved"]
    if out.format == "json":
        show_sheet(found, (), out)
        return
    sides = list(zip(comparing.SIDES, names, strict=False))
    if out.path is None and out.format == "table":
        columns = (Column("what", "项目"), *(Column(*side) for side in sides))
        show(_figures(found["runs"]), columns, out)
        if any(run["envy"] for run in found["runs"]):
            note(out.settings, f"受损：{_WRONGED}的考生人数")
        click.echo()
        if len(moved) > _SHOWN_MOVES:
            note(
                out.settings,
                f"去向不同的共 {len(moved)} 人，只列前 {_SHOWN_MOVES} 人；全部写入文件用 -o FILE",
            )
            moved = moved[:_SHOWN_MOVES]
    show(moved, list(_columns_of_moves(sides, named=named)), out)


def _columns_of_moves(sides: Iterable[tuple[str, str]], *, named: bool) -> Iterator[Column]:
    yield Column("application_no", "报名号")
    if named:
        yield Column("name", "姓名")
    for side, name in sides:
        yield Column(f"{side}_label", name)
        yield Column(f"{side}_via_label", "志愿")


def _figures(runs: Sequence[comparing.SideFigures]) -> list[dict[str, object]]:
    """Return the figures of some results, one a row."""
    ways = {via: via_label(via) for run in runs for via in run["by_via"]}
    admitted = runs[0]["by_identity"]
    # Hardly any batch takes postgraduates: no line says that there are none.
    there = [
        who for who in admitted if who != Identity.POSTGRAD or any(run["by_identity"][who] for run in runs)
    ]
    people = {who: IDENTITY.label(who) for who in there}
    return [
        *_rows(runs, {"rule_label": "录取规则", "candidates": "考生", "admitted": "录取"}),
        *_rows([run["by_via"] for run in runs], ways),
        *_rows([run["by_identity"] for run in runs], people),
        *_rows(runs, {"not_admitted": "未录取", "envy": "受损", "vacancies": "空缺名额"}),
    ]


def _rows(runs: Sequence[Row], words: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {"what": what, **{side: run.get(key, 0) for side, run in zip(comparing.SIDES, runs, strict=False)}}
        for key, what in words.items()
    ]


@click.command("what-if")
@click.option("--rule", type=Word(RULE), help="换一种录取规则")
@click.option(
    "--quota",
    "quotas",
    nargs=3,
    type=NAME,
    multiple=True,
    metavar="BASE SPECIALTY ±N",
    help="一个岗位的计划增减人数，例如 4101001 内科 +3；可写多次",
)
@click.option("--line", type=CODE, metavar="MARK", help="换一条最低分数线，0 至 100；none 表示不设")
@click.option("--adjust-scope", type=Word(ADJUST_SCOPE), help="换一种调剂范围")
@click.option("--no-adjust", is_flag=True, help="不做调剂")
@click.option("--no-reserves", is_flag=True, help="不设保留名额")
@partial(run_option, otherwise="已确定的主轮结果")
@batch_option
@format_options
@pass_settings
def what_if(
    settings: Settings,
    *,
    rule: str | None,
    quotas: tuple[tuple[str, str, str], ...],
    line: str | None,
    adjust_scope: str | None,
    no_adjust: bool,
    no_reserves: bool,
    number: int | None,
    batch: str | None,
    out: Out,
) -> None:
    """假设规则、计划、分数线、调剂范围或保留名额变了，与现在的录取计算比较；什么也不保存。

    \b
    例：zhupei admit what-if --rule stable
        zhupei admit what-if --quota 4101001 内科 +3 --line 60
    """
    assumed = comparing.Assumed(
        rule,
        [_quota(one) for one in quotas],
        _line(line),
        adjust_scope,
        False if no_adjust else None,
        no_reserves,
    )
    if assumed == comparing.Assumed(quotas=[]):
        raise click.UsageError("请至少写一项假设，例如 --rule stable。", click.get_current_context())
    with reading(settings.database_url) as session:
        found = comparing.what_if(session, lookup.find_batch(session, batch), assumed, number=number)
    run = found["runs"][0]["run"]
    if found["stale"]:
        note(settings, f"注意：第 {run} 次录取计算已过时，此后数据或参数有变；先运行 zhupei admit run")
    _show_compared(found, (f"第 {run} 次", "假设"), out, named=True)


def _quota(given: tuple[str, str, str]) -> tuple[str, str, int]:
    base, specialty, text = given
    sign, digits = text[:1], text[1:]
    if sign not in "+-" or not (digits.isascii() and digits.isdigit() and len(digits) < 7):
        message = f"--quota {base} {specialty} {text!r} 应写成增减的人数，例如 +3 或 -2。"
        raise click.UsageError(message, click.get_current_context())
    return base, specialty, int(text)


def _line(text: str | None) -> int | None:
    if text is None or text in ("none", "无"):
        return None if text is None else 0
    try:
        return read_mark(text)
    except ValueError as error:
        message = f"--line {text!r} 应为 0 至 100，最多两位小数，或 none。"
        raise click.UsageError(message, click.get_current_context()) from error
