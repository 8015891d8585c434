"""What is done with an application: `zhupei apply submit`, `withdraw`, `correct`."""

from collections.abc import Mapping

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.services.applications import correcting, listing, submitting, withdrawing
from zhupei_cli.services.applications.correcting import Corrected
from zhupei_cli.shell.arguments import CODE

from ..shared.findings import as_json_rows, tell
from ..shared.naming import numbered
from ..shared.options import can_ask, late_options, yes_option
from ..shared.writing import Deed, writing


@click.command("submit")
@click.argument("numbers", nargs=-1, metavar="NO…", type=CODE)
@numbered("numbers")
@click.option(
    "--all-ready",
    is_flag=True,
    help="提交全部资料齐全的未提交、退回修改的报名；有不能提交的，列出原因（退出码 3）",
)
@click.option("--skip-bad", is_flag=True, help="只提交合格的，其余列出原因（退出码 3）")
@late_options
@yes_option
@writing
def submit(
    deed: Deed,
    numbers: tuple[str, ...],
    *,
    batch: str | None,
    all_ready: bool,
    skip_bad: bool,
    late_reason: str | None,
) -> None:
    """提交报名；提交后不能修改，除非基地退回。

    在终端中会请您确认，--yes 表示已经确认。

    \b
    例：zhupei apply submit HN2026-0000001 HN2026-0000002
        zhupei apply submit --all-ready
    """
    if bool(numbers) == all_ready:
        raise click.UsageError("请写报名号，或用 --all-ready，二者选一。", click.get_current_context())

    def hand_in(session: Session, found: Batch) -> submitting.Submitted:
        chosen = submitting.ready_numbers(session, found) if all_ready else numbers
        skip = skip_bad or all_ready
        handed = submitting.submit(session, found, chosen, by=deed.by, skip_bad=skip, late_reason=late_reason)
        # Scripts submit without a word: only somebody at a terminal is asked.
        if handed[0] and can_ask(deed.settings):
            whose = handed[0][0] if len(handed[0]) == 1 else f"这 {len(handed[0])} 份报名"
            deed.require(f"注意：提交后将无法修改。确认提交 {whose} 吗？")
        return handed

    done, refused, warned = deed.in_batch(batch, hand_in)
    summary = {
        "submitted": done,
        "refused": [{"application_no": number, **one} for number, one in as_json_rows(refused)],
        "warnings": [{"application_no": number, **one} for number, one in as_json_rows(warned)],
    }
    left = len({number for number, _ in refused})
    deed.tell(summary, f"已提交 {len(done)} 份报名，未提交 {left} 份")
    for number, fault in () if deed.as_json else (*refused, *warned):
        tell(deed.settings, fault, about=number)
    if len(done) == 1:
        deed.next(f"zhupei apply status {done[0]}", "查看报名状态；由第一志愿基地审核")
    deed.end(found=bool(refused))


def _of_whom(session: Session, batch: Batch, number: str) -> str:
    """Return the number with the name it belongs to and where it stands, as a question says it."""
    row = listing.show_application(session, batch, number)
    return f"{number}（{row['name']}，{row['status_label']}）"


@click.command("withdraw")
@click.argument("number", metavar="NO", type=CODE)
@numbered("number")
@click.option("--reason", help="撤回的原因；基地审核通过的必须写明")
@yes_option
@writing
def withdraw(
    deed: Deed,
    number: str,
    *,
    batch: str | None,
    reason: str | None,
) -> None:
    """撤回报名；撤回后可以重新报名，原报名号不再使用。

    未提交、退回修改、已提交的可以撤回；基地审核通过的由省级写明原因撤回；已有录取结果的不能撤回。

    \b
    例：zhupei apply withdraw HN2026-0000001 --reason 本人申请
    """

    def take_back(session: Session, found: Batch) -> withdrawing.Withdrawn:
        whom = _of_whom(session, found, number)
        done = withdrawing.withdraw(session, found, number, by=deed.by, reason=reason)
        deed.require(f"撤回后不能恢复，撤回 {whom}吗？")
        return done

    done = deed.in_batch(batch, take_back)
    deed.tell(done, f"已撤回报名 {number}")
    _tell_stale(deed, done["runs_stale"])


@click.command("correct")
@click.argument("number", metavar="NO", type=CODE)
@click.argument("pairs", nargs=-1, required=True, metavar="FIELD VALUE…")
@numbered("number")
@click.option("--reason", required=True, help="更正的原因")
@writing
def correct(
    deed: Deed,
    number: str,
    pairs: tuple[str, ...],
    *,
    batch: str | None,
    reason: str,
) -> None:
    """更正已提交的报名（省级）：形成新的一版，原来的各版保留，学员信息不变。

    项目用报名信息表的列名或英文键，可写多对；清空表示去掉。最高学历以下的写 本科院校、本科学位、
    硕士学位 这样的项目。志愿、个人身份、是否服从调剂是录取的依据，确定拟录取以前可以更正，
    已有的录取计算随之过时。电话和邮箱不在其中，随时用 trainee edit 修改。

    \b
    例：zhupei apply correct HN2026-0000001 毕业院校 河南大学 --reason 学员填错
        zhupei apply correct HN2026-0000001 choice2_base 清空 --reason 本人申请
    """
    given = _pairs(pairs)
    done = deed.in_batch(
        batch,
        lambda session, found: correcting.correct(session, found, number, given, by=deed.by, reason=reason),
    )
    _show_corrected(deed, done)


def _pairs(words: tuple[str, ...]) -> Mapping[str, str]:
    if len(words) % 2:
        raise click.UsageError(
            "项目和值要成对，例如 毕业院校 河南大学；值含空格时加引号。", click.get_current_context()
        )
    return dict(zip(words[::2], words[1::2], strict=True))


def _show_corrected(deed: Deed, done: Corrected) -> None:
    number = done.application_no
    summary = {
        "application_no": number,
        "version": done.version,
        "changes": done.changes,
        "warnings": [one for _, one in as_json_rows((number, fault) for fault in done.findings)],
        "runs_stale": done.runs_stale,
    }
    changed = "；".join(
        f"{one['label']} {one['before'] or '空'} → {one['after'] or '空'}" for one in done.changes
    )
    sentence = f"已更正 {number}（第 {done.version} 版）：{changed}" if changed else f"{number} 没有变化"
    deed.tell(summary, sentence)
    for fault in () if deed.as_json else done.findings:
        tell(deed.settings, fault, warn=True)
    _tell_stale(deed, done.runs_stale)


def _tell_stale(deed: Deed, runs: int) -> None:
    if runs:
        deed.note(f"已有的 {runs} 次录取计算随之过时，须重新运行 zhupei admit run")
