"""The audit of what a row says besides the seat: total, rank, and the reason for having none."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zhupei_cli.rules.admission.run import Candidate, Reason, ResultRow, Spot
from zhupei_cli.rules.proof.audit_view import View, ViewKey, choice_of
from zhupei_cli.words.vocabulary import Outcome


class RowDifference(NamedTuple):
    """A field of a row that is not what the rules make it."""

    no: str
    field: str
    expected: object
    found: object


def figures(view: View, rows: Sequence[ResultRow], ranking: View) -> Iterator[RowDifference]:
    """Yield what differs in each row from what its seat, or the lack of one, makes it say.

    Ranks are those of `ranking`: the run itself, or for a refill its main run.
    """
    ladders: dict[Spot, list[ViewKey]] = {}
    for hope in ranking.hopes:
        ladders.setdefault(hope.spot, []).append(hope.key)
    for ladder in ladders.values():
        ladder.sort()
    for row in rows:
        expected = _seated(view, row, ranking, ladders) if row.admitted else _unseated(view, row)
        if row != expected:
            pairs = zip(row._fields, expected, row, strict=True)
            yield from (RowDifference(row.no, name, want, is_) for name, want, is_ in pairs if want != is_)


def _seated(view: View, row: ResultRow, ranking: View, ladders: dict[Spot, list[ViewKey]]) -> ResultRow:
    spot = row.spot
    if spot is None:
        return row
    key = _key_where_eligible(ranking, row.no, spot)
    ranked = choice_of(row) is not None and key is not None
    rank = bisect_left(ladders.get(spot, []), key) + 1 if ranked and key is not None else None
    return row._replace(total=view.total(row.no, spot[0]), rank=rank, reason=None)


def _key_where_eligible(view: View, no: str, spot: Spot) -> ViewKey | None:
    key = view.key(no, spot[0]) if no in view.candidates else None
    if key is None or spot not in view.open_lines or -int(key[0]) < view.open_lines[spot]:
        return None
    return key


def _unseated(view: View, row: ResultRow) -> ResultRow:
    return ResultRow(row.no, Outcome.NOT_ADMITTED, reason=_reason(view, view.candidates[row.no]))


def _reason(view: View, candidate: Candidate) -> Reason:
    no, choices = candidate.no, candidate.choices
    totals = {spot: view.total(no, spot[0]) for spot in choices}
    if all(total is None for total in totals.values()):
        return Reason.ABSENT
    lines = view.open_lines
    below = [total < lines[s] for s, total in totals.items() if total is not None and s in lines]
    if below and all(below):
        return Reason.BELOW_LINE
    return Reason.NO_VACANCY if view.inputs.adjust and candidate.accept_adjust else Reason.FULL
