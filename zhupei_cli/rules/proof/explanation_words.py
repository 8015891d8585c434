"""What decided, in sentences for people."""

from collections.abc import Iterable, Sequence
from typing import Final

from zhupei_cli.rules.admission.run import Place
from zhupei_cli.rules.admission.scores import Mark, Weights, lacking, mark_text
from zhupei_cli.rules.proof.digests import EventData
from zhupei_cli.rules.proof.explanation import Cause, Fate, Rung, Step
from zhupei_cli.rules.proof.explanation_adjustment import Adjusting, Ending
from zhupei_cli.words.vocabulary import ADJUST_SCOPE, IDENTITY, OVERRIDDEN, TIE_KEY, VIA

#: What became of a choice, in a word or two.
FATES: Final = {
    Fate.ADMITTED: "录取",
    Fate.REPEATED: "志愿重复",
    Fate.NOT_IN_PLAN: "不在计划中",
    Fate.STOPPED: "已停招",
    Fate.ABSENT: "无总成绩",
    Fate.BELOW_LINE: "未达线",
    Fate.FULL: "已录满",
    Fate.NOT_NEEDED: "已被前面的志愿录取",
    Fate.NOT_ASKED: "本轮只做调剂",
}
_RESERVED: Final = "录取于保留名额"
_SENTENCES: Final = {
    Fate.ADMITTED: "录取",
    Fate.REPEATED: "与前面的志愿相同，只按前面的计算",
    Fate.NOT_IN_PLAN: "招收计划中没有这个岗位，跳过",
    Fate.STOPPED: "岗位已停招，跳过",
    Fate.ABSENT: "在该基地没有总成绩",
    Fate.NOT_NEEDED: "已被前面的志愿录取，不再考虑",
    Fate.NOT_ASKED: "本轮只做调剂，不看志愿",
}
_ENDINGS: Final = {
    Ending.NOT_DONE: "本次录取计算不做调剂",
    Ending.NO_CONSENT: "本人不服从调剂",
    Ending.NO_TOTAL: "在第一志愿基地没有总成绩，不参加调剂",
}


def via_of(choice: int | None) -> str:
    """Return the code of a way: choice1, choice2, … or adjust."""
    return "adjust" if choice is None else f"choice{choice}"


def via_label(via: str) -> str:
    """Return 第一志愿, 第二志愿, 第 3 志愿, … or 调剂 for a code."""
    return VIA.labels.get(via, f"第 {via.removeprefix('choice')} 志愿")


def fate_label(rung: Rung) -> str:
    """Return what became of somebody on the list of a place, in a word or two."""
    return _RESERVED if rung.reserved else FATES[rung.result]


def no_total(records: Sequence[Sequence[Mark]], weights: Weights) -> str:
    """Return why the marks of the records that count at somebody's choices give no total at any of them."""
    lacks = [lacking(marks, weights) for marks in records]
    absent = dict.fromkeys(name for names, _ in lacks for name in names)
    if absent:
        return f"缺考（{_parts(absent)}）"
    if all(mark is None for marks in records for mark in marks):
        return "没有成绩"
    return f"成绩不全（缺少{_parts(dict.fromkeys(name for _, names in lacks for name in names))}成绩）"


def _parts(names: Iterable[str]) -> str:
    return "、".join(map(TIE_KEY.label, names))


def decided(step: Step, cause: Cause | None, *, identity: str, place: Place | None, line: int | None) -> str:
    """Return what decided one choice; `cause` for a full one, `line` in hundredths."""
    if step.result is Fate.BELOW_LINE:
        return f"总成绩 {_mark(step.total)} 低于分数线 {_mark(line)}"
    if step.reserved and place is not None:
        return f"{_RESERVED}（为{IDENTITY.label(identity)}保留 {place.reserves[identity]} 人）"
    if step.result is not Fate.FULL:
        return _SENTENCES[step.result]
    if cause is Cause.NO_SEATS:
        return "没有名额：计划 0 人" if place is None or not place.quota else "计划的名额此前已全部占用"
    if cause is Cause.LIMIT and place is not None:
        return f"{IDENTITY.label(identity)}的上限 {place.limits[identity]} 人已满"
    if cause is Cause.RESERVED and place is not None:
        kept = "、".join(
            f"{IDENTITY.label(who)} {seats} 人" for who, seats in place.reserves.items() if who != identity
        )
        return f"名额已录满，其中有为其他身份保留的名额（{kept}）"
    if cause is Cause.EARLIER_ROUND:
        return f"志愿优先：轮到{via_label(via_of(step.choice))}时，名额已由前面的志愿录满"
    return "名额已由名次在前的考生录满"


def tied(key: str | None) -> str:
    """Return how a tie with the last one seated was lost; nothing where totals differ."""
    if key is None:
        return ""
    return f"；与其中最后一名总成绩相同，同分按{'报名号' if key == 'number' else TIE_KEY.label(key)}排在其后"


def adjusted(adjusting: Adjusting, *, scope: str) -> str:
    """Return how adjustment ended, with the places that were considered."""
    if adjusting.ending in _ENDINGS:
        return _ENDINGS[adjusting.ending]
    head = "录取" if adjusting.ending is Ending.SEATED else "没有可去的岗位"
    label = f"{ADJUST_SCOPE.label(scope)}{'中订单定向可去的' if adjusting.by_order else ''}"
    counts = (
        ("有空缺且达线", adjusting.suitable),
        ("名额已满", adjusting.full),
        ("未达分数线", adjusting.below_line),
        ("无总成绩", adjusting.absent),
    )
    parts = "，".join(f"{what} {count} 个" for what, count in counts if count)
    return f"{head}：排在调剂第 {adjusting.turn} 位，轮到时考察{label}岗位 {adjusting.considered} 个" + (
        f"（{parts}）" if parts else ""
    )


def _mark(mark: int | None) -> str:
    return "" if mark is None else mark_text(mark)


#: Numbers that a line names of many.
_NAMED: Final = 5


def seat_notes(data: EventData) -> list[str]:
    """Return in words whose seat somebody was given, and what was agreed to when it was."""
    found = [f"{data['seat_of']} 让出的名额"] if data.get("seat_of") else []
    if codes := data.get("overridden"):
        found.append(f"经同意越过：{'、'.join(OVERRIDDEN.labels.get(code, code) for code in codes)}")
    if numbers := data.get("passed_over"):
        more = f" 等 {len(numbers)} 人" if len(numbers) > _NAMED else ""
        found.append(f"名次在前的有 {'、'.join(numbers[:_NAMED])}{more}")
    return found
