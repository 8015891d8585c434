"""`zhupei admit explain`, `compare` and `what-if`: results looked at, nothing written."""

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy.orm import Session

from zhupei_cli.display import harmless
from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.settings import read_mark
from zhupei_cli.rules.proof.explanation_words import via_label
from zhupei_cli.services.admission import comparing, explaining, explaining_result
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME, Whole, Word
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading
from zhupei_cli.words.vocabulary import ADJUST_SCOPE, IDENTITY, RULE

from ..shared.formats import shown
from ..shared.naming import numbered
from ..shared.options import F, batch_option, format_options, pass_settings
from ..shared.output import Column, Out, show, show_sheet

STEPS = (
    Column("choice_label", "志愿"),
    Column("base_label", "基地"),
    Column("specialty_label", "专业"),
    Column("quota", "计划人数"),
    Column("line", "分数线"),
    Column("total", "总成绩"),
    Column("rank", "名次"),
    Column("cutoff", "志愿最低分"),
    Column("decided", "结果"),
)
RANKING = (
    Column("rank", "名次"),
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("identity_label", "个人身份"),
    Column("via_label", "志愿"),
    Column("total", "总成绩"),
    Column("result_label", "结果"),
    Column("round_label", "轮次"),
)
MOVED = ("application_no", "name", "a_label", "a_via_label", "b_label", "b_via_label")
#: What 受损 means.
_WRONGED = "志愿岗位还有名额，或录取了名次在其后的人，本人却没有得到它"
#: Moves that people see without asking for a file.
_SHOWN_MOVES = 50


def _run_option(command: F) -> F:
    return click.option(
        "--run",
        "number",
        metavar="RUN",
        type=Whole(1),
        help="哪一次录取计算；不写则为已确定的结果，各轮合在一起，没有则为最近一次",
    )(command)


@click.command("explain")
@click.argument("no", metavar="[NO]", type=CODE, required=False)
@click.option(
    "--place", nargs=2, type=NAME, metavar="BASE SPECIALTY", help="改为说明一个岗位：全部排名和录取界线"
)
@_run_option
@click.option("--now", is_flag=True, help="不用保存的输入，按现在的数据试算（不保存）")
@numbered("no")
@format_options
@pass_settings
def explain(
    settings: Settings,
    *,
    no: str | None,
    place: tuple[str, str] | None,
    number: int | None,
    now: bool,
    batch: str | None,
    out: Out,
) -> None:
    """说明一名考生每个志愿和调剂的结果是怎样来的，或一个岗位的全部排名。

    \b
    例：zhupei admit explain HN2026-0000001
        zhupei admit explain --place 4101001 内科 --run 2
    """
    if (no is None) == (place is None):
        raise click.UsageError(
            "请写报名号，或用 --place 写基地和专业，二者选一。", click.get_current_context()
        )
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        told = _explained(session, found, no, place, number=number, now=now)
    if place is not None:
        note(settings, _place_sentence(told))
        later = any(row.get("round") or row.get("round_label") for row in told["ranking"])
        show(told["ranking"], RANKING if later else RANKING[:-1], out)
    elif out.path is None and out.format == "table":
        click.echo(harmless("\n".join(_sentences(told))))
    elif out.format == "json":
        show_sheet(told, STEPS, out)
    else:
        show(told["steps"], STEPS, out)


def _explained(
    session: Session,
    batch: Batch,
    no: str | None,
    place: tuple[str, str] | None,
    *,
    number: int | None,
    now: bool,
) -> dict[str, Any]:
    whole = number is None and not now
    if place is not None and whole:
        return explaining_result.explain_place_now(session, batch, *place)
    if place is not None:
        return explaining.explain_spot(session, batch, *place, number=number, now=now)
    if whole:
        return explaining_result.explain_standing(session, batch, no or "")
    return explaining.explain_candidate(session, batch, no or "", number=number, now=now)


def _place_sentence(told: dict[str, Any]) -> str:
    facts = [f"计划 {told['quota']} 人"]
    facts += [f"此前已占 {told['held']} 人"] if told["held"] else []
    facts += _facts(told, line="分数线 {}")
    adjusted = f"（含调剂 {told['adjusted']} 人）" if told["adjusted"] else ""
    word = "录取" if told.get("rounds", 1) > 1 else "本次录取"
    facts += [f"{word} {told['admitted']} 人{adjusted}", *_facts(told, cutoff="志愿最低分 {}")]
    stopped = "（停招）" if told["stopped"] else ""
    return f"{told['title']}：{told['base_label']} {told['specialty_label']}{stopped}，{'，'.join(facts)}"


def _facts(row: Mapping[str, Any], **words: str) -> list[str]:
    """Return the figures of a row that are there, each in its words."""
    return [words[key].format(shown(row[key])) for key in words if row[key] is not None]


def _sentences(told: dict[str, Any]) -> list[str]:
    reason = f"（{told['reason_label']}）" if told["reason_label"] else ""
    lines = [
        f"{told['application_no']} {told['name']}：{told['outcome_label']}{reason}",
        *_standing(told.get("standing")),
        f"依据：{told['title']}",
    ]
    several = len({step.get("run") for step in told["steps"]}) > 1 or len(told.get("adjustments", ())) > 1
    for step in told["steps"]:
        facts = _facts(step, quota="计划 {} 人", line="分数线 {}", total="总成绩 {}", rank="排第 {} 名")
        facts += _facts(step, cutoff="志愿最低分 {}")
        where = f"{step['choice_label']} {step['base_label']} {step['specialty_label']}"
        lines.append(f"{_round(step, several)}{where}：{step['decided']}。{'，'.join(facts)}")
    adjustments = told.get("adjustments") or [one for one in [told["adjustment"]] if one is not None]
    lines += [f"{_round(one, several)}调剂：{one['decided']}" for one in adjustments]
    return lines


def _round(row: Mapping[str, object], several: bool) -> str:
    return f"{row['round_label']} " if several else ""


def _standing(row: Mapping[str, Any] | None) -> list[str]:
    """Return the line of the newest act about somebody, where there was one after the main run."""
    if row is None or (row["round"] == "main" and not row["decided_reason"]):
        return []
    because = f"（原因：{row['decided_reason']}）" if row["decided_reason"] else ""
    seat = ""
    if row["base"]:
        facts = _facts(row, total="总成绩 {}", rank="排第 {} 名")
        how = "，".join([row["round_label"] or row["via_label"], *facts])
        seat = f"：{row['base_label']} {row['specialty_label']}（{how}）"
    return [f"现状：{row['status_label']}{seat}{because}"]


@click.command("compare")
@click.argument("first", metavar="RUN", type=Whole(1))
@click.argument("second", metavar="RUN", type=Whole(1))
@batch_option
@format_options
@pass_settings
def compare(settings: Settings, first: int, second: int, *, batch: str | None, out: Out) -> None:
    """比较两次录取计算：人数、志愿、身份、空缺，以及谁的去向不同。

    “受损”指志愿岗位还有名额，或录取了名次在其后的人，本人却没有得到它。

    \b
    例：zhupei admit compare 1 2
    """
    with reading(settings.database_url) as session:
        found = comparing.compare_runs(session, lookup.find_batch(session, batch), first, second)
    _show_compared(found, (f"第 {first} 次", f"第 {second} 次"), out)


def _show_compared(found: dict[str, Any], names: tuple[str, str], out: Out) -> None:
    """Show figures and moves to people, the whole as JSON, the moves alone as a list."""
    moved = found["moved"]
    if out.format == "json":
        show_sheet(found, (), out)
        return
    if out.path is None and out.format == "table":
        columns = (Column("what", "项目"), Column("a", names[0]), Column("b", names[1]))
        show(_figures(*found["runs"]), columns, out)
        if any(run["envy"] for run in found["runs"]):
            note(out.settings, f"受损：{_WRONGED}的考生人数")
        click.echo()
        if len(moved) > _SHOWN_MOVES:
            note(
                out.settings,
                f"去向不同的共 {len(moved)} 人，只列前 {_SHOWN_MOVES} 人；全部写入文件用 -o FILE",
            )
            moved = moved[:_SHOWN_MOVES]
    headings = ("报名号", "姓名", names[0], "志愿", names[1], "志愿")
    show(moved, [Column(key, heading) for key, heading in zip(MOVED, headings, strict=True)], out)


def _figures(a: dict[str, Any], b: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of two results, one a row."""
    ways = {via: via_label(via) for via in [*a["by_via"], *b["by_via"]]}
    people = {who: IDENTITY.label(who) for who in a["by_identity"]}
    return [
        *_pairs(a, b, {"rule_label": "录取规则", "candidates": "考生", "admitted": "录取"}),
        *_pairs(a["by_via"], b["by_via"], ways),
        *_pairs(a["by_identity"], b["by_identity"], people),
        *_pairs(a, b, {"not_admitted": "未录取", "envy": "受损", "vacancies": "空缺名额"}),
    ]


def _pairs(a: dict[str, Any], b: dict[str, Any], words: dict[str, str]) -> list[dict[str, Any]]:
    return [{"what": what, "a": a.get(key, 0), "b": b.get(key, 0)} for key, what in words.items()]


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
@_run_option
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
    number: int | None,
    batch: str | None,
    out: Out,
) -> None:
    """假设规则、计划、分数线或调剂范围变了，与现在的录取计算比较；什么也不保存。

    \b
    例：zhupei admit what-if --rule stable
        zhupei admit what-if --quota 4101001 内科 +3 --line 60
    """
    assumed = comparing.Assumed(
        rule, [_quota(one) for one in quotas], _line(line), adjust_scope, False if no_adjust else None
    )
    if assumed == comparing.Assumed(quotas=[]):
        raise click.UsageError("请至少写一项假设，例如 --rule stable。", click.get_current_context())
    with reading(settings.database_url) as session:
        found = comparing.what_if(session, lookup.find_batch(session, batch), assumed, number=number)
    run = found["runs"][0]["run"]
    if found["stale"]:
        note(settings, f"注意：第 {run} 次录取计算已过时，此后数据或参数有变；先运行 zhupei admit run")
    _show_compared(found, (f"第 {run} 次", "假设"), out)


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
