"""`zhupei review`: decisions of the first-choice base (指南 二.5); what they look at is in `review_lists`."""

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, Unpack

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.services.records import base_login, lookup
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.shell.arguments import CODE, NAME
from zhupei_cli.shell.lazy import LazyGroup
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import DECISION, Decision

from ..shared.changes import changes_option, trial_changes
from ..shared.importing import mask_option, max_rows_option, show_import, sources
from ..shared.naming import numbered
from ..shared.options import batch_option, dry_run_option, json_option, pass_settings, repeatable
from ..shared.writing import Deed, writing

_HERE, _LISTS = "zhupei_cli.commands.review.group", "zhupei_cli.commands.review.lists"


class _How(TypedDict):
    """What the decisions share: of which batch, by which base."""

    batch: str | None
    base: str | None
    skip_bad: bool


@click.group(
    cls=LazyGroup,
    lazy={
        "queue": (f"{_LISTS}:queue", "列出待审核的报名"),
        "show": (f"{_LISTS}:show_", "查看一份报名和系统提醒"),
        "approve": (f"{_HERE}:approve", "审核通过"),
        "reject": (f"{_HERE}:reject", "审核不通过"),
        "return": (f"{_HERE}:return_", "退回修改"),
        "revoke": (f"{_HERE}:revoke", "撤销审核"),
        "export": (f"{_LISTS}:export", "导出待审核的工作簿"),
        "import": (f"{_HERE}:import_", "从工作簿导入审核意见"),
        "log": (f"{_LISTS}:log", "列出审核记录"),
    },
)
def review() -> None:
    """基地审核：待审核、通过、不通过、退回修改、撤销，也可用工作簿导出导入。"""


def _deciding(command: Callable[..., None]) -> Callable[..., None]:
    """Add what every decision takes."""
    for option in (
        writing,
        click.option("--skip-bad", is_flag=True, help="只处理能处理的，其余列出原因（退出码 3）"),
        click.option(
            "--base", type=NAME, help="以这个基地的身份（只能审核第一志愿是本基地的报名）；不写则由省级决定"
        ),
        numbered("numbers"),
        click.argument("numbers", nargs=-1, required=True, metavar="NO…", type=CODE),
    ):
        command = option(command)
    return command


@click.command("approve")
@_deciding
def approve(deed: Deed, numbers: tuple[str, ...], **how: Unpack[_How]) -> None:
    """审核通过。

    \b
    例：zhupei review approve HN2026-0000001 --base 4101001
    """
    _decide(deed, numbers, Decision.APPROVE, **how)


@click.command("reject")
@click.option("--reason", required=True, metavar="REASON", help="不通过的原因")
@_deciding
def reject(deed: Deed, numbers: tuple[str, ...], *, reason: str, **how: Unpack[_How]) -> None:
    """审核不通过，须写明原因。

    \b
    例：zhupei review reject HN2026-0000003 --reason 学历不符合要求
    """
    _decide(deed, numbers, Decision.REJECT, reason, **how)


@click.command("return")
@click.option("--reason", required=True, metavar="REASON", help="退回的原因")
@_deciding
def return_(deed: Deed, numbers: tuple[str, ...], *, reason: str, **how: Unpack[_How]) -> None:
    """退回修改，须写明原因；学员改好后可再次提交。

    \b
    例：zhupei review return HN2026-0000002 --reason 毕业证照片不清楚
    """
    _decide(deed, numbers, Decision.RETURN, reason, **how)


@click.command("revoke")
@click.option("--reason", required=True, metavar="REASON", help="撤销的原因")
@_deciding
def revoke(deed: Deed, numbers: tuple[str, ...], *, reason: str, **how: Unpack[_How]) -> None:
    """撤销审核通过或不通过，报名回到已提交，须写明原因；批次锁定后不能撤销。

    \b
    例：zhupei review revoke HN2026-0000001 --reason 材料有误，重新审核
    """
    _decide(deed, numbers, Decision.REVOKE, reason, **how)


def _decide(
    deed: Deed,
    numbers: tuple[str, ...],
    decision: Decision,
    reason: str | None = None,
    *,
    batch: str | None,
    base: str | None,
    skip_bad: bool,
) -> None:
    verdicts = [Verdict(number, decision, reason) for number in numbers]

    def decide(session: Session, found: Batch) -> tuple[int, list[tuple[Verdict, Fault]]]:
        code = base_login.acting_base(session, base)
        return decisions.decide(session, found, verdicts, by=deed.by, base=code, skip_bad=skip_bad)

    done, refused = deed.in_batch(batch, decide, bases=True)
    refusals = [
        {"application_no": verdict.application_no, "code": fault.code, "message": fault.message}
        for verdict, fault in refused
    ]
    same = len(dict.fromkeys(numbers)) - done - len(refused)
    standing = f"，另有 {same} 份已经是这样，不必再做" if same else ""
    summary = {"decision": decision, "decided": done, "refused": refusals}
    deed.tell(summary, f"{DECISION.label(decision)}：{done} 份{standing}")
    deed.refuse(refusals)


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@batch_option
@click.option("--base", type=NAME, help="以这个基地的身份导入（只能审核第一志愿是本基地的报名）")
@max_rows_option
@mask_option
@changes_option
@dry_run_option
@json_option
@pass_settings
@sources
@repeatable
def import_(
    settings: Settings,
    files: tuple[Path, ...],
    *,
    batch: str | None,
    base: str | None,
    max_rows: int,
    mask: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """从工作簿导入审核意见（报名号、审核结果、原因）。

    已作过同样决定的行不变；与已有决定不同的行列为错误，不会覆盖。

    \b
    例：zhupei review import 审核意见.xlsx --base 4101001
    """
    reading = read_workbooks(files, workbook_kinds.REVIEW, max_rows=max_rows)
    with transaction(settings.database_url, dry_run=dry_run, bases=True) as session:
        found = lookup.find_batch(session, batch)
        acting = base_login.acting_base(session, base)
        outcome = decisions.import_reviews(session, reading, batch=found, by=settings.acting(), base=acting)
        changes = trial_changes(session, outcome, reading, dry_run=dry_run)
    show_import(settings, outcome, reading, as_json=as_json, dry_run=dry_run, mask=mask, changes=changes)
