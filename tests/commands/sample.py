"""A program with the global options of zhupei and commands that end in every way a command can."""

import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import click

from commands.shared.consent import confirm
from commands.shared.options import (
    batch_option,
    dry_run_option,
    format_options,
    json_option,
    pass_settings,
    yes_option,
)
from commands.shared.output import Column, Out, next_step, show, show_sheet, show_summary
from zhupei_cli.settings import Settings
from zhupei_cli.shell.cli import Program, cli
from zhupei_cli.words.errors import ZhupeiError

ROWS = [
    {
        "name": "王小明",
        "id_number": "4101**********2024",
        "total": Decimal("85.5"),
        "rank": 1,
        "adjust": True,
        "code": "0100",
        "born": date(1999, 1, 2),
        "at": datetime(2024, 6, 20, 1, 0, tzinfo=UTC),
    },
    {"name": "=1+1", "rank": -2, "adjust": False, "code": None, "born": None, "at": None},
]
COLUMNS = (
    Column("name", "姓名"),
    Column("total", "总成绩"),
    Column("rank", "名次"),
    Column("adjust", "服从调剂"),
    Column("at", "提交时间"),
)


@click.group()
def do() -> None:
    """各种结局。"""


@do.command("list")
@click.option("--empty", is_flag=True)
@format_options
def list_(empty: bool, out: Out) -> None:
    """列出。"""
    show([] if empty else ROWS, COLUMNS, out)


@do.command("show")
@format_options
def show_(out: Out) -> None:
    """查看一个。"""
    show_sheet(ROWS[0], COLUMNS, out)


@do.command("write")
@batch_option
@dry_run_option
@json_option
@pass_settings
def write(settings: Settings, batch: str | None, dry_run: bool, as_json: bool) -> None:
    """写入。"""
    acting = settings.acting()
    summary = {"who": acting.who, "at": acting.at, "batch": batch, "dry_run": dry_run}
    show_summary(settings, summary, f"已写入 {batch}", as_json=as_json)
    next_step(settings, "zhupei batch open", "开放报名")


@do.command("remove")
@yes_option
@pass_settings
def remove(settings: Settings, yes: bool) -> None:
    """删除。"""
    confirm("删除全部吗？", settings, yes=yes)
    click.echo("已删除")


@do.command("fail")
@click.argument("how")
@json_option
@click.pass_context
def fail(ctx: click.Context, how: str, as_json: bool) -> None:
    """出错。"""
    del as_json
    match how:
        case "known":
            raise ZhupeiError("E501", database="a.sqlite")
        case "findings":
            ctx.exit(3)
        case "bug":
            raise RuntimeError("王小明 410101199901011234")
        case "file":
            Path("/dev/null/x").read_text()
        case "cancel":
            raise KeyboardInterrupt
        case "pipe":
            raise BrokenPipeError(32, "Broken pipe")
        case "database":
            from sqlalchemy.exc import OperationalError

            raise OperationalError("SELECT", None, sqlite3.OperationalError("database is locked"))


PROGRAM = Program(
    name="zhupei",
    lazy={"do": ("tests.commands.sample:do", "各种结局"), "undo": ("tests.commands.sample:do", "又一组")},
    params=cli.params,
    callback=cli.callback,
    context_settings=cli.context_settings,
)

if __name__ == "__main__":
    PROGRAM.main()
