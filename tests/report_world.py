"""A random batch for reports: plain values, and how they get into the tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from tests.people import id_number
from zhupei_cli.model import Base, Batch, Specialty, TrainingBase
from zhupei_cli.rules.admission.scores import ABSENT_PART, Mark
from zhupei_cli.services.marks.score_marks import MARK_COLUMNS, values_of
from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.store.engine import transaction

BASES = (("B1", "410100"), ("B2", "410100"), ("B3", "410300"), ("B4", "411700"))
SPECIALTIES = (("S1", True), ("S2", False), ("S3", False))
SEATED = ("proposed", "admitted", "reported")
LIVE = ("submitted", "returned", "approved", "rejected")
_START = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class Form:
    """One application with all that reports count."""

    number: str
    status: str
    identity: str
    source: str
    choices: Sequence[tuple[str, str]]
    submitted_at: datetime | None
    name: str
    born: date
    school: str
    degree: str | None
    mobile: str | None
    address: str | None
    has_employer: bool | None
    studies: int
    works: int
    scores: list[tuple[str, Mark, Mark, Mark]] = field(default_factory=list)
    admission: tuple[str, str | None, tuple[str, str] | None, int | None] | None = None


@dataclass(slots=True)
class World:
    """The plan (base, specialty) → (quota, stopped), and the applications."""

    plan: dict[tuple[str, str], tuple[int, bool]]
    forms: list[Form]


def draw(seed: int, people: int = 150) -> World:
    """Draw a batch in which every section has something to count. B4 has no plan at all."""
    random = Random(seed)
    spots = [(base, code) for base, _ in BASES[:3] for code, _ in SPECIALTIES]
    plan = {spot: (random.randint(3, 20), random.random() < 0.15) for spot in spots}
    plan[spots[0]] = (plan[spots[0]][0], False)
    free = {spot: quota for spot, (quota, _) in plan.items()}
    return World(plan, [_form(random, number, spots, free) for number in range(1, people + 1)])


def _form(
    random: Random, number: int, spots: list[tuple[str, str]], free: dict[tuple[str, str], int]
) -> Form:
    status = random.choice(
        ("draft", "submitted", "returned", "approved", "approved", "rejected", "withdrawn")
    )
    submitted = status != "draft" and (status != "withdrawn" or random.random() < 0.5)
    # Across midnight in China, which is 16:00 in UTC.
    at = _START + timedelta(hours=random.randint(0, 24 * 9), minutes=random.randint(0, 59))
    form = Form(
        number=f"R-{number:07d}",
        status=status,
        identity=random.choice(("own", "social", "entrusted")),
        source=random.choice(("应届毕业生", "往届毕业生")),
        choices=random.sample(spots, random.choice((1, 2, 2))),
        submitted_at=at if submitted else None,
        name=random.choice(("王一", "李二")),
        born=date(1999, 1, random.randint(1, 9)),
        school=random.choice(("郑州大学", "河南大学", "新乡医学院")),
        degree=random.choice(("4", "3", None)),
        mobile=random.choice((None, *(f"138{one:08d}" for one in range(120)))),
        address=random.choice(("郑州市", "郑州市", None)),
        has_employer=random.choice((False, False, True, None)),
        studies=random.choice((0, 1, 1, 2)),
        works=random.choice((0, 1)),
    )
    if status == "approved":
        _decide(random, form, free)
    return form


def _decide(random: Random, form: Form, free: dict[tuple[str, str], int]) -> None:
    for record in random.choice(((), ("",), ("",), ("B1",), ("", "B2"))):
        form.scores.append(
            (record, *(random.choice((None, ABSENT_PART, *range(5000, 10001, 250))) for _ in range(3)))
        )
    spot = random.choice(form.choices)
    outcome = random.choice(("not_admitted", "declined", "no_show", *SEATED, *SEATED, None))
    if outcome is None or (outcome in SEATED and not free[spot]):
        return
    if outcome == "not_admitted":
        form.admission = (outcome, None, None, random.randint(5000, 9000))
        return
    if outcome in SEATED:
        free[spot] -= 1
    via = random.choice(("choice1", "choice2", "adjust", "place"))
    form.admission = (outcome, via, spot, None if via == "place" else random.randint(6000, 10000))


def store(session: Session, world: World, *, status: str, review_until: datetime | None = None) -> Batch:
    """Store the world as batch R."""
    for code, city in BASES:
        session.add(TrainingBase(code=code, name=f"基地{code}", aliases="", city=city, status="enabled"))
    for code, shortage in SPECIALTIES:
        session.add(Specialty(code=code, name=f"专业{code}", aliases="", is_shortage=shortage))
    batch = Batch(
        id=1,
        code="R",
        name="随机批次",
        year=2026,
        status=status,
        apply_from=_START,
        apply_until=_START + timedelta(days=30),
        review_until=review_until,
        created_at=_START,
    )
    session.add(batch)
    session.flush()
    _store_plan(session, world)
    _store_people(session, world)
    return batch


def store_second_batch(database: str) -> None:
    """Store batch S beside R, under way too, with a place and nobody in it; and one that is over."""
    dates = {"apply_from": _START, "apply_until": _START + timedelta(days=30), "created_at": _START}
    names = (("S", "补录批次", "open"), ("T", "去年的批次", "archived"), ("U", "取消的批次", "cancelled"))
    with transaction(database) as session:
        for id_, (code, name, status) in enumerate(names, 2):
            session.add(Batch(id=id_, code=code, name=name, year=2026, status=status, **dates))
        session.flush()
        place = {"batch_id": 2, "base_code": "B1", "specialty_code": "S1", "quota": 3, "stopped": False}
        _insert(session, "plan", [place | {f"taken_{who}": 0 for who in ("own", "entrusted", "social")}])


def store_last_year(session: Session, at: dict[str, list[datetime]], *, until: datetime) -> None:
    """Store batch Q of 2025 with submissions at the instants, by identity, and one that was withdrawn."""
    dates = {"apply_from": _START.replace(year=2025), "apply_until": until, "created_at": _START}
    session.add(Batch(id=9, code="Q", name="去年的批次", year=2025, status="archived", **dates))
    session.flush()
    forms = [
        ("approved" if number % 2 else "rejected", identity, moment)
        for identity, moments in at.items()
        for number, moment in enumerate(moments)
    ]
    forms.append(("withdrawn", "own", dates["apply_from"]))
    _insert(session, "application", [
        {
            "id": 9000 + number, "application_no": f"Q-{number:07d}", "batch_id": 9, "trainee_id": number + 1,
            "identity": identity, "source_type": "应届毕业生", "train_years": 3, "accept_adjust": True,
            "status": status, "live_key": None if status == "withdrawn" else f"9:{number}",
            "first_submitted_at": moment, "submitted_on": (moment + timedelta(hours=8)).date(),
            "submitted_at": moment, "snapshot_version": 1, "created_at": _START, "touched_by": 0,
        }
        for number, (status, identity, moment) in enumerate(forms)
    ])  # fmt: skip


def _insert(session: Session, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        values = [tuple(row.values()) for row in rows]
        insert_rows(session, Base.metadata.tables[table], list(rows[0]), values)


def _store_plan(session: Session, world: World) -> None:
    seated = Counter(
        (form.admission[2], form.identity)
        for form in world.forms
        if form.admission is not None and form.admission[0] in SEATED
    )
    rows = [
        {
            "batch_id": 1,
            "base_code": spot[0],
            "specialty_code": spot[1],
            "quota": quota,
            "stopped": stopped,
            **{f"taken_{who}": seated[spot, who] for who in ("own", "entrusted", "social")},
        }
        for spot, (quota, stopped) in world.plan.items()
    ]
    _insert(session, "plan", rows)


def _store_people(session: Session, world: World) -> None:
    forms = list(enumerate(world.forms, 1))
    _insert(session, "trainee", [_trainee(at, form) for at, form in forms])
    whole = {"major": "临床医学", "graduated_on": date(2020, 6, 30), "full_time": True}
    studies = [
        {"id": at * 10 + one, "trainee_id": at, "level": "21", "school": f"学校{one}", **whole}
        for at, form in forms
        for one in range(form.studies)
    ]
    _insert(session, "education", studies)
    works = [
        {"id": at, "trainee_id": at, "employer_name": "某医院"}
        for at, form in forms
        for _ in range(form.works)
    ]
    _insert(session, "work", works)
    _insert(session, "application", [_application(at, form) for at, form in forms])
    choices = [
        {"application_id": at, "number": place, "batch_id": 1, "base_code": base, "specialty_code": code}
        for at, form in forms
        for place, (base, code) in enumerate(form.choices, 1)
    ]
    _insert(session, "choice", choices)
    # Two versions: reports read the one the application names.
    snapshots = [
        {**_snapshot(at, form), "version": version, "school": form.school if version == 2 else "旧学校"}
        for at, form in forms
        if form.submitted_at
        for version in (1, 2)
    ]
    _insert(session, "snapshot", snapshots)
    scores = [
        {"application_id": at, "record": record, "base_code": record or None, "touched_by": 0}
        | dict(zip(MARK_COLUMNS, values_of(marks), strict=True))
        for at, form in forms
        for record, *marks in form.scores
    ]
    _insert(session, "score", scores)
    _insert(session, "admission", [_admission(at, form) for at, form in forms if form.admission])


def _trainee(at: int, form: Form) -> dict[str, Any]:
    return {
        "id": at,
        "id_type": "id_card",
        "id_number": id_number(at),
        "name": form.name,
        "gender": "1",
        "birth_date": form.born,
        "ethnicity": "01",
        "mobile": form.mobile,
        "address": form.address,
        "emergency_name": "张三",
        "emergency_phone": "13900000000",
        "has_employer": form.has_employer,
        "created_at": _START,
        "updated_at": _START,
        "touched_by": 0,
    }


def _application(at: int, form: Form) -> dict[str, Any]:
    moment = form.submitted_at
    return {
        "id": at,
        "application_no": form.number,
        "batch_id": 1,
        "trainee_id": at,
        "identity": form.identity,
        "source_type": form.source,
        "train_years": 3,
        "accept_adjust": True,
        "status": form.status,
        "live_key": None if form.status == "withdrawn" else f"1:{at}",
        "first_submitted_at": moment,
        "submitted_on": moment and (moment + timedelta(hours=8)).date(),
        "submitted_at": moment,
        "snapshot_version": 2 if moment else None,
        "created_at": _START,
        "touched_by": 0,
    }


def _snapshot(at: int, form: Form) -> dict[str, Any]:
    return {
        "application_id": at,
        "version": 1,
        "id_type": "id_card",
        "id_number": id_number(at),
        "name": form.name,
        "gender": "1",
        "birth_date": form.born,
        "level": "21",
        "school": form.school,
        "major": "临床医学",
        "degree": form.degree,
        "graduated_on": date(2026, 6, 30),
        "content": "{}",
        "made_at": _START,
    }


def _admission(at: int, form: Form) -> dict[str, Any]:
    assert form.admission is not None
    status, via, spot, total = form.admission
    return {
        "application_id": at,
        "application_status": "approved",
        "batch_id": 1,
        "status": status,
        "live_key": f"2026:{at}" if status in SEATED else None,
        "identity": form.identity,
        "base_code": spot and spot[0],
        "specialty_code": spot and spot[1],
        "via": via,
        "total": total,
        "decided_at": _START,
    }
