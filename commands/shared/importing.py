"""What every import command does with its outcome: summary, problems, exit code."""

import functools
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from zhupei_cli.files import shown_path
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.workbooks import Reading, write_errors
from zhupei_cli.services.undo.changed_rows import RowChange
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds.columns import Choices, Offer
from zhupei_cli.sheets.reading.book import MAX_ROWS
from zhupei_cli.sheets.taking.problems import Problem
from zhupei_cli.shell.arguments import Whole
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import require_database
from zhupei_cli.words.errors import ZhupeiError, begins_with

from .changes import show_changes
from .options import F
from .output import FINDINGS, show_summary
from .templates import choices_of

#: How many rows a sheet may have: beyond it, a look at the file first is worth the trouble.
max_rows_option = click.option(
    "--max-rows", type=Whole(1), default=MAX_ROWS, show_default=True, help="一个工作表最多的行数"
)

#: For who only looks at the bad rows, or shows them to others.
mask_option = click.option(
    "--mask", is_flag=True, help="错误工作簿中遮盖证件号码、电话、地址（只供查看，不能再导入）"
)

#: Problems a terminal shows before it says how many more there are; JSON has them all.
SHOWN = 20


def sources(command: F) -> F:
    """Look at the database and at FILE… of an import before any of them is read.

    Lock files of Excel are passed over and a file that is named twice is read once, each with a remark.
    Raises E070 for a folder, E071 when nothing but lock files is named; what `require_database` raises.
    """

    @functools.wraps(command)
    def with_sources(settings: Settings, *args: Any, **kwargs: Any) -> Any:
        # Reading takes seconds: first of all it must be certain that there is a place for what is read.
        require_database(settings.database_url)
        if "files" in kwargs:
            kwargs["files"] = _readable(settings, kwargs["files"])
        else:
            _readable(settings, (kwargs["file"],))
        return command(settings, *args, **kwargs)

    return with_sources  # type: ignore[return-value]


def _readable(settings: Settings, paths: Sequence[Path]) -> tuple[Path, ...]:
    folders = [path for path in paths if path.is_dir()]
    if folders:
        raise ZhupeiError("E070", folder=shown_path(folders[0]))
    kept: dict[Path, Path] = {}
    locks = [path for path in paths if path.name.startswith(_LOCK)]
    for path in paths:
        if path.resolve() in kept:
            note(settings, f"提醒：{shown_path(path)} 写了两次，只读一次")
        elif path not in locks:
            kept[path.resolve()] = path
    for path in locks:
        named = shown_path(path).replace(_LOCK, "")
        if not kept:
            raise ZhupeiError("E071", file=shown_path(path), workbook=named)
        note(settings, f"提醒：{shown_path(path)} 是 Excel 打开工作簿时的临时文件，已略过；请关闭 Excel")
    return tuple(kept.values())


#: How the file begins that Excel keeps beside a workbook while it is open.
_LOCK = "~$"


def show_import(
    settings: Settings,
    outcome: Imported,
    reading: Reading,
    *,
    as_json: bool,
    dry_run: bool,
    errors: Path | None = None,
    mask: bool = False,
    batch: str | None = None,
    changes: Sequence[RowChange] = (),
) -> None:
    """Show what an import did and what it refused, and give the bad rows back; exit 3 when there are any.

    They go to `errors`, else beside each file; a dry run leaves no file unless `errors` is given. With
    `mask` personal data in them is masked; drop-downs offer what the plan of `batch` has, if it is the one.
    """
    problems, ok = reading.problems, outcome.ok and not reading.left_out
    returned = (
        [] if dry_run and errors is None else _returned(settings, reading, errors, mask=mask, batch=batch)
    )
    summary = {
        "ok": ok,
        "import_id": None if dry_run else outcome.import_id,
        "counts": asdict(outcome.counts),
        "problems": [problem.as_json() for problem in problems],
        "files": [asdict(file) for file in outcome.files],
        "errors_files": [str(path) for path in returned],
        "dry_run": dry_run,
        **({} if outcome.applied_anew is None else {"applied_anew": outcome.applied_anew}),
        **({"changes": [change.as_json() for change in changes]} if dry_run else {}),
    }
    show_summary(settings, summary, _sentence(outcome, problems, dry_run=dry_run), as_json=as_json)
    if not as_json:
        show_changes(settings, changes)
        if outcome.counts.blank:
            note(settings, f"{outcome.counts.blank} 行未填，略过")
        _show_problems(settings, problems)
        for path in returned:
            use = "证件号码等已遮盖，只供查看" if mask else "改好后可直接再导入"
            note(settings, f"不合格的行已写入 {shown_path(path)}，{use}")
        if outcome.readable and not outcome.counts.rows:
            note(settings, "表头以下还没有填写任何一行，没有可导入的内容")
    if not ok:
        click.get_current_context().exit(FINDINGS)


def _returned(
    settings: Settings, reading: Reading, errors: Path | None, *, mask: bool, batch: str | None
) -> list[Path]:
    try:
        choices = _choices(settings, reading, batch)
        return write_errors(reading, errors, choices=choices, masked=mask)
    except ZhupeiError as error:  # the good rows are in: that the folder is read-only changes nothing
        note(settings, f"提醒 [{error.code}] 不合格的行没有写出：{error.message}")
        return []


def _choices(settings: Settings, reading: Reading, batch: str | None) -> Choices:
    columns = (column for _, table in reading.tables for column in table.kind.columns)
    if not any(isinstance(column.offers, Offer) for column in columns):
        return Choices()
    if not any(line.bad for line in reading.lines):
        return Choices()
    return choices_of(settings, batch, any_batch=batch is not None)[0]


def _sentence(outcome: Imported, problems: Sequence[Problem], *, dry_run: bool) -> str:
    """Return the summary; its reminders are those that are shown below, of refused rows and sheets too."""
    counts = outcome.counts
    warnings = sum(1 for problem in problems if problem.severity == "warning")
    anew = f"（新报名 {outcome.applied_anew}）" if outcome.applied_anew else ""
    parts = [f"新增 {counts.inserted}", f"更新 {counts.updated}{anew}", f"不变 {counts.unchanged}"]
    parts.append(f"未通过 {counts.rejected}")
    parts += [f"替换已有成绩 {counts.replaced}"] if counts.replaced else []
    head = "试导入（不保存）" if dry_run else "导入完成" if outcome.readable else "没有导入"
    number = "" if dry_run or outcome.import_id is None else f"，导入编号 {outcome.import_id}"
    return f"{head}：共 {counts.rows} 行，{'，'.join(parts)}，提醒 {warnings}{number}"


#: Rows that are refused for another row's sake: what is to be mended stands there.
_CONSEQUENCES = frozenset(("E162",))


def _show_problems(settings: Settings, problems: Sequence[Problem]) -> None:
    causes = sorted(problems, key=lambda problem: problem.code in _CONSEQUENCES)
    for problem in causes[:SHOWN]:
        kind = "提醒" if problem.severity == "warning" else "错误"
        row = f" 第 {problem.row} 行" if problem.row else ""
        named = not problem.column or begins_with(problem.column, problem.message)
        column = "" if named else f" {problem.column}"
        place = f"{problem.file} {problem.sheet}{row}{column}"
        note(settings, f"{kind} [{problem.code}] {place}：{problem.message}")
    if len(problems) > SHOWN:
        # In a trial nothing is written beside the file, where people would look.
        whole = (
            "加 --errors 文件 写出全部不合格的行" if "errors" in click.get_current_context().params else ""
        )
        words = "，或".join(filter(None, (whole, "加 --json 可全部列出")))
        note(settings, f"……另有 {len(problems) - SHOWN} 个问题，{words}")
