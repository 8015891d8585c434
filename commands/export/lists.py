"""`zhupei export` of lists: applicants, publicity, ranking, who was not admitted, the register."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from zhupei_cli.files import replacing
from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.applications import applicant_export
from zhupei_cli.services.applications.listing import Filter
from zhupei_cli.services.records import lookup
from zhupei_cli.services.results import result_lists
from zhupei_cli.services.results import year as year_lists
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds.roster_columns import RosterColumn
from zhupei_cli.sheets.kinds.workbook_kinds import EDUCATION, PERSON, WORK
from zhupei_cli.sheets.writing.kind_sheet import write_kinds
from zhupei_cli.sheets.writing.list_sheet import ListSheet, write_list
from zhupei_cli.shell.arguments import NAME, Whole, Word
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.vocabulary import APPLICATION_STATUS

from ..shared.options import (
    batch_option,
    format_options,
    list_options,
    page_options,
    pass_settings,
    whole_year,
    year_option,
)
from ..shared.output import Column, Out, Row, show
from ..shared.prints import font_option
from .pages import write_page

#: The first column on paper, and the width of a column that only --columns asked for.
_NUMBER = RosterColumn("number", "序号", 6, "number")
_WIDTH = 14
PUBLIC = (
    RosterColumn("application_no", "报名号", 17, "id"),
    RosterColumn("name", "姓名", 12, "words"),
    RosterColumn("id_number", "证件号码", 21, "id"),
    RosterColumn("base_label", "录取基地", 40, "words"),
    RosterColumn("specialty_label", "录取专业", 24, "words"),
    RosterColumn("total", "总成绩", 10, "mark"),
)
#: On the list of a year.
_OF_YEAR = (RosterColumn("batch", "批次", 14, "id"), RosterColumn("way_label", "轮次", 14, "words"))
#: Only where there is something to remark.
_REMARK = RosterColumn("remark", "备注", 12, "words")
RANKING = (
    RosterColumn("base_label", "基地", 26, "words"),
    RosterColumn("specialty_label", "专业", 18, "words"),
    RosterColumn("quota", "计划", 6, "number"),
    RosterColumn("rank", "名次", 6, "number"),
    RosterColumn("application_no", "报名号", 17, "id"),
    RosterColumn("name", "姓名", 10, "words"),
    RosterColumn("id_number", "证件号码", 20, "id"),
    RosterColumn("choice_label", "志愿", 9, "words"),
    RosterColumn("total", "总成绩", 8, "mark"),
    RosterColumn("cutoff", "志愿最低分", 8, "mark"),
    RosterColumn("result", "结果", 14, "words"),
)
UNADMITTED = (
    RosterColumn("application_no", "报名号", 17, "id"),
    RosterColumn("name", "姓名", 10, "words"),
    RosterColumn("id_number", "证件号码", 20, "id"),
    RosterColumn("mobile", "联系电话", 13, "id"),
    RosterColumn("identity_label", "个人身份", 20, "words"),
    RosterColumn("choice1", "第一志愿", 26, "words"),
    RosterColumn("choice2", "第二志愿", 26, "words"),
    RosterColumn("accept_adjust", "服从调剂", 6, "words"),
    RosterColumn("reason_label", "未录取原因", 18, "words"),
)
#: On the screen what fits; the files have every column.
_SHOWN = ("name", "id_number", "mobile", "identity", "specialty", "choice1_base", "choice2_base")


def _give(
    settings: Settings,
    whose: Batch | str,
    rows: Iterable[Mapping[str, object]],
    columns: Sequence[RosterColumn],
    out: Out,
    *,
    title: str,
    about: Sequence[str] = (),
    closing: Sequence[str] = (),
    seal: str = "",
    more_fonts: Sequence[Path] = (),
) -> None:
    """Show a list of a batch, or of what is named; as a workbook or a page it is ready for paper."""
    made_on = settings.acting().today
    drawn = {column.key: column for column in columns}

    def write(path: Path, chosen: Sequence[Column], some: list[Row]) -> None:
        kept = [drawn.get(one.key) or RosterColumn(*one, _WIDTH, "words") for one in chosen]
        count = len({row["application_no"] for row in some})
        name, head = (whose, "") if isinstance(whose, str) else (whose.name, f"批次：{whose.code}　　")
        lines = (f"{head}共 {count} 人", *about)
        sheet = ListSheet(title, name, lines, [_NUMBER, *kept], made_on, closing=closing, seal=seal)
        if out.format == "xlsx":
            write_list(path, sheet, some)
        else:
            write_page(settings, path, sheet, some, file_format=out.format, more_fonts=more_fonts)

    show(rows, [Column(column.key, column.heading) for column in columns], out, workbook=write)


#: Forms of a list that hang on a wall or a web site.
_PAPER = ("xlsx", "html", "pdf")


@click.command("public")
@batch_option
@click.option("--draft", is_flag=True, help="送审稿：确定拟录取以后、公示以前，供审签")
@click.option(
    "--run", metavar="RUN", type=Whole(1), help="补充公示名单：只列这一次录取计算（递补、再次调剂）录取的人"
)
@year_option
@font_option
@page_options
@pass_settings
def public(
    settings: Settings,
    *,
    batch: str | None,
    draft: bool,
    run: int | None,
    year: int | None,
    more_fonts: tuple[Path, ...],
    out: Out,
) -> None:
    """导出拟录取公示名单：证件号码遮盖，没有电话；公示以后才能导出，公示前用 --draft 导出送审稿。

    工作簿、网页和 PDF 上有公示期、受理电话、落款和日期，取自批次的设置 publicity_until、contact、
    authority，还有存证，可用 audit verify --head 核对；网页不连外网，可以直接挂到网站上。

    \b
    例：zhupei export public -o 公示名单.xlsx
        zhupei export public -o 公示名单.html
        zhupei export public --draft -o 公示名单送审稿.xlsx
        zhupei export public --run 2 -o 递补公示名单.xlsx
        zhupei export public --year 2026 -o 年度公示名单.html
    """
    whole_year(year, run=run, draft=draft)
    if year is not None:
        _public_of_year(settings, year, out, more_fonts)
        return
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        rows = result_lists.public_list(session, found, draft=draft, run=run)
        notice = result_lists.public_notice(session, found, draft=draft, by=settings.acting(), run=run)
        if draft and found.status in PUBLISHED:
            note(settings, f"批次 {found.code} 已经公示，不再需要送审稿；公示名单不加 --draft 导出")
        columns = (*PUBLIC, _REMARK) if any(row["remark"] for row in rows) else PUBLIC
        _give(settings, found, rows, columns, out, **notice, more_fonts=more_fonts)
        lacking = result_lists.left_unsaid(session, found) if out.format in _PAPER else {}
        if lacking:
            sets = " ".join(f"--set {key}={label}" for key, label in lacking.items())
            words = "、".join(lacking.values())
            note(settings, f"名单上没有{words}；补上再导出：zhupei batch edit {found.code} {sets}")


def _public_of_year(settings: Settings, year: int, out: Out, more_fonts: tuple[Path, ...]) -> None:
    """One list of all published batches of a year; whoever is not told yet is named by their batch."""
    with reading(settings.database_url) as session:
        rows, others = year_lists.public_of_year(session, year)
        notice = year_lists.notice_of_year(session, year, by=settings.acting())
    _give(settings, f"{year} 年度", rows, (*PUBLIC, *_OF_YEAR), out, **notice, more_fonts=more_fonts)
    if others:
        note(settings, f"没有列入还没有公示的批次：{'、'.join(others)}")


@click.command("ranking")
@batch_option
@click.option("--base", type=NAME, help="只看这个基地（编号或名称）")
@click.option("--specialty", type=NAME, help="只看这个专业（代码或名称）")
@click.option("--run", metavar="RUN", type=Whole(1), help="这一次录取计算（省级）；公示前必须写")
@list_options
@pass_settings
def ranking(
    settings: Settings,
    *,
    batch: str | None,
    base: str | None,
    specialty: str | None,
    run: int | None,
    out: Out,
) -> None:
    """导出各岗位的成绩排名：填报了这个岗位、达到分数线的考生和录取结果；证件号码遮盖。

    志愿最低分是按志愿录取到这个岗位的最低总成绩；没有填报而调剂、个别安排来的人不在排名中，
    用 zhupei admit explain --place 查看。

    \b
    例：zhupei export ranking --base 4101001 -o 排名.xlsx
        zhupei export ranking --run 1
    """
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        rows = result_lists.ranking(
            session,
            found,
            run=run,
            base=base and lookup.find_base(session, base),
            specialty=specialty and lookup.find_specialty(session, specialty),
        )
        closing = result_lists.signed_by(session, found, by=settings.acting())
        _give(settings, found, rows, RANKING, out, title="成绩排名", closing=closing)


@click.command("unadmitted")
@batch_option
@list_options
@pass_settings
def unadmitted(settings: Settings, *, batch: str | None, out: Out) -> None:
    """导出未录取名单和原因；证件号码、电话遮盖。公示前只供省级使用。

    \b
    例：zhupei export unadmitted -o 未录取名单.xlsx
    """
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        rows = result_lists.unadmitted_list(session, found)
        closing = result_lists.signed_by(session, found, by=settings.acting())
        _give(settings, found, rows, UNADMITTED, out, title="未录取名单", closing=closing)


@click.command("applicants")
@batch_option
@click.option("--base", type=NAME, help="第一志愿是这个基地的（编号或名称）")
@click.option("--specialty", type=NAME, help="报名专业是这个的（代码或名称）")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=Word(APPLICATION_STATUS),
    help="只要这些状态的，可写多个",
)
@format_options
@pass_settings
def applicants_(
    settings: Settings,
    *,
    batch: str | None,
    base: str | None,
    specialty: str | None,
    statuses: tuple[str, ...],
    out: Out,
) -> None:
    """导出报名信息：格式与导入的工作簿相同，原样再导入什么也不变；证件号码是完整的，会留下记录。

    xlsx 还有教育经历、工作经历两张表；已撤回的报名不导出。

    \b
    例：zhupei export applicants -o 报名信息.xlsx
        zhupei export applicants --base 4101001 --status approved -o 已通过.csv
    """
    with transaction(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        chosen = Filter(
            statuses,
            base and lookup.find_base(session, base),
            specialty and lookup.find_specialty(session, specialty),
        )
        rows = applicant_export.export_applicants(session, found, chosen, by=settings.acting())
    # The event is stored by now: no list leaves the database without one.
    if out.format != "xlsx" or out.path is None:
        some = [column for column in PERSON.columns if out.format != "table" or column.key in _SHOWN]
        show(rows.people, [Column(column.key, column.heading) for column in some], out)
        return
    sheets = ((PERSON, rows.people), (EDUCATION, rows.educations), (WORK, rows.works))
    with replacing(out.path, force=out.force) as beside:
        made_on = settings.acting().today
        filled = [(kind, kind.columns, texts) for kind, texts in sheets if texts or kind is PERSON]
        write_kinds(beside, filled, made_on=made_on)
    note(settings, f"已写入 {out.path}（{len(rows.people)} 人）")
