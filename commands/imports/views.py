"""`zhupei imports list`, `show`: what was imported, and what it did."""

import click

from zhupei_cli.services.kinds.register import KIND
from zhupei_cli.services.records import lookup
from zhupei_cli.services.undo import import_views, undoing
from zhupei_cli.services.undo.undo_checks import Blocked
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, Whole, Word
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading

from ..shared.options import (
    format_options,
    list_options,
    pass_settings,
)
from ..shared.output import Column, Out, show, show_sheet

LIST = (
    Column("import_id", "编号"),
    Column("kind_label", "种类"),
    Column("batch", "批次"),
    Column("made_at", "时间"),
    Column("made_by", "经办人"),
    Column("file_names", "文件"),
    Column("sha256_head", "SHA-256 前 16 位"),
    Column("inserted", "新增"),
    Column("updated", "更新"),
    Column("unchanged", "不变"),
    Column("rejected", "未通过"),
    Column("undone_at", "撤销时间"),
)
SHEET = (
    *LIST,
    Column("undone_by", "撤销人"),
    Column("undone_reason", "撤销原因"),
    Column("state", "能否撤销"),
)
ROWS = (Column("entity_label", "内容"), Column("name", "对象"), Column("action_label", "动作"))
#: Rows a terminal shows before it says how many more there are.
SHOWN = 20


@click.command("list")
@click.option("--batch", type=CODE, metavar="CODE", help="只列这个批次的导入")
@click.option("--kind", type=Word(KIND), metavar="KIND", help=f"只列一种：{'、'.join(KIND.labels)}")
@list_options
@pass_settings
def list_(settings: Settings, *, batch: str | None, kind: str | None, out: Out) -> None:
    """列出全部导入，最近的在前。

    \b
    例：zhupei imports list
        zhupei imports list --batch HN2026 --kind trainee
    """
    with reading(settings.database_url) as session:
        found = None if batch is None else lookup.find_batch(session, batch)
        rows = import_views.list_imports(session, batch=found, kind=kind)
    show(rows, LIST, out)


@click.command("show")
@click.argument("import_id", metavar="ID", type=Whole(1))
@format_options
@pass_settings
def show_(settings: Settings, import_id: int, *, out: Out) -> None:
    """查看一次导入：对每一行做了什么，能否撤销，不能撤销的原因。

    \b
    例：zhupei imports show 3
        zhupei imports show 3 -o 导入3.xlsx
    """
    with reading(settings.database_url) as session:
        head, rows, blocked, refusal = import_views.show_import(session, import_id)
    if out.format in ("csv", "xlsx", "jsonl") or (out.path is not None and out.format == "table"):
        show(rows, ROWS, out)
        return
    state = "已撤销" if head["undone_at"] else "可以撤销" if head["can_undo"] else "不能撤销"
    told = [_told(one) for one in blocked]
    if out.format == "json":
        show_sheet({**head, "refusal": refusal, "blocked": told, "rows": rows}, SHEET, out)
        return
    show_sheet({**head, "state": state}, SHEET, out)
    click.echo()
    shown = rows if settings.verbose else rows[:SHOWN]
    show(shown, ROWS, out)
    _more(settings, len(rows) - len(shown), "行")
    _explain(settings, blocked, refusal)


def _told(one: Blocked) -> dict[str, object]:
    return {name: getattr(one, name) for name in ("entity", "text", "action_label", "who", "at", "seq")}


def _explain(settings: Settings, blocked: list[Blocked], refusal: str | None) -> None:
    if refusal is not None:
        note(settings, refusal)
    shown = blocked if settings.verbose else blocked[:SHOWN]
    for one in shown:
        note(settings, f"此后又有变动：{undoing.examples([one])}")
    _more(settings, len(blocked) - len(shown), "处")


def _more(settings: Settings, count: int, unit: str) -> None:
    if count > 0:
        note(settings, f"……还有 {count} {unit}，加 -o 文件 或 zhupei -v 可全部列出")
