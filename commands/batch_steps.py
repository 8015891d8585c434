"""The steps of a batch: `zhupei batch open`, `close`, `lock` and the others."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from zhupei_cli.files import replacing
from zhupei_cli.services import lookup, sealing, stages
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import transaction
from zhupei_cli.vocabulary import BATCH_STATUS

from ._options import batch_argument, confirm, dry_run_option, json_option, pass_settings, yes_option
from ._output import next_step, show_summary

#: What steps report besides the state, as people read it.
_DETAILS = {
    "seats": "计划招收 {} 人",
    "candidates": "参加录取 {} 人",
    "unreviewed": "未审核 {} 份",
    "runs_dropped": "删除录取计算 {} 次",
    "admitted": "正式录取 {} 人",
}

Take = Callable[..., dict[str, Any]]


def _step(
    take: Take, text: str, *, question: str | None = None, then: tuple[str, str] | None = None
) -> click.Command:
    """Make the command of one step; `question` is asked before something is lost."""

    @batch_argument
    @click.option("--reason", help="原因，随记录保存")
    @dry_run_option
    @json_option
    @pass_settings
    def run(
        settings: Settings,
        *,
        batch: str | None,
        reason: str | None,
        dry_run: bool,
        as_json: bool,
        yes: bool = False,
    ) -> None:
        if question is not None and not dry_run:
            confirm(question, settings, yes=yes)
        with transaction(settings.database_url, dry_run=dry_run) as session:
            found = lookup.find_batch(session, batch)
            moved = take(session, found, by=settings.acting(), reason=reason)
        _tell(settings, moved, as_json=as_json, dry_run=dry_run, then=then)

    return click.command(help=text)(run if question is None else yes_option(run))


def _tell(
    settings: Settings,
    moved: dict[str, Any],
    *,
    as_json: bool,
    dry_run: bool,
    then: tuple[str, str] | None,
) -> None:
    head = "可以" if dry_run else "已"
    path = f"由“{BATCH_STATUS.label(moved['before'])}”变为“{moved['status_label']}”"
    details = [words.format(moved[key]) for key, words in _DETAILS.items() if moved.get(key) is not None]
    sentence = "，".join((f"批次 {moved['batch']} {head}{path}", *details))
    show_summary(settings, moved | {"dry_run": dry_run}, sentence, as_json=as_json)
    if then is not None and not dry_run:
        next_step(settings, *then)


def _moving(verb: str) -> Take:
    return partial(stages.move_batch, verb=verb)


open_ = _step(
    stages.open_batch,
    """开放报名；须已有招收计划，报名截止时间未过。

    \b
    例：zhupei batch open HN2026
    """,
    then=("zhupei trainee import 报名信息.xlsx --submit", "导入报名信息"),
)
close = _step(
    _moving("close"),
    """结束报名；基地可以继续审核。

    \b
    例：zhupei batch close HN2026
    """,
    then=("zhupei admit scores import 成绩.xlsx", "导入成绩；审核完成后 zhupei batch lock"),
)
reopen = _step(
    stages.reopen_batch,
    """重新开放报名；报名截止时间已过的用 extend。

    \b
    例：zhupei batch reopen HN2026 --reason 补报
    """,
)
lock = _step(
    stages.lock_batch,
    """锁定批次：报名和审核到此为止，审核通过的参加录取。

    还有未审核的报名时拒绝锁定，除非写明 --reason。

    \b
    例：zhupei batch lock HN2026
    """,
    then=("zhupei admit run", "计算录取"),
)
unlock = _step(
    stages.unlock_batch,
    """解除锁定，回到报名结束；已有的录取计算会被删除。

    \b
    例：zhupei batch unlock HN2026 --yes
    """,
    question="解除锁定会删除这个批次的全部录取计算，继续吗？",
)
publish = _step(
    _moving("publish"),
    """公示拟录取名单；从此学员能看到录取状态，不能再撤销拟录取。

    \b
    例：zhupei batch publish HN2026
    """,
    then=("zhupei batch finalize", "公示期满后正式录取"),
)
finalize = _step(
    stages.finalize_batch,
    """正式录取：拟录取的全部成为已录取。

    \b
    例：zhupei batch finalize HN2026
    """,
    then=("zhupei export roster --all -o 录取名单", "导出各基地录取名单"),
)
archive = _step(
    _moving("archive"),
    """归档；归档的批次不再改动。

    \b
    例：zhupei batch archive HN2026
    """,
)
cancel = _step(
    _moving("cancel"),
    """取消批次；只有筹备中和报名中的批次可以取消，取消后不能恢复。

    \b
    例：zhupei batch cancel HN2026 --reason 计划调整 --yes
    """,
    question="取消后不能恢复，继续吗？",
)


@click.command("extend")
@batch_argument
@click.option("--apply-until", "until", required=True, metavar="TIME", help="新的报名截止时间")
@click.option("--reason", help="原因，随记录保存")
@dry_run_option
@json_option
@pass_settings
def extend(
    settings: Settings, *, batch: str | None, until: str, reason: str | None, dry_run: bool, as_json: bool
) -> None:
    """延长报名时间；报名已结束的批次会重新开放。

    \b
    例：zhupei batch extend HN2026 --apply-until 2026-06-25
    """
    with transaction(settings.database_url, dry_run=dry_run) as session:
        found = lookup.find_batch(session, batch)
        moved = stages.extend_batch(session, found, until, by=settings.acting(), reason=reason)
    _tell(settings, moved, as_json=as_json, dry_run=dry_run, then=None)


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
@json_option
@pass_settings
def seal(settings: Settings, *, batch: str | None, output: Path | None, force: bool, as_json: bool) -> None:
    """封存正式录取的批次：录取计算的输入和结果、录取状态、操作记录，没有个人信息。

    封存号印在公示材料上，任何人都可以用 zhupei verify 核对文件，不需要数据库。

    \b
    例：zhupei batch seal HN2026
        zhupei batch seal HN2026 -o 封存/HN2026.zip
    """
    with transaction(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        path = output or Path(f"{found.code}_封存.zip")
        with replacing(path, force=force) as beside:
            summary = sealing.seal_batch(session, found, beside, by=settings.acting())
    sentence = f"批次 {summary['batch']} 已封存到 {path}，封存号 {summary['seal']}"
    show_summary(settings, {**summary, "file": str(path)}, sentence, as_json=as_json)
    if not as_json:
        next_step(settings, f"zhupei verify {path}", "核对封存的文件")
