"""`zhupei admit scores`: marks (成绩)."""

from pathlib import Path

import click

from zhupei_cli.acting import CST
from zhupei_cli.files import refuse_existing, replacing
from zhupei_cli.services import listing, lookup, score_views
from zhupei_cli.services import scores as marks
from zhupei_cli.services.workbooks import read_workbooks
from zhupei_cli.settings import Settings
from zhupei_cli.sheets import kinds
from zhupei_cli.sheets.score_template import write_score_template
from zhupei_cli.store.engine import reading, transaction

from ._imports import max_rows_option, show_import
from ._options import batch_option, dry_run_option, format_options, json_option, pass_settings, reveal_option
from ._output import Column, Out, next_step, show, show_summary

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
BANDS = (
    Column("specialty_label", "第一志愿专业"),
    Column("candidates", "考生"),
    Column("absent", "无总成绩"),
    Column("mean", "平均"),
    Column("highest", "最高"),
    Column("lowest", "最低"),
    *(
        Column(f"from_{band}", "90-100" if band == score_views.BANDS[0] else f"{band}-{band + 9}.99")
        for band in score_views.BANDS
    ),
)


@click.group()
def scores() -> None:
    """成绩：模板、导入、查看、分数段。"""


@scores.command("template")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="写入这个 .xlsx 文件",
)
@click.option("--base", metavar="CODE", help="这个基地的单独成绩：只列志愿中有它的考生")
@click.option("--force", is_flag=True, help="覆盖已有文件")
@batch_option
@json_option
@pass_settings
def template(
    settings: Settings, *, output: Path, base: str | None, force: bool, batch: str | None, as_json: bool
) -> None:
    """写出成绩表：报名号和姓名已填好，填入成绩后可直接导入。

    \b
    例：zhupei admit scores template -o 成绩.xlsx
        zhupei admit scores template --base 4101001 -o 面试.xlsx
    """
    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"文件名 {output.name!r} 应以 .xlsx 结尾。", click.get_current_context())
    refuse_existing(output, force=force)
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        code = None if base is None else lookup.find_base(session, base)
        people = score_views.template_rows(session, found, base=code)
    with replacing(output, force=force) as beside:
        write_score_template(beside, people, base=code, made_on=settings.acting().at.astimezone(CST).date())
    summary = {"file": str(output), "people": len(people), "base": code}
    show_summary(settings, summary, f"已写入 {output}（{len(people)} 人）", as_json=as_json)
    if not as_json:
        next_step(settings, f"zhupei admit scores import {output}", "填好后导入")


@scores.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@batch_option
@max_rows_option
@dry_run_option
@json_option
@pass_settings
def import_scores(
    settings: Settings,
    files: tuple[Path, ...],
    *,
    batch: str | None,
    max_rows: int,
    dry_run: bool,
    as_json: bool,
) -> None:
    """从工作簿导入成绩（报名号或证件号码，笔试、技能、面试）。

    缺考写“缺考”，空白表示没有给出，保留已有成绩；写了基地编号的行是该基地的单独成绩。锁定批次后不能再导入。

    \b
    例：zhupei admit scores import 成绩.xlsx
    """
    found = read_workbooks(files, kinds.SCORE, max_rows=max_rows)
    with transaction(settings.database_url, dry_run=dry_run) as session:
        chosen = lookup.find_batch(session, batch)
        outcome = marks.import_scores(session, found, batch=chosen, by=settings.acting())
    show_import(settings, outcome, found, as_json=as_json, dry_run=dry_run)


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


@scores.command("bands")
@batch_option
@format_options
@pass_settings
def bands(settings: Settings, *, batch: str | None, out: Out) -> None:
    """总成绩的分数段：全部考生，再按第一志愿专业；总成绩以第一志愿基地为准。

    \b
    例：zhupei admit scores bands -o 分数段.xlsx
    """
    with reading(settings.database_url) as session:
        rows = score_views.list_bands(session, lookup.find_batch(session, batch))
    show(rows, BANDS, out)
