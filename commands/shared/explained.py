"""A result explained, as lines for people."""

from collections.abc import Sequence
from typing import Final

from zhupei_cli.rules.proof.explanation_rows import AdjustmentRow, StepRow
from zhupei_cli.services.admission.explaining import Explained, StandingNow
from zhupei_cli.services.results.sealed_explaining import SealedExplained
from zhupei_cli.words.vocabulary import DECIDED_ON

from .formats import shown
from .output import Row

#: Reasons that came true after the rounds.
_SINCE: Final = (*DECIDED_ON, "vacant", "placeable", "ceded", "reinstated", "left_out")


def explained_lines(told: Explained) -> list[str]:
    """Return what `admit explain` says of one person."""
    reason = f"（{told['reason_label']}）" if told["reason_label"] else ""
    outcome = f"{told['outcome_label']}{reason}"
    if told["reason"] in DECIDED_ON:  # what they decided says it all
        outcome = told["reason_label"] or outcome
    # What the rounds said, where the head says what came of it since.
    since = told.get("standing") is not None and told["reason"] in _SINCE
    several = (
        since or len({step.get("run") for step in told["steps"]}) > 1 or len(told.get("adjustments", ())) > 1
    )
    adjustments = told.get("adjustments") or [one for one in [told["adjustment"]] if one is not None]
    return [
        f"{told['application_no']} {told['name']}：{outcome}",
        *_standing(told.get("standing")),
        *([f"另：{told['seated_label']}"] if told.get("seated_label") else []),
        f"依据：{told['title']}",
        *_steps(told["steps"], adjustments, several=several),
    ]


def sealed_lines(told: SealedExplained) -> list[str]:
    """Return what a sealed file says of one person: how they stand, then each run they were in."""
    seat = ""
    if told["base"]:
        facts = facts_of(told, total="总成绩 {}", rank="排第 {} 名")
        seat = (
            f"，{told['base']} {told['specialty']}（{'，'.join(filter(None, [told['via_label'], *facts]))}）"
        )
    because = f"（原因：{told['decided_reason']}）" if told["decided_reason"] else ""
    lines = [f"{told['application_no']}：{told['status_label']}{because}{seat}"]
    for run in told["runs"]:
        reason = f"（{run['reason_label']}）" if run["reason_label"] else ""
        title = f"第 {run['run']} 次录取计算（{run['rule_label']}，{run['round_label']}）"
        lines.append(f"{title}：{run['outcome_label']}{reason}")
        adjustments = [] if run["adjustment"] is None else [run["adjustment"]]
        lines += _steps(run["steps"], adjustments, several=False)
    return lines


def facts_of(row: Row, **words: str) -> list[str]:
    """Return the figures of a row that are there, each in its words."""
    return [words[key].format(shown(row[key])) for key in words if row[key] is not None]


def _steps(steps: Sequence[StepRow], adjustments: Sequence[AdjustmentRow], *, several: bool) -> list[str]:
    lines = []
    for step in steps:
        facts = facts_of(step, quota="计划 {} 人", line="分数线 {}", total="总成绩 {}", rank="排第 {} 名")
        facts += facts_of(step, cutoff="志愿最低分 {}")
        where = f"{step['choice_label']} {step['base_label']} {step['specialty_label']}"
        end = f"。{'，'.join(facts)}" if facts else ""
        lines.append(f"{_round(step, several)}{where}：{step['decided']}{end}")
    return lines + [f"{_round(one, several)}调剂：{one['decided']}" for one in adjustments]


def _round(row: Row, several: bool) -> str:
    return f"{row['round_label']} " if several else ""


def _standing(row: StandingNow | None) -> list[str]:
    """Return the line of the newest act about somebody, where there was one after the main run."""
    if row is None or (row["round"] == "main" and not row["decided_reason"]):
        return []
    because = f"（原因：{row['decided_reason']}）" if row["decided_reason"] else ""
    seat = ""
    if row["base"]:
        facts = facts_of(row, total="总成绩 {}", rank="排第 {} 名")
        how = "，".join(filter(None, [row["round_label"] or row["via_label"], *facts, *row["notes"]]))
        seat = f"：{row['base_label']} {row['specialty_label']}（{how}）"
    return [f"现状：{row['status_label']}{seat}{because}"]
