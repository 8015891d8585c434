"""`zhupei batch seal`: a batch's result in a file that anybody can check."""

from contextlib import ExitStack
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.services.results import sealing
from zhupei_cli.shell.arguments import FileName

from ..shared.options import batch_argument
from ..shared.writing import Deed, Placed, placing, writing


@click.command("seal")
@batch_argument
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=FileName(dir_okay=False),
    help="写入的文件，默认 批次编号_封存.zip",
)
@click.option("--force", is_flag=True, help="覆盖已有文件")
@writing
def seal(
    deed: Deed,
    *,
    batch: str | None,
    output: Path | None,
    force: bool,
) -> None:
    """封存正式录取的批次：录取计算的输入和结果、录取状态、操作记录，没有个人信息。

    封存号印在公示材料上，任何人都可以用 zhupei verify 核对文件，不需要数据库。

    \b
    例：zhupei batch seal HN2026
        zhupei batch seal HN2026 -o 封存/HN2026.zip
    """

    with ExitStack() as files:

        def write(session: Session, found: Batch) -> tuple[sealing.Sealed, Placed]:
            files.pop_all().close()  # of a try that a server undid
            path = output or Path(f"{found.code}_封存.zip")
            placed = files.enter_context(placing(path, force=force))
            return sealing.seal_batch(session, found, placed.beside, by=deed.by), placed

        summary, placed = deed.in_batch(batch, write)
    path = placed.path
    done = "可以" if deed.dry_run else "已"
    sentence = f"批次 {summary['batch']} {done}封存到 {path}，封存号 {summary['seal']}"
    deed.tell_plainly({**summary, "file": str(path)}, sentence)
    deed.next(f"zhupei verify {path}", "核对封存的文件")
