"""The audit of a run: every promise of the admission rules, checked against the result and not the solver."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from zhupei_cli.rules.admission.run import Inputs, ResultRow, Round, Spot
from zhupei_cli.rules.admission.scores import mark_text
from zhupei_cli.rules.proof.audit_adjustment import misplaced, on_list
from zhupei_cli.rules.proof.audit_at_once import flawless
from zhupei_cli.rules.proof.audit_rows import figures
from zhupei_cli.rules.proof.audit_view import View, choice_of, seat_of
from zhupei_cli.rules.proof.envy import envious
from zhupei_cli.words.catalogue import CATALOGUE
from zhupei_cli.words.vocabulary import IDENTITY, VIA, CodeTable, Rule

_FIELDS: Final = {
    "outcome": "录取结果",
    "base": "录取基地",
    "specialty": "录取专业",
    "via": "录取志愿",
    "total": "总成绩",
    "rank": "名次",
    "reason": "未录取原因",
}

#: People from whom on a result is looked at in numpy first. Its import alone costs what the audit of some
#: 3,000 people does: a batch of a hundred would wait a third longer for its run.
_MANY: Final = 5_000


class Finding(NamedTuple):
    """A broken promise: its code in the catalogue, and the sentence for people."""

    code: str
    message: str


def audit(inputs: Inputs, rows: Sequence[ResultRow], main: Inputs | None = None) -> list[Finding]:
    """Return every broken promise of a result; none if it may be stored. `main`: see `admit`."""
    if len(inputs.candidates) >= _MANY and flawless(inputs, rows, main):
        return []
    return broken(inputs, rows, main)


def broken(inputs: Inputs, rows: Sequence[ResultRow], main: Inputs | None = None) -> list[Finding]:
    """Return what `audit` does, looking at one person after the other."""
    view = View(inputs)
    ranking = view if main is None else View(main)
    known = [row for row in rows if row.no in view.candidates]
    # A seat outside the plan is found by _unfit; nothing else can be said of it.
    in_plan = [row for row in known if (spot := seat_of(row)) is None or spot in view.places]
    return [
        *_one_row_each(view, rows),
        *_seats(view, in_plan),
        *_unfit(view, known),
        *_envy(view, in_plan),
        *_adjustment(view, {row.no: row for row in in_plan}),
        *_figures(view, known, ranking),
    ]


def _finding(code: str, **values: object) -> Finding:
    return Finding(code, CATALOGUE[code].message.format_map(values))


def _one_row_each(view: View, rows: Sequence[ResultRow]) -> Iterator[Finding]:
    counts = Counter(row.no for row in rows)
    for no in sorted(counts.keys() | view.candidates.keys()):
        if counts[no] != 1 or no not in view.candidates:
            yield _finding("E440", no=no, count=counts[no])


def _seats(view: View, rows: Sequence[ResultRow]) -> Iterator[Finding]:
    given: dict[Spot, Counter[str]] = {}
    for row in rows:
        if (spot := seat_of(row)) is not None:
            given.setdefault(spot, Counter())[view.candidates[row.no].identity] += 1
    for spot, taken in sorted(given.items()):
        place, held = view.places[spot], view.held[spot]
        where = {"base": spot[0], "specialty": spot[1]}
        # Where earlier admissions are over it already, the run may only add nobody.
        if taken.total() > max(0, place.quota - held.total()):
            seats = {"quota": place.quota, "held": held.total(), "taken": taken.total()}
            yield _finding("E441", **where, **seats)
        for identity, limit in sorted(place.limits.items()):
            if taken[identity] > max(0, limit - held[identity]):
                seats = {"limit": limit, "held": held[identity], "taken": taken[identity]}
                yield _finding("E442", **where, identity=_label(IDENTITY, identity), **seats)


def _unfit(view: View, rows: Sequence[ResultRow]) -> Iterator[Finding]:
    for row in rows:
        if row.admitted and (problem := _place_problem(view, row) or _choice_problem(view, row)):
            values = {
                "via": _label(VIA, row.via),
                "base": row.base,
                "specialty": row.specialty,
                "problem": problem,
            }
            yield _finding("E443", no=row.no, **values)
        if row.admitted and row.via == "adjust" and (problem := _consent_problem(view, row)):
            yield _finding("E445", no=row.no, problem=problem)


def _place_problem(view: View, row: ResultRow) -> str | None:
    spot = row.spot
    if spot not in view.places or spot is None:
        return "不在招收计划中"
    if view.places[spot].stopped:
        return "岗位已停招"
    total = view.total(row.no, spot[0])
    if total is None:
        return "在该基地没有总成绩"
    return "未达到分数线" if total < view.open_lines[spot] else None


def _choice_problem(view: View, row: ResultRow) -> str | None:
    if row.via == "adjust":
        return None
    if view.inputs.round == Round.ADJUST:
        return "本轮只做调剂"
    number, choices = choice_of(row), view.candidates[row.no].choices
    if number is None or row.spot not in choices or choices.index(row.spot) != number - 1:
        return "与本人志愿不符"
    return None


def _consent_problem(view: View, row: ResultRow) -> str | None:
    candidate = view.candidates[row.no]
    if not view.inputs.adjust:
        return "本次录取不做调剂"
    if not candidate.accept_adjust:
        return "本人不服从调剂"
    return None if on_list(view, candidate) else "在第一志愿基地没有总成绩"


def _envy(view: View, rows: Sequence[ResultRow]) -> Iterator[Finding]:
    if view.inputs.round == Round.ADJUST:
        return
    for hope in envious(view, rows, by_round=view.inputs.rule == Rule.CHOICE_FIRST):
        base, specialty = hope.spot
        yield _finding("E444", no=hope.no, base=base, specialty=specialty, choice=hope.choice)


def _adjustment(view: View, rows: Mapping[str, ResultRow]) -> Iterator[Finding]:
    if not view.inputs.adjust:
        return
    for row, expected in misplaced(view, rows):
        yield _finding("E446", no=row.no, expected=_spoken(expected), found=_spoken(seat_of(row)))


def _spoken(spot: Spot | None) -> str:
    return "无" if spot is None else " 的 ".join(spot)


def _figures(view: View, rows: Sequence[ResultRow], ranking: View) -> Iterator[Finding]:
    for no, field, expected, found in figures(view, rows, ranking):
        spoken = {"expected": _value(field, expected), "found": _value(field, found)}
        yield _finding("E447", no=no, field=_FIELDS.get(field, field), **spoken)


def _value(field: str, value: object) -> object:
    if value is None:
        return "空"
    return mark_text(value) if field == "total" and isinstance(value, int) else value


def _label(table: CodeTable, code: str | None) -> str:
    return table.labels.get(code or "", code or "空")
