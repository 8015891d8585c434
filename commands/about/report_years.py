"""`zhupei report compliance|trend|pivot|frame`: figures over years."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

import click
from click.core import ParameterSource

from zhupei_cli.files import replacing
from zhupei_cli.model import Batch
from zhupei_cli.reports.table_book import PercentCell, TableCell, TableSheet, write_tables
from zhupei_cli.rules.batch.compliance_lines import COUNTS
from zhupei_cli.services.records import lookup
from zhupei_cli.services.reports import compliance as judging
from zhupei_cli.services.reports import frame_files, pivots, trends
from zhupei_cli.services.reports.flat_frame import FRAME_COLUMNS, frame_of
from zhupei_cli.services.reports.years import batches_of_years
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import NAME, FileName, Whole, Word, Words
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.vocabulary import CodeTable

from ..shared.options import F, batch_option, format_options, list_options, pass_settings, reveal_option
from ..shared.output import FINDINGS, Column, Out, Row, say, show

FRAME_FORMAT = CodeTable("文件格式", {"parquet": "Parquet", "csv": "CSV", "xlsx": "工作簿"})
COMPLIANCE = (
    Column("base", "基地编号"),
    Column("year", "年份"),
    Column("item_label", "指标"),
    Column("value", "数值"),
    Column("verdict_label", "结论"),
    Column("line", "达标线"),
    Column("base_label", "基地"),
    Column("part", "分子"),
    Column("whole", "分母"),
    Column("rows", "依据"),
)
_MARKS = ("lowest_total", "mean_total", "highest_total")
#: Shortfalls named one by one.
_NAMED = 10


def _codes(table: CodeTable) -> str:
    return "、".join(f"{code} {label}" for code, label in table.labels.items())


def years_option(default: int) -> Callable[[F], F]:
    """Add --years."""
    return click.option("--years", type=Whole(1, 20), default=default, show_default=True, help="最近几年")


@click.command("compliance")
@click.option("--base", type=NAME, help="只看这个基地（编号或名称）")
@years_option(3)
@click.option("--check", is_flag=True, help="有未达标的，或没有一项可以判定的，退出码为 3")
@click.option("--template", is_flag=True, help="写出随程序的达标线文件，改好后用作本省的")
@list_options
@pass_settings
def compliance(
    settings: Settings, *, base: str | None, years: int, check: bool, template: bool, out: Out
) -> None:
    """列出各基地历年的合规指标：完成率、社会和委培占比、紧缺、全科、连续为零的专业。

    达标线、权重和年数随程序带有；用 --template 写出来，改好后写在配置文件的 compliance。
    只计已公示的结果，补录和递补计入当年。紧缺专业、基地名称按现在的目录。得分：达标得该项权重，
    未到预警得一半，预警或没有预警线的不得分，按判定过的指标折合百分。

    \b
    例：zhupei report compliance --base 4101001 --years 3
        zhupei report compliance --check -o 合规.xlsx
        zhupei report compliance --template -o 本省达标线.csv
    """
    if template:
        _write_template(settings, out)
        return
    with reading(settings.database_url) as session:
        lines = judging.province_lines(settings.compliance, lookup.specialty_names(session).find)
        code = base and lookup.find_base(session, base)
        rows, waiting = judging.compliance(session, years=years, lines=lines, base=code)
    for year, codes in waiting.items():
        note(settings, f"没有计入 {year} 年的 {'、'.join(codes)}：结果还没有公示")
    figures = list(map(_in_one_unit, rows)) if out.format == "csv" else _shown(rows, out, _told)
    show(figures, COMPLIANCE, out, workbook=partial(_compliance_book, settings, rows))
    if check and _found(settings, rows):
        click.get_current_context().exit(FINDINGS)


def _write_template(settings: Settings, out: Out) -> None:
    if out.path is None:
        say(judging.shipped_lines())
        return
    if out.format != "csv":
        raise click.UsageError("达标线文件是 CSV，文件名应以 .csv 结尾。", click.get_current_context())
    with replacing(out.path, force=out.force) as beside:
        beside.write_text(judging.shipped_lines(), "utf-8-sig")
    note(settings, f"已写入 {out.path}；改好后在配置文件写 compliance = {json.dumps(str(out.path))}")


def _shown(rows: Sequence[Row], out: Out, told: Callable[[Any], Row]) -> Sequence[Row]:
    """Return rows as people read them on a screen; files keep their numbers."""
    return list(map(told, rows)) if out.format == "table" else rows


def _in_one_unit(row: judging.Figured) -> Row:
    """Return a row with its line as a part of one, as its value is: a CSV file has one column for each."""
    line = row["line"]
    return {**row, "line": line if line is None or row["item"] in COUNTS else line / 100}


def _found(settings: Settings, rows: Sequence[judging.Figured]) -> bool:
    """Tell what falls short, or that nothing was judged, which is not well either; return whether any."""
    short = judging.short(rows)
    if not any(row["verdict"] for row in rows):
        note(settings, "没有一项可以判定：要有达标线，和指标所需各年已公示的结果")
        return True
    for one in short[:_NAMED]:
        told, rate = _told(one), one["item"] not in COUNTS
        words = f"{told['base']} {told['base_label']} {told['year']} 年{told['item_label']} "
        words += _number(one["deciding_value"], rate=rate)
        if one["deciding_year"] != one["year"]:
            words += f"（{one['deciding_year']} 年的；{one['year']} 年 {told['value']}）"
        note(settings, f"{told['verdict_label']}：{words}，达标线 {told['line']}")
    if len(short) > _NAMED:
        note(settings, f"……未达标共 {len(short)} 项")
    return bool(short)


def _number(value: float | None, *, rate: bool) -> str:
    return "" if value is None else f"{value:.1%}" if rate else f"{value:g}"


def _told(row: judging.Figured) -> dict[str, object]:
    """Return a row as people read it: rates in percent."""
    rate: bool = row["item"] not in COUNTS
    value = row["value"]
    line = None if row["line"] is None else f"{row['line']:g}{'%' if rate else ''}"
    return {**row, "value": None if value is None else _number(value, rate=rate), "line": line}


def _compliance_book(
    settings: Settings,
    rows: Sequence[judging.Figured],
    path: Path,
    _columns: Sequence[Column],
    _rows: Sequence[Row],
) -> None:
    scores = judging.scores_of(rows)
    items = {row["item"]: row for row in rows}
    wide: dict[tuple[str, int], list[TableCell]] = {}
    for row in rows:
        head: list[TableCell] = [row["base"], f"{row['base_label']} {row['year']}"]
        wide.setdefault((row["base"], row["year"]), head).append(row["value"])
    # The last year first, in it whoever stands worst: a chart draws what stands at the top.
    worst = sorted(wide, key=lambda key: (-key[1], scores[key] is None, scores[key], key[0]))
    table = [[*wide[key], scores[key]] for key in worst]
    kinds = ["count" if item in COUNTS else "share" for item in items]
    judged = [row["line"] is not None and row["item"] not in COUNTS for row in items.values()]
    columns = [
        ("基地编号", "text"),
        ("基地、年份", "text"),
        *zip(map(_headed, items.values()), kinds, strict=True),
        ("得分", "mark"),
    ]
    last = sum(key[1] == worst[0][1] for key in worst)
    whole = TableSheet(
        "合规汇总",
        "只计已公示的结果；得分为判定过的指标按权重折合百分，没有判定的空着。最近的年份在前，得分低的在前。",
        columns,
        table,
        1,
        [2 + at for at, one in enumerate(judged) if one],
        last,
        chart="有达标线的比率，最近一年得分最低的基地",
        horizontal=True,
    )
    cells = [[_cell(row, column.key) for column in COMPLIANCE] for row in rows]
    kinds_of = [(one.heading, "text" if one.key in _TEXTS else "count") for one in COMPLIANCE]
    each = TableSheet("逐项依据", "每个数字来自哪些批次的哪些人。", kinds_of, cells)
    write_tables(path, [whole, each], made_on=settings.acting().today)


def _headed(row: judging.Figured) -> str:
    """Return an item with the line it is judged by."""
    return row["item_label"] if row["line"] is None else f"{row['item_label']}（达标线 {_told(row)['line']}）"


_TEXTS = ("base", "base_label", "item_label", "verdict_label", "rows")


def _cell(row: judging.Figured, key: str) -> TableCell:
    """Return a cell of the sheet that names every figure: a rate is a number there too."""
    value = cast("TableCell", dict(row)[key])
    if key not in ("value", "line") or not isinstance(value, float) or row["item"] in COUNTS:
        return value
    return PercentCell(value if key == "value" else value / 100)


@click.command("trend")
@years_option(3)
@click.option("--by", type=Word(trends.BY), required=True, metavar="BY", help=f"分组：{_codes(trends.BY)}")
@click.option("--of", type=Words(trends.OF), multiple=True, metavar="OF", help=f"指标：{_codes(trends.OF)}")
@list_options
@pass_settings
def trend(settings: Settings, *, years: int, by: str, of: tuple[tuple[str, ...], ...], out: Out) -> None:
    """列出历年的变化：每组每个指标一行，一年一列，另有增减和占比。

    报名和审核按第一志愿计，录取和报到按录取的岗位计；补录和递补计入当年，结果未公示的年份没有录取数字。
    最低分不计个别安排、预先安排的人。

    \b
    例：zhupei report trend --years 3 --by base --of admitted,fill_rate
        zhupei report trend --by specialty -o 趋势.xlsx
    """
    wanted = list(dict.fromkeys(one for some in of for one in some)) or ["applied", "admitted"]
    with reading(settings.database_url) as session:
        span, rows = trends.trend(session, years=years, by=by, of=wanted)
    show(
        _shown(rows, out, partial(_percent, span=span)),
        _trend_columns(by, span),
        out,
        workbook=partial(_trend_book, settings, span, rows, by),
    )


def _trend_columns(by: str, span: Iterable[int]) -> tuple[Column, ...]:
    return (
        *((Column("key", "代码"),) if by in trends.CODED else ()),
        Column("label", trends.BY.label(by)),
        Column("of_label", "指标"),
        *(Column(f"y{year}", str(year)) for year in span),
        Column("change", "增减"),
        Column("change_rate", "增减率"),
        Column("share", "占比"),
    )


def _percent(row: trends.TrendRow, *, span: Sequence[int]) -> dict[str, object]:
    rates = ["change_rate", "share", *((f"y{year}" for year in span) if row["of"] == "fill_rate" else ())]
    rates += ["change"] if row["of"] == "fill_rate" else []
    return {**row, **{key: f"{row[key]:.1%}" for key in rates if row[key] is not None}}


def _trend_book(
    settings: Settings, span: Sequence[int], rows: Sequence[trends.TrendRow], by: str, path: Path, *_: object
) -> None:
    sheets, label = [], trends.BY.label(by)
    for figure in dict.fromkeys(row["of"] for row in rows):
        kind = {"fill_rate": "share", "lowest_total": "mark"}.get(figure, "count")
        change = "change" if kind == "count" else kind
        heads = [("代码", "text")] if by in trends.CODED else []
        columns = [*heads, (label, "text"), *((str(year), kind) for year in span), ("增减", change)]
        keys = [*("key" for _ in heads), "label", *(f"y{year}" for year in span), "change"]
        if kind == "count":  # rates and marks have neither
            columns += [("增减率", "share"), ("占比", "share")]
            keys += ["change_rate", "share"]
        of = [row for row in rows if row["of"] == figure]
        # The most first, the whole last: a chart draws what stands at the top.
        of.sort(key=lambda row: (row["key"] is None, -(row[f"y{span[-1]}"] or 0)))
        table = [[row[key] for key in keys] for row in of]
        title = f"{trends.OF.label(figure)}（按{label}）"
        at = len(heads)
        series = list(range(at + 1, at + 1 + len(span)))
        told = _TREND_NOTE if kind != "mark" else f"{_TREND_NOTE}{_MARK_NOTE}"
        sheets.append(TableSheet(title, told, columns, table, at, series, len(table) - 1))
    write_tables(path, sheets, made_on=settings.acting().today)


_TREND_NOTE = "报名和审核按第一志愿计，录取和报到按录取的岗位计；补录和递补计入当年。"
_MARK_NOTE = "个别安排、预先安排的人不计。"


@click.command("pivot", epilog=f"行、列和 --where 可用的列，写英文或中文：{_codes(pivots.DIMENSIONS)}。")
@click.option("--rows", type=Words(pivots.DIMENSIONS), required=True, metavar="A[,B]", help="行，一列或两列")
@click.option("--columns", type=Word(pivots.DIMENSIONS), required=True, metavar="C", help="列")
@click.option(
    "--values",
    type=Words(pivots.VALUES),
    required=True,
    metavar="V[,W]",
    help=f"指标：{_codes(pivots.VALUES)}",
)
@click.option(
    "--where", multiple=True, metavar="KEY=VALUE[,…]", help="只计这些，可写多次；本身带逗号的值照写"
)
@click.option("--years", type=Whole(1, 20), help="最近几年；不写 --batch 时默认 1 年")
@batch_option
@format_options
@pass_settings
def pivot(
    settings: Settings,
    *,
    rows: tuple[str, ...],
    columns: str,
    values: tuple[str, ...],
    where: tuple[str, ...],
    years: int | None,
    batch: str | None,
    out: Out,
) -> None:
    """列出透视表：报名底表的任意列作行和列，人数或分数作值。

    可用的列见末尾，都是 report frame 写出的列；city 是录取的地市，choice1_city 是第一志愿的。
    录取、报到计现在有名额、已报到的人。分数只计有名额的人，个别安排、预先安排的除外。

    \b
    例：zhupei report pivot --rows choice1_city --columns via --values applied
        zhupei report pivot --rows school --columns year --values applied \\
            --years 3
        zhupei report pivot --rows city --columns year --values admitted \\
            --years 3 --where level=本科
    """
    if len(rows) > 2 or columns in rows:
        raise click.UsageError("--rows 写一列或两列，且不能与 --columns 相同。", click.get_current_context())
    context = click.get_current_context()
    if years and context.get_parameter_source("batch") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--batch 是一个批次，--years 是几年的全部批次，只能写一个。", context)
    asked = _conditions(where)
    with reading(settings.database_url) as session:
        if batch and not years:
            meant: Sequence[Batch] = [lookup.find_batch(session, batch)]
        else:
            meant = batches_of_years(session, years or 1)[1]
        headings, found = pivots.pivot(session, meant, rows=rows, columns=columns, values=values, where=asked)
    heads = [Column(f"{key}_label", pivots.DIMENSIONS.label(key)) for key in rows]
    shown = [*heads, *(Column(key, heading) for key, heading in headings)]
    show(
        found,
        shown,
        out,
        workbook=partial(_pivot_book, settings, found, shown, len(rows), pivots.DIMENSIONS.label(columns)),
    )


def _conditions(where: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in where:
        key, equals, value = word.partition("=")
        code = pivots.DIMENSIONS.parse(key.strip())
        if not equals or code is None or not value.strip():
            known = "、".join(pivots.DIMENSIONS.labels)
            raise click.UsageError(
                f"--where {word!r} 应写作 列=值，可用的列：{known}。", click.get_current_context()
            )
        found.setdefault(code, []).append(value.strip())
    return found


def _pivot_book(
    settings: Settings,
    found: Sequence[pivots.PivotRow],
    shown: Sequence[Column],
    heads: int,
    across: str,
    path: Path,
    *_: object,
) -> None:
    kinds = [
        (one.heading, "text" if at < heads else "mark" if one.key.startswith(_MARKS) else "count")
        for at, one in enumerate(shown)
    ]
    table = [[row[one.key] for one in shown] for row in found]
    first = shown[heads].key.rpartition("_")[0] if len(shown) > heads else ""
    series = [at for at, one in enumerate(shown) if at >= heads and one.key.startswith(f"{first}_")][:-1][:8]
    names = "、".join(one.heading for one in shown[:heads])
    drawn = shown[heads].heading.partition("·")[0] if first else ""
    sheet = TableSheet(
        "透视表",
        "合计在末行和各指标的末列。",
        kinds,
        table,
        heads - 1,
        series,
        max(len(table) - 1, 0),
        first_label=0,
        chart=f"{drawn}：按{names}，分{across}",
        horizontal=heads > 1,
    )
    write_tables(path, [sheet], made_on=settings.acting().today)


@click.command(
    "frame", epilog=f"写出的列：{'、'.join(one.heading for one in FRAME_COLUMNS)}；英文名见 report pivot。"
)
@batch_option
@click.option(
    "-f",
    "--format",
    "file_format",
    type=Word(FRAME_FORMAT),
    metavar="FORMAT",
    help="格式：parquet、csv、xlsx；不写的看 -o 的后缀",
)
@click.option("-o", "--output", required=True, metavar="FILE", type=FileName(dir_okay=False), help="写入文件")
@click.option("--force", is_flag=True, help="覆盖已有文件")
@reveal_option
@pass_settings
def frame(
    settings: Settings, *, batch: str | None, file_format: str | None, output: Path, force: bool, reveal: bool
) -> None:
    """写出批次的报名底表：一行一份报名，供笔记本和统计软件使用，不含个人信息。

    --reveal 加上姓名、证件号码、出生日期和手机号码，会留下记录。parquet 需要 pip install "zhupei[parquet]"。

    \b
    例：zhupei report frame --batch HN2026 -o 底表.parquet
    """
    chosen = file_format or output.suffix.lower().removeprefix(".")
    if chosen not in FRAME_FORMAT.labels:
        raise click.UsageError(
            "文件后缀应为 .parquet、.csv 或 .xlsx，或用 -f 指定格式。", click.get_current_context()
        )
    frame_files.require_writer(chosen)
    with replacing(output, force=force) as beside:
        if reveal:
            with transaction(settings.database_url) as session:
                found = lookup.find_batch(session, batch)
                made = frame_files.revealed_frame(session, found, by=settings.acting())
                frame_files.write_frame(made, beside, chosen)
        else:
            with reading(settings.database_url) as session:
                made = frame_of(session, [lookup.find_batch(session, batch)])
            frame_files.write_frame(made, beside, chosen)
    note(settings, f"已写入 {output}（{len(made)} 行）")
