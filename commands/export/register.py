"""`zhupei export register`: who was admitted, in the columns of another platform."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.services.records import lookup
from zhupei_cli.services.results import register_columns, register_export
from zhupei_cli.services.results import year as year_lists
from zhupei_cli.services.results.register_columns import Lack
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import FileName
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction

from ..shared.options import batch_option, format_options, pass_settings, whole_year, year_option
from ..shared.output import FINDINGS, Column, Out, show, show_sheet

_LACKS = (
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("base", "录取基地"),
    Column("column", "列"),
    Column("code", "代码"),
    Column("message", "问题"),
)
_RESULT = (Column("ok", "完整"), Column("findings", "问题"))


@click.command("register")
@batch_option
@click.option(
    "--columns",
    "columns_file",
    metavar="FILE|national",
    type=FileName(),
    help="各列的 CSV 文件：第一行 列名,字段（可再有 必填,词表），以下每行一列；national 是照国家平台的 "
    "49 列，请与当年的模板核对；不写则用程序自带的",
)
@click.option(
    "--words",
    "words_file",
    metavar="FILE",
    type=FileName(),
    help="自己的词表 CSV：第一行 词表,值,写作；同一个词以它为准",
)
@click.option(
    "--check",
    is_flag=True,
    help="只核对，不导出：列出必填而没有内容的每一格和没有对照的写法；有问题时退出码为 3",
)
@year_option
@format_options
@pass_settings
def register_(
    settings: Settings,
    *,
    batch: str | None,
    columns_file: Path | None,
    words_file: Path | None,
    check: bool,
    year: int | None,
    out: Out,
) -> None:
    """导出学员登记表：各列照国家平台的格式，可用 --columns 另定；证件号码是完整的，会留下记录。

    正式录取以后才能导出。可用的字段与报名信息的英文键相同，另有各学历层次、工作单位、协同单位的各项。

    \b
    例：zhupei export register -o 学员登记表.xlsx
        zhupei export register --columns national --check
        zhupei export register --columns national -o 国家平台.xlsx
        zhupei export register --columns 平台格式.csv -o 学员登记表.csv
        zhupei export register --year 2026 -o 年度登记表.xlsx
    """
    whole_year(year)
    words = register_columns.load_words(words_file)
    fields = register_columns.load_fields(columns_file, register_export.REGISTER_KEYS, words)
    if check:
        with reading(settings.database_url) as session:
            rows, others, _ = _rows(session, batch, year, register_export.register_rows)
        _tell_others(settings, others)
        _show_lacking(settings, list(register_columns.lacking_fields(rows, fields, words)), len(rows), out)
        return
    by = settings.acting()
    with transaction(settings.database_url) as session:
        rows, others, name = _rows(
            session, batch, year, lambda session, found: register_export.register(session, found, by=by)
        )
    _tell_others(settings, others)
    texts = [[register_columns.cell_of(row, one, words) for one in fields] for row in rows]
    # The event is stored by now: no list leaves the database without one.
    if out.format in ("json", "jsonl"):
        keys = register_columns.register_keys(fields)
        show([dict(zip(keys, line, strict=True)) for line in texts], (), out)
    else:
        columns = [Column(f"column{at}", one.heading) for at, one in enumerate(fields)]
        cells = [{f"column{at}": text for at, text in enumerate(line)} for line in texts]
        show(cells, columns, out, title="学员登记表", batch_name=name)
    lacks = sum(1 for _ in register_columns.lacking_fields(rows, fields, words))
    if lacks:
        note(settings, f"有 {lacks} 格必填而没有内容或没有对照的写法，加 --check 列出")


Reading = Callable[[Session, Batch], list[dict[str, str]]]


def _rows(
    session: Session, batch: str | None, year: int | None, read: Reading
) -> tuple[list[Mapping[str, str]], Sequence[str], str]:
    if year is not None:
        rows, others = year_lists.register_of_year(session, year, read)
        return rows, others, f"{year} 年度"
    found = lookup.find_batch(session, batch)
    return list(read(session, found)), [], found.name


def _tell_others(settings: Settings, others: Sequence[str]) -> None:
    if others:
        note(settings, f"没有列入还没有正式录取的批次：{'、'.join(others)}")


def _show_lacking(settings: Settings, lacks: list[Lack], people: int, out: Out) -> None:
    if out.format in ("json", "jsonl"):
        show_sheet({"ok": not lacks, "findings": lacks}, _RESULT, out)
    elif lacks or out.path is not None:
        show(lacks, _LACKS, out)
    if not lacks:
        note(settings, f"{people} 人的必填各列都有内容")
        return
    numbers = [one["application_no"] for one in lacks if one["application_no"]]
    note(settings, f"{len({*numbers})} 人有 {len(numbers)} 处问题")
    if of_batches := len(lacks) - len(numbers):
        note(settings, f"另有 {of_batches} 处由批次的设置填写")
    click.get_current_context().exit(FINDINGS)
