"""Random years for reports: three batches and a supplement round, as plain values and in the tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from tests.people import id_number
from zhupei_cli.model import Base, Batch, TrainingBase
from zhupei_cli.store.bulk import insert_rows

CITIES = {"B1": "410100", "B2": "410100", "B3": "410300"}
#: As the catalogue every database begins with has it.
SHORTAGE = {"0100": False, "0700": True, "0900": False}
SPOTS = tuple((base, code) for base in CITIES for code in SHORTAGE)
#: One of them has a comma in its name.
SCHOOLS = ("郑州大学", "河南大学", "河南,中医药大学")
SEATED = ("proposed", "admitted", "reported")
APPLIED = ("submitted", "returned", "approved", "rejected")
#: code → year, parent, state.
BATCHES = {
    "Y24": (2024, None, "archived"),
    "Y25": (2025, None, "final"),
    "Y25S": (2025, "Y25", "final"),
    "Y26": (2026, None, "publicity"),
    "Y26T": (2026, None, "open"),
    "Y26X": (2026, None, "cancelled"),
}
PUBLISHED = ("publicity", "final", "archived")
_AT = datetime(2024, 6, 1, tzinfo=UTC)


#: State of admission, place, via, total in hundredths.
Seat = tuple[str, tuple[str, str] | None, str | None, int | None]


@dataclass(frozen=True, slots=True)
class Form:
    """One application."""

    batch: str
    status: str
    identity: str
    source: str
    school: str
    level: str
    graduated: int
    choice: tuple[str, str]
    seat: Seat | None = None
    stay: int = 3

    @property
    def year(self) -> int:
        return BATCHES[self.batch][0]

    @property
    def holds(self) -> bool:
        return self.seat is not None and self.seat[0] in SEATED

    @property
    def seated(self) -> bool:
        """Whether the seat is published."""
        return self.holds and BATCHES[self.batch][2] in PUBLISHED


@dataclass(slots=True)
class Years:
    """(batch, base, specialty) → (quota, stopped), the applications, and capacities where there are any."""

    plan: dict[tuple[str, str, str], tuple[int, bool]]
    forms: list[Form] = field(default_factory=list)
    capacity: dict[tuple[str, str, str], int] = field(default_factory=dict)


def draw(seed: int, people: int = 240) -> Years:
    """Draw the years of a seed."""
    return drawn(Random(seed), people)


def drawn(random: Random, people: int) -> Years:
    """Draw the years; B3 has nobody for 0900 in any of them."""
    plan = {
        (batch, *spot): (random.randint(5, 20), random.random() < 0.1) for batch in BATCHES for spot in SPOTS
    }
    free = {place: quota for place, (quota, _) in plan.items()}
    forms = [_form(random, free) for _ in range(people)]
    # B1 says nothing of what it can train.
    capacity = {place: random.randint(0, 12) for place in plan if place[1] != "B1" and random.random() < 0.7}
    return Years(plan, forms, capacity)


def _form(random: Random, free: dict[tuple[str, str, str], int]) -> Form:
    batch = random.choice(list(BATCHES))
    status = random.choice(("draft", "withdrawn", *APPLIED, "approved", "approved", "approved"))
    spot = random.choice([one for one in SPOTS if one != ("B3", "0900")])
    seat: Seat | None = None
    outcome = random.choice((None, "not_admitted", "declined", "no_show", "quit", *SEATED, *SEATED))
    outcome = None if BATCHES[batch][2] == "open" else outcome
    if status == "approved" and outcome == "not_admitted":
        seat = (outcome, None, None, None)
    elif status == "approved" and outcome and free[batch, *spot]:
        free[batch, *spot] -= 1
        via = random.choice(("choice1", "adjust", "place"))
        seat = (outcome, spot, via, None if via == "place" else random.randint(6000, 9999))
    return Form(
        *(batch, status, random.choice(("own", "social", "entrusted"))),
        *(random.choice(("应届毕业生", "往届毕业生")), random.choice(SCHOOLS)),
        *(random.choice(("21", "14")), BATCHES[batch][0] - random.randint(0, 1)),
        *(random.choice(SPOTS), seat),
        stay=random.choice((1, 2, 3, 3, 3)),
    )


def store(session: Session, years: Years) -> None:
    """Store all of it."""
    for base, city in CITIES.items():
        session.add(TrainingBase(code=base, name=f"基地{base}", aliases="", city=city, status="enabled"))
    ids = {code: at for at, code in enumerate(BATCHES, 1)}
    for code, (year, parent, status) in BATCHES.items():
        dates = {"apply_from": _AT, "apply_until": datetime(2030, 1, 1, tzinfo=UTC), "created_at": _AT}
        session.add(
            Batch(
                id=ids[code], code=code, name=code, year=year, status=status,
                parent_id=parent and ids[parent], **dates,
            )
        )  # fmt: skip
    session.flush()
    taken = Counter(
        (form.batch, form.seat[1], form.identity) for form in years.forms if form.seat and form.holds
    )
    _insert(session, "plan", [
        {"batch_id": ids[batch], "base_code": base, "specialty_code": code, "quota": quota,
         "stopped": stopped, "capacity": years.capacity.get((batch, base, code))}
        | {f"taken_{who}": taken[batch, (base, code), who] for who in ("own", "entrusted", "social")}
        for (batch, base, code), (quota, stopped) in years.plan.items()
    ])  # fmt: skip
    forms = list(enumerate(years.forms, 1))
    _insert(session, "trainee", [_person(at) for at, _ in forms])
    _insert(session, "application", [_application(at, form, ids[form.batch]) for at, form in forms])
    _insert(session, "choice", [
        {"application_id": at, "number": 1, "batch_id": ids[form.batch], "base_code": form.choice[0],
         "specialty_code": form.choice[1]}
        for at, form in forms
    ])  # fmt: skip
    _insert(session, "snapshot", [_snapshot(at, form) for at, form in forms if form.status in APPLIED])
    _insert(session, "admission", [_admission(at, form, ids[form.batch]) for at, form in forms if form.seat])


def _insert(session: Session, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        insert_rows(
            session, Base.metadata.tables[table], list(rows[0]), [tuple(row.values()) for row in rows]
        )


def _person(at: int) -> dict[str, Any]:
    return {
        "id": at, "id_type": "id_card", "id_number": id_number(at), "name": "王一", "mobile": f"138{at:08d}",
        "created_at": _AT, "updated_at": _AT, "touched_by": 0,
    }  # fmt: skip


def _application(at: int, form: Form, batch: int) -> dict[str, Any]:
    sent = form.status in APPLIED
    return {
        "id": at, "application_no": f"{form.batch}-{at:07d}", "batch_id": batch, "trainee_id": at,
        "identity": form.identity, "source_type": form.source, "train_years": form.stay,
        "accept_adjust": True,
        "status": form.status, "live_key": None if form.status == "withdrawn" else f"{batch}:{at}",
        "submitted_at": _AT if sent else None, "submitted_on": _AT.date() if sent else None,
        "snapshot_version": 1 if sent else None, "created_at": _AT, "touched_by": 0,
    }  # fmt: skip


def _snapshot(at: int, form: Form) -> dict[str, Any]:
    return {
        "application_id": at, "version": 1, "id_type": "id_card", "id_number": id_number(at), "name": "王一",
        "gender": "1", "birth_date": date(1999, 1, 1), "level": form.level, "school": form.school,
        "major": "临床医学", "degree": "4", "graduated_on": date(form.graduated, 6, 30), "content": "{}",
        "made_at": _AT,
    }  # fmt: skip


def _admission(at: int, form: Form, batch: int) -> dict[str, Any]:
    assert form.seat is not None
    status, spot, via, total = form.seat
    return {
        "application_id": at, "application_status": "approved", "batch_id": batch, "status": status,
        "live_key": f"{form.year}:{at}" if form.holds else None, "identity": form.identity,
        "base_code": spot and spot[0], "specialty_code": spot and spot[1], "via": via, "total": total,
        "decided_at": _AT,
    }  # fmt: skip
