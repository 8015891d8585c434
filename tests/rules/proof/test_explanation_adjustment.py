"""Why adjustment ended as it did, and why a choice was full, with the words for both."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from tests.rules.admission.test_admission import worked_example
from tests.rules.admission_worlds import worlds
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.run import Held, Inputs, Place
from zhupei_cli.rules.admission.scores import Record
from zhupei_cli.rules.proof.explanation import Cause, Fate, Step, explain, why_full
from zhupei_cli.rules.proof.explanation_adjustment import Adjusting, Ending, explain_adjustment
from zhupei_cli.rules.proof.explanation_rows import PlaceNamed, step_row
from zhupei_cli.rules.proof.explanation_words import adjusted, decided, via_label

quick = settings(max_examples=100, deadline=None, derandomize=True, database=None)
CHOICE_FIRST = worked_example("choice-first")
ROUND = replace(CHOICE_FIRST, round="adjust")


def _ends(inputs: Inputs, no: str) -> Adjusting | None:
    return explain_adjustment(inputs, admit(inputs), no)


def test_who_got_a_choice_was_not_adjusted() -> None:
    assert _ends(CHOICE_FIRST, "4") is None


def test_the_turn_and_what_was_left_at_it() -> None:
    # 2 takes the only seat of C; 3 comes after and finds it gone.
    assert _ends(ROUND, "2") == Adjusting(Ending.SEATED, 1, considered=1, suitable=1)
    assert _ends(ROUND, "3") == Adjusting(Ending.NO_PLACE, 2, considered=1, full=1)


def test_who_is_not_on_the_list() -> None:
    assert _ends(ROUND, "1") == Adjusting(Ending.NO_CONSENT)
    assert _ends(replace(CHOICE_FIRST, adjust=False), "3") == Adjusting(Ending.NOT_DONE)
    absent = ROUND.candidates[1]._replace(records=())
    assert _ends(replace(ROUND, candidates=(absent,)), "2") == Adjusting(Ending.NO_TOTAL)


def test_lines_own_records_and_the_scope() -> None:
    places = (
        *(Place("A", "0100", 0), Place("C", "0100", 1, 9500), Place("D", "0100", 1)),
        *(Place("D", "0200", 1), Place("D", "2800", 1), Place("E", "0100", 1, stopped=True)),
    )
    one = ROUND.candidates[1]
    one = one._replace(choices=(("A", "0100"),), records=(*one.records, Record("D", None, None, None)))
    narrow = replace(CHOICE_FIRST, places=places, candidates=(one,))
    assert _ends(narrow, "2") == Adjusting(Ending.NO_PLACE, 1, considered=2, absent=1, below_line=1)
    wide = replace(narrow, adjust_scope="category")
    assert _ends(wide, "2") == Adjusting(Ending.NO_PLACE, 1, considered=3, absent=2, below_line=1)


@given(worlds("stable"))
@quick
def test_a_seat_is_given_exactly_where_a_place_suits(inputs: Inputs) -> None:
    rows = admit(inputs)
    for row in rows:
        found = explain_adjustment(inputs, rows, row.no)
        if found is not None and found.turn is not None:
            assert (found.suitable > 0) == (found.ending is Ending.SEATED) == row.admitted
            assert found.considered == sum(found[3:7])


def _full(inputs: Inputs, no: str, number: int) -> Cause:
    rows = admit(inputs)
    assert explain(inputs, rows, no)[number - 1].result is Fate.FULL
    return why_full(inputs, rows, no, number)


def test_why_a_choice_was_full() -> None:
    assert _full(CHOICE_FIRST, "3", 1) is Cause.BEHIND
    assert _full(CHOICE_FIRST, "3", 2) is Cause.EARLIER_ROUND
    assert _full(worked_example("stable"), "4", 2) is Cause.BEHIND
    held = replace(CHOICE_FIRST, held=(Held("A", "0100", "own"),) * 2)
    assert _full(held, "1", 1) is Cause.NO_SEATS


def test_by_which_key_a_tie_was_lost() -> None:
    def said(tie_keys: tuple[str, ...], **marks: Any) -> str:
        one, two, three, *others = CHOICE_FIRST.candidates
        record = two.records[0]._replace(written=8000, skill=8000, interview=8000)
        two = two._replace(records=(record,), submitted_at="2026-06-02T00:00:00Z")
        three = three._replace(records=(record._replace(**marks),), submitted_at="2026-06-03T00:00:00Z")
        tied = replace(CHOICE_FIRST, candidates=(one, two, three, *others), tie_keys=tie_keys)
        rows = admit(tied)
        step = explain(tied, rows, "3")[0]
        where: PlaceNamed = {"base": "A", "base_label": "A", "specialty": "0100", "specialty_label": "内科"}
        return str(step_row(tied, rows, "3", step, where=where, marks=None)["decided"])

    head = "名额已由名次在前的考生录满"
    last = f"{head}；与其中最后一名总成绩相同，同分按{{}}排在其后"
    keys = ("written", "skill", "submitted_at")
    assert said(keys, written=7900, skill=8100) == last.format("笔试")
    assert said(keys) == last.format("首次提交时间")
    assert said(("written",)) == last.format("报名号")
    assert said(keys, written=7000) == head


def test_why_a_limit_was_full() -> None:
    _, b, c = CHOICE_FIRST.places
    limited = replace(CHOICE_FIRST, places=(Place("A", "0100", 2, limits={"social": 1}), b, c), rule="stable")
    assert _full(limited, "2", 1) is Cause.LIMIT
    # With nobody worse seated and no seat left the seats decided, not the limit.
    exact = replace(CHOICE_FIRST, places=(Place("A", "0100", 2, limits={"social": 2}), b, c), rule="stable")
    assert _full(exact, "3", 1) is Cause.BEHIND


@given(worlds("stable"))
@quick
def test_who_is_behind_is_behind_everybody_seated(inputs: Inputs) -> None:
    rows = admit(inputs)
    full = (
        (row.no, step)
        for row in rows
        for step in explain(inputs, rows, row.no)
        if step.result is Fate.FULL and step.choice is not None
    )
    for no, step in full:
        if why_full(inputs, rows, no, step.choice or 0) is Cause.BEHIND:
            assert step.cutoff is not None and step.total is not None and step.cutoff >= step.total


def test_words_of_a_choice() -> None:
    step = Step(2, "A", "0100", 2, 5000, None, None, Fate.BELOW_LINE)
    place = Place("A", "0100", 2, limits={"own": 1})

    def said(result: Fate, cause: Cause | None = None, at: Place | None = place) -> str:
        return decided(step._replace(result=result), cause, identity="own", place=at, line=6000)

    assert said(Fate.BELOW_LINE) == "总成绩 50.00 低于分数线 60.00"
    assert said(Fate.STOPPED) == "岗位已停招，跳过"
    assert said(Fate.FULL, Cause.BEHIND) == "名额已由名次在前的考生录满"
    assert said(Fate.FULL, Cause.LIMIT) == "本单位住院医师的上限 1 人已满"
    assert said(Fate.FULL, Cause.EARLIER_ROUND) == "志愿优先：轮到第二志愿时，名额已由前面的志愿录满"
    assert said(Fate.FULL, Cause.NO_SEATS) == "计划的名额此前已全部占用"
    assert said(Fate.FULL, Cause.NO_SEATS, Place("A", "0100", 0)) == "没有名额：计划 0 人"
    assert via_label("choice3") == "第 3 志愿"


def test_words_of_adjustment() -> None:
    assert adjusted(Adjusting(Ending.NO_CONSENT), scope="specialty") == "本人不服从调剂"
    assert adjusted(Adjusting(Ending.NO_PLACE, 3), scope="specialty") == (
        "没有可去的岗位：排在调剂第 3 位，轮到时考察本专业岗位 0 个"
    )
    assert adjusted(Adjusting(Ending.SEATED, 1, 4, 1, 1, 1, 1), scope="category") == (
        "录取：排在调剂第 1 位，轮到时考察同类别专业岗位 4 个"
        "（有空缺且达线 1 个，名额已满 1 个，未达分数线 1 个，无总成绩 1 个）"
    )
