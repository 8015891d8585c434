"""Which step may follow which: states of a batch, an application, an admission, as tables of verbs.

Anything that is not named is refused. A move from a state to itself says that an act is allowed there
and changes nothing.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, APPLICATION_STATUS, BATCH_STATUS, CodeTable
from zhupei_cli.words.vocabulary import AdmissionStatus as Admission
from zhupei_cli.words.vocabulary import ApplicationStatus as Application
from zhupei_cli.words.vocabulary import BatchStatus as Batch

#: Digits at the end of an application's number.
_DIGITS: Final = 7
#: None is the state of an application that has no admission yet.
State = str | None


@dataclass(frozen=True, slots=True)
class Verb:
    """One act: its word, the command that does it, from → to, and the states it needs a reason in."""

    label: str
    command: str
    moves: Mapping[State, str]
    reasoned: frozenset[State] = frozenset()
    #: Whether nothing leads back.
    final: bool = False
    #: Whether it takes from somebody what they have: never a step on the way to another act.
    takes: bool = False
    #: What it takes back, in words; said wherever the command is named.
    warning: str = ""


@dataclass(frozen=True, slots=True)
class VerbTable:
    """All verbs of one kind of thing; `code` is the catalogue entry that refuses.

    `dead_ends` are states that no act of the person's own leads out of, with what to say there instead of
    the way to go; `instead` the same for one verb in one state. In commands NO is the name of the thing, CODE
    its batch.
    """

    code: str
    labels: CodeTable
    verbs: Mapping[str, Verb]
    dead_ends: Mapping[State, str] = field(default_factory=dict)
    instead: Mapping[tuple[str, State], str] = field(default_factory=dict)

    def label(self, state: State) -> str:
        """Return the word people read for `state`."""
        return "尚无录取结果" if state is None else self.labels.label(state)


def _verb(
    label: str,
    command: str,
    moves: Mapping[State, str],
    *,
    reason: bool = False,
    final: bool = False,
    takes: bool = False,
) -> Verb:
    return Verb(label, command, moves, frozenset(moves) if reason else frozenset(), final, takes)


BATCH: Final = VerbTable(
    "E401",
    BATCH_STATUS,
    {
        "open": _verb("开放报名", "zhupei batch open CODE", {Batch.DRAFT: Batch.OPEN}),
        "extend": _verb(
            "延长报名",
            "zhupei batch extend CODE --apply-until 新的截止时间",
            {Batch.OPEN: Batch.OPEN, Batch.CLOSED: Batch.OPEN},
        ),
        "close": _verb("结束报名", "zhupei batch close CODE", {Batch.OPEN: Batch.CLOSED}),
        "reopen": _verb("重新开放报名", "zhupei batch reopen CODE", {Batch.CLOSED: Batch.OPEN}),
        "lock": _verb("锁定", "zhupei batch lock CODE", {Batch.CLOSED: Batch.LOCKED}),
        "unlock": _verb("解除锁定", "zhupei batch unlock CODE", {Batch.LOCKED: Batch.CLOSED}),
        "run": _verb("计算录取", "zhupei admit run --batch CODE", {Batch.LOCKED: Batch.LOCKED}),
        "commit": _verb(
            "确定拟录取",
            "zhupei admit run --batch CODE，再运行 zhupei admit commit 编号 --batch CODE",
            {Batch.LOCKED: Batch.COMMITTED},
        ),
        "uncommit": Verb(
            "撤销拟录取",
            "zhupei admit uncommit --batch CODE",
            {Batch.COMMITTED: Batch.LOCKED},
            frozenset({Batch.COMMITTED}),
            warning="（全部拟录取随之撤销）",
        ),
        "adjust": _verb(
            "再次调剂",
            "zhupei admit run --round adjust --batch CODE",
            {Batch.COMMITTED: Batch.COMMITTED, Batch.PUBLICITY: Batch.PUBLICITY},
        ),
        "refill": _verb(
            "递补",
            "zhupei admit run --round refill --batch CODE",
            {state: state for state in (Batch.COMMITTED, Batch.PUBLICITY, Batch.FINAL)},
        ),
        "publish": _verb("公示", "zhupei batch publish CODE", {Batch.COMMITTED: Batch.PUBLICITY}, final=True),
        "finalize": _verb(
            "正式录取", "zhupei batch finalize CODE", {Batch.PUBLICITY: Batch.FINAL}, final=True
        ),
        "archive": _verb("归档", "zhupei batch archive CODE", {Batch.FINAL: Batch.ARCHIVED}, final=True),
        "cancel": _verb(
            "取消",
            "zhupei batch cancel CODE",
            {Batch.DRAFT: Batch.CANCELLED, Batch.OPEN: Batch.CANCELLED},
            final=True,
        ),
    },
    instead={
        **{
            ("run", state): (
                "已有录取结果；空出的名额用 zhupei admit run --round refill --batch CODE 递补，"
                "公示期满以前也可用 --round adjust 再次调剂"
            )
            for state in (Batch.COMMITTED, Batch.PUBLICITY, Batch.FINAL)
        },
        ("close", Batch.LOCKED): "报名已经结束，不必再做",
        ("close", Batch.COMMITTED): "报名已经结束，不必再做",
        ("lock", Batch.COMMITTED): "已经锁定，不必再做",
    },
)

APPLICATION: Final = VerbTable(
    "E402",
    APPLICATION_STATUS,
    {
        "edit": _verb(
            "修改",
            "zhupei apply edit NO",
            {Application.DRAFT: Application.DRAFT, Application.RETURNED: Application.RETURNED},
        ),
        "submit": _verb(
            "提交",
            "zhupei apply submit NO",
            {Application.DRAFT: Application.SUBMITTED, Application.RETURNED: Application.SUBMITTED},
        ),
        "approve": _verb(
            "审核通过", "zhupei review approve NO", {Application.SUBMITTED: Application.APPROVED}
        ),
        "reject": _verb(
            "审核不通过",
            "zhupei review reject NO",
            {Application.SUBMITTED: Application.REJECTED},
            reason=True,
        ),
        "return": _verb(
            "退回修改", "zhupei review return NO", {Application.SUBMITTED: Application.RETURNED}, reason=True
        ),
        "revoke": _verb(
            "撤销审核",
            "zhupei review revoke NO",
            {Application.APPROVED: Application.SUBMITTED, Application.REJECTED: Application.SUBMITTED},
            reason=True,
        ),
        "withdraw": Verb(
            "撤回",
            "zhupei apply withdraw NO",
            dict.fromkeys(
                (Application.DRAFT, Application.RETURNED, Application.SUBMITTED, Application.APPROVED),
                Application.WITHDRAWN,
            ),
            # Only the province withdraws what a base has approved.
            frozenset({Application.APPROVED}),
        ),
        "correct": _verb(
            "更正",
            "zhupei apply correct NO",
            {state: state for state in (Application.SUBMITTED, Application.APPROVED, Application.REJECTED)},
            reason=True,
        ),
    },
)

ADMISSION: Final = VerbTable(
    "E403",
    ADMISSION_STATUS,
    {
        "propose": _verb(
            "拟录取",
            "zhupei admit commit 编号 --batch CODE",
            dict.fromkeys((None, Admission.NOT_ADMITTED), Admission.PROPOSED),
        ),
        # Of a later round: who still has no seat has the reason of the newest one.
        "pass_over": _verb(
            "列为未录取",
            "zhupei admit commit 编号 --batch CODE",
            dict.fromkeys((None, Admission.NOT_ADMITTED), Admission.NOT_ADMITTED),
        ),
        "place": _verb(
            "个别安排",
            "zhupei admit place NO BASE SPECIALTY",
            dict.fromkeys((None, Admission.NOT_ADMITTED), Admission.PROPOSED),
            reason=True,
        ),
        # Before anything is computed; who gave a seat up once needs to be reinstated first.
        "preplace": _verb(
            "预先安排名额",
            "zhupei admit preplace import 专硕安排.xlsx",
            dict.fromkeys((None, Admission.NOT_ADMITTED), Admission.PROPOSED),
        ),
        "finalize": _verb("正式录取", "zhupei batch finalize CODE", {Admission.PROPOSED: Admission.ADMITTED}),
        "decline": _verb(
            "放弃录取",
            "zhupei admit decline NO",
            dict.fromkeys((Admission.PROPOSED, Admission.ADMITTED), Admission.DECLINED),
            reason=True,
            takes=True,
        ),
        "revoke": _verb(
            "取消录取",
            "zhupei admit revoke NO",
            dict.fromkeys((Admission.PROPOSED, Admission.ADMITTED), Admission.REVOKED),
            reason=True,
            takes=True,
        ),
        # A wrong check-in may be corrected, with a reason.
        "report": Verb(
            "登记报到",
            "zhupei admit checkin import 报到.xlsx --batch CODE",
            dict.fromkeys((Admission.ADMITTED, Admission.NO_SHOW), Admission.REPORTED),
            frozenset({Admission.NO_SHOW}),
        ),
        "no_show": Verb(
            "登记未报到",
            "zhupei admit checkin import 报到.xlsx --batch CODE",
            dict.fromkeys((Admission.ADMITTED, Admission.REPORTED), Admission.NO_SHOW),
            frozenset({Admission.REPORTED}),
            takes=True,
        ),
        # Leaving the training; who left is no candidate of the batch again.
        "quit": _verb(
            "退培", "zhupei admit quit NO", {Admission.REPORTED: Admission.QUIT}, reason=True, takes=True
        ),
        # Who was recorded by mistake sits where they sat, as long as the seat is free.
        "stay": _verb(
            "撤销退培登记",
            "zhupei admit quit NO --undo",
            {Admission.QUIT: Admission.REPORTED},
            reason=True,
        ),
        # A candidate again: a later round or `admit place` may propose them.
        "reinstate": _verb(
            "恢复录取资格",
            "zhupei admit reinstate NO",
            dict.fromkeys((Admission.DECLINED, Admission.REVOKED, Admission.NO_SHOW), Admission.NOT_ADMITTED),
            reason=True,
        ),
    },
    {
        Admission.NOT_ADMITTED: (
            "没有名额，也就不用放弃、取消或报到；"
            "确应录取的，有空缺时用 zhupei admit place NO 基地 专业 --reason 原因"
        ),
        Admission.QUIT: (
            "已退培，名额已经空出，在本批次不再是考生；可以报名参加以后的批次；"
            "登记有误、名额还空着的，用 zhupei admit quit NO --undo --reason 原因 撤销"
        ),
    },
    {
        **{
            ("reinstate", state): "录取仍然有效，不用恢复资格"
            for state in (Admission.PROPOSED, Admission.ADMITTED, Admission.REPORTED)
        },
        ("reinstate", None): "没有放弃或被取消过录取，不用恢复资格",
        **{
            ("report", state): (
                "名额已经空出；本人确要报到的，先运行 zhupei admit reinstate NO --reason 原因，"
                "有空缺时再运行 zhupei admit place NO 基地 专业 --reason 原因"
            )
            for state in (Admission.DECLINED, Admission.REVOKED)
        },
        **{
            (verb, Admission.REPORTED): "已经报到；离开的登记退培：zhupei admit quit NO --reason 原因"
            for verb in ("decline", "revoke")
        },
        **{
            ("quit", state): "还没有报到；不来的登记放弃：zhupei admit decline NO --reason 原因"
            for state in (Admission.PROPOSED, Admission.ADMITTED)
        },
        # Whoever is nothing once a batch has its result was no candidate: no commit makes them one.
        **{
            (verb, None): "没有参加录取，没有名额；报名现在怎样用 zhupei apply status NO 查看"
            for verb in ("decline", "revoke", "report", "no_show", "quit", "stay")
        },
        **{
            (verb, state): "名额已经空出，不用再登记"
            for verb in ("decline", "revoke", "no_show", "quit")
            for state in (Admission.DECLINED, Admission.REVOKED, Admission.NO_SHOW)
        },
    },
)


def target(table: VerbTable, now: State, wanted: str) -> str | None:
    """Return the state that the verb `wanted` leads to from `now`, None when it is not possible."""
    return table.verbs[wanted].moves.get(now)


def step(table: VerbTable, now: State, wanted: str, *, name: str, reason: str | None = None) -> str:
    """Return the state that the verb `wanted` leads to; `name` is who or what takes the step.

    Raises the table's code when it is not possible now, E404 when it needs a reason.
    """
    verb = table.verbs[wanted]
    after = verb.moves.get(now)
    if after is None:
        values = {"status": table.label(now), "wanted": verb.label, "cure": _cure(table, now, wanted, name)}
        raise ZhupeiError(table.code, name=name, **values)
    if now in verb.reasoned and not (reason or "").strip():
        raise ZhupeiError("E404", what=f"{name} 现为“{table.label(now)}”，{verb.label}")
    return after


def _cure(table: VerbTable, now: State, wanted: str, name: str) -> str:
    verb = table.verbs[wanted]
    if now in verb.moves.values():
        return "已经是这个状态，不必再做"
    if (wanted, now) in table.instead:
        return _named(table.instead[wanted, now], name)
    if now in table.dead_ends:
        return directions(table, now, frozenset(verb.moves), name)
    where = "”或“".join(table.label(state) for state in verb.moves)
    return f"{verb.label}须在“{where}”时进行；{directions(table, now, frozenset(verb.moves), name)}"


def stands(table: VerbTable, now: State, wanted: str) -> bool:
    """Return whether the verb `wanted` would lead to where things are: there is nothing to do."""
    moves = table.verbs[wanted].moves
    return now in moves.values() and now not in moves


def directions(table: VerbTable, now: State, goals: frozenset[State], name: str) -> str:
    """Return the sentence that names the commands leading `name` from `now` to one of the states `goals`.

    What cannot be taken back is never one of several commands to type after each other.
    """
    if now in table.dead_ends:
        return _named(table.dead_ends[now], name)
    path = _path(table, now, goals)
    if path is None:
        return "现在已不能回到那一步"
    final = next((at for at, (_, verb) in enumerate(path) if verb.final), len(path))
    named = [_typed(state, verb) for state, verb in path[: max(final, 1)]]
    further = "，以后的步骤见 zhupei status" if len(named) < len(path) else ""
    return f"先运行 {'，再运行 '.join(_named(command, name) for command in named)}{further}"


def _named(words: str, name: str) -> str:
    batch, _, number = name.rpartition("-")
    # An application's number begins with its batch; the name of a batch is its code.
    code = batch if batch and number.isdigit() and len(number) == _DIGITS else name
    return re.sub(r"\b(?:NO|CODE)\b", lambda word: name if word[0] == "NO" else code, words)


def _typed(state: State, verb: Verb) -> str:
    return verb.command + (" --reason 原因" if state in verb.reasoned else "") + verb.warning


def _path(table: VerbTable, now: State, goals: frozenset[State]) -> list[tuple[State, Verb]] | None:
    """Return the fewest steps, each with the state it starts in, from `now` to one of `goals`, if any do."""
    waiting: deque[tuple[State, list[tuple[State, Verb]]]] = deque([(now, [])])
    seen = {now}
    while waiting:
        state, steps = waiting.popleft()
        if state in goals:
            return steps
        for verb in (one for one in table.verbs.values() if not one.takes):
            after = verb.moves.get(state)
            if after is not None and after not in seen:
                seen.add(after)
                waiting.append((after, [*steps, (state, verb)]))
    return None


# -- what a trainee sees ----------------------------------------------------------------------

#: From publication on, approved people see their admission.
PUBLISHED: Final = frozenset({Batch.PUBLICITY, Batch.FINAL, Batch.ARCHIVED})
#: Whoever holds a seat now.
SEATED: Final = (Admission.PROPOSED, Admission.ADMITTED, Admission.REPORTED)


def status_label(
    status: str, reason: str | None, admission: tuple[str, str, str | None] | None, batch_status: str
) -> str:
    """Return the one status line of a trainee (指南 二.5).

    `reason` is that of the last review; `admission` is status, name of the base, reason.
    """
    if status == Application.APPROVED and admission is not None and batch_status in PUBLISHED:
        return _admission_label(*admission)
    label = APPLICATION_STATUS.label(status)
    shown = reason if status in (Application.RETURNED, Application.REJECTED) else None
    return label + _because(shown)


def _admission_label(status: str, base: str, reason: str | None) -> str:
    label = ADMISSION_STATUS.label(status)
    if status == Admission.PROPOSED:
        return f"{label}（录取基地：{base}，公示中）"
    if status in (Admission.ADMITTED, Admission.REPORTED):
        return f"{label}（录取基地：{base}）"
    return label + _because(reason if status == Admission.REVOKED else None)


def _because(reason: str | None) -> str:
    return f"（原因：{reason}）" if reason else ""
