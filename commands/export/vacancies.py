"""`zhupei export vacancies`: the seats that nobody has."""

from collections.abc import Sequence

import click

from zhupei_cli.services.admission import seats
from zhupei_cli.services.records import lookup
from zhupei_cli.services.results import result_lists
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import reading

from ..shared.options import batch_option, list_options, pass_settings
from ..shared.output import Column, Out, Row, show

VACANCIES = (
    Column("base", "基地编号"),
    Column("base_label", "基地名称"),
    Column("specialty", "专业代码"),
    Column("specialty_label", "专业"),
    Column("quota", "计划人数"),
    Column("taken", "已占"),
    Column("preplaced", "其中预先安排"),
    Column("vacant", "空缺"),
    Column("is_shortage", "紧缺"),
    Column("stopped", "停招"),
    Column("ceded", "转补录"),
)
#: Where nobody was seated before the run, or no supplement round took seats over, nothing is said of it.
_RARE = ("preplaced", "ceded")


@click.command("vacancies")
@batch_option
@click.option("--unpublished", is_flag=True, help="公示前也列出已占和空缺人数（仅供省级）")
@list_options
@pass_settings
def vacancies(settings: Settings, *, batch: str | None, unpublished: bool, out: Out) -> None:
    """列出招收计划各岗位的计划、已占和空缺人数；停招的岗位没有空缺，补录批次接去的不再算空缺。

    公示前不列已占和空缺人数；省级要看，加 --unpublished。

    \b
    例：zhupei export vacancies -o 空缺名额.xlsx
    """
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        rows: Sequence[Row] = seats.list_vacancies(session, found, unpublished=unpublished)
        name = found.name
        closing = result_lists.signed_by(session, found, by=settings.acting())
    rare = {key for key in _RARE if any(row[key] for row in rows)}
    columns = [column for column in VACANCIES if column.key not in _RARE or column.key in rare]
    show(rows, columns, out, title="招收计划空缺情况", batch_name=name, closing=closing)
