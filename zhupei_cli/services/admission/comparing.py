"""Results side by side: stored runs, or a run and what it would be with other parameters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from string import ascii_lowercase
from typing import Final, TypedDict

from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Plan, Run
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.reserves import with_social_share, without_social_share
from zhupei_cli.rules.admission.run import Inputs, Place, ResultRow, Round, Spot
from zhupei_cli.rules.batch.settings import parse
from zhupei_cli.rules.proof.envy import wronged
from zhupei_cli.rules.proof.explanation_words import via_label
from zhupei_cli.services.admission.runs import (
    RunFigures,
    current_run,
    find_run,
    main_inputs,
    result_run,
    stored_inputs,
    stored_rows,
    summarise,
)
from zhupei_cli.services.admission.stale_runs import stale_runs
from zhupei_cli.services.marks.score_lines import applications_of
from zhupei_cli.services.records.lookup import (
    base_names,
    find_base,
    find_specialty,
    settings_of,
    specialty_names,
)
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words import vocabulary as words
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import Identity

#: The keys of the results in each row of `moved`; so many can be compared at once.
SIDES: Final = ascii_lowercase


class SideFigures(RunFigures):
    """The figures of one result among several; `run` is None for one that was only assumed."""

    run: int | None
    rule_label: str
    envy: int
    by_identity: dict[str, int]


class Compared(TypedDict):
    """Results side by side, and who has not the same seat in all of them: a key of SIDES for each."""

    runs: list[SideFigures]
    moved: list[dict[str, object]]


class WhatIf(Compared):
    """A result beside an assumed one; `stale` when the run no longer fits the database."""

    stale: bool


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a what-if changes; None and empty leave things as the run has them.

    `quotas` are base and specialty as people name them, and seats to add (negative: to take away);
    `line` is in hundredths, 0 for none.
    """

    rule: str | None = None
    quotas: Sequence[tuple[str, str, int]] = ()
    line: int | None = None
    adjust_scope: str | None = None
    adjust: bool | None = None
    no_reserves: bool = False


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the results that are compared."""

    run: int | None
    inputs: Inputs
    rows: Sequence[ResultRow]


def compare_runs(session: Session, batch: Batch, numbers: Sequence[int], *, reveal: bool = False) -> Compared:
    """Return `runs`, the figures of some runs, and `moved`, who has not the same seat in all of them.

    People go by their number, with `reveal` by their name too. E305 for no such run.
    """
    sides = [_stored(session, find_run(session, batch, number)) for number in numbers]
    return _compared(session, batch, sides, named=reveal)


def what_if(session: Session, batch: Batch, assumed: Assumed, *, number: int | None = None) -> WhatIf:
    """Compute a run's inputs with some parameters changed, and compare; nothing is stored.

    Without `number` of the run that is the batch's result, else of the newest. `stale` says that the run no
    longer fits the database. Raises E305 or E309 (no run), E306 (a place outside the plan), E410 (below the
    seats held), E761 (below the seats reserved), E432 (score-first with own records).
    """
    if number is not None:
        run = find_run(session, batch, number)
    else:
        run = result_run(session, batch) or current_run(session, batch)
    before = _stored(session, run)
    inputs = _assume(session, batch, before.inputs, assumed)
    after = _Side(None, inputs, admit(inputs, main_inputs(session, batch.id, inputs)))
    compared = _compared(session, batch, (before, after), named=True)
    return {
        "runs": compared["runs"],
        "moved": compared["moved"],
        "stale": run.number in stale_runs(session, batch, [run.number]),
    }


def _stored(session: Session, run: Run) -> _Side:
    return _Side(run.number, stored_inputs(session, run), stored_rows(session, run))


def _assume(session: Session, batch: Batch, inputs: Inputs, assumed: Assumed) -> Inputs:
    line = inputs.min_score if assumed.line is None else assumed.line or None
    places = _with_quotas(session, batch, inputs, assumed)
    return replace(
        inputs,
        rule=assumed.rule or inputs.rule,
        places=places,
        min_score=line,
        adjust_scope=assumed.adjust_scope or inputs.adjust_scope,
        adjust=inputs.adjust if assumed.adjust is None else assumed.adjust,
    )


def _with_quotas(session: Session, batch: Batch, inputs: Inputs, assumed: Assumed) -> tuple[Place, ...]:
    places = {place.spot: place for place in inputs.places}
    if assumed.no_reserves:
        places = {spot: replace(place, reserves={}) for spot, place in places.items()}
    share = Decimal(0) if assumed.no_reserves else parse(settings_of(session, batch)).reserve_social_share
    held = Counter(seat[:2] for seat in inputs.held)
    for base, specialty, more in assumed.quotas:
        spot: Spot = (find_base(session, base), find_specialty(session, specialty))
        if spot not in places:
            raise ZhupeiError("E306", base=base, specialty=specialty)
        place = places[spot]
        # As a change of the plan has it: what is written stays, what follows from the share does so anew.
        derives = not _says_social(session, batch, spot)
        if derives:
            place = without_social_share(place, share)
        quota = place.quota + more
        if quota < held[spot]:
            raise ZhupeiError("E410", place=f"{base} {specialty}", taken=held[spot], quota=quota)
        if quota < (reserved := sum(place.reserves.values())):
            raise ZhupeiError("E761", place=f"{base} {specialty}", reserve=reserved, quota=quota)
        place = replace(place, quota=quota)
        places[spot] = with_social_share(place, share) if derives else place
    return tuple(places.values())


def _says_social(session: Session, batch: Batch, spot: Spot) -> bool:
    """Return whether the plan itself reserves seats there for who comes from the public."""
    plan = session.get(Plan, (batch.id, *spot))
    return plan is not None and plan.reserve_social > 0


def _compared(session: Session, batch: Batch, sides: Sequence[_Side], *, named: bool) -> Compared:
    moved = _moved(session, batch, sides, named=named)
    return {"runs": [_figures(side) for side in sides], "moved": moved}


def _figures(side: _Side) -> SideFigures:
    """Return what `admit run` says of a result, with the number wronged and the admitted by identity."""
    identity = {candidate.no: candidate.identity for candidate in side.inputs.candidates}
    admitted = Counter(identity[row.no] for row in side.rows if row.admitted)
    # Adjustment goes by no choice, so that nobody can be wronged at one.
    envy = 0 if side.inputs.round == Round.ADJUST else len(wronged(side.inputs, side.rows))
    return {
        "run": side.run,
        **summarise(side.inputs, side.rows),
        "rule_label": words.RULE.label(side.inputs.rule),
        "envy": envy,
        "by_identity": {who.value: admitted[who] for who in Identity},
    }


def _moved(session: Session, batch: Batch, sides: Sequence[_Side], *, named: bool) -> list[dict[str, object]]:
    """Return who has not the same seat everywhere, by application number; a seat is `base/specialty`."""
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    found = [{row.no: row for row in side.rows} for side in sides]
    everybody = sorted(set().union(*found))
    numbers = [no for no in everybody if len({_spot(rows.get(no)) for rows in found}) > 1]
    names = _names(session, batch, numbers) if named else {}
    moved = []
    for no in numbers:
        told: dict[str, object] = {"application_no": no, "name": names.get(no)}
        for side, rows in zip(SIDES, found, strict=False):
            told |= _seat_told(rows.get(no), side, bases, specialties)
        moved.append(told)
    return moved


def _seat_told(
    row: ResultRow | None, side: str, bases: Mapping[str, str], specialties: Mapping[str, str]
) -> dict[str, object]:
    """Return what somebody has on a side; the specialty is named first: a narrow screen cuts the end."""
    spot = _spot(row)
    via = row.via if row is not None else None
    if spot is not None:
        label = f"{specialties.get(spot[1], spot[1])} {bases.get(spot[0], spot[0])}"
    else:
        label = "不是考生" if row is None else "未录取"
    return {
        side: None if spot is None else "/".join(spot),
        f"{side}_label": label,
        f"{side}_via": via,
        f"{side}_via_label": via and via_label(via),
    }


def _names(session: Session, batch: Batch, numbers: Sequence[str]) -> dict[str, str]:
    people = rows_of(session, applications_of(batch), Application.application_no, numbers)
    return {row.application_no: row.name for row in people}


def _spot(row: ResultRow | None) -> Spot | None:
    return None if row is None else row.spot
