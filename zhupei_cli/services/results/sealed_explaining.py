"""Why somebody ended as they did, from a sealed batch alone: rank, line and cut, without any database."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, parse_inputs
from zhupei_cli.rules.admission.run import Inputs, ResultRow
from zhupei_cli.rules.admission.scores import mark_number
from zhupei_cli.rules.batch.lifecycle import SEATED
from zhupei_cli.rules.proof.explanation import Fate, explain
from zhupei_cli.rules.proof.explanation_rows import adjustment_row, step_row
from zhupei_cli.services.results.sealing import ADMISSIONS, EVENTS, MANIFEST, inputs_part
from zhupei_cli.words import vocabulary as words
from zhupei_cli.words.errors import ZhupeiError

#: Numbers that are offered for one the file does not have.
_OFFERED: Final = 3


def explain_sealed(path: Path, no: str) -> dict[str, Any]:
    """Return where `no` stands in a sealed file that was found sound, and each of its `runs` they were in.

    Names of bases and specialties are not in the file: places go by their codes. Raises E705 when the file
    knows no such number.
    """
    with zipfile.ZipFile(path) as package:
        manifest = json.loads(package.read(MANIFEST))
        standings = {one["no"]: one for one in _rows(package, ADMISSIONS)}
        if no not in standings:
            raise ZhupeiError(
                "E705", batch=manifest["batch"]["code"], application_no=no, nearest=_near(no, standings)
            )
        runs = list(_runs(package, manifest, no))
        by_hand = _by_hand(package, no) if standings[no]["via"] == "place" else {}
        why = _why(package, no) if standings[no]["status"] in words.DECIDED_ON else None
    stands = _standing(standings[no], runs, by_hand)
    return {"application_no": no, **stands, "decided_reason": why, "runs": runs}


def _near(no: str, known: Mapping[str, Any]) -> str:
    near = [one for one in known if one[:-1] == no[:-1] or one.endswith(no)]
    return f"；相近的有 {'、'.join(near[:_OFFERED])}" if near else ""


def _runs(package: zipfile.ZipFile, manifest: Mapping[str, Any], no: str) -> Iterator[dict[str, Any]]:
    by_digest: dict[str, Inputs] = {}
    for run in manifest["runs"]:
        text = package.read(inputs_part(run["number"])).decode()
        inputs = by_digest[digest([text])] = parse_inputs([text])
        if all(candidate.no != no for candidate in inputs.candidates):
            continue
        main = None if inputs.main is None else by_digest[inputs.main.inputs_sha256]
        yield _explained(run["number"], inputs, main, no)


def _explained(number: int, inputs: Inputs, main: Inputs | None, no: str) -> dict[str, Any]:
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


def _place(base: str, specialty: str) -> dict[str, str]:
    return {"base": base, "base_label": base, "specialty": specialty, "specialty_label": specialty}


def _standing(
    one: Mapping[str, Any], runs: list[dict[str, Any]], by_hand: Mapping[str, Any]
) -> dict[str, Any]:
    seated = one["status"] in SEATED
    found = by_hand or next((run for run in runs if run["run"] == one["run"]), {})
    seat = {key: one[key] for key in ("base", "specialty", "via")}
    figures = {key: found.get(key) for key in ("total", "rank")}
    return {
        "status": one["status"],
        "status_label": words.ADMISSION_STATUS.label(one["status"]),
        # Who gave a seat up has none: what a run once gave them stands below.
        **{key: value if seated else None for key, value in {**seat, **figures}.items()},
        "via_label": words.VIA.labels.get(one["via"], one["via"]) if seated else None,
    }


def _why(package: zipfile.ZipFile, no: str) -> str | None:
    """Return the reason of the newest act by which somebody gave a seat up, or lost it."""
    acts = {f"admission.{verb}" for verb in ("decline", "revoke", "no_show", "quit")}
    reasons = [
        event["reason"]
        for event in _rows(package, EVENTS)
        if event["subject"] == no and event["action"] in acts
    ]
    return reasons[-1] if reasons else None


def _by_hand(package: zipfile.ZipFile, no: str) -> dict[str, Any]:
    """Return what the newest placing of somebody says; totals are text there."""
    said: dict[str, Any] = {}
    for event in _rows(package, EVENTS):
        if event["subject"] == no and event["action"] == "admission.place":
            said = json.loads(event["data"])
    total = said.get("total")
    return {**said, "total": None if total is None else Decimal(total)}


def _rows(package: zipfile.ZipFile, part: str) -> Iterator[dict[str, Any]]:
    with package.open(part) as lines:
        for line in lines:
            yield json.loads(line)
