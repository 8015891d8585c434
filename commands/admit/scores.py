"""`zhupei admit scores`: marks (成绩)."""

from typing import Unpack

import click

from zhupei_cli.rules.admission.scores import COMPONENTS
from zhupei_cli.services.applications import listing
from zhupei_cli.services.batches import templates
from zhupei_cli.services.kinds.score import SCORE_IMPORT
from zhupei_cli.services.marks import score_views
from zhupei_cli.services.marks import scores as marks
from zhupei_cli.services.marks.scores import ScoreRow
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.writing.template import form_of
from zhupei_cli.shell.arguments import NAME
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction

from ..shared.importing import Import, importing
from ..shared.options import (
    batch_option,
    list_options,
    pass_settings,
    reveal_option,
)
from ..shared.output import Column, Out, show
from ..shared.templates import TemplateAsked, template_options, write_forms

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
@template_options("成绩.xlsx")
@click.option("--base", type=NAME, metavar="BASE", help="这个基地的单独成绩：只列志愿中有它的考生")
@batch_option
@pass_settings
def template(
    settings: Settings, *, base: str | None, batch: str | None, **given: Unpack[TemplateAsked]
) -> None:
    """写出成绩表：报名号、姓名和已有的成绩已填好，填入其余成绩后可直接导入；空着的行不算。

    \b
    例：zhupei admit scores template -o 成绩.xlsx
        zhupei admit scores template --base 4101001 -o 面试.xlsx
    """
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        code = None if base is None else lookup.find_base(session, base)
        rows = score_views.template_rows(session, found, base=code)
        choices, title = templates.offered_choices(session, found), f"{found.name} 成绩"
    # No ID number: the sheet goes from hand to hand.
    without = ["id_number", *(f"{part}_missed" for part in COMPONENTS)]
    if not any("ticket" in row for row in rows):
        without.append("ticket")
    form = form_of(workbook_kinds.SCORE, title, without=without, rows=rows)
    write_forms(settings, [form], choices, people=len(rows), base=code, **given)


@scores.command("import")
@batch_option
@importing(several=True)
def import_scores(taking: Import, *, batch: str | None) -> None:
    """从工作簿导入成绩（报名号、证件号码或准考证号，笔试、技能、面试）。

    缺考写“缺考”；空白表示没有给出，保留已有成绩，整行空白的略过；写了基地编号的行是该基地的单独成绩。
    签到登记表（exam sheets 写出）中勾了缺考的，也这样导入。
    锁定批次后不能再导入。

    \b
    例：zhupei admit scores import 成绩.xlsx
    """
    taking.run_in_batch(SCORE_IMPORT, batch)


@scores.command("list")
@batch_option
@click.option("--missing", is_flag=True, help="只列没有成绩、也没有登记缺考的考生")
@reveal_option
@list_options
@pass_settings
def list_scores(settings: Settings, *, batch: str | None, missing: bool, reveal: bool, out: Out) -> None:
    """列出成绩和按批次权重计算的总成绩；没有成绩记录的考生也列出，成绩空白。证件号码默认遮盖。

    \b
    例：zhupei admit scores list -o 成绩.csv
        zhupei admit scores list --missing
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        rows = [
            row for row in marks.list_scores(session, found, reveal=reveal) if row["forgotten"] or not missing
        ]
        if reveal:
            listing.record_reveal(
                session, found, by=settings.acting(), what="admit scores list", rows=len(rows)
            )
    if forgotten := sum(row["forgotten"] for row in rows):
        note(settings, f"{forgotten} 名考生没有成绩，也没有登记缺考（成绩空白）")
    show(rows if out.format.startswith("json") else map(_in_words, rows), SCORES, out)


def _in_words(row: ScoreRow) -> dict[str, object]:
    """Return a row with 缺考 where there is no mark for that reason."""
    return {**row, **{name: "缺考" for name in COMPONENTS if row.get(f"{name}_absent")}}


@scores.command("bands")
@batch_option
@list_options
@pass_settings
def bands(settings: Settings, *, batch: str | None, out: Out) -> None:
    """总成绩的分数段：全部考生，再按第一志愿专业；总成绩以第一志愿基地为准。

    \b
    例：zhupei admit scores bands -o 分数段.xlsx
    """
    with reading(settings.database_url) as session:
        rows = score_views.list_bands(session, lookup.find_batch(session, batch))
    show(rows, BANDS, out)
