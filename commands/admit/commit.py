"""`zhupei admit commit` and `uncommit`: a run made the result, and taken back."""

import click
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.admission import admissions
from zhupei_cli.services.admission.stages import Moved
from zhupei_cli.shell.arguments import Whole
from zhupei_cli.words.vocabulary import BatchStatus

from ..shared.consent import with_doubts
from ..shared.options import batch_option, yes_option
from ..shared.writing import Deed, writing


@click.command("commit")
@click.argument("number", metavar="RUN", type=Whole(1))
@batch_option
@writing
@yes_option
def commit(deed: Deed, number: int, *, batch: str | None) -> None:
    """把一次录取计算确定为拟录取结果；此后数据有变的计算不能确定。

    admit check 有疑问（例如有人没有成绩）时、正式录取以后的递补，先提问，不在终端中须加 --yes。

    \b
    例：zhupei admit commit 1
    """

    def act(session: Session, found: Batch) -> tuple[Moved, bool]:
        done = admissions.commit_run(session, found, number, by=deed.by)
        if done["doubts"]:
            question = f"确定批次 {found.code}（{found.name}）第 {number} 次录取计算：{_counted(done)}"
            deed.require(f"{question}，继续吗？", done["doubts"])
        # Of a later round, whose people are on no list yet.
        return done, found.status in PUBLISHED and bool(done["proposed"])

    summary, unlisted = deed.in_batch(batch, act)
    sentence = f"第 {number} 次录取计算{'可以' if deed.dry_run else '已'}确定，{_counted(summary)}"
    deed.tell(with_doubts(summary), sentence)
    if unlisted:
        listed = f"zhupei export public --batch {summary['batch']} --run {number}"
        deed.next(f"{listed} -o 补充公示名单-{number}.xlsx", "导出这一轮的补充公示名单")
    deed.next_in(summary["batch"])


def _counted(summary: Moved) -> str:
    word = "已录取" if summary["status"] == BatchStatus.FINAL else "拟录取"
    return f"{word} {summary['proposed']} 人，未录取 {summary['not_admitted']} 人"


def _taken_back(done: str, summary: Moved) -> str:
    by_hand = f"（含个别安排的 {'、'.join(summary['placed'])}）" if summary["placed"] else ""
    return f"{done} {summary['taken_back']} 人的录取结果，其中拟录取 {summary['proposed']} 人{by_hand}"


@click.command("uncommit")
@batch_option
@click.option("--reason", required=True, help="撤销的原因")
@writing
@yes_option
def uncommit(deed: Deed, *, batch: str | None, reason: str) -> None:
    """公示前撤销拟录取结果，批次回到已锁定；录取计算仍保留，个别安排的一并撤销。

    在终端中先列出人数并提问；有个别安排的，撤销后不能照原样恢复，不在终端中须加 --yes。
    已放弃、被取消的仍不是考生，确应参加的用 zhupei admit reinstate 恢复资格。

    \b
    例：zhupei admit uncommit --reason 计划调整
    """

    def act(session: Session, found: Batch) -> Moved:
        done = admissions.uncommit(session, found, reason=reason, by=deed.by)
        # A run can be committed again, a seat given by hand is gone.
        deed.require(f"{_taken_back('撤销', done)}，继续吗？", people=not done["placed"])
        return done

    summary = deed.in_batch(batch, act)
    sentence = _taken_back("可以撤销" if deed.dry_run else "已撤销", summary)
    deed.tell(summary, sentence)
    deed.next("zhupei admit run", "重新计算录取")
