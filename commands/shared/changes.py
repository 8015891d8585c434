"""What a trial import would change: shown on screen as far as it fits, whole in JSON and in files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.orm import Session

from zhupei_cli.services.records import base_login
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import FileName
from zhupei_cli.shell.logfile import note

from .options import F, _chosen_format
from .output import Column, Out, show

if TYPE_CHECKING:
    from zhupei_cli.services.undo.changed_rows import RowChange

COLUMNS = (
    Column("sheet", "工作表"),
    Column("row", "行"),
    Column("name", "对象"),
    Column("field_label", "项目"),
    Column("old", "原来"),
    Column("new", "改为"),
)
_WHOLE = (Column("file", "文件"), *COLUMNS[:3], Column("action_label", "动作"), *COLUMNS[3:])
_OUTPUT = "zhupei.changes.output"

#: Changes a terminal shows before it says how many more there are.
SHOWN = 20


def _keep(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    ctx.meta[_OUTPUT] = value


def changes_option(command: F) -> F:
    """Add -o: the file that gets all that a trial import would change."""
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=FileName(dir_okay=False),
        callback=_keep,
        expose_value=False,
        help="与 --dry-run 同用：把逐项变化写入文件，格式由后缀决定",
    )(command)


def trial_changes(
    session: Session, outcome: Imported, reading: Reading, *, dry_run: bool
) -> list["RowChange"]:
    """Return what a trial import would change, before it is taken back; nothing for one that is kept."""
    if click.get_current_context().meta.get(_OUTPUT) is not None and not dry_run:
        raise click.UsageError("-o 只能与 --dry-run 同用。", click.get_current_context())
    # A base reads no images: they hold what other bases' people had.
    if not dry_run or outcome.import_id is None or base_login.is_base(session):
        return []
    from zhupei_cli.services.undo.changed_rows import row_changes

    return row_changes(session, outcome.import_id, reading.lines)


def show_changes(settings: Settings, changes: Sequence["RowChange"]) -> None:
    """Show the first changes; -v and -o give all, and what is added."""
    path = click.get_current_context().meta.get(_OUTPUT)
    if path is not None:
        _write(settings, changes, path)
        return
    changed = [one for one in changes if one.action == "updated"]
    listed = changes if settings.verbose else changed[:SHOWN]
    if listed:
        show([one.as_json() for one in listed], COLUMNS, Out(settings))
    if not settings.verbose and len(changed) > SHOWN:
        note(settings, f"……还有 {len(changed) - SHOWN} 处，加 -o 文件 或 zhupei -v 可全部列出")


def _write(settings: Settings, changes: Sequence["RowChange"], path: Path) -> None:
    file_format = _chosen_format(None, as_json=False, output=path)
    words = {"inserted": "新增", "updated": "更新"}
    rows = [{**one.as_json(), "action_label": words[one.action]} for one in changes]
    show(rows, _WHOLE, Out(settings, file_format, path), title="导入带来的变化")
