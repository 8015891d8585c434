"""`zhupei review approve`, `reject`, `return`, `revoke`: decisions of the first-choice base (指南 二.5)."""

from collections.abc import Callable
from typing import TypedDict, Unpack

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.services.records import base_login
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.shell.arguments import CODE, NAME
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import DECISION, Decision

from ..shared.findings import refusals
from ..shared.naming import numbered
from ..shared.writing import Deed, writing


class _How(TypedDict):
    """What the decisions share: of which batch, by which base."""

    batch: str | None
    base: str | None
    skip_bad: bool


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
    left_out = refusals((verdict.application_no, fault) for verdict, fault in refused)
    same = len(dict.fromkeys(numbers)) - done - len(refused)
    standing = f"，另有 {same} 份已经是这样，不必再做" if same else ""
    summary = {"decision": decision, "decided": done, "refused": left_out}
    deed.tell(summary, f"{DECISION.label(decision)}：{done} 份{standing}")
    deed.refuse(left_out)
