"""A season of invented data from one seed: bases, plan, applicants; later their reviews and marks.

The same arguments give the same values. Cells are those of the workbooks in `sheets.kinds`, by key.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from csv import DictReader
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from itertools import cycle
from random import Random
from string import ascii_uppercase, digits
from typing import Final

from zhupei_cli.demo import words
from zhupei_cli.demo.faults import SPOILS, TWINS
from zhupei_cli.demo.people import DemoPeople, DemoPlace, DemoRow
from zhupei_cli.rules.people import uscc
from zhupei_cli.sheets.writing.ooxml import Value
from zhupei_cli.words.codes import CITY

#: Seats for each applicant: some stay without one, and some seats stay vacant all the same.
_SEATS_PER_APPLICANT: Final = 0.85
#: A plan of fewer places has neither limits nor a stopped place: too little would be left to choose.
_LARGE_PLAN: Final = 24
_ABSENT: Final = "缺考"


@dataclass(frozen=True, slots=True)
class MadeApplicant:
    """One row of 报名信息. `fault` is the catalogue code of what is wrong with it on purpose, if anything."""

    cells: Mapping[str, Value]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Season:
    """Rows of 基地 and 招收计划, and the applicants in the order of their workbook."""

    seed: int
    year: int
    bases: Sequence[DemoRow]
    plan: Sequence[DemoRow]
    applicants: Sequence[MadeApplicant]


def generate(
    seed: int,
    *,
    bases: int = 12,
    places: int = 96,
    applicants: int = 1200,
    faulty: float = 0.02,
    year: int = 2026,
) -> Season:
    """Return a season. `places` are spread evenly over the bases; `faulty` is the share of wrong rows.

    A base offers at most the specialties of the catalogue (37).
    """
    random = Random(seed)
    made = [_base(random, number) for number in range(bases)]
    plan, open_places = _plan(random, made, places, applicants)
    people = DemoPeople(random, open_places, year)
    rows = [people.make() for _ in range(applicants)]
    return Season(seed, year, made, plan, _spoiled(random, rows, round(applicants * faulty)))


def review_rows(season: Season, applications: Iterable[tuple[str, str]]) -> list[DemoRow]:
    """Return rows of 审核意见 for (application number, ID number): nine of ten pass, others get reasons."""
    random = Random(f"{season.seed}:reviews")
    rows = []
    for number, name in _named(season, applications):
        decision = random.choices(("通过", "不通过", "退回修改"), (91, 4, 5))[0]
        reasons = {"不通过": words.REJECT_REASONS, "退回修改": words.RETURN_REASONS}.get(decision)
        reason = random.choice(reasons) if reasons else None
        rows.append(DemoRow(application_no=number, name=name, decision=decision, reason=reason))
    return rows


def score_rows(season: Season, applications: Iterable[tuple[str, str]]) -> list[DemoRow]:
    """Return rows of 成绩 for (application number, ID number); about three of a hundred were absent.

    Marks are taken for approved applications only: give those.
    """
    random = Random(f"{season.seed}:scores")
    rows = []
    for number, name in _named(season, applications):
        if random.random() < 0.03:
            marks: list[Value] = [_ABSENT] * 3
        else:
            ability = random.gauss(74, 9)
            marks = [_mark(random.gauss(ability, 6)) for _ in range(3)]
        written, skill, interview = marks
        rows.append(
            DemoRow(application_no=number, name=name, written=written, skill=skill, interview=interview)
        )
    return rows


def _named(season: Season, applications: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Value]]:
    """Yield application number and name in the order of the numbers, whatever the order given."""
    names = {one.cells["id_number"]: one.cells["name"] for one in season.applicants}
    for number, id_number in sorted(applications):
        yield number, names.get(id_number)


def _mark(value: float) -> Decimal:
    return Decimal(round(min(max(value, 0), 100) * 100)).scaleb(-2)


def _base(random: Random, number: int) -> DemoRow:
    cities = list(CITY.labels)
    city, round_ = cities[number % len(cities)], number // len(cities)
    short = CITY.labels[city].removesuffix("市")
    numeral = words.NUMERALS[round_ % len(words.NUMERALS)] + "院" * (round_ // len(words.NUMERALS))
    return {
        "code": f"{city[:4]}{round_ + 1:03d}",
        "name": f"{short}市第{numeral}{words.HOSPITAL}",
        "aliases": f"{short}{numeral}示例",
        "level": random.choice(words.BASE_LEVELS),
        "city": f"{short}市",
        "uscc": _uscc(f"12{city}MB{number:06d}X"),
        "contact_name": f"{random.choice(words.SURNAMES)}老师",
        "contact_phone": f"0371-6{number:07d}",
    }


def _uscc(first17: str) -> str:
    ends = (first17 + last for last in digits + ascii_uppercase)
    return next(code for code in ends if uscc.is_formed(code) and uscc.agrees(code))


def _plan(
    random: Random, bases: Sequence[DemoRow], places: int, applicants: int
) -> tuple[list[DemoRow], list[DemoPlace]]:
    """Return the rows of 招收计划 and the places that may be chosen."""
    catalogue = _specialties()
    average = applicants * _SEATS_PER_APPLICANT / places
    plan, open_places = [], []
    for at, base in enumerate(bases):
        offered = places // len(bases) + (at < places % len(bases))
        # Half as many again to choose from: most specialties are offered by several bases.
        wanted = catalogue[: max(offered + offered // 2, 1)]
        fame = random.uniform(0.5, 1.8)
        for specialty in sorted(random.sample(wanted, offered), key=lambda row: row["code"]):
            quota = max(1, round(average * random.uniform(0.5, 1.5)))
            terms = _terms(random, quota) if places >= _LARGE_PLAN else {}
            plan.append(
                DemoRow(base=base["code"], base_name=base["name"], specialty=specialty["code"], quota=quota)
                | terms
            )
            if "stopped" not in terms:
                place = (specialty["code"], specialty["name"], specialty["category"])
                open_places.append(DemoPlace(base, *place, weight=quota * fame))
    return plan, open_places


def _terms(random: Random, quota: int) -> DemoRow:
    """Return what few places have: a line, a limit, or that nobody is recruited this year."""
    kind = random.random()
    if kind < 0.15:
        return {"min_score": 60}
    if kind < 0.25:
        return {"max_entrusted": max(1, quota // 3)}
    return {"stopped": "停招"} if kind < 0.28 else {}


def _specialties() -> list[dict[str, str]]:
    text = (files("zhupei_cli") / "data" / "specialties.csv").read_text("utf-8")
    rows = {row["code"]: row for row in DictReader(text.splitlines())}
    common = [rows.pop(code) for code in words.COMMON_SPECIALTIES]
    return [*common, *rows.values()]


def _spoiled(random: Random, rows: Sequence[DemoRow], count: int) -> list[MadeApplicant]:
    """Return the applicants, `count` of them wrong on purpose; each kind of wrong comes in its turn."""
    # Every kind fits somebody recruited from society with an ID card.
    fit = [
        at for at, row in enumerate(rows) if row["id_type"] == "居民身份证" and row["has_employer"] == "否"
    ]
    made = [MadeApplicant(row) for row in rows]
    chosen = random.sample(fit, min(count, len(fit)))
    for code in cycle([*SPOILS, TWINS]):
        if not chosen:
            break
        at = chosen.pop()
        if code != TWINS:
            made[at] = MadeApplicant(rows[at] | SPOILS[code](rows[at]), code)
        elif chosen:
            other = chosen.pop()
            made[at] = made[other] = MadeApplicant(rows[other], code)
    return made
