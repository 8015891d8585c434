"""Why somebody ended as they did, from a sealed batch alone: rank, line and cut, without any database."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final, TypedDict

from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, parse_inputs
from zhupei_cli.rules.admission.run import Inputs, ResultRow
from zhupei_cli.rules.admission.scores import mark_number
from zhupei_cli.rules.batch.lifecycle import SEATED
from zhupei_cli.rules.proof.digests import EventData
from zhupei_cli.rules.proof.explanation import Fate, explain
from zhupei_cli.rules.proof.explanation_rows import (
    AdjustmentRow,
    PlaceNamed,
    StepRow,
    adjustment_row,
    step_row,
)
from zhupei_cli.services.results.sealed_events import Manifest, SeatLine
from zhupei_cli.services.results.sealing import ADMISSIONS, EVENTS, MANIFEST, inputs_part, part_lines
from zhupei_cli.words import vocabulary as words
from zhupei_cli.words.errors import ZhupeiError

#: Numbers that are offered for one the file does not have.
_OFFERED: Final = 3


class SealedRun(TypedDict):
    """How somebody ended in one run of a sealed file."""

    run: int
    rule: str
    rule_label: str
    round: str
    round_label: str
    outcome: str
    outcome_label: str
    total: Decimal | None
    rank: int | None
    reason: str | None
    reason_label: str | None
    steps: list[StepRow]
    adjustment: AdjustmentRow | None


class _Standing(TypedDict):
    status: str
    status_label: str
    base: str | None
    specialty: str | None
    via: str | None
    total: Decimal | None
    rank: int | None
    via_label: str | None


class SealedExplained(_Standing):
    """Where somebody stands in a sealed file, and each run of it that they were in."""

    application_no: str
    decided_reason: str | None
    runs: list[SealedRun]


class _Figures(TypedDict):
    total: Decimal | None
    rank: int | None


def explain_sealed(path: Path, no: str) -> SealedExplained:
    """Return where `no` stands in a sealed file that was found sound, and each of its `runs` they were in.

    Names of bases and specialties are not in the file: places go by their codes. Raises E705 when the file
    knows no such number.
    """
    with zipfile.ZipFile(path) as package:
        manifest: Manifest = json.loads(package.read(MANIFEST))
        standings: dict[str, SeatLine] = {one["no"]: one for one in part_lines(package, ADMISSIONS)}
        if no not in standings:
            raise ZhupeiError(
                "E705", batch=manifest["batch"]["code"], application_no=no, nearest=_near(no, standings)
            )
        runs = list(_runs(package, manifest, no))
        by_hand = _by_hand(package, no) if standings[no]["via"] == "place" else None
        why = _why(package, no) if standings[no]["status"] in words.DECIDED_ON else None
    stands = _standing(standings[no], runs, by_hand)
    return {"application_no": no, **stands, "decided_reason": why, "runs": runs}


def _near(no: str, known: Iterable[str]) -> str:
    near = [one for one in known if one[:-1] == no[:-1] or one.endswith(no)]
    return f"；相近的有 {'、'.join(near[:_OFFERED])}" if near else ""


def _runs(package: zipfile.ZipFile, manifest: Manifest, no: str) -> Iterator[SealedRun]:
    by_digest: dict[str, Inputs] = {}
    for run in manifest["runs"]:
        text = package.read(inputs_part(run["number"])).decode()
        inputs = by_digest[digest([text])] = parse_inputs([text])
        if all(candidate.no != no for candidate in inputs.candidates):
            continue
        main = None if inputs.main is None else by_digest[inputs.main.inputs_sha256]
        yield _explained(run["number"], inputs, main, no)


def _explained(number: int, inputs: Inputs, main: Inputs | None, no: str) -> SealedRun:
    rows = admit(inputs, main)
    row: ResultRow = next(row for row in rows if row.no == no)
    steps = (
        step_row(inputs, rows, no, step, where=_place(step.base, step.specialty), marks=None)
        for step in explain(inputs, rows, no, main)
        # The round of adjustment goes by no choice: nobody has a rank there.
        if step.result is not Fate.NOT_ASKED
    )
    return {
        "run": number,
        "rule": inputs.rule,
        "rule_label": words.RULE.label(inputs.rule),
        "round": inputs.round,
        "round_label": words.ROUND.label(inputs.round),
        "outcome": row.outcome,
        "outcome_label": words.OUTCOME.label(row.outcome),
        "total": mark_number(row.total),
        "rank": row.rank,
        "reason": row.reason,
        "reason_label": row.reason and words.WITHOUT_SEAT.label(row.reason),
        "steps": list(steps),
        "adjustment": adjustment_row(inputs, rows, row, where=_place(*row.spot) if row.spot else None),
    }


def _place(base: str, specialty: str) -> PlaceNamed:
    return {"base": base, "base_label": base, "specialty": specialty, "specialty_label": specialty}


def _standing(one: SeatLine, runs: list[SealedRun], by_hand: _Figures | None) -> _Standing:
    # Who gave a seat up has none: what a run once gave them stands below.
    seated = one["status"] in SEATED
    found = by_hand or next((run for run in runs if run["run"] == one["run"]), None)
    figures = found if seated else None
    via = one["via"] or ""
    return {
        "status": one["status"],
        "status_label": words.ADMISSION_STATUS.label(one["status"]),
        "base": one["base"] if seated else None,
        "specialty": one["specialty"] if seated else None,
        "via": one["via"] if seated else None,
        "total": figures and figures["total"],
        "rank": figures and figures["rank"],
        "via_label": words.VIA.labels.get(via, via) if seated else None,
    }


def _why(package: zipfile.ZipFile, no: str) -> str | None:
    """Return the reason of the newest act by which somebody gave a seat up, or lost it."""
    acts = {f"admission.{verb}" for verb in ("decline", "revoke", "no_show", "quit")}
    reasons = [
        event["reason"]
        for event in part_lines(package, EVENTS)
        if event["subject"] == no and event["action"] in acts
    ]
    return reasons[-1] if reasons else None


def _by_hand(package: zipfile.ZipFile, no: str) -> _Figures | None:
    """Return what the newest placing of somebody says; totals are text there."""
    said: EventData | None = None
    for event in part_lines(package, EVENTS):
        if event["subject"] == no and event["action"] == "admission.place":
            said = json.loads(event["data"])
    if said is None:
        return None
    total = said.get("total")
    return {"total": None if total is None else Decimal(total), "rank": said.get("rank")}
