"""`zhupei admit checkin`: who came (报到), by workbook."""

from pathlib import Path

import click

from zhupei_cli.files import refuse_existing, replacing
from zhupei_cli.services import checkins, lookup
from zhupei_cli.services.workbooks import read_workbooks
from zhupei_cli.settings import Settings
from zhupei_cli.sheets import kinds
from zhupei_cli.store.engine import transaction

from ._formats import write_xlsx
from ._imports import max_rows_option, show_import
from ._options import batch_option, dry_run_option, json_option, pass_settings
from ._output import next_step, show_summary

_KEYS = ("application_no", "name", "checked_in", "note")


@click.group("checkin")
def checkin() -> None:
    """报到：写出报到表，填好后导入。"""


@checkin.command("template")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="写入这个 .xlsx 文件",
)
@click.option("--force", is_flag=True, help="覆盖已有文件")
@batch_option
@json_option
@pass_settings
def template(settings: Settings, *, output: Path, force: bool, batch: str | None, as_json: bool) -> None:
    """写出报到表：已录取而尚未登记的人已列好，在“是否报到”填是或否。

    \b
    例：zhupei admit checkin template -o 报到.xlsx
    """
    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"文件名 {output.name!r} 应以 .xlsx 结尾。", click.get_current_context())
    refuse_existing(output, force=force)
    with transaction(settings.database_url, dry_run=True) as session:
        people = checkins.list_expected(session, lookup.find_batch(session, batch))
    headings = [kinds.CHECK_IN.headings[key] for key in _KEYS]
    with replacing(output, force=force) as beside:
        write_xlsx(beside, headings, [[person.get(key) for key in _KEYS] for person in people])
    summary = {"file": str(output), "people": len(people)}
    show_summary(settings, summary, f"已写入 {output}（{len(people)} 人）", as_json=as_json)
    if not as_json:
        next_step(settings, f"zhupei admit checkin import {output}", "填好后导入")


@checkin.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--reason", help="更正已登记的报到时的原因；各行的备注优先")
@batch_option
@max_rows_option
@dry_run_option
@json_option
@pass_settings
def import_(
    settings: Settings,
    files: tuple[Path, ...],
    *,
    reason: str | None,
    batch: str | None,
    max_rows: int,
    dry_run: bool,
    as_json: bool,
) -> None:
    """从工作簿登记报到（报名号或证件号码、是否报到、备注）；未报到者的名额空出。

    与已登记的不同即为更正，须在备注或 --reason 写明原因。

    \b
    例：zhupei admit checkin import 报到.xlsx
    """
    reading = read_workbooks(files, kinds.CHECK_IN, max_rows=max_rows)
    with transaction(settings.database_url, dry_run=dry_run) as session:
        found = lookup.find_batch(session, batch)
        outcome = checkins.import_checkins(session, reading, batch=found, by=settings.acting(), reason=reason)
    show_import(settings, outcome, reading, as_json=as_json, dry_run=dry_run)
