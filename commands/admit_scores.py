"""`zhupei admit scores`: marks (成绩)."""

from pathlib import Path

import click

from zhupei_cli.services import listing, lookup
from zhupei_cli.services import scores as marks
from zhupei_cli.services.workbooks import read_workbooks
from zhupei_cli.settings import Settings
from zhupei_cli.sheets import kinds
from zhupei_cli.store.engine import transaction

from ._imports import show_import
from ._options import batch_option, dry_run_option, format_options, json_option, pass_settings, reveal_option
from ._output import Column, Out, show

SCORES = (
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("base_label", "单独成绩基地"),
    Column("written", "笔试"),
    Column("skill", "技能"),
    Column("interview", "面试"),
    Column("total", "总成绩"),
)


@click.group()
def scores() -> None:
    """成绩：导入、查看。"""


@scores.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@batch_option
@dry_run_option
@json_option
@pass_settings
def import_scores(
    settings: Settings, files: tuple[Path, ...], *, batch: str | None, dry_run: bool, as_json: bool
) -> None:
    """从工作簿导入成绩（报名号或证件号码，笔试、技能、面试）。

    缺考写“缺考”，空白表示没有给出，保留已有成绩；写了基地编号的行是该基地的单独成绩。锁定批次后不能再导入。

    \b
    例：zhupei admit scores import 成绩.xlsx
    """
    found = read_workbooks(files, kinds.SCORE)
    with transaction(settings.database_url, dry_run=dry_run) as session:
        chosen = lookup.find_batch(session, batch)
        outcome = marks.import_scores(session, found, batch=chosen, by=settings.acting())
    show_import(settings, outcome, found.problems, as_json=as_json, dry_run=dry_run)


@scores.command("list")
@batch_option
@reveal_option
@format_options
@pass_settings
def list_scores(settings: Settings, *, batch: str | None, reveal: bool, out: Out) -> None:
    """列出成绩和按批次权重计算的总成绩；证件号码默认遮盖。

    \b
    例：zhupei admit scores list -o 成绩.csv
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        rows = marks.list_scores(session, found, reveal=reveal)
        if reveal:
            listing.record_reveal(
                session, found, by=settings.acting(), what="admit scores list", rows=len(rows)
            )
    show(rows, SCORES, out)
