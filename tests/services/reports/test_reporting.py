"""Every figure of a report against a recount in plain Python, on both databases."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import product

import pytest
from sqlalchemy import select, update

from tests.report_world import BASES, LIVE, SEATED, SPECIALTIES, Form, World, draw, store, store_last_year
from zhupei_cli.model import (
    Application,
    Bar,
    Batch,
    Education,
    ExamRoom,
    ExamSeat,
    ExamSite,
    Objection,
    Plan,
    TrainingBase,
    Work,
)
from zhupei_cli.reports.sections import allotment
from zhupei_cli.reports.values import Report, SiteLoad, Supply
from zhupei_cli.rules.admission.scores import ABSENT_PART, Mark
from zhupei_cli.services.admission.readiness import check_admission
from zhupei_cli.services.batches.taking_part import takes_part
from zhupei_cli.services.people.merging import incomplete
from zhupei_cli.services.people.profiles import load_profiles_by_id
from zhupei_cli.services.reports import reporting
from zhupei_cli.services.reports.last_year import batch_of_last_year
from zhupei_cli.services.reports.overview import batch_now
from zhupei_cli.services.reports.queries import section
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.codes import CITY, DEGREE
from zhupei_cli.words.vocabulary import IDENTITY

NOW = datetime(2026, 6, 20, 2, 0, tzinfo=UTC)
SECTIONS = sorted(path.name for path in (files("zhupei_cli.sql") / "reports").iterdir())
#: The words that SQLite, PostgreSQL and MySQL all understand alike.
PLAIN = (
    "SELECT AS COUNT SUM MIN MAX COALESCE CASE WHEN THEN ELSE END FROM JOIN LEFT ON WHERE AND OR NOT IN IS"
    " NULL EXISTS UNION ALL GROUP BY HAVING ORDER DESC SUBSTR"
)


@pytest.fixture(params=[1, 2, 3])
def world(request: pytest.FixtureRequest) -> World:
    return draw(request.param)


def measured(
    database: str, world: World, *, status: str = "publicity", review_until: datetime | None = None
) -> Report:
    with transaction(database, dry_run=True) as session:
        batch = store(session, world, status=status, review_until=review_until)
        return reporting.measure(session, batch, now=NOW)


def live(world: World) -> list[Form]:
    return [form for form in world.forms if form.status in LIVE]


def seated(form: Form) -> bool:
    return form.admission is not None and form.admission[0] in SEATED


def test_this_day_and_the_same_day_of_last_year(database: str, world: World) -> None:
    until = datetime(2025, 6, 28, 10, 0, tzinfo=UTC)
    # This year ends at 01:00 UTC of 1 July, NOW is 10 days and 23 hours before that.
    same = until - timedelta(days=10, hours=23)
    told = {
        "own": [same, same + timedelta(seconds=1), same - timedelta(days=3), until],
        "social": [same - timedelta(minutes=1)] * 3,
    }
    with transaction(database, dry_run=True) as session:
        batch = store(session, world, status="open")
        first = reporting.measure(session, batch, now=NOW).pace
        store_last_year(session, told, until=until)
        pace = reporting.measure(session, batch, now=NOW).pace
    assert (list(first.lines), first.reason) == ([], "库中没有 2025 年的批次，不能比较。")
    assert (pace.batch, pace.until, pace.then, pace.year) == ("Q", until, same, 2025)
    expected = []
    for who in ("own", "social", "entrusted"):
        now = [one for one in live(world) if one.identity == who and one.submitted_at <= NOW]  # type: ignore[operator]
        then = [moment for moment in told.get(who, []) if moment <= same]
        expected.append((IDENTITY.label(who), len(now), len(then), len(told.get(who, []))))
    found = [(one.label, one.now, one.then, one.whole) for one in pace.lines]
    assert sorted(found[:-1]) == sorted(expected)
    assert found[-1] == ("合计", len(live(world)), 5, 7)


def test_how_far_the_allotment_of_the_exam_is(database: str, world: World) -> None:
    with transaction(database, dry_run=True) as session:
        batch = store(session, world, status="closed")
        assert reporting.measure(session, batch, now=NOW).exam is None
        rooms = {("2", "1"): 3, ("2", "2"): 0, ("10", "1"): 5}
        for site in ("2", "10"):
            session.add(ExamSite(batch_id=batch.id, code=site, name=f"考点{site}", touched_by=1))
        session.flush()
        for (site, room), seats in rooms.items():
            session.add(ExamRoom(batch_id=batch.id, site_code=site, code=room, seats=seats, touched_by=1))
        session.flush()
        approved = select(Application.id).where(
            Application.batch_id == batch.id, Application.status == "approved"
        )
        ids = session.execute(approved.order_by(Application.id)).scalars().all()
        assert len(ids) > 4
        for at, id_ in enumerate(ids[:4], 1):  # the fourth sits on a seat that its room has no more
            keys = {"application_id": id_, "batch_id": batch.id, "site_code": "2", "room_code": "1"}
            session.add(ExamSeat(**keys, seat=at, ticket=f"T{at}", touched_by=1))
        session.flush()
        exam = reporting.measure(session, batch, now=NOW).exam
        seatless = len(session.execute(select(Application.id).where(*takes_part(batch))).all()) - 3
    assert exam is not None
    assert list(exam.sites) == [SiteLoad("2", "考点2", 1, 3, 3), SiteLoad("10", "考点10", 1, 5, 0)]
    assert exam.unseated == seatless > 0
    section = allotment(exam)
    assert section.rows[-1] == ("", "合计", 2, 8, 3, 5, 3 / 8)
    assert section.note == f"还有 {seatless} 名参加考试的人没有座位。"


def test_which_batch_of_last_year_it_follows(database: str) -> None:
    dates = {"apply_from": NOW - timedelta(days=9), "apply_until": NOW, "created_at": NOW, "name": "某批次"}

    def batch(id_: int, code: str, year: int, parent: int | None = None, status: str = "final") -> Batch:
        return Batch(id=id_, code=code, year=year, parent_id=parent, status=status, **dates)

    with transaction(database, dry_run=True) as session:
        session.add_all([batch(1, "HN2026", 2026), batch(2, "ZY-2026-1", 2026), batch(3, "X", 2026)])
        session.add_all([batch(11, "HN2025", 2025), batch(12, "ZY-2025-1", 2025)])
        session.add_all([batch(13, "V", 2024), batch(16, "Z", 2023)])
        session.flush()
        session.add_all([batch(4, "HN2026-2", 2026, 1), batch(14, "HN2025S", 2025, 11)])
        session.add(batch(15, "HN2025-2", 2025, 11, "cancelled"))
        session.flush()
        found = {
            id_: batch_of_last_year(session, session.get_one(Batch, id_)) for id_ in (1, 2, 3, 4, 11, 13)
        }
        codes = {id_: one and one.code for id_, (one, _) in found.items()}
    assert codes == {1: "HN2025", 2: "ZY-2025-1", 3: None, 4: "HN2025S", 11: None, 13: "Z"}
    assert found[3][1] == "2025 年的批次是 HN2025、ZY-2025-1，没有编号为 X 的，不能比较。"
    # One batch of last year is not that of two this year.
    assert found[11][1] == "2024 年的批次是 V，没有编号为 HN2024 的，不能比较。"


def test_batches_objections_and_records_of_conduct(database: str, world: World) -> None:
    days = [
        ("2026-06-20", None),
        ("2026-06-21", None),
        ("2026-01-01", "2026-06-19"),
        ("2020-01-01", "2026-06-20"),
    ]
    bars = [
        {"id": at, "id_number": f"{at:05d}", "from_date": first, "until": until, "state": state}
        for at, ((first, until), state) in enumerate(product(days, ("pending", "active", "lifted")), 1)
    ]
    about = {"base_code": "B1", "specialty_code": "S1", "content": "某事", "received_on": "2026-06-19"}
    with transaction(database, dry_run=True) as session:
        batch = store(session, world, status="publicity")
        assert reporting.measure(session, batch, now=NOW).batches == [], "there is but this one"
        session.add_all(Bar(**one, id_type="passport", name="王一", kind="other") for one in bars)
        for at, state in enumerate(("open", "answered", "closed", "open"), 1):
            upheld = True if state == "closed" else None
            session.add(Objection(**about, id=at, batch_id=1, state=state, upheld=upheld))
        for id_, status in enumerate(("committed", "archived", "cancelled", "draft"), 2):
            dates = {"apply_from": NOW - timedelta(days=9), "apply_until": NOW, "created_at": NOW}
            session.add(Batch(id=id_, code=f"S{id_}", name="又一批次", year=2026, status=status, **dates))
        session.flush()
        report = reporting.measure(session, batch, now=NOW)
        batch.status = "open"
        session.flush()
        early = {one.key for one in reporting.measure(session, batch, now=NOW).figures}
    figures = {one.key: one.count for one in report.figures}
    assert (figures["objections"], figures["bars_pending"], figures["bars_active"]) == (3, 4, 2)
    assert early >= {"bars_pending", "bars_active"} and "objections" not in early
    of_it = (figures["submitted"], figures["waiting"], figures["approved"], figures["admitted"])
    rows = [(one.code, one.submitted, one.waiting, one.approved, one.admitted) for one in report.batches]
    assert rows == [("R", *of_it), ("S2", 0, 0, 0, None), ("S5", 0, 0, 0, None)]


def test_all_that_is_counted(database: str, world: World) -> None:
    report = measured(database, world)
    assert {stage.stage: stage.count for stage in report.funnel} == {
        "registered": len(world.forms),
        "filled": sum(form.status != "withdrawn" for form in world.forms),
        "submitted": len(live(world)),
        "approved": sum(form.status == "approved" for form in world.forms),
        "scored": sum(
            any(isinstance(mark, int) for _, *marks in form.scores for mark in marks) for form in world.forms
        ),
        "admitted": sum(map(seated, world.forms)),
        "reported": sum(
            form.admission is not None and form.admission[0] == "reported" for form in world.forms
        ),
    }
    days = Counter(
        (form.submitted_at + timedelta(hours=8)).date() for form in live(world) if form.submitted_at
    )
    assert report.days == sorted(days.items())
    figures = {figure.key: figure.count for figure in report.figures}
    for key, status in (("waiting", "submitted"), ("returned", "returned"), ("withdrawn", "withdrawn")):
        assert figures[key] == sum(form.status == status for form in world.forms)
    assert figures["plan"] == sum(quota for quota, stopped in world.plan.values() if not stopped)
    assert figures["anomalies"] == len(report.anomalies)


def supply(world: World, group: Callable[[tuple[str, str]], object]) -> list[tuple[object, ...]]:
    """Return (group, plan, applied, first, second, approved, admitted, vacant) for each group of places."""
    rows: list[tuple[object, ...]] = []
    for key in sorted({group(spot) for spot in world.plan}, key=str):
        spots = {spot for spot in world.plan if group(spot) == key}
        first = [form for form in live(world) if form.choices[0] in spots]
        second = [form for form in live(world) if set(form.choices[1:]) & spots]
        held = Counter(form.admission[2] for form in world.forms if form.admission and seated(form))
        offered = [spot for spot in spots if not world.plan[spot][1]]
        numbers = (
            sum(world.plan[spot][0] for spot in offered),
            len({form.number for form in (*first, *second)}),
            len(first),
            len(second),
            sum(form.status == "approved" for form in first),
            sum(held[spot] for spot in spots),
            sum(world.plan[spot][0] - held[spot] for spot in offered),
        )
        rows.append((key, *numbers))
    return rows


def numbers(one: Supply) -> tuple[object, ...]:
    return one.plan, one.applied, one.first, one.second, one.approved, one.admitted, one.vacant


def test_seats_and_people(database: str, world: World) -> None:
    report = measured(database, world)
    assert [(one.code, *numbers(one)) for one in report.bases] == supply(world, lambda spot: spot[0])
    assert [(one.code, *numbers(one)) for one in report.specialties] == supply(world, lambda spot: spot[1])
    assert [(one.code, one.shortage) for one in report.specialties] == list(SPECIALTIES)
    assert report.specialties[0].shortage, "shortage specialties stand first"


def test_groups(database: str, world: World) -> None:
    report = measured(database, world)
    cities = {code: CITY.labels.get(city, city) for code, city in BASES}
    keys: dict[str, Callable[[Form], str]] = {
        "identities": lambda form: IDENTITY.label(form.identity),
        "sources": lambda form: form.source,
        "cities": lambda form: cities[form.choices[0][0]],
        "schools": lambda form: form.school,
        "degrees": lambda form: DEGREE.label(form.degree) if form.degree else "未填",
    }
    assert [group.key for group in report.groups] == list(keys)
    for group in report.groups:
        found: dict[str, list[Form]] = {}
        for form in live(world):
            found.setdefault(keys[group.key](form), []).append(form)
        expected = {
            label: (len(forms), sum(form.status == "approved" for form in forms), sum(map(seated, forms)))
            for label, forms in found.items()
        }
        assert {one.label: (one.submitted, one.approved, one.admitted) for one in group.shares} == expected


def test_marks(database: str, world: World) -> None:
    report = measured(database, world)

    def band(mark: Mark) -> str:
        if not isinstance(mark, int):
            return "缺考" if mark == ABSENT_PART else "没有成绩"
        low = mark // 500 * 5
        return "60 以下" if low < 60 else "95–100" if low >= 95 else f"{low}–{low + 4}"

    counts: Counter[tuple[str, str]] = Counter()
    for form in world.forms:
        if form.status != "approved":
            continue
        records = {of: marks for of, *marks in form.scores}
        marks = records.get(form.choices[0][0]) or records.get("") or [None] * 3
        total: Mark = ABSENT_PART if ABSENT_PART in marks else None
        if all(isinstance(mark, int) for mark in marks):
            written, skill, interview = [mark for mark in marks if isinstance(mark, int)]
            total = (4 * written + 4 * skill + 2 * interview + 5) // 10
        counts.update(zip(("笔试", "技能", "面试", "总成绩"), map(band, (*marks, total)), strict=True))
    found = {(name, one.label): count for one in report.bands for name, count in one.counts.items()}
    assert {key: count for key, count in found.items() if count} == counts
    # One population in every column, and the one of `admit scores bands`.
    assert {sum(one.counts[name] for one in report.bands) for name in report.bands[0].counts} == {
        sum(form.status == "approved" for form in world.forms)
    }


def test_who_has_marks_is_the_same_number_on_every_screen(database: str, world: World) -> None:
    approved = [form for form in world.forms if form.status == "approved"]
    marks = [[mark for _, *given in form.scores for mark in given] for form in approved]
    marked = sum(any(isinstance(mark, int) for mark in given) for given in marks)
    absent = sum(ABSENT_PART in given for given in marks)
    assert 0 < marked < len(approved)
    assert absent
    with transaction(database, dry_run=True) as session:
        batch = store(session, unseated(world), status="closed")
        now = batch_now(session, batch, now=NOW)
        checked, _ = check_admission(session, batch)
        funnel = {stage.stage: stage.count for stage in reporting.count_funnel(session, batch)}
        summary = {row["figure"]: row["count"] for row in reporting.summarize(session, batch, now=NOW)}
        nightly = {one.key: one.count for one in reporting.measure(session, batch, now=NOW).figures}
    assert {
        now["scored"],
        checked["with_scores"],
        funnel["scored"],
        summary["scored"],
        nightly["scored"],
    } == {marked}
    assert (checked["candidates"], checked["absent"], now["absent"]) == (len(approved), absent, absent)


def unseated(world: World) -> World:
    """Return the world before anybody was admitted."""
    return replace(world, forms=[replace(form, admission=None) for form in world.forms])


def test_what_waits(database: str, world: World) -> None:
    report = measured(database, world)
    waiting: dict[str, list[datetime]] = {}
    for form in world.forms:
        if form.status == "submitted" and form.submitted_at:
            waiting.setdefault(form.choices[0][0], []).append(form.submitted_at)
    expected = [(base, len(times), min(times), (NOW - min(times)).days) for base, times in waiting.items()]
    found = [(one.base, one.count, one.oldest, one.days) for one in report.backlog]
    assert found == sorted(expected, key=lambda row: (row[2], row[0]))


def test_admission(database: str, world: World) -> None:
    report = measured(database, world)
    outcomes: Counter[str] = Counter()
    marks: dict[tuple[str, str], list[int]] = {}
    for form in world.forms:
        if form.admission is None:
            continue
        status, via, spot, total = form.admission
        outcomes[
            str(via) if status in SEATED else "not_admitted" if status == "not_admitted" else "given_up"
        ] += 1
        if status in SEATED and spot and total is not None:
            marks.setdefault(spot, []).append(total)
    assert {one.outcome: one.count for one in report.placed if one.count} == outcomes
    assert {
        (one.base, one.specialty): (one.count, one.lowest, one.highest, one.summed) for one in report.cutoffs
    } == {spot: (len(totals), min(totals), max(totals), sum(totals)) for spot, totals in marks.items()}


def gaps(form: Form) -> bool:
    contact = form.mobile is None or form.address is None
    work = form.has_employer is None or (form.has_employer and not form.works)
    return contact or form.studies == 0 or work


def test_gaps_are_what_keeps_people_from_submitting(database: str, world: World) -> None:
    """The rules of a form and the report agree: a job that ended, a highest education without its parts."""
    with transaction(database, dry_run=True) as session:
        batch = store(session, world, status="open")
        session.execute(update(Work).where(Work.id % 3 == 0).values(to_date=date(2024, 1, 31)))
        session.execute(update(Education).where(Education.trainee_id % 4 == 0).values(major=None))
        people = {row.trainee_id: row.application_no for row in session.scalars(select(Application))}
        below = {"level": "31", "major": "护理", "graduated_on": date(2015, 6, 30), "full_time": True}
        session.add_all(
            Education(id=at * 10 + 9, trainee_id=at, school="卫校", **below) for at in people if at % 8 == 0
        )
        # Of one level the latest counts.
        again = {"level": "21", "graduated_on": date(2025, 6, 30), "full_time": True}
        session.add_all(
            Education(id=at * 10 + 8, trainee_id=at, school="又一学校", **again)
            for at in people
            if at % 9 == 0
        )
        session.flush()
        profiles = load_profiles_by_id(session, people)
        live = session.scalars(select(Application.application_no).where(Application.status != "withdrawn"))
        lacking = {people[at] for at, profile in profiles.items() if [*incomplete(profile)]}
        assert [row.application_no for row in section(session, batch, "gaps")] == sorted(lacking & set(live))


def test_bases_that_another_province_plans_for_are_not_said_to_lack_a_plan(
    database: str, world: World
) -> None:
    bases = (("C1", "420100", "enabled"), ("C2", "", "enabled"), ("C3", "411800", "disabled"))
    with transaction(database, dry_run=True) as session:
        batch = store(session, world, status="open")
        for code, city, status in bases:
            name = f"基地{code}"
            session.add(TrainingBase(code=code, name=name, aliases="", city=city, status=status))
        session.flush()
        # Nobody plans for them: a province that was forgotten must not be silent.
        forgotten = [row.base for row in section(session, batch, "planless")]
        other = Batch(id=2, code="S", name="又一批次", year=2026, status="draft", created_at=NOW)
        other.apply_from, other.apply_until = NOW - timedelta(days=9), NOW
        session.add(other)
        session.flush()
        # Without a plan nobody knows whose bases a batch's are.
        unplanned = [row.base for row in section(session, other, "planless")]
        taken = {f"taken_{who}": 0 for who in ("own", "entrusted", "social")}
        for code, specialty, quota in (("C1", "0100", 3), ("C2", "0100", 0)):
            place = {"base_code": code, "specialty_code": specialty, "quota": quota}
            session.add(Plan(batch_id=2, stopped=False, **place, **taken))
        session.flush()
        shared = [row.base for row in section(session, batch, "planless")]
        of_other = [row.base for row in section(session, other, "planless")]
    assert forgotten[-3:] == ["B4", "C1", "C2"]
    assert unplanned == ["B1", "B2", "B3", "B4", "C1", "C2"]
    assert shared == [base for base in forgotten if base != "C1"]
    assert of_other == ["B4", "C2"]


def test_anomalies(database: str, world: World) -> None:
    report = measured(database, world, review_until=NOW - timedelta(days=1))
    found: dict[str, list[tuple[str, int]]] = {}
    for one in report.anomalies:
        found.setdefault(one.kind, []).append((one.subject, one.count))
    assert found["gaps"] == [
        (form.number, 1) for form in world.forms if form.status != "withdrawn" and gaps(form)
    ]
    assert found["overdue"] == [(one.base, one.count) for one in report.backlog]
    unplanned = {base for base, _ in BASES} - {
        spot[0] for spot, (_, stopped) in world.plan.items() if not stopped
    }
    assert found["planless"] == [(base, 1) for base in sorted(unplanned)]
    twins: dict[object, list[str]] = {}
    for form in world.forms:
        if form.status != "withdrawn" and form.mobile:
            twins.setdefault(form.mobile, []).append(form.number)
        if form.status in LIVE:
            twins.setdefault((form.name, form.born, form.school), []).append(form.number)
    expected = sorted((min(group), len(group)) for group in twins.values() if len(group) > 1)
    assert sorted(found["duplicates"]) == expected
    assert "overfull" not in found, "the database refuses it"
    assert not any(one.kind == "overdue" for one in measured_in_time(database, world).anomalies)


def measured_in_time(database: str, world: World) -> Report:
    return measured(database, world, review_until=NOW + timedelta(days=1))


@pytest.mark.parametrize("status", ["closed", "locked", "committed"])
def test_nothing_of_admission_shows_before_publication(database: str, status: str) -> None:
    report = measured(database, draw(1), status=status)
    figures = {figure.key: figure.count for figure in report.figures}
    assert (figures["admitted"], figures["reported"], figures["vacant"]) == (None, None, None)
    assert {(one.admitted, one.vacant, one.fill) for one in (*report.bases, *report.specialties)} == {
        (None, None, None)
    }
    assert {share.admitted for group in report.groups for share in group.shares} == {None}
    assert [list(band.counts) for band in report.bands[:1]] == [["笔试", "技能", "面试", "总成绩"]]
    assert (list(report.placed), list(report.cutoffs)) == ([], [])


def test_a_batch_nobody_applied_to(database: str) -> None:
    report = measured(database, World(draw(1).plan, []), status="open")
    assert [stage.count for stage in report.funnel] == [0] * 5 + [None] * 2
    assert (list(report.days), list(report.backlog)) == ([], [])


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_is_plain_sql(name: str) -> None:
    query = (files("zhupei_cli.sql") / "reports" / name).read_text("utf-8")
    code = re.sub(r"--.*", "", query)
    assert query.startswith("-- "), "says what it counts"
    assert set(re.findall(r":(\w+)", code)) <= {"batch_id"}
    words = set(re.findall(r"[A-Z]{2,}", code))
    assert words <= set(PLAIN.split())
    assert not re.search(r"::|\|\||date\(|strftime|%", code)
