"""What became of one choice, or of adjustment, as a row of figures and words."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NotRequired, TypedDict

from zhupei_cli.rules.admission.merit import open_lines
from zhupei_cli.rules.admission.run import Inputs, ResultRow
from zhupei_cli.rules.admission.scores import Mark, mark_number
from zhupei_cli.rules.proof.explanation import Cause, Contests, Fate, Step, tie_lost, why_full
from zhupei_cli.rules.proof.explanation_adjustment import explain_adjustment
from zhupei_cli.rules.proof.explanation_words import adjusted, decided, no_total, tied, via_label, via_of


class PlaceNamed(TypedDict):
    """Codes and names of a place."""

    base: str
    base_label: str
    specialty: str
    specialty_label: str


class StepRow(PlaceNamed):
    """What became of one choice."""

    choice: int | None
    choice_label: str
    quota: int | None
    line: Decimal | None
    total: Decimal | None
    rank: int | None
    cutoff: Decimal | None
    result: str
    reserved: bool
    cause: str | None
    decided: str


class Rank(TypedDict):
    """A line of a place's ranking, whoever it is."""

    rank: int | None
    application_no: str
    identity: str
    via: str
    total: Decimal | None
    result: str
    reserved: bool
    result_label: str | None
    round_label: NotRequired[str | None]


class RankNamed(Rank):
    """A line of a place's ranking with the person, the number masked."""

    name: str
    id_number: str
    identity_label: str
    via_label: str


class PlaceExplained(PlaceNamed):
    """A place's figures and its whole ranking; `rounds` of a result alone."""

    title: str
    rounds: NotRequired[int]
    quota: int
    held: int
    line: Decimal | None
    reserves: dict[str, int]
    stopped: bool
    admitted: int
    adjusted: int
    cutoff: Decimal | None
    ranking: list[RankNamed]


#: How adjustment ended: its figures, the place, in words what decided it.
AdjustmentRow = Mapping[str, object]

_NOWHERE = ("base", "base_label", "specialty", "specialty_label")


def step_row(
    inputs: Inputs,
    rows: Sequence[ResultRow],
    no: str,
    step: Step,
    *,
    where: PlaceNamed,
    marks: Sequence[Mark] | None,
    contests: Contests | None = None,
) -> StepRow:
    """Return one choice with its line, total, rank, cut and what decided it.

    `where` are codes and names of the place; `marks` those that count there, for saying what is lacking, or
    None where 缺考 cannot be told from marks that were never given.
    """
    spot = (step.base, step.specialty)
    place = next((place for place in inputs.places if place.spot == spot), None)
    line = open_lines(inputs).get(spot) or None
    cause = None
    if step.result is Fate.FULL and step.choice is not None:
        cause = why_full(inputs, rows, no, step.choice, contests)
    identity = next(one.identity for one in inputs.candidates if one.no == no)
    said = decided(step, cause, identity=identity, place=place, line=line)
    if cause is Cause.BEHIND and step.choice is not None:
        said += tied(tie_lost(inputs, rows, no, step.choice, contests))
    if step.result is Fate.ABSENT and marks is not None:
        said = f"{no_total([marks], inputs.weights)}，{said}"
    return {
        "choice": step.choice,
        "choice_label": via_label(via_of(step.choice)),
        **where,
        "quota": step.quota,
        "line": mark_number(line),
        "total": mark_number(step.total),
        "rank": step.rank,
        "cutoff": mark_number(step.cutoff),
        "result": step.result.value,
        "reserved": step.reserved,
        "cause": cause and cause.value,
        "decided": said,
    }


def adjustment_row(
    inputs: Inputs, rows: Sequence[ResultRow], row: ResultRow, *, where: PlaceNamed | None
) -> AdjustmentRow | None:
    """Return how adjustment ended for somebody, at the place `where`; None for who did not come to it."""
    adjusting = explain_adjustment(inputs, rows, row.no)
    if adjusting is None:
        return None
    return {
        **adjusting._asdict(),
        "ending": adjusting.ending.value,
        **(where or dict.fromkeys(_NOWHERE)),
        "decided": adjusted(adjusting, scope=inputs.adjust_scope),
    }
