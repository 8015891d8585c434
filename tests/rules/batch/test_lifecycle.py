"""Every step from every state, against tables written by themselves."""

import pytest

from zhupei_cli.rules.batch import lifecycle
from zhupei_cli.rules.batch.lifecycle import (
    ADMISSION,
    APPLICATION,
    BATCH,
    State,
    VerbTable,
    status_label,
    step,
    target,
)
from zhupei_cli.rules.batch.phases import CHANGEABLE, require_changeable
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import AdmissionStatus, ApplicationStatus, BatchStatus

# One line a verb: from>to, `!` where a reason is needed, `-` for no admission yet.
BATCH_STEPS = """
open      draft>open
extend    open>open closed>open
close     open>closed
reopen    closed>open
lock      closed>locked
unlock    locked>closed
run       locked>locked
commit    locked>committed
uncommit  committed>locked!
adjust    committed>committed publicity>publicity
refill    committed>committed publicity>publicity final>final
publish   committed>publicity
finalize  publicity>final
archive   final>archived
cancel    draft>cancelled open>cancelled
"""
APPLICATION_STEPS = """
edit      draft>draft returned>returned
submit    draft>submitted returned>submitted
approve   submitted>approved
reject    submitted>rejected!
return    submitted>returned!
revoke    approved>submitted! rejected>submitted!
withdraw  draft>withdrawn returned>withdrawn submitted>withdrawn approved>withdrawn!
correct   submitted>submitted! approved>approved! rejected>rejected!
"""
ADMISSION_STEPS = """
propose   ->proposed not_admitted>proposed
pass_over ->not_admitted not_admitted>not_admitted
place     ->proposed! not_admitted>proposed!
preplace  ->proposed not_admitted>proposed
finalize  proposed>admitted
decline   proposed>declined! admitted>declined!
revoke    proposed>revoked! admitted>revoked!
report    admitted>reported no_show>reported!
no_show   admitted>no_show reported>no_show!
reinstate declined>not_admitted! revoked>not_admitted! no_show>not_admitted!
quit      reported>quit!
stay      quit>reported!
"""
Steps = dict[tuple[State, str], tuple[str, bool]]


def read(text: str) -> Steps:
    steps: Steps = {}
    for line in text.strip().splitlines():
        verb, *moves = line.split()
        for move in moves:
            now, after = move.rstrip("!").rsplit(">", 1)
            steps[None if now == "-" else now, verb] = after, move.endswith("!")
    return steps


def cases() -> list[tuple[VerbTable, State, str, tuple[str, bool] | None]]:
    found = []
    admissions: list[State] = [None, *AdmissionStatus]
    for table, text, states in (
        (BATCH, BATCH_STEPS, list(BatchStatus)),
        (APPLICATION, APPLICATION_STEPS, list(ApplicationStatus)),
        (ADMISSION, ADMISSION_STEPS, admissions),
    ):
        steps = read(text)
        assert {verb for _, verb in steps} == set(table.verbs)
        found += [(table, state, verb, steps.get((state, verb))) for state in states for verb in table.verbs]
    return found


@pytest.mark.parametrize(("table", "now", "verb", "expected"), cases())
def test_every_step_from_every_state(
    table: VerbTable, now: State, verb: str, expected: tuple[str, bool] | None
) -> None:
    assert target(table, now, verb) == (expected and expected[0])
    if expected is None:
        with pytest.raises(ZhupeiError) as refused:
            step(table, now, verb, name="T-0000001", reason="原因")
        assert (refused.value.code, refused.value.exit_code) == (table.code, 5)
        return
    after, reasoned = expected
    assert step(table, now, verb, name="T-0000001", reason="原因") == after
    for reason in (None, " "):
        if reasoned:
            with pytest.raises(ZhupeiError) as unreasoned:
                step(table, now, verb, name="T-0000001", reason=reason)
            assert (unreasoned.value.code, unreasoned.value.exit_code) == ("E404", 2)
        else:
            assert step(table, now, verb, name="T-0000001", reason=reason) == after


@pytest.mark.parametrize(
    ("table", "now", "verb", "message", "hint"),
    [
        (
            BATCH,
            "draft",
            "lock",
            "批次 T 现为“筹备中”，不能锁定",
            "锁定须在“报名结束”时进行；先运行 zhupei batch open T，再运行 zhupei batch close T",
        ),
        (
            BATCH,
            "publicity",
            "uncommit",
            "批次 T 现为“公示中”，不能撤销拟录取",
            "撤销拟录取须在“已定拟录取”时进行；现在已不能回到那一步",
        ),
        (BATCH, "open", "open", "批次 T 现为“报名中”，不能开放报名", "已经是这个状态，不必再做"),
        (BATCH, "locked", "close", "批次 T 现为“已锁定”，不能结束报名", "报名已经结束，不必再做"),
        (
            APPLICATION,
            "approved",
            "submit",
            "T 现为“基地审核通过”，不能提交",
            "提交须在“未提交”或“退回修改”时进行；"
            "先运行 zhupei review revoke T --reason 原因，再运行 zhupei review return T --reason 原因",
        ),
        (
            ADMISSION,
            None,
            "decline",
            "T 现为“尚无录取结果”，不能放弃录取",
            "没有参加录取，没有名额；报名现在怎样用 zhupei apply status T 查看",
        ),
    ],
)
def test_a_refusal_names_the_way(table: VerbTable, now: State, verb: str, message: str, hint: str) -> None:
    with pytest.raises(ZhupeiError) as refused:
        step(table, now, verb, name="T")
    assert (refused.value.message, refused.value.hint) == (message, hint)


PHASES = {
    "structure": "draft",
    "parameters": "draft open closed locked",
    "dates": "draft open closed locked committed publicity",
    "always": "draft open closed locked committed publicity final archived cancelled",
}


@pytest.mark.parametrize("status", list(BatchStatus))
@pytest.mark.parametrize("phase", PHASES)
def test_settings_change_in_their_phase_only(phase: str, status: str) -> None:
    assert set(CHANGEABLE) == set(PHASES)
    if status in PHASES[phase].split():
        require_changeable("weights", phase, status, name="T")
        return
    with pytest.raises(ZhupeiError) as refused:
        require_changeable("weights", phase, status, name="T")
    assert refused.value.code == "E405"


def test_a_setting_that_comes_too_late() -> None:
    with pytest.raises(ZhupeiError) as refused:
        require_changeable("weights", "parameters", "committed", name="T")
    assert (refused.value.message, refused.value.hint) == (
        "批次 T 现为“已定拟录取”，不能再改 weights",
        "先运行 zhupei admit uncommit --batch T --reason 原因（全部拟录取随之撤销）",
    )


APPLICATION_LINES = {
    "draft": "未提交",
    "submitted": "已提交",
    "returned": "退回修改（原因：材料不全）",
    "approved": "基地审核通过",
    "rejected": "审核不通过（原因：材料不全）",
    "withdrawn": "已撤回",
}
ADMISSION_LINES = {
    "proposed": "拟录取（录取基地：甲医院，公示中）",
    "admitted": "已录取（录取基地：甲医院）",
    "not_admitted": "未录取",
    "declined": "放弃录取",
    "revoked": "取消录取（原因：体检不合格）",
    "reported": "已报到（录取基地：甲医院）",
    "no_show": "未报到",
    "quit": "已退培",
}


@pytest.mark.parametrize("batch", list(BatchStatus))
@pytest.mark.parametrize("admission", [None, *AdmissionStatus])
@pytest.mark.parametrize("status", list(ApplicationStatus))
def test_the_status_line(status: str, admission: str | None, batch: str) -> None:
    published = batch in ("publicity", "final", "archived")
    shown = admission if published and status == "approved" else None
    expected = APPLICATION_LINES[status] if shown is None else ADMISSION_LINES[shown]
    given = None if admission is None else (admission, "甲医院", "体检不合格")
    assert status_label(status, "材料不全", given, batch) == expected


def test_published_states() -> None:
    assert set(lifecycle.PUBLISHED) == {"publicity", "final", "archived"}


NO, CODE = "HN2026-0000007", "HN2026"


@pytest.mark.parametrize(
    ("table", "now", "verb", "hint"),
    [
        # Somebody seated needs nothing: the way must not lead over giving the seat up.
        (ADMISSION, "proposed", "reinstate", "录取仍然有效，不用恢复资格"),
        (ADMISSION, "reported", "reinstate", "录取仍然有效，不用恢复资格"),
        (
            *(ADMISSION, "declined", "report"),
            "名额已经空出；本人确要报到的，先运行 zhupei admit reinstate HN2026-0000007 --reason 原因，"
            "有空缺时再运行 zhupei admit place HN2026-0000007 基地 专业 --reason 原因",
        ),
        (ADMISSION, "no_show", "decline", "名额已经空出，不用再登记"),
        (
            *(BATCH, "publicity", "run"),
            "已有录取结果；空出的名额用 zhupei admit run --round refill --batch HN2026 递补，"
            "公示期满以前也可用 --round adjust 再次调剂",
        ),
    ],
)
def test_a_cure_takes_nothing_from_anybody(table: VerbTable, now: State, verb: str, hint: str) -> None:
    with pytest.raises(ZhupeiError) as refused:
        step(table, now, verb, name=CODE if table is BATCH else NO, reason="有")
    assert refused.value.hint == hint


def test_no_cure_of_any_state_names_an_act_that_takes() -> None:
    taking = {verb.command.split(" NO")[0] for verb in ADMISSION.verbs.values() if verb.takes}
    assert taking == {
        "zhupei admit decline",
        "zhupei admit revoke",
        "zhupei admit quit",
        "zhupei admit checkin import 报到.xlsx --batch CODE",
    }
    for state in (None, *AdmissionStatus):
        for verb in ADMISSION.verbs:
            try:
                step(ADMISSION, state, verb, name=NO, reason="有")
            except ZhupeiError as refused:
                # Who does not come to begin with has nothing to leave: the seat is given up by the other act.
                wanted = verb == "quit" and state in (AdmissionStatus.PROPOSED, AdmissionStatus.ADMITTED)
                assert ("admit decline" in refused.hint) == wanted
                leaves = verb in ("decline", "revoke") and state == AdmissionStatus.REPORTED
                assert ("admit quit" in refused.hint.replace(f"admit quit {NO} --undo", "")) == leaves
                assert "admit revoke" not in refused.hint
                assert "RUN" not in refused.hint
                assert "CODE" not in refused.hint
