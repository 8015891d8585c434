"""`zhupei trainee photo`: photos by the hundred (照片)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.files import free_path, refuse_existing, replacing, safe_name, shown_path, together
from zhupei_cli.model import Batch
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.services.people.photo_export import NamedBy, photo_names, photos_named
from zhupei_cli.services.people.photo_files import photo_files
from zhupei_cli.services.people.photo_intake import (
    Pictures,
    Taken,
    TakenIn,
    examined,
    import_photos,
    limits_of,
)
from zhupei_cli.services.records import lookup
from zhupei_cli.sheets.writing.error_workbook import errors_path
from zhupei_cli.sheets.writing.list_sheet import ListSheet, columns_for, write_list
from zhupei_cli.shell.arguments import FileName, Word, WrittenName
from zhupei_cli.store.engine import reading, require_database
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import PHOTO_NAME

from ..shared.importing import SHOWN
from ..shared.options import batch_option, into_options
from ..shared.progress import Progress
from ..shared.writing import Deed, writing

#: Photos that are looked at side by side.
_AT_ONCE = 2
_HEADINGS = {"file": "文件", "result": "结果", "message": "说明"}


@click.group()
def photo() -> None:
    """照片：从文件夹或 ZIP 成批导入，按号码导出。"""


@photo.command("import")
@click.argument("source", metavar="ZIP|DIR", type=FileName())
@batch_option
@click.option(
    "--errors",
    "target",
    metavar="FILE",
    type=WrittenName(),
    help="没有导入和有提醒的文件列在这个工作簿（默认 原名_未通过.xlsx）",
)
@writing
def import_(deed: Deed, source: Path, *, batch: str | None, target: Path | None) -> None:
    """成批导入照片：文件名里写证件号码、报名号、准考证号或用户名，JPG 或 PNG，不超过 1 MB。

    已有照片的换成新的，一样的不变。竖着拍的自动转正；尺寸和大小按批次的设置 photo_pixels、
    photo_kb（不写则 413 × 626、150 至 300 KB）核对，不合的只提醒。HEIC 请先转成 JPG。

    \b
    例：zhupei trainee photo import 照片.zip
        zhupei trainee photo import 照片 --batch HN2026
    """
    require_database(deed.settings.database_url)
    with photo_files(source) as files, Progress(deed.settings) as progress:
        with reading(deed.settings.database_url) as session:
            limits = limits_of(session, _batch(session, batch))
        pictures = Pictures()
        # Pillow decodes outside of Python's lock: two at a time are done in half the time.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            waiting = [pool.submit(examined, one, limits, pictures) for one in files]
            looked = [one.result() for one in progress.watch(waiting, "查看照片", "张", then="写入照片")]

        def work(session: Session) -> TakenIn:
            return import_photos(session, source, looked, batch=_batch(session, batch), by=deed.by)

        done = deed.do(work)
    counts = done.outcome.counts
    told = [one for one in done.taken if one.faults]
    kept = told and (not deed.dry_run or target is not None)
    written = _given_back(deed, free_path(target or errors_path(source)), told) if kept else []
    summary = {
        "ok": not counts.rejected,
        "import_id": None if deed.dry_run else done.outcome.import_id,
        "counts": asdict(counts),
        "problems": [row for one in told for row in _problems(one)],
        "errors_files": [str(path) for path in written],
    }
    deed.tell_plainly(summary, _sentence(deed, done))
    _say(deed, told, written)
    deed.end(found=bool(counts.rejected))


def _batch(session: Session, code: str | None) -> Batch | None:
    """Return the batch whose tickets and settings are meant, None where there is not exactly one."""
    try:
        return lookup.find_batch(session, code)
    except ZhupeiError as error:
        if code is not None or error.code != "E307":
            raise
        return None


def _sentence(deed: Deed, done: TakenIn) -> str:
    counts, number = done.outcome.counts, done.outcome.import_id
    head = "试导入（不保存）" if deed.dry_run else "导入完成"
    told = "" if deed.dry_run or number is None else f"，导入编号 {number}"
    return (
        f"{head}：共 {counts.rows} 个文件，新增 {counts.inserted}，更新 {counts.updated}，"
        f"不变 {counts.unchanged}，未通过 {counts.rejected}，提醒 {counts.warned}{told}"
    )


def _problems(one: Taken) -> list[dict[str, object]]:
    return [
        {
            # People name photos by ID numbers; the workbook of results has the names whole.
            "file": masked_text(one.file.name),
            "code": fault.code,
            "severity": fault.severity,
            "message": masked_text(fault.message),
        }
        for fault in one.faults
    ]


def _say(deed: Deed, told: Sequence[Taken], written: Sequence[Path]) -> None:
    rows = [row for one in sorted(told, key=lambda one: not one.bad) for row in _problems(one)]
    for row in rows[:SHOWN]:
        word = "错误" if row["severity"] == "error" else "提醒"
        deed.note(f"{word} [{row['code']}] {row['file']}：{row['message']}")
    if len(rows) > SHOWN:
        deed.note(f"……另有 {len(rows) - SHOWN} 个问题，加 --json 可全部列出")
    for path in written:
        deed.note(f"没有导入和有提醒的文件列在 {masked_text(shown_path(path))}")


def _given_back(deed: Deed, path: Path, told: Sequence[Taken]) -> list[Path]:
    try:
        _write(deed, path, told)
    except ZhupeiError as error:  # the good photos are in: that the folder is read-only changes nothing
        deed.note(f"提醒 [{error.code}] 结果没有写出：{error.message}")
        return []
    return [path]


def _write(deed: Deed, path: Path, told: Sequence[Taken]) -> None:
    rows = [
        {
            "file": one.file.name,
            "result": "没有导入" if one.bad else "已导入，有提醒",
            "message": "；".join(fault.message_for_offices for fault in one.faults),
        }
        for one in sorted(told, key=lambda one: not one.bad)
    ]
    columns = columns_for(_HEADINGS.items(), rows)
    today = deed.by.today
    lines = [f"共 {len(rows)} 个文件　　制表日期：{today}"]
    with replacing(path) as beside:
        write_list(beside, ListSheet("照片导入结果", "", lines, columns, today), rows)


@photo.command("export")
@batch_option
@click.option(
    "--by",
    "named_by",
    type=Word(PHOTO_NAME),
    default="application_no",
    show_default=True,
    help="文件名：application_no 报名号、id_number 证件号码、ticket 准考证号",
)
@into_options("写入这个文件夹", metavar="DIR")
@writing
def export(deed: Deed, *, batch: str | None, named_by: NamedBy, target: Path, force: bool) -> None:
    """导出一个批次的照片，每人一个文件，以报名号为文件名；导出会留下记录。

    \b
    例：zhupei trainee photo export -o 照片
        zhupei trainee photo export --by 准考证号 -o 照片
    """

    def prepare(session: Session, found: Batch) -> dict[int, str]:
        names = photo_names(session, found, named_by, by=deed.by)
        for name in names.values():
            refuse_existing(target / safe_name(name), force=force)
        return names

    names = deed.in_batch(batch, prepare)
    # The event is stored by now: no photo leaves the database without one.
    if not deed.dry_run:
        with reading(deed.settings.database_url) as session, together():
            for name, photo in photos_named(session, names):
                with replacing(target / safe_name(name), force=force) as beside:
                    beside.write_bytes(photo.content)
    deed.tell({"photos": len(names), "folder": str(target)}, f"已导出 {len(names)} 张照片，存放在 {target}")
