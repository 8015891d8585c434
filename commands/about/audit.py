"""`zhupei audit`: the events, and whether their chain is whole."""

import re
from collections.abc import Iterable
from datetime import datetime

import click

from zhupei_cli.rules.batch.times import parse_time
from zhupei_cli.services.proof import auditing
from zhupei_cli.services.proof.auditing import EventFilter
from zhupei_cli.services.records import event_times, lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME, Whole
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading
from zhupei_cli.words.errors import Fault

from ..shared.options import column_options, format_options, pass_settings
from ..shared.output import FINDINGS, Column, Out, show, show_sheet

LOG = (
    Column("seq", "编号"),
    Column("at", "时间"),
    Column("who", "经办人"),
    Column("action_label", "操作"),
    Column("batch", "批次"),
    Column("subject_label", "对象"),
    Column("before_label", "之前"),
    Column("after_label", "之后"),
    Column("reason", "原因"),
    Column("note", "说明"),
)
RESULT = (Column("events", "操作记录"), Column("head", "存证"), Column("state", "核对结果"))


@click.group()
def audit() -> None:
    """操作记录：谁在什么时候做了什么；核对记录有没有被改动。"""


@audit.command("log")
@click.option("--who", type=NAME, metavar="NAME", help="只列这个经办人的")
@click.option("--kind", type=NAME, metavar="KIND", help="只列一类操作，例如 审核通过、诚信 或 review.approve")
@click.option("--since", metavar="TIME", help="从这个时间起，例如 2026-06-20")
@click.option("--until", metavar="TIME", help="到这个时间止；只写日期即到当天 23:59:59")
@click.option("--batch", type=CODE, metavar="CODE", help="只列这个批次的")
@click.option("--limit", type=Whole(0), default=100, show_default=True, help="最多列出的条数，0 为全部")
@column_options
@pass_settings
def log(
    settings: Settings,
    *,
    who: str | None,
    kind: str | None,
    since: str | None,
    until: str | None,
    batch: str | None,
    limit: int,
    out: Out,
) -> None:
    """列出操作记录，最近的在前；其中的证件号码和电话遮盖。

    \b
    例：zhupei audit log --kind review --since 2026-06-20
        zhupei audit log --who 张三 --limit 0 -o 操作记录.xlsx
    """
    first, last = _time(since, end=False), _time(until, end=True)
    with reading(settings.database_url) as session:
        found = None if batch is None else lookup.find_batch(session, batch)
        wanted = EventFilter(who, kind, first, last, found)
        rows, total = auditing.event_log(session, wanted, limit=limit)
    show(rows, LOG, out)
    if total > len(rows):
        note(settings, f"只列出最近 {len(rows)} 条，共 {total} 条；加 --limit 0 可全部列出")


def _time(word: str | None, *, end: bool) -> datetime | None:
    return None if word is None else parse_time(word, end=end)


@audit.command("verify")
@click.option("--head", metavar="N:HEX16", help="名单或报表上印的存证，例如 120:0f3a9c5577e1b2d4")
@format_options
@pass_settings
def verify(settings: Settings, *, head: str | None, out: Out) -> None:
    """从第一条起逐条核对操作记录：缺号、改动、末尾被删；有发现时退出码为 3。

    名单和报表上印有当时最后一条记录的编号和摘要；加 --head 与它核对，可发现整个改写。

    \b
    例：zhupei audit verify
        zhupei audit verify --head 120:0f3a9c5577e1b2d4
    """
    wanted = _head(head)
    with reading(settings.database_url) as session:
        found = auditing.verify(session, head=wanted)
        clock = event_times.set_back(session)
    findings, warnings = _as_json(found.findings), _as_json([] if clock is None else [clock])
    result = {"ok": not findings, "events": found.events, "head": found.head}
    if out.format in ("json", "jsonl"):
        show_sheet({**result, "findings": findings, "warnings": warnings}, RESULT, out)
    else:
        state = f"发现 {len(findings)} 处问题" if findings else "完整，没有改动"
        show_sheet({**result, "state": state}, RESULT, out)
        for label, some in (("错误", findings), ("提醒", warnings)):
            for one in some:
                note(settings, f"{label} [{one['code']}]：{one['message']}")
    if findings:
        click.get_current_context().exit(FINDINGS)


def _as_json(faults: Iterable[Fault]) -> list[dict[str, str]]:
    return [{"code": fault.code, "message": fault.message} for fault in faults]


#: 120:0f3a…, and as it is printed: 存证：第 120 号 0f3a…
_HEAD = re.compile(r"(?:存证[：:\s]*)?(?:第\s*)?(\d{1,9})\s*号?[:：，,\s]*([0-9a-fA-F]{16,64})[….]*")


def _head(word: str | None) -> tuple[int, str] | None:
    if word is None:
        return None
    found = _HEAD.fullmatch(word.strip())
    if found is None:
        example = "120:0f3a9c5577e1b2d4，或照印出的写“第 120 号 0f3a9c5577e1b2d4”"
        raise click.UsageError(f"--head 应写成 编号:摘要，例如 {example}。", click.get_current_context())
    return int(found[1]), found[2].lower()
