"""Batches with all up to the marks, written straight into the tables: for admission, lists, benchmarks."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import id_number
from zhupei_cli.acting import CST, Acting
from zhupei_cli.model import Application, Base, Batch, BatchSetting, Review, Specialty, TrainingBase
from zhupei_cli.rules.admission.run import Candidate, Inputs, Place, Spot
from zhupei_cli.rules.admission.run import RunSpecialty as Kind
from zhupei_cli.rules.admission.scores import Record, mark_text
from zhupei_cli.rules.batch.times import DATES, iso_time
from zhupei_cli.services.applications.store import SNAPSHOT, snapshot_digest
from zhupei_cli.services.people.profiles import Profile, content_of
from zhupei_cli.services.proof.witnesses import WITNESSES
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.store.counters import take

GOLDEN = json.loads((Path(__file__).parent / "golden" / "admission_cases.json").read_text("utf-8"))["cases"]
_GOLDEN_KINDS = {"0100": Kind("西医", False), "0200": Kind("西医", True), "2800": Kind("口腔", False)}

_AT = datetime(2026, 6, 1, tzinfo=UTC)
_IDENTITIES = ("own", "entrusted", "social")
_EVERYBODY = (*_IDENTITIES, "postgrad")


def store_world(
    session: Session,
    inputs: Inputs,
    *,
    code: str = "T",
    status: str = "locked",
    year: int = 2026,
    told: bool = False,
) -> Batch:
    """Store what `inputs` tell as a batch: approved people, and the seats that are held already.

    Nothing but a world that is `told` has the events of how it came to be.
    """
    held = [
        Candidate(f"{code}-9{at:06d}", seat.identity, ((seat.base, seat.specialty),), False, _stamp(_AT), ())
        for at, seat in enumerate(inputs.held)
    ]
    people = [*inputs.candidates, *held]
    places = _places(inputs, people)
    _store_reference(session, inputs, places, people)
    batch = _store_batch(session, inputs, code, status=status, year=year)
    _store_plan(session, batch, places, inputs)
    ids = _store_people(session, batch, people)
    _store_seats(session, batch, [(*ids[one.no], one) for one in held])
    if told:
        _tell(session, batch)
    return batch


def _tell(session: Session, batch: Batch) -> None:
    """Write the events of a world without held seats, as the program would have."""
    by = Acting("测试员", _AT)
    columns = ("name", *DATES)
    data = {name: getattr(batch, name) for name in columns}
    texts = {key: iso_time(value) if isinstance(value, datetime) else value for key, value in data.items()}
    settings = {"year": batch.year, **texts, "settings": settings_of(session, batch)}
    record(session, by, [Change("batch.create", batch.code, batch.id, after=batch.status, data=settings)])
    for kind, action in (("plan", "plan.write"), ("score", "score.import")):
        rows = list(WITNESSES[kind](session, None))
        said = {"keys": [key for _, key, _ in rows], "digests": [digest for *_, digest in rows]}
        record(session, by, [Change(action, batch.code, batch.id, data=said)])
    forms = {key: digest for _, key, digest in WITNESSES["application"](session, None)}
    shots = {row[0]: snapshot_digest(row) for row in session.execute(select(*map(_snapshot, SNAPSHOT)))}
    people = session.execute(select(Application).order_by(Application.id)).scalars().all()
    reviews = take(session, "review", len(people))
    for one, review in zip(people, reviews, strict=True):
        at = Acting("测试员", one.first_submitted_at or _AT)
        of = (one.application_no, batch.id)
        filled = {"digest": forms[one.application_no]}
        sent = {"snapshot": shots[one.id]}
        record(session, at, [Change("application.new", *of, None, "draft", data=filled)])
        record(session, at, [Change("application.submit", *of, "draft", "submitted", data=sent)])
        record(session, at, [Change("review.approve", *of, "submitted", "approved")])
        session.add(
            Review(
                id=review,
                application_id=one.id,
                decision="approve",
                snapshot_version=1,
                decided_by=at.who,
                decided_at=at.at,
            )
        )
    session.flush()


def _snapshot(name: str) -> Any:
    return Base.metadata.tables["snapshot"].c[name]


def _places(inputs: Inputs, people: Iterable[Candidate]) -> list[Place]:
    """Return the plan; the database knows a choice outside of it as a stopped place without seats."""
    planned = {place.spot for place in inputs.places}
    chosen = {spot for one in people for spot in one.choices}
    return [*inputs.places, *(Place(*spot, 0, stopped=True) for spot in sorted(chosen - planned))]


def _store_reference(
    session: Session, inputs: Inputs, places: Sequence[Place], people: Iterable[Candidate]
) -> None:
    owners = {record.base for one in people for record in one.records if record.base}
    known = set(session.scalars(select(TrainingBase.code)))
    bases = sorted(({place.base for place in places} | owners) - known)
    columns = ("code", "name", "aliases", "city", "status")
    rows = [(base, f"基地{base}", "", inputs.cities.get(base) or "", "enabled") for base in bases]
    _insert(session, "base", columns, rows)
    for code in sorted({place.specialty for place in places}):
        kind = inputs.specialties[code]
        found = session.get(Specialty, code)
        if found is None:
            found = Specialty(code=code, name=f"专业{code}", aliases="")
            session.add(found)
        found.category, found.is_shortage = kind.category, kind.shortage
    session.flush()


def _store_batch(session: Session, inputs: Inputs, code: str, *, status: str, year: int) -> Batch:
    (id_,) = take(session, "batch", 1)
    dates = {"apply_from": _AT, "apply_until": datetime(2026, 6, 30, tzinfo=UTC), "created_at": _AT}
    batch = Batch(id=id_, code=code, name=f"{code} 招收", year=year, status=status, **dates)
    session.add(batch)
    session.flush()
    line = inputs.min_score
    settings = {
        "weights": str(inputs.weights),
        "tie_keys": ",".join(inputs.tie_keys),
        "min_score": "" if line is None else mark_text(line),
        "adjust_scope": str(inputs.adjust_scope),
    }
    session.add_all(BatchSetting(batch_id=id_, key=key, value=value) for key, value in settings.items())
    session.flush()
    return batch


def _store_plan(session: Session, batch: Batch, places: Iterable[Place], inputs: Inputs) -> None:
    taken = Counter((seat.base, seat.specialty, seat.identity) for seat in inputs.held)
    columns = (
        *("batch_id", "base_code", "specialty_code", "quota", "min_score", "stopped"),
        *(f"max_{who}" for who in _EVERYBODY),
        *(f"reserve_{who}" for who in _EVERYBODY),
        *(f"taken_{who}" for who in _EVERYBODY),
    )
    rows = [
        (
            *(batch.id, *place.spot, place.quota, place.min_score, place.stopped),
            *(place.limits.get(who) for who in _EVERYBODY),
            *(place.reserves.get(who, 0) for who in _EVERYBODY),
            *(taken[*place.spot, who] for who in _EVERYBODY),
        )
        for place in places
    ]
    _insert(session, "plan", columns, rows)


def _store_people(session: Session, batch: Batch, people: Sequence[Candidate]) -> dict[str, tuple[int, int]]:
    """Store all there is of each person; return number → (application id, trainee id)."""
    ids = take(session, "application", len(people)) if people else range(0)
    trainees = take(session, "trainee", len(people)) if people else range(0)
    rows: dict[str, list[tuple[Any, ...]]] = {
        name: [] for name in ("trainee", "application", "choice", "snapshot", "score")
    }
    born, graduated = date(1999, 1, 1), date(2026, 6, 30)
    for id_, who, one in zip(ids, trainees, people, strict=True):
        person = ("id_card", id_number(who), f"考生{who}", "2", born)
        at = datetime.fromisoformat(one.submitted_at)
        rows["trainee"].append((who, *person, f"138{who:08d}", at, at, 0))
        form = (one.identity, "应届毕业生", 3, one.accept_adjust, "approved", f"{batch.id}:{who}")
        rows["application"].append((id_, one.no, batch.id, who, *form, at, _day(at), at, 1, at, 0))
        rows["choice"] += [(id_, at + 1, batch.id, *spot) for at, spot in enumerate(one.choices)]
        studies = ("21", "郑州大学", "临床医学", "4", graduated)
        rows["snapshot"].append((id_, 1, *person, *studies, _content(person, studies), at))
        rows["score"] += [
            (id_, record.base or "", *record, *(False for _ in record[1:]), 0) for record in one.records
        ]
    for name, columns in _COLUMNS.items():
        _insert(session, name, columns, rows[name])
    return {one.no: pair for one, pair in zip(people, zip(ids, trainees, strict=True), strict=True)}


_PERSON = ("id_type", "id_number", "name", "gender", "birth_date")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "trainee": ("id", *_PERSON, "mobile", "created_at", "updated_at", "touched_by"),
    "application": (
        *("id", "application_no", "batch_id", "trainee_id", "identity", "source_type", "train_years"),
        *("accept_adjust", "status", "live_key", "first_submitted_at", "submitted_on", "submitted_at"),
        *("snapshot_version", "created_at", "touched_by"),
    ),
    "choice": ("application_id", "number", "batch_id", "base_code", "specialty_code"),
    "snapshot": (
        *("application_id", "version", *_PERSON, "level", "school", "major", "degree", "graduated_on"),
        *("content", "made_at"),
    ),
    "score": (
        *("application_id", "record", "base_code", "written", "skill", "interview"),
        *("written_absent", "skill_absent", "interview_absent", "touched_by"),
    ),
}


def _content(person: Sequence[Any], studies: Sequence[Any]) -> str:
    names = ("id_type", "id_number", "name", "gender", "birth_date")
    education = dict(zip(("level", "school", "major", "degree", "graduated_on"), studies, strict=True))
    return content_of(Profile(None, dict(zip(names, person, strict=True)), [education]))


def _store_seats(session: Session, batch: Batch, held: Iterable[tuple[int, int, Candidate]]) -> None:
    columns = (
        *("application_id", "application_status", "batch_id", "status", "live_key", "identity"),
        *("base_code", "specialty_code", "via", "decided_at"),
    )
    rows = [
        (
            *(id_, "approved", batch.id, "proposed", f"{batch.year}:{who}", one.identity),
            *(*one.choices[0], "place", _AT),
        )
        for id_, who, one in held
    ]
    _insert(session, "admission", columns, rows)


def _insert(session: Session, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    insert_rows(session, Base.metadata.tables[table], columns, rows)


def golden_inputs(case: Mapping[str, Any], rule: str = "choice-first") -> Inputs:
    """Return one of the known cases as values."""
    return Inputs(
        places=tuple(
            Place(
                *(row["base"], row["specialty"], row["quota"], _mark(row["min_score"])),
                *(row["stopped"], row["limits"]),
            )
            for row in case["places"]
        ),
        candidates=tuple(
            Candidate(
                row["no"],
                row["identity"],
                tuple((base, specialty) for base, specialty in row["choices"]),
                row["accept_adjust"],
                row["submitted_at"],
                tuple(
                    Record(record["base"], *(_mark(record[key]) for key in ("written", "skill", "interview")))
                    for record in row["records"]
                ),
            )
            for row in case["candidates"]
        ),
        cities=case["cities"],
        specialties=_GOLDEN_KINDS,
        min_score=_mark(case["min_score"]),
        adjust_scope=case["adjust_scope"],
        rule=rule,
    )


def _mark(mark: float | None) -> int | None:
    return None if mark is None else round(mark * 100)


def worked_example() -> Inputs:
    """The example that ends the rules: A has two seats, B and C one each."""
    a, b, c = ("A", "0100"), ("B", "0100"), ("C", "0100")
    wishes = [
        (9000, (a, b), False),
        (8000, (a, b), True),
        (7800, (a, b), True),
        (7000, (b, a), True),
        (6000, (b, c), False),
    ]
    return Inputs(
        places=(Place(*a, 2), Place(*b, 1), Place(*c, 1)),
        candidates=tuple(
            Candidate(f"T-{at:07d}", "social", choices, adjust, _stamp(_AT), (Record(None, *(total,) * 3),))
            for at, (total, choices, adjust) in enumerate(wishes, 1)
        ),
        cities={"A": "410100", "B": "410100", "C": "410300"},
        specialties={"0100": Kind("西医", False)},
    )


def drawn_world(people: int, *, bases: int = 12, specialties: int = 8, seed: int = 1) -> Inputs:
    """Draw a province with a seat for about four people in five, all marks common."""
    random = Random(seed)
    codes = [f"{code * 100:04d}" for code in range(1, specialties + 1)]
    spots: list[Spot] = [(f"B{base:03d}", code) for base in range(1, bases + 1) for code in codes]
    quota = max(1, people * 4 // 5 // len(spots))
    places = tuple(Place(*spot, quota + (at % 3 == 0)) for at, spot in enumerate(spots))
    candidates = []
    for number in range(1, people + 1):
        code = random.choice(codes)
        first, second = random.sample(range(1, bases + 1), 2)
        marks = (random.randint(4000, 10000) for _ in range(3))
        candidates.append(
            Candidate(
                *(f"T-{number:07d}", random.choice(_IDENTITIES)),
                ((f"B{first:03d}", code), (f"B{second:03d}", code)),
                random.random() < 0.7,
                _stamp(datetime(2026, 6, random.randint(1, 28), 2, tzinfo=UTC)),
                (Record(None, *marks),),
            )
        )
    cities = {f"B{base:03d}": f"41{base % 18:02d}00" for base in range(1, bases + 1)}
    kinds = {code: Kind("西医", at % 4 == 0) for at, code in enumerate(codes)}
    return Inputs(places=places, candidates=tuple(candidates), cities=cities, specialties=kinds)


def _day(moment: datetime) -> date:
    return moment.astimezone(CST).date()


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
