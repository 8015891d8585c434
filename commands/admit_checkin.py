"""`zhupei admit checkin`: who came (报到), by workbook."""

from pathlib import Path
from typing import Any

import click

from zhupei_cli.services import checkins, lookup
from zhupei_cli.services.workbooks import read_workbooks
from zhupei_cli.settings import Settings
from zhupei_cli.sheets import kinds
from zhupei_cli.sheets.columns import Choices
from zhupei_cli.sheets.template import form_of
from zhupei_cli.store.engine import transaction

from ._changes import changes_option, trial_changes
from ._imports import mask_option, max_rows_option, show_import, sources
from ._options import batch_option, dry_run_option, json_option, pass_settings
from ._templates import template_options, write_forms


@click.group("checkin")
def checkin() -> None:
    """报到：写出报到表，填好后导入。"""


@checkin.command("template")
@template_options("报到.xlsx")
@batch_option
@pass_settings
def template(settings: Settings, *, batch: str | None, **given: Any) -> None:
    """写出报到表：已录取而尚未登记的人已列好，在“是否报到”填是或否。

    \b
    例：zhupei admit checkin template -o 报到.xlsx
    """
    with transaction(settings.database_url, dry_run=True) as session:
        found = lookup.find_batch(session, batch)
        title, people = f"{found.name} 报到", checkins.list_expected(session, found)
    form = form_of(kinds.CHECK_IN, title, without=("id_number",), rows=people)
    given |= {"people": len(people)}
    write_forms(settings, [form], Choices(), importing="zhupei admit checkin import", **given)


@checkin.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--reason", help="更正已登记的报到时的原因；各行的备注优先")
@batch_option
@max_rows_option
@mask_option
@changes_option
@dry_run_option
@json_option
@pass_settings
@sources
def import_(
    settings: Settings,
    files: tuple[Path, ...],
    *,
    reason: str | None,
    batch: str | None,
    max_rows: int,
    mask: bool,
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
        changes = trial_changes(session, outcome, reading, dry_run=dry_run)
    show_import(settings, outcome, reading, as_json=as_json, dry_run=dry_run, mask=mask, changes=changes)
