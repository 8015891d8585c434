"""`zhupei objection`: objections to what was published (公示异议)."""

from datetime import date
from typing import Unpack

import click
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.services.admission import objections
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME, REASON, Whole, Word
from zhupei_cli.shell.days import DAY
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.vocabulary import OBJECTION_STATE, UPHELD, AdmissionStatus

from ..shared.naming import numbered
from ..shared.options import (
    batch_option,
    list_options,
    pass_settings,
    yes_option,
)
from ..shared.output import Column, Out, show
from ..shared.writing import Deed, writing

LIST = (
    Column("objection", "编号"),
    Column("about", "所涉报名或岗位"),
    Column("signed_label", "异议人"),
    Column("content", "内容"),
    Column("received_on", "收到日期"),
    Column("assigned_to", "承办"),
    Column("answer", "答复"),
    Column("state_label", "状态"),
    Column("upheld_label", "结论"),
    Column("reason", "理由"),
)


@click.group()
def objection() -> None:
    """公示异议：登记、交办、答复、办结、列出、导出。"""


@objection.command("add")
@click.argument("number", required=False, metavar="[NO]", type=CODE)
@numbered("number")
@click.option("--base", type=NAME, help="所涉岗位的基地；与 --specialty 同用，不写报名号")
@click.option("--specialty", type=NAME, help="所涉岗位的专业")
@click.option("--text", "content", required=True, metavar="WORDS", help="异议的内容")
@click.option("--from", "signed", type=NAME, metavar="NAME", help="异议人；不写为匿名")
@click.option("--received", type=DAY, metavar="DATE", help="收到日期；不写为今天")
@yes_option
@writing
def add(
    deed: Deed,
    number: str | None,
    *,
    batch: str | None,
    base: str | None,
    specialty: str | None,
    content: str,
    signed: str | None,
    received: date | None,
) -> None:
    """登记一件异议：关于一份报名（NO），或一个岗位（--base 和 --specialty）。公示以后才能登记。

    \b
    例：zhupei objection add HN2026-0000003 --text 工作经历不实 --from 李明
        zhupei objection add --base 4101001 --specialty 0100 --text 名额不符
    """
    if (base is None) != (specialty is None) or (number is None) == (base is None):
        message = "写报名号，或者写 --base 和 --specialty，二者选一。"
        raise click.UsageError(message, click.get_current_context())

    def store(session: Session, found: Batch) -> objections.ObjectionRow:
        place, by = None, deed.by
        if base is not None and specialty is not None:
            place = lookup.find_base(session, base), lookup.find_specialty(session, specialty)
        row = objections.enter_objection(
            session,
            found,
            number=number,
            place=place,
            content=content,
            received_on=received or by.today,
            signed=signed,
            by=by,
        )
        if (same := objections.like_it(session, row)) is not None:
            deed.require(f"与还没有办结的异议 {same} 相同，仍要登记吗？")
        return row

    row = deed.in_batch(batch, store)
    _tell(deed, row, "已登记异议")
    deed.next(f"zhupei objection assign {row['objection']} --to 承办处室或基地", "交办")


def _tell(deed: Deed, row: objections.ObjectionRow, done: str) -> None:
    sentence = f"{done} {row['objection']}（{row['about']}）：{row['state_label']}"
    if row["upheld_label"]:
        sentence += f"，{row['upheld_label']}"
    deed.tell(row, sentence)


@objection.command("assign")
@click.argument("number", metavar="OBJECTION", type=Whole(1))
@click.option("--to", "assigned_to", required=True, type=NAME, metavar="NAME", help="由谁核实")
@yes_option
@writing
def assign(deed: Deed, number: int, *, assigned_to: str) -> None:
    """把异议交给处室、基地或人核实。

    \b
    例：zhupei objection assign 1 --to 科教处
    """
    _step(deed, number, "assign", "已交办异议", assigned_to=assigned_to)


@objection.command("answer")
@click.argument("number", metavar="OBJECTION", type=Whole(1))
@click.option("--text", "answer", required=True, metavar="WORDS", help="答复的内容")
@yes_option
@writing
def answer(deed: Deed, number: int, **given: Unpack[objections.StepWords]) -> None:
    """登记对异议的答复；办结以前可以再答复。

    \b
    例：zhupei objection answer 1 --text 经核实，材料属实
    """
    _step(deed, number, "answer", "已答复异议", **given)


@objection.command("close")
@click.argument("number", metavar="OBJECTION", type=Whole(1))
@click.option("--outcome", required=True, type=Word(UPHELD), help="成立 或 不成立")
@click.option("--reason", required=True, type=REASON, help="理由")
@yes_option
@writing
def close(deed: Deed, number: int, *, outcome: str, reason: str) -> None:
    """办结一件异议，写明成立或不成立和理由；取消录取另用 admit revoke，已经报到的用 admit quit。

    \b
    例：zhupei objection close 1 --outcome 不成立 --reason 材料属实
    """
    _step(deed, number, "close", "已办结异议", upheld=outcome == "1", reason=reason)


def _step(deed: Deed, number: int, verb: str, done: str, **given: Unpack[objections.StepWords]) -> None:
    row = deed.do(lambda session: objections.step_objection(session, number, verb, by=deed.by, **given))
    _tell(deed, row, done)
    if verb == "close" and row["upheld"] and row["application_no"] and row["seated"]:
        # Who has come already can only leave.
        came = row["admission_status"] == AdmissionStatus.REPORTED
        verb, purpose = ("quit", "已经报到，登记退培") if came else ("revoke", "取消录取")
        deed.next(f"zhupei admit {verb} {row['application_no']} --reason 异议成立", purpose)


@objection.command("list")
@batch_option
@click.option("--state", type=Word(OBJECTION_STATE), help="只列待处理、已答复或已办结的")
@list_options
@pass_settings
def list_(settings: Settings, *, batch: str | None, state: str | None, out: Out) -> None:
    """列出异议；不显示异议人的姓名。

    \b
    例：zhupei objection list --state 待处理
    """
    with reading(settings.database_url) as session:
        rows = objections.list_objections(session, lookup.find_batch(session, batch), state=state)
    show(rows, LIST, out)


@objection.command("export")
@batch_option
@list_options
@pass_settings
def export(settings: Settings, *, batch: str | None, out: Out) -> None:
    """导出异议登记表，含异议人的姓名；导出会留下记录。

    \b
    例：zhupei objection export -o 异议登记表.xlsx
    """
    with transaction(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        rows = objections.list_objections(session, found, reveal=True)
        objections.record_export(session, found, len(rows), by=settings.acting())
    show(rows, LIST, out)
