"""Every figure over years against a recount in plain Python, on both databases."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.conftest import NOW
from tests.years_world import (
    APPLIED,
    BATCHES,
    CITIES,
    PUBLISHED,
    SCHOOLS,
    SEATED,
    SHORTAGE,
    SPOTS,
    Form,
    Years,
    draw,
    drawn,
    store,
)
from zhupei_cli import frames
from zhupei_cli.acting import Acting
from zhupei_cli.services.reports import compliance, flat_frame, pivots, trends
from zhupei_cli.services.reports.years import batches_of_years
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError

YEARS = [2024, 2025, 2026]
CAME = ("reported", "no_show", "quit")
FIRST = ("base", "specialty", "city")
LINES = compliance.province_lines(None)
STATES = ("open", *PUBLISHED)


#: Each database is one for all examples: what is stored is rolled back.
recounted = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


@st.composite
def random_years(draw: st.DrawFn) -> Years:
    """Draw years with nobody in them, a few, or many."""
    people = draw(st.sampled_from((240, 60, 3, 0)))
    return drawn(draw(st.randoms(use_true_random=True)), people)


def counted(years: Years) -> list[Form]:
    return [form for form in years.forms if BATCHES[form.batch][2] != "cancelled"]


def first(by: str, form: Form) -> str:
    places = {"base": form.choice[0], "specialty": form.choice[1], "city": CITIES[form.choice[0]]}
    return places.get(by) or getattr(form, by)


def seat(by: str, form: Form) -> str:
    assert form.seat is not None and form.seat[1] is not None
    base, code = form.seat[1]
    return {"base": base, "specialty": code, "city": CITIES[base]}.get(by) or getattr(form, by)


def planned(years: Years, by: str, key: str | None, year: int, states: Sequence[str] = STATES) -> int:
    of: dict[str, Callable[[str, str], str]] = {
        "base": lambda base, _: base, "specialty": lambda _, code: code, "city": lambda base, _: CITIES[base],
    }  # fmt: skip
    return sum(
        quota
        for (batch, base, code), (quota, stopped) in years.plan.items()
        if BATCHES[batch][:2] == (year, None) and BATCHES[batch][2] in states
        if not stopped and key in (None, of[by](base, code))
    )


def recount(years: Years, by: str, of: str, key: str | None, year: int) -> float | int | None:
    forms = [form for form in counted(years) if form.year == year]
    applied = [f for f in forms if f.status in APPLIED and key in (None, first(by, f))]
    seated = [f for f in forms if f.seated and key in (None, seat(by, f))]
    totals = [f.seat[3] for f in seated if f.seat and f.seat[2] != "place" and f.seat[3]]
    came = sum(f.seat is not None and f.seat[0] == "reported" for f in seated)
    told = [form for form in forms if BATCHES[form.batch][2] in PUBLISHED]
    whole = planned(years, by, key, year, PUBLISHED) if by in FIRST else 0
    return {
        "plan": planned(years, by, key, year) if by in FIRST else 0,
        "applied": len(applied),
        "approved": sum(f.status == "approved" for f in applied),
        "admitted": len(seated),
        "reported": came if any(f.seat and f.seat[0] in CAME for f in told) else None,
        "fill_rate": len(seated) / whole if whole else None,
        "lowest_total": min(totals) / 100 if totals else None,
    }[of]


@settings(recounted, max_examples=4)  # seven groupings each
@given(years=random_years())
def test_a_trend(database: str, years: Years) -> None:
    with transaction(database, dry_run=True) as session:
        store(session, years)
        for by in trends.BY.labels:
            all_of = [
                one
                for one in trends.OF.labels
                if by in ("base", "specialty", "city") or one not in ("plan", "fill_rate")
            ]
            span, rows = trends.trend(session, years=3, by=by, of=all_of)
            assert span == YEARS
            for row in rows:
                found = [row[f"y{year}"] for year in YEARS]
                expected = [recount(years, by, row["of"], row["key"], year) for year in YEARS]
                assert found == pytest.approx(expected), (by, row)
                if row["of"] == "admitted":
                    assert row["change"] == found[2] - found[1]
                    whole = recount(years, by, "admitted", None, 2026)
                    assert row["share"] == (found[2] / whole if whole else None)
            keys = {first(by, f) for f in counted(years) if f.status in APPLIED}
            assert keys <= {row["key"] for row in rows}


@recounted
@given(years=random_years())
def test_a_pivot(database: str, years: Years) -> None:
    with transaction(database, dry_run=True) as session:
        store(session, years)
        _, batches = batches_of_years(session, 3)
        _, rows = pivots.pivot(
            session, batches, rows=("choice1_base", "identity"), columns="year",
            values=("applied", "admitted", "mean_total"), where={"level": ["21"]},
        )  # fmt: skip
        # A comma in a word, and nobody there. A school of nobody is no word.
        known = {f.school for f in counted(years) if f.status in APPLIED}
        schools = [SCHOOLS[2], ",".join(SCHOOLS[:2])] if known >= set(SCHOOLS) else []
        _, commas = pivots.pivot(
            session, batches, rows=("identity",), columns="year", values=("applied",),
            where={"admission": ["未填"], **({"school": schools} if schools else {})},
        )  # fmt: skip
        with pytest.raises(ZhupeiError, match="E722"):
            pivots.pivot(
                session,
                batches,
                rows=("identity",),
                columns="year",
                values=("applied",),
                where={"school": ["没有"]},
            )
    unseated = [f for f in counted(years) if f.status in APPLIED and (not f.seat or f.batch == "Y26T")]
    assert (commas[-1]["applied_all"] if commas else 0) == len(unseated)
    forms = [f for f in counted(years) if f.level == "21" and f.status in APPLIED]
    for row in rows:
        base, who = row["choice1_base"], row["identity"]
        for year in YEARS:
            mine = [
                f
                for f in forms
                if f.year == year and (base is None or (f.choice[0], f.identity) == (base, who))
            ]
            # A year without anybody is no column; only Y26T tells nothing yet.
            assert row.get(f"applied_{year}", 0) == len(mine)
            seated = row.get(f"admitted_{year}", 0)
            of_year = [f for f in forms if f.year == year]
            told = not of_year or any(BATCHES[f.batch][2] in PUBLISHED for f in mine or of_year)
            assert seated == sum(f.seated for f in mine) if told else seated is None
            marks = [f.seat[3] / 100 for f in mine if f.seated and f.seat and f.seat[3]]
            mean = sum(marks) / len(marks) if marks else None
            assert row.get(f"mean_total_{year}") == (None if mean is None else pytest.approx(mean, abs=0.006))
        assert row["applied_all"] == sum(row.get(f"applied_{year}", 0) for year in YEARS)
    assert len(rows) == len({(f.choice[0], f.identity) for f in forms}) + bool(forms)


@recounted
@given(years=random_years())
def test_compliance(database: str, years: Years) -> None:
    with transaction(database, dry_run=True) as session:
        store(session, years)
        rows, _ = compliance.compliance(session, years=3, lines=LINES)
    assert {row["base"] for row in rows} == set(CITIES)
    for row in rows:
        assert (row["part"], row["whole"]) == parts(years, row), row


def parts(years: Years, row: compliance.Figured) -> tuple[int, int]:
    base, year = row["base"], row["year"]
    mine = [f for f in counted(years) if f.year == year and f.seat and f.seat[1] and f.seat[1][0] == base]
    seated = [f for f in mine if f.seated]
    states = [f.seat[0] for f in mine if f.seat]
    quotas = {
        code: sum(0 if stopped else quota for (batch, b, c), (quota, stopped) in years.plan.items()
                  if (b, c) == (base, code) and BATCHES[batch][:2] == (year, None)
                  and BATCHES[batch][2] in PUBLISHED)
        for code in SHORTAGE
    }  # fmt: skip
    held = {code: sum(f.seat[1] == (base, code) for f in seated if f.seat) for code in SHORTAGE}
    match row["item"]:
        case "fill_rate":
            return len(seated), sum(quotas.values())
        case "report_rate":
            came = sum(one in ("reported", "quit") for one in states)
            return came, sum(one in (*SEATED, "no_show", "quit") for one in states)
        case "open_share":
            return sum(f.identity != "own" for f in seated), len(seated)
        case "fresh_bachelors":
            return sum(f.level == "21" and f.graduated == year for f in seated), len(seated)
        case "zero_specialties":
            every = [f.seat[1] for f in counted(years) if f.seated and f.seat and f.year <= year]
            offered = [
                code for code in SHORTAGE if year == 2026
                if all(
                    any(q and not stopped for (batch, b, c), (q, stopped) in years.plan.items()
                        if (b, c) == (base, code) and BATCHES[batch][:2] == (one, None)
                        and BATCHES[batch][2] in PUBLISHED)
                    for one in YEARS
                )
            ]  # fmt: skip
            return len([code for code in offered if (base, code) not in every]), len(offered)
        case "over_capacity":
            there = dict.fromkeys(SHORTAGE, 0)
            for form in counted(years):
                if form.seated and form.seat and form.seat[1] and form.seat[1][0] == base:
                    there[form.seat[1][1]] += form.year <= year < form.year + form.stay
            root = {
                code for code, (of, parent, state) in BATCHES.items()
                if (of, parent) == (year, None) and state in PUBLISHED
            }  # fmt: skip
            most = {
                code: max(capacity for (batch, b, c), capacity in years.capacity.items()
                          if (b, c) == (base, code) and batch in root)
                for code in SHORTAGE
                if any((batch, base, code) in years.capacity for batch in root)
            }  # fmt: skip
            return sum(max(0, there[code] - one) for code, one in most.items()), sum(most.values())
    return min(held["0700"], quotas["0700"]), quotas["0700"]


def by_hand() -> Years:
    """Three bases whose years differ, worked out on paper: 0700 is 全科 and a shortage specialty."""
    plan = {(batch, *spot): (10, False) for batch in BATCHES for spot in SPOTS}
    plan |= {("Y26", "B3", "0700"): (20, False), ("Y25", "B3", "0700"): (20, False)}
    plan |= {("Y26", "B3", "0100"): (40, False), ("Y25", "B1", "0900"): (10, True)}
    plan |= {(batch, "B2", "0900"): (10, True) for batch in BATCHES}
    forms: list[Form] = []

    def seats(batch: str, base: str, code: str, identity: str, number: int) -> None:
        one = ("reported", (base, code), "choice1", 8000)
        year = BATCHES[batch][0]
        forms.extend(
            Form(batch, "approved", identity, "应届毕业生", "郑州大学", "21", year, (base, code), one)
            for _ in range(number)
        )

    seats("Y24", "B1", "0700", "social", 10)
    seats("Y25", "B1", "0700", "social", 8)  # 80 %: the worst of the two years that count
    seats("Y26", "B1", "0700", "social", 9)
    seats("Y26", "B1", "0100", "own", 6)  # 9 of 15 open: exactly on the line
    seats("Y25", "B2", "0700", "entrusted", 9)  # nobody the year before, which no longer counts
    seats("Y26", "B2", "0700", "entrusted", 9)
    seats("Y26", "B2", "0100", "own", 10)  # 9 of 19: below the line, above the warning
    seats("Y25", "B3", "0700", "social", 18)
    seats("Y26", "B3", "0700", "social", 17)  # 85 %: below the line, on the warning
    seats("Y26", "B3", "0100", "own", 30)  # 17 of 47: a warning; nobody for 0900 in any year
    return Years(plan, forms)


def test_compliance_by_hand(database: str) -> None:
    with transaction(database, dry_run=True) as session:
        store(session, by_hand())
        rows, _ = compliance.compliance(session, years=1, lines=LINES)
    assert {
        (row["base"], row["item"]): (row["value"], row["verdict"], row["points"], row["deciding_year"])
        for row in rows
        if row["line"] is not None
    } == {
        ("B1", "open_share"): (0.6, "met", 1, 2026),
        ("B1", "shortage_rate"): (0.9, "below", 0, 2026),
        ("B1", "general_rate"): (0.9, "warned", 0, 2025),
        ("B1", "zero_specialties"): (0.0, "met", 1, 2026),
        ("B1", "over_capacity"): (None, None, None, None),
        ("B2", "open_share"): (9 / 19, "below", 0.5, 2026),
        ("B2", "shortage_rate"): (0.9, "below", 0, 2026),
        ("B2", "general_rate"): (0.9, "met", 1, 2026),
        ("B2", "zero_specialties"): (0.0, "met", 1, 2026),
        ("B2", "over_capacity"): (None, None, None, None),
        ("B3", "open_share"): (17 / 47, "warned", 0, 2026),
        ("B3", "shortage_rate"): (0.85, "below", 0, 2026),
        ("B3", "general_rate"): (0.85, "below", 0.5, 2026),
        ("B3", "zero_specialties"): (1.0, "below", 0, 2026),
        ("B3", "over_capacity"): (None, None, None, None),
    }
    assert compliance.scores_of(rows) == {("B1", 2026): 50.0, ("B2", 2026): 62.5, ("B3", 2026): 12.5}
    of_b1 = {row["item"]: row["rows"] for row in rows if row["base"] == "B1"}
    assert of_b1 == {
        "fill_rate": "2026 年（Y26）录取 15 人，计划 30 人",
        "report_rate": "2026 年（Y26）来报到 15 人，应报到（录取、未报到、退培）15 人",
        "open_share": "2026 年（Y26）面向社会和委托培养 9 人，录取 15 人",
        "fresh_bachelors": "2026 年（Y26）当年毕业的本科 15 人，录取 15 人",
        "shortage_rate": "2026 年（Y26）紧缺专业录取 9 人，计划 10 人",
        "general_rate": (
            "2025 年（Y25、Y25S）0700 全科录取 8 人，计划 10 人；"
            "2026 年（Y26）0700 全科录取 9 人，计划 10 人；由 2025 年决定"
        ),
        "zero_specialties": (
            "2024 年（Y24）、2025 年（Y25、Y25S）、2026 年（Y26）：年年有计划的专业 2 个，其中没有录取的：无"
        ),
        "over_capacity": "2026 年（Y26）招收计划没有填写培训容量",
    }
    (zero,) = (row["rows"] for row in rows if (row["base"], row["item"]) == ("B3", "zero_specialties"))
    assert zero.endswith("年年有计划的专业 3 个，其中没有录取的：0900 外科")


def test_over_capacity_by_hand(database: str) -> None:
    """Three years of people who stay for three; what B3 said of an earlier year does not count."""
    years = by_hand()
    # 0100: 6 came, 5 may be there. 0700: 27 came, 30 may: what is free is not given away.
    years.capacity |= {("Y26", "B1", "0100"): 5, ("Y26", "B1", "0700"): 30, ("Y25", "B1", "0100"): 99}
    years.capacity |= {("Y26", "B2", "0700"): 18, ("Y25", "B3", "0700"): 1}
    with transaction(database, dry_run=True) as session:
        store(session, years)
        rows, _ = compliance.compliance(session, years=1, lines=LINES)
    found = {row["base"]: row for row in rows if row["item"] == "over_capacity"}
    assert {
        base: (row["part"], row["whole"], row["value"], row["verdict"]) for base, row in found.items()
    } == {
        "B1": (1, 35, 1.0, "below"),
        "B2": (0, 18, 0.0, "met"),
        "B3": (0, 0, None, None),
    }
    assert found["B1"]["rows"] == (
        "2024 年（Y24）、2025 年（Y25、Y25S）、2026 年（Y26）录取、2026 年仍在培 33 人，"
        "有培训容量的专业容量 35 人，0100 内科 超 1 人"
    )
    assert found["B2"]["rows"].endswith("仍在培 18 人，有培训容量的专业容量 18 人，没有超出的专业")


def test_nothing_to_judge_is_no_full_score(database: str) -> None:
    """B2 stopped in the last year; nobody has come to the check-in, and one year has no batch."""
    plan = {(batch, *spot): (10, spot[0] == "B2") for batch in BATCHES for spot in SPOTS}
    seat = ("admitted", ("B1", "0100"), "choice1", 8000)
    form = Form("Y26", "approved", "own", "应届毕业生", "郑州大学", "21", 2026, ("B1", "0100"), seat)
    with transaction(database, dry_run=True) as session:
        store(session, Years(plan, [form]))
        rows, _ = compliance.compliance(session, years=3, lines=LINES)
    found = {(row["base"], row["year"], row["item"]): row for row in rows}
    assert compliance.scores_of(rows)["B2", 2026] is None
    assert found["B2", 2026, "zero_specialties"]["value"] is None
    report = found["B1", 2026, "report_rate"]
    assert (report["value"], report["rows"]) == (None, "2026 年（Y26）还没有登记报到")
    general = found["B1", 2024, "general_rate"]["rows"]
    assert general == "2023 年没有批次；2024 年（Y24）0700 全科录取 0 人，计划 10 人"


def test_a_frame_has_its_dtypes_and_nobody_in_it(database: str) -> None:
    years = draw(6)
    with transaction(database) as session:
        store(session, years)
        frame = frames.applications(session, "Y25")
        whole = frames.applications(session, "Y25", personal=True, by=Acting("测试员", NOW))
        events = session.execute(text("SELECT action FROM event")).scalars().all()
    kinds = frames.dtypes()
    personal = {"name", "id_number", "birth_date", "mobile"}
    assert set(frame.columns) == set(kinds) - personal
    assert {key: str(one) for key, one in whole.dtypes.items()} == kinds
    assert (events[-1:], len(frame)) == (["export.frame"], sum(f.batch == "Y25" for f in years.forms))
    assert int(frame["admitted"].sum()) == sum(f.seated for f in years.forms if f.batch == "Y25")


@pytest.mark.parametrize("open_", [reading, partial(transaction, dry_run=True)])
def test_nobody_is_shown_without_an_event(database: str, open_: Callable[..., Any]) -> None:
    with transaction(database) as session:
        store(session, draw(6, 3))
    with open_(database) as session, pytest.raises(ZhupeiError, match="E717"):
        frames.applications(session, "Y25", personal=True, by=Acting("测试员", NOW))


def test_a_frame_read_in_pieces_is_the_same(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(database, dry_run=True) as session:
        store(session, draw(8))
        whole = frames.applications(session, "Y25")
        monkeypatch.setattr(flat_frame, "_AT_ONCE", 7)
        pieces = frames.applications(session, "Y25")
    assert len(whole) > 14 and whole.equals(pieces)
    numbers = list(whole["application_no"])
    assert numbers == sorted(numbers), "other batches lie between"


def test_no_admission_before_publication(database: str) -> None:
    with transaction(database, dry_run=True) as session:
        store(session, draw(7))
        session.execute(text("UPDATE batch SET status = 'committed' WHERE code = 'Y26'"))
        frame = frames.applications(session, "Y26")
        _, rows = trends.trend(session, years=3, by="base", of=["admitted", "applied"])
        judged, waiting = compliance.compliance(session, years=3, lines=LINES)
    assert frame[["admission", "base", "total"]].isna().all().all()
    assert not frame["admitted"].any()
    assert {row["y2026"] for row in rows if row["of"] == "admitted"} == {None}
    assert ({row["year"] for row in judged}, waiting) == ({2024, 2025}, {2026: ["Y26", "Y26T"]})


def test_the_plan_is_not_by_school(database: str) -> None:
    with transaction(database, dry_run=True) as session:
        with pytest.raises(ZhupeiError, match="E720"):
            trends.trend(session, years=3, by="base", of=["applied"])
        with pytest.raises(ZhupeiError, match="E721"):
            trends.trend(session, years=3, by="school", of=["fill_rate"])


def test_the_sample_of_the_handbook_runs(database: str) -> None:
    handbook = (Path(__file__).parents[3] / "samples" / "操作手册.md").read_text("utf-8")
    (sample,) = re.findall(r"```python\n(.*?)```", handbook, re.DOTALL)
    with transaction(database) as session:
        store(session, draw(1))
    code = sample.replace("sqlite:///招收.sqlite", database).replace("HN2026", "Y25")
    found: dict[str, Any] = {}
    exec(code, found)
    assert len(found["forms"]) == sum(form.batch == "Y25" for form in draw(1).forms)
