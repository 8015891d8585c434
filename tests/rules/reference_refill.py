"""Refilling read aloud (ADMISSION.md, "Refill"): sentence by sentence, beside the reference of the rules."""

from dataclasses import replace

from tests.rules.reference_admission import (
    Seats,
    adjusted,
    choice_first,
    comes_before,
    eligible,
    reason,
    score_first,
    stable,
    total,
)
from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, MainRun, ResultRow

RULES = {"choice-first": choice_first, "score-first": score_first, "stable": stable}


def refill_of(main: Inputs, rows: tuple[ResultRow, ...], gone: frozenset[str], *, adjust: bool) -> Inputs:
    """Return the inputs of a refill after `gone` gave up what `rows` gave them; everybody seated is held."""
    people = {one.no: one for one in main.candidates}
    seated = [row for row in rows if row.admitted and row.no not in gone]
    held = [Held(row.base or "", row.specialty or "", people[row.no].identity) for row in seated]
    # 未录取 alone: who gave a seat up is none, unless reinstated.
    left = {row.no for row in rows if not row.admitted}
    return replace(
        main,
        round="refill",
        adjust=adjust,
        candidates=tuple(one for one in main.candidates if one.no in left),
        held=(*main.held, *held),
        main=MainRun(1, "0" * 64),
    )


def reference_refill(inputs: Inputs, main: Inputs) -> tuple[ResultRow, ...]:
    """Own choices first, by the rule of the main run, then adjustment; ranks among the main candidates."""
    seats: Seats = RULES[inputs.rule](inputs)
    if inputs.adjust:
        seats = adjusted(inputs, seats)
    return tuple(_row(inputs, main, seats, c) for c in sorted(inputs.candidates, key=lambda c: c.no))


def _row(inputs: Inputs, main: Inputs, seats: Seats, c: Candidate) -> ResultRow:
    if c.no not in seats:
        return ResultRow(c.no, "not_admitted", reason=reason(inputs, c))
    spot, via = seats[c.no]
    before = {d.no: d for d in main.candidates}
    rank = None
    if via != "adjust" and c.no in before and eligible(main, before[c.no], spot):
        rivals = [d for d in main.candidates if spot in d.choices and eligible(main, d, spot)]
        rank = 1 + sum(comes_before(main, d, before[c.no], spot[0]) for d in rivals)
    return ResultRow(c.no, "admitted", *spot, via, total(inputs, c, spot[0]), rank)
