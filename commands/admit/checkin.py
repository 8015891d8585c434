"""`zhupei admit checkin`: who came (报到), by workbook."""

from pathlib import Path

import click

from zhupei_cli.files import replacing
from zhupei_cli.services.admission import checkin_sheets
from zhupei_cli.services.kinds.checkin import CHECK_IN_IMPORT
from zhupei_cli.services.records import lookup
from zhupei_cli.services.records.base_books import BaseBook
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.writing.template import BlankForm, write_template
from zhupei_cli.shell.arguments import FileName
from zhupei_cli.store.engine import transaction

from ..shared.done import tried
from ..shared.importing import Import, importing
from ..shared.options import batch_option, dry_run_option, json_option, pass_settings
from ..shared.output import next_step, show_summary
from ..shared.prints import require_folder


@click.group("checkin")
def checkin() -> None:
    """报到：写出报到表，填好后导入。"""


@checkin.command("template")
@click.option("--base", help="只写这个基地（编号或名称）")
@click.option("--all", "every", is_flag=True, help="有人要报到的全部基地，每个基地一份，-o 写文件夹")
@click.option(
    "-o",
    "--output",
    "target",
    default="报到.xlsx",
    show_default=True,
    metavar="FILE|DIR",
    type=FileName(),
    help="写入这个 .xlsx 文件；--all 时是文件夹",
)
@click.option("--force", is_flag=True, help="覆盖已有文件")
@batch_option
@dry_run_option
@json_option
@pass_settings
def template(
    settings: Settings,
    *,
    base: str | None,
    every: bool,
    target: Path,
    force: bool,
    batch: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """写出报到表：已录取而尚未登记的人已列好，在“是否报到”填是或否；空着的行不算。

    手机号码是完整的，写出会留下记录。

    \b
    例：zhupei admit checkin template -o 报到.xlsx
        zhupei admit checkin template --base 4101001 -o 报到.xlsx
        zhupei admit checkin template --all -o 报到
    """
    _require_target(target, base=base, every=every)
    with transaction(settings.database_url, dry_run=dry_run) as session:
        found = lookup.find_batch(session, batch)
        by = settings.acting()
        if every or base is not None:
            code = None if base is None else lookup.find_base(session, base)
            books = checkin_sheets.prepare_checkin_books(
                session, found, code, by=by, target=target, force=force
            )
        else:
            books = [checkin_sheets.prepare_province(session, found, by=by, target=target, force=force)]
    # The event is stored by now: no list leaves the database without one.
    for book in books:
        with replacing(book.path, force=force, keep=not dry_run) as beside:
            write_template(beside, [_form(book)], Choices())
    people = sum(len(book.rows) for book in books)
    files = [{"base": book.base or None, "file": str(book.path), "people": len(book.rows)} for book in books]
    summary = {"file": str(target), "people": people, "files": files, "dry_run": dry_run}
    share = f"，{len(books)} 个基地" if every else ""
    told = tried(f"已写入 {target}（{people} 人{share}）", dry_run=dry_run)
    show_summary(settings, summary, told, as_json=as_json)
    if not (as_json or dry_run):
        importing = f"{target}/*.xlsx" if every else str(target)
        next_step(settings, f"zhupei admit checkin import {importing}", "填好后导入")


def _require_target(target: Path, *, base: str | None, every: bool) -> None:
    here = click.get_current_context()
    if base is not None and every:
        raise click.UsageError("请用 --base 写基地，或用 --all，二者选一。", here)
    if every == (target.suffix.lower() == ".xlsx"):
        wanted = (
            "--all 每个基地一份，-o 请写文件夹。" if every else f"文件名 {target.name!r} 应以 .xlsx 结尾。"
        )
        raise click.UsageError(wanted, here)
    if every:
        require_folder(target)


def _form(book: BaseBook) -> BlankForm:
    columns = tuple(column for column in workbook_kinds.CHECK_IN.columns if column.key != "id_number")
    return BlankForm(workbook_kinds.CHECK_IN, book.title, columns, book.rows, frozen=2)


@checkin.command("import")
@click.option("--reason", help="更正已登记的报到时的原因；各行的备注优先")
@batch_option
@importing(several=True)
def import_(taking: Import, *, reason: str | None, batch: str | None) -> None:
    """从工作簿登记报到（报名号或证件号码、是否报到、备注）；未报到者的名额空出。

    与已登记的不同即为更正，须在备注或 --reason 写明原因。

    \b
    例：zhupei admit checkin import 报到.xlsx
    """
    taking.run_in_batch(CHECK_IN_IMPORT, batch, reason=reason)
