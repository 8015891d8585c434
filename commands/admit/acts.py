"""`zhupei admit place | revoke | decline | quit | reinstate`: what people decide one by one after a run."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, TypeVar

import click
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.lifecycle import ADMISSION
from zhupei_cli.services.admission import by_hand, give_up
from zhupei_cli.services.records import lookup
from zhupei_cli.shell.arguments import CODE, NAME
from zhupei_cli.shell.days import DAY
from zhupei_cli.shell.logfile import warn
from zhupei_cli.words.errors import ZhupeiError, sentence
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, BATCH_STATUS

from ..shared.consent import with_doubts
from ..shared.findings import refusals
from ..shared.naming import numbered
from ..shared.options import F, yes_option
from ..shared.writing import Deed, writing


@click.command("place")
@click.argument("number", metavar="NO", type=CODE)
@click.argument("base", metavar="BASE", type=NAME)
@click.argument("specialty", metavar="SPECIALTY", type=NAME)
@click.option("--reason", required=True, help="安排的原因")
@numbered("number")
@writing
@yes_option
def place(deed: Deed, number: str, base: str, specialty: str, *, reason: str, batch: str | None) -> None:
    """把一名未录取的考生安排到有空缺的岗位，成为拟录取；正式录取前可用。

    没有总成绩、低于分数线、越过名次在前的人、本人没有填报也不能调剂时先列出并提问，
    不在终端中须加 --yes。照成绩排名递补用 zhupei admit run --round refill。
    已放弃、被取消的须先恢复资格。正式录取后安排的直接成为已录取；已有补录批次时，空缺由补录批次招收。

    \b
    例：zhupei admit place HN2026-0000007 4101001 0100 --reason 递补
    """

    def act(session: Session, found: Batch) -> by_hand.PlacedByHand:
        seat = lookup.find_base(session, base), lookup.find_specialty(session, specialty)
        done = by_hand.place(session, found, number, seat, reason=reason, by=deed.by)
        if done["doubts"]:
            deed.require(f"把 {_placed(done)}，继续吗？", done["doubts"])
        return done

    try:
        placed = deed.in_batch(batch, act)
    except ZhupeiError as refusal:
        if refusal.code != "E085":
            raise
        # Nobody to ask: it is not a wrong command line, but an act that is not allowed without consent.
        raise ZhupeiError("E688", **refusal.values) from refusal
    deed.tell(with_doubts(placed), _placed(placed))


def _placed(done: by_hand.PlacedByHand) -> str:
    label = ADMISSION_STATUS.label(done["status"])
    return f"{done['application_no']} {label}到 {done['base_label']} 的 {done['specialty_label']}"


_T = TypeVar("_T")


class _How(TypedDict):
    reason: str
    by: Acting
    skip_bad: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the acts on several numbers share."""

    deed: Deed
    numbers: tuple[str, ...]
    batch: str | None
    reason: str
    skip_bad: bool

    def do(self, work: Callable[[Session, Batch], _T]) -> _T:
        """Return what `work` does in a transaction with the batch."""
        return self.deed.in_batch(self.batch, work)

    @property
    def how(self) -> _How:
        """What the acts of the service want to know; ask inside the transaction."""
        return {"reason": self.reason, "by": self.deed.by, "skip_bad": self.skip_bad}


#: Of whom a question says the name; of more people the first ones.
_NAMED = 5


def _deciding(command: F) -> F:
    """Give an act its numbers and options as one `asked: Asked`."""

    @functools.wraps(command)
    def with_asked(
        deed: Deed,
        numbers: tuple[str, ...],
        *,
        batch: str | None,
        reason: str,
        skip_bad: bool,
        **given: object,
    ) -> object:
        return command(Asked(deed, numbers, batch, reason, skip_bad), **given)

    decided = writing(with_asked)
    for option in (
        yes_option,
        click.option("--skip-bad", is_flag=True, help="只处理能处理的，其余列出原因（退出码 3）"),
        click.option("--reason", required=True, help="原因"),
        numbered("numbers"),
        click.argument("numbers", nargs=-1, required=True, metavar="NO…", type=CODE),
    ):
        decided = option(decided)
    return decided  # type: ignore[return-value]


@click.command("revoke")
@_deciding
def revoke(asked: Asked) -> None:
    """取消录取，名额立即空出；公示期异议成立时用。

    批次归档以后不能再恢复资格：先列出是谁并提问，不在终端中须加 --yes。

    \b
    例：zhupei admit revoke HN2026-0000003 --reason 资格不符
    """
    _decide(asked, "revoke")


@click.command("decline")
@_deciding
def decline(asked: Asked) -> None:
    """登记本人放弃录取，名额立即空出。

    批次归档以后不能再恢复资格：先列出是谁并提问，不在终端中须加 --yes。

    \b
    例：zhupei admit decline HN2026-0000003 HN2026-0000009 --reason 本人书面放弃
    """
    _decide(asked, "decline")


@click.command("quit")
@click.option("--on", type=DAY, metavar="DATE", help="离开的日期；不写为今天")
@click.option("--default", is_flag=True, help="违约退培：同时产生待确认的诚信记录")
@click.option("--undo", is_flag=True, help="登记有误：恢复为已报到，名额须还空着")
@_deciding
def quit_(asked: Asked, *, on: date | None, default: bool, undo: bool) -> None:
    """登记已报到的人退培，名额立即空出；在本批次不再是考生。

    在终端中先列出是谁、在哪个岗位并提问。登记错了、名额还没有给别人的，用 --undo 撤销。
    违约退培的诚信记录由批次设置 bar.default_years 定年限，用 trainee bar activate 确认后生效。

    \b
    例：zhupei admit quit HN2026-0000003 --reason 本人申请退培
        zhupei admit quit HN2026-0000003 --default --reason 未履行协议
        zhupei admit quit HN2026-0000003 --undo --reason 登记错了人
    """
    deed = asked.deed
    if undo:
        if on is not None or default:
            click.get_current_context().fail("--undo 不与 --on、--default 同用。")
        _undo(asked)
        return

    def act(session: Session, batch: Batch) -> tuple[list[give_up.AdmissionMove], list[give_up.Refused], int]:
        found = give_up.quit_training(session, batch, asked.numbers, on=on, default=default, **asked.how)
        if left := [one["application_no"] for one in found[0]]:
            deed.require(_leaving(give_up.whereabouts(session, batch, left), default=default), people=True)
        return found

    done, refused, new = asked.do(act)
    _tell(asked, "quit", done, refused, {"bars": new})
    if new:
        deed.next("zhupei trainee bar list --state pending", f"查看待确认的诚信记录（新增 {new} 条）")


def _leaving(people: Sequence[str], *, default: bool) -> str:
    what = ADMISSION.verbs["quit"].label if not default else "违约退培"
    return f"登记{what}：{_named(people)}，名额立即空出、在本批次不再是考生，继续吗？"


def _for_good(batch: Batch, what: str, people: Sequence[str]) -> str:
    label = BATCH_STATUS.label(batch.status)
    return f"{what}：{_named(people)}，批次 {batch.code} {label}，以后不能再恢复资格，继续吗？"


def _named(people: Sequence[str]) -> str:
    return "、".join(people[:_NAMED]) + (f"等 {len(people)} 人" if len(people) > _NAMED else "")


def _undo(asked: Asked) -> None:
    done, refused, bars = asked.do(
        lambda session, batch: give_up.take_back_quit(session, batch, asked.numbers, **asked.how)
    )
    _tell(asked, "stay", done, refused, {"bars_in_force": bars})
    for bar in () if asked.deed.as_json else bars:
        told = sentence("E496", {"bar": bar})
        warn(asked.deed.settings, f"提醒 [E496]：{told}")


@click.command("reinstate")
@_deciding
def reinstate(asked: Asked) -> None:
    """恢复放弃、被取消或未报到者的录取资格，成为未录取；名额不随之恢复。

    \b
    例：zhupei admit reinstate HN2026-0000003 --reason 异议不成立
    """
    done, refused, bars = asked.do(
        lambda session, batch: give_up.reinstate(session, batch, asked.numbers, **asked.how)
    )
    _tell(asked, "reinstate", done, refused, {"bars_in_force": list(bars)})
    for bar, kind in () if asked.deed.as_json else bars.items():
        told = sentence("E428", {"bar": bar, "kind": kind})
        warn(asked.deed.settings, f"提醒 [E428]：{told}")


def _decide(asked: Asked, verb: str) -> None:
    def act(session: Session, batch: Batch) -> tuple[list[give_up.AdmissionMove], list[give_up.Refused]]:
        found = give_up.decide_admissions(session, batch, verb, asked.numbers, **asked.how)
        left = [one["application_no"] for one in found[0]]
        if left and not give_up.leads_back(batch):
            people = give_up.whereabouts(session, batch, left)
            asked.deed.require(_for_good(batch, ADMISSION.verbs[verb].label, people))
        return found

    done, refused = asked.do(act)
    _tell(asked, verb, done, refused)


def _tell(
    asked: Asked,
    verb: str,
    done: Sequence[give_up.AdmissionMove],
    refused: Sequence[give_up.Refused],
    more: Mapping[str, object] | None = None,
) -> None:
    left_out = refusals(refused)
    summary = {"decided": len(done), "admissions": done, "refused": left_out, **(more or {})}
    same = len(dict.fromkeys(asked.numbers)) - len(done) - len(refused)
    standing = f"，另有 {same} 人已经是这样，不必再做" if same else ""
    asked.deed.tell(summary, f"{ADMISSION.verbs[verb].label}：{len(done)} 人{standing}")
    asked.deed.refuse(left_out)
