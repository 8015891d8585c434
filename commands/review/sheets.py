"""`zhupei review export`: workbooks in which bases write their decisions."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.services.records import base_login
from zhupei_cli.services.records.base_books import BaseBook
from zhupei_cli.services.reviews import review_sheets
from zhupei_cli.shell.arguments import NAME

from ..shared.options import batch_option, into_options
from ..shared.prints import kind_of_file
from ..shared.writing import Deed, writing


def _which() -> click.UsageError:
    return click.UsageError("请用 --base 写基地，或用 --all，二者选一。", click.get_current_context())


@click.command("export")
@batch_option
@click.option("--base", type=NAME, help="这个基地（编号或名称）")
@click.option("--all", "every", is_flag=True, help="有待审核报名的全部基地，每个基地一份")
@into_options("一个基地时可写 .xlsx 文件名，否则是文件夹")
@writing
def export(
    deed: Deed,
    *,
    batch: str | None,
    base: str | None,
    every: bool,
    target: Path,
    force: bool,
) -> None:
    """导出待审核的工作簿；填好审核结果和原因后，用 review import 导入。

    证件号码是完整的，导出会留下记录。

    \b
    例：zhupei review export --base 4101001 -o 审核意见.xlsx
        zhupei review export --all -o 审核
    """
    if base and every:
        raise _which()
    if kind_of_file(target, ("xlsx",)) and every:
        raise click.UsageError("--all 每个基地一份，-o 请写文件夹。", click.get_current_context())

    def prepare(session: Session, found: Batch) -> Sequence[BaseBook]:
        code = base_login.acting_base(session, base)
        if code is None and not every:
            raise _which()
        if not deed.dry_run:
            base_login.reveal_waiting(session, found)
        return review_sheets.prepare_review_books(
            session, found, code, by=deed.by, target=target, force=force
        )

    books = deed.in_batch(batch, prepare, bases=True)
    # The event is stored by now: no list leaves the database without one.
    if not deed.dry_run:
        review_sheets.write_books(books, force=force)
    files = [{"base": book.base, "file": str(book.path), "rows": len(book.rows)} for book in books]
    count = sum(len(book.rows) for book in books)
    sentence = f"导出 {len(books)} 份审核工作簿，共 {count} 份报名，存放在 {target}"
    deed.tell({"files": files, "rows": count}, sentence)
