"""`zhupei batch seal`: a batch's result in a file that anybody can check."""

from pathlib import Path

import click

from zhupei_cli.files import refuse_existing, replacing
from zhupei_cli.services.records import lookup
from zhupei_cli.services.results import sealing
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import transaction

from ..shared.options import batch_argument, dry_run_option, json_option, pass_settings
from ..shared.output import next_step, show_summary


@click.command("seal")
@batch_argument
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="写入的文件，默认 批次编号_封存.zip",
)
@click.option("--force", is_flag=True, help="覆盖已有文件")
@dry_run_option
@json_option
@pass_settings
def seal(
    settings: Settings,
    *,
    batch: str | None,
    output: Path | None,
    force: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """封存正式录取的批次：录取计算的输入和结果、录取状态、操作记录，没有个人信息。

    封存号印在公示材料上，任何人都可以用 zhupei verify 核对文件，不需要数据库。

    \b
    例：zhupei batch seal HN2026
        zhupei batch seal HN2026 -o 封存/HN2026.zip
    """
    with transaction(settings.database_url, dry_run=dry_run) as session:
        found = lookup.find_batch(session, batch)
        path = output or Path(f"{found.code}_封存.zip")
        refuse_existing(path, force=force)
        with replacing(path, force=force, keep=not dry_run) as beside:
            summary = sealing.seal_batch(session, found, beside, by=settings.acting())
    sentence = f"批次 {summary['batch']} {'可以' if dry_run else '已'}封存到 {path}，封存号 {summary['seal']}"
    show_summary(settings, {**summary, "file": str(path), "dry_run": dry_run}, sentence, as_json=as_json)
    if not (as_json or dry_run):
        next_step(settings, f"zhupei verify {path}", "核对封存的文件")
