"""The plan (招收计划) of a batch: its places with seats, lines and limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypedDict, TypeVar

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, Plan, Specialty, TrainingBase
from zhupei_cli.rules.admission.reserves import Shared, shared_seats
from zhupei_cli.rules.admission.run import Place
from zhupei_cli.rules.admission.scores import mark_number
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.rules.batch.phases import require_changeable
from zhupei_cli.rules.batch.settings import parse
from zhupei_cli.services.batches import taking_part
from zhupei_cli.services.batches.ceding import cede_seats
from zhupei_cli.services.batches.vacant_seats import taken_at, vacant_at
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.services.records.lookup import (
    Names,
    base_names,
    find_base,
    find_specialty,
    settings_of,
    specialty_names,
)
from zhupei_cli.store.bulk import insert_rows, update_rows
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import IDENTITY, Identity

_PLAN: Table = Plan.metadata.tables["plan"]
_BASE: Table = TrainingBase.metadata.tables["base"]
_SPECIALTY: Table = Specialty.metadata.tables["specialty"]
_KEY = ("batch_id", "base_code", "specialty_code")
_TAKEN = tuple(f"taken_{who}" for who in Identity)

_Term = TypeVar("_Term")
#: What a place says, by key of TERMS; only whether it is stopped is yes or no.
PlaceTerms = Mapping[str, int | None]
#: What people set of a place. Lines are in hundredths of a mark; None is no line and no limit.
LIMITS: Final = ("max_own", "max_entrusted", "max_social", "max_postgrad")
RESERVES: Final = ("reserve_own", "reserve_entrusted", "reserve_social", "reserve_postgrad")
TERMS: Final = ("quota", "min_score", *LIMITS, *RESERVES, "stopped", "capacity")
#: What a place says that nobody has said anything about.
UNSAID: Final[PlaceTerms] = {**dict.fromkeys(TERMS), **dict.fromkeys(RESERVES, 0), "stopped": False}
#: Terms that came later than the first digests of plans.
_LATER: Final = frozenset(("max_postgrad", *RESERVES, "capacity"))


def witnessed(terms: Mapping[str, _Term]) -> dict[str, _Term]:
    """Return the terms as events and digests have them: those that came later only where they say something.

    Plans of before they were kept have the digests they had.
    """
    return {name: value for name, value in terms.items() if name not in _LATER or value != UNSAID[name]}


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """A place as it is to be: codes of base and specialty, terms stored and new, seats taken."""

    key: tuple[str, str]
    label: str
    before: PlaceTerms | None
    after: PlaceTerms
    taken: Mapping[str, int]
    base_enabled: bool = True

    @property
    def text(self) -> str:
        return "/".join(self.key)

    @property
    def changed(self) -> bool:
        return self.after != self.before


@dataclass(frozen=True, slots=True)
class Books:
    """What changes of a plan are read against."""

    bases: Names
    specialties: Names
    stored: Mapping[tuple[str, str], Mapping[str, int]]
    disabled: frozenset[str]
    """codes of bases that offer nothing"""

    def place(self, base: str, specialty: str, terms: PlaceTerms) -> PlaceChange:
        """Return the place of these codes with its new terms; terms not given stay."""
        row = self.stored.get((base, specialty))
        before = None if row is None else {name: row[name] for name in TERMS}
        taken = {name: 0 if row is None else row[name] for name in _TAKEN}
        label = f"{self.bases.labels[base]} 的 {self.specialties.labels[specialty]}"
        after = {**UNSAID, **(before or {}), **terms}
        return PlaceChange((base, specialty), label, before, after, taken, base not in self.disabled)


def open_books(session: Session, batch: Batch) -> Books:
    """Read and lock the plan for changing it; E405 when it may not change any more."""
    require_changeable("招收计划", "parameters", batch.status, name=batch.code)
    # Seats must not be taken while quotas are compared with them.
    rows = session.execute(select(_PLAN).where(_PLAN.c.batch_id == batch.id).with_for_update()).mappings()
    stored = {(row["base_code"], row["specialty_code"]): dict(row) for row in rows}
    disabled = session.execute(select(_BASE.c.code).where(_BASE.c.status == "disabled")).scalars()
    return Books(base_names(session), specialty_names(session), stored, frozenset(disabled))


def faults_of(place: PlaceChange) -> Iterator[Fault]:
    """Yield what makes the new terms impossible: fewer seats than taken or reserved, a base disabled."""
    if place.changed and not place.base_enabled and not place.after["stopped"]:
        yield Fault("E474", "base", values={"place": place.label})
    quota, total = place.after["quota"], sum(place.taken.values())
    assert quota is not None
    if quota < total:
        yield Fault("E410", "quota", values={"place": place.label, "taken": total, "quota": quota})
    for who in Identity:
        limit, taken = place.after[f"max_{who}"], place.taken[f"taken_{who}"]
        values = {"place": place.label, "identity": IDENTITY.label(who), "limit": limit}
        if limit is not None and limit < taken:
            yield Fault("E411", f"max_{who}", values={**values, "taken": taken})
        reserve = place.after[f"reserve_{who}"] or 0
        if limit is not None and limit < reserve:
            yield Fault("E760", f"reserve_{who}", values={**values, "reserve": reserve})
    if quota < (reserved := sum(place.after[name] or 0 for name in RESERVES)):
        yield Fault("E761", "quota", values={"place": place.label, "reserve": reserved, "quota": quota})


def write_places(session: Session, batch: Batch, places: Sequence[PlaceChange]) -> None:
    """Write the places that are new or changed; their events are the caller's."""
    new = [place for place in places if place.before is None]
    nobody = (0,) * len(_TAKEN)
    rows = [(batch.id, *place.key, *(place.after[name] for name in TERMS), *nobody) for place in new]
    insert_rows(session, _PLAN, (*_KEY, *TERMS, *_TAKEN), rows)
    old = [place for place in places if place.before is not None and place.changed]
    rows = [(batch.id, *place.key, *(place.after[name] for name in TERMS)) for place in old]
    update_rows(session, _PLAN, _KEY, TERMS, rows)
    cede_seats(session, batch, [place.key for place in places if _raised(place)])


def _raised(place: PlaceChange) -> bool:
    return (place.after["quota"] or 0) > ((place.before or {}).get("quota") or 0)


class PlaceRow(TypedDict):
    """A place of a plan as a list has it; seats taken, `preplaced` among them, and vacant when published."""

    batch: str
    base: str
    base_label: str
    main_base: str | None
    main_base_label: str | None
    specialty: str
    specialty_label: str
    quota: int
    taken: int | None
    preplaced: int | None
    vacant: int | None
    ceded: int
    min_score: Decimal | None
    max_own: int | None
    max_entrusted: int | None
    max_social: int | None
    max_postgrad: int | None
    reserve_own: int
    reserve_entrusted: int
    reserve_social: int
    reserve_postgrad: int
    stopped: bool
    stopped_label: str
    capacity: int | None
    reserve_shared: int
    """seats reserved by the batch's share for who comes from the public"""
    reserve_cut: int
    """how many more it was to be"""
    is_shortage: bool


class PlaceSet(PlaceRow):
    """A place that was set, and whether that changed anything."""

    changed: bool


def set_place(
    session: Session,
    batch: Batch,
    base: str,
    specialty: str,
    *,
    by: Acting,
    terms: PlaceTerms,
    reason: str | None = None,
) -> PlaceSet:
    """Set the given TERMS of one place; return it as the list has it, and whether it `changed`.

    A place that is not in the plan is made when the quota is given; without one it is E306. Raises E410 or
    E411 below the seats taken, E760 or E761 for reserves above a limit or the quota, E474 for a disabled
    base, E680 or E681 beyond what the parent of a supplement round has left,
    E405 when the plan may not change any more.
    """
    books = open_books(session, batch)
    codes = find_base(session, base), find_specialty(session, specialty)
    place = books.place(*codes, terms)
    if place.after["quota"] is None:
        raise ZhupeiError(
            "E306", base=books.bases.labels[codes[0]], specialty=books.specialties.labels[codes[1]]
        )
    for fault in faults_of(place):
        raise ZhupeiError(fault.code, **fault.values)
    if place.changed:
        before = None if place.before is None else canonical(witnessed(place.before))
        after = canonical(witnessed(place.after))
        record(session, by, [Change("plan.set", place.text, batch.id, before, after, reason)])
        write_places(session, batch, [place])
    (row,) = list_plan(session, batch, base=codes[0], specialty=codes[1])
    return {**row, "changed": place.changed}


def list_plan(
    session: Session, batch: Batch, *, base: str | None = None, specialty: str | None = None
) -> list[PlaceRow]:
    """Return the batch's places by base and specialty code, all or those of one base or specialty (codes).

    `taken` and `vacant` are None before publication: they would tell of an admission.
    """
    statement = (
        select(_PLAN, _SPECIALTY.c.name.label("specialty_label"), _SPECIALTY.c.is_shortage)
        .join(_SPECIALTY, _SPECIALTY.c.code == _PLAN.c.specialty_code)
        .where(_PLAN.c.batch_id == batch.id)
    )
    if base is not None:
        statement = statement.where(_PLAN.c.base_code == base)
    if specialty is not None:
        statement = statement.where(_PLAN.c.specialty_code == specialty)
    given = taking_part.preplaced(session, batch)
    bases, share = base_names(session), parse(settings_of(session, batch)).reserve_social_share
    found = session.execute(statement).mappings()
    rows = [_shown(row, batch, given, bases, shared_seats(place_of(row), share)) for row in found]
    # Not by the database: its order of codes depends on its collation.
    return sorted(rows, key=lambda row: (row["base"], row["specialty"]))


def count_cut_shares(session: Session, batch: Batch) -> int:
    """Return how many places cannot reserve what the share of the batch asks of them."""
    return sum(1 for row in list_plan(session, batch) if row["reserve_cut"])


def place_of(row: RowMapping) -> Place:
    """Return a row of the plan as the rules of admission know it, without the share of the batch."""
    limits = {str(who): limit for who in Identity if (limit := row[f"max_{who}"]) is not None}
    reserves = {who.value: seats for who in Identity if (seats := row[f"reserve_{who}"])}
    terms = (row["quota"], row["min_score"], row["stopped"], limits, row["capacity"], reserves)
    return Place(row["base_code"], row["specialty_code"], *terms)


def _shown(
    row: RowMapping, batch: Batch, given: Mapping[tuple[str, str], int], bases: Names, shared: Shared
) -> PlaceRow:
    main = bases.mains.get(row["base_code"])
    taken = taken_at(row) if batch.status in PUBLISHED else None
    line = row["min_score"]
    return {
        "batch": batch.code,
        "base": row["base_code"],
        "base_label": bases.names[row["base_code"]],
        "main_base": main,
        "main_base_label": None if main is None else bases.names[main],
        "specialty": row["specialty_code"],
        "specialty_label": row["specialty_label"],
        "quota": row["quota"],
        "taken": taken,
        "preplaced": None if taken is None else given.get((row["base_code"], row["specialty_code"]), 0),
        "vacant": None if taken is None else vacant_at(row, batch),
        "ceded": row["ceded"],
        "min_score": mark_number(line),
        "max_own": row["max_own"],
        "max_entrusted": row["max_entrusted"],
        "max_social": row["max_social"],
        "max_postgrad": row["max_postgrad"],
        "reserve_own": row["reserve_own"],
        "reserve_entrusted": row["reserve_entrusted"],
        "reserve_social": row["reserve_social"],
        "reserve_postgrad": row["reserve_postgrad"],
        "stopped": row["stopped"],
        "stopped_label": "停招" if row["stopped"] else "",
        "capacity": row["capacity"],
        "reserve_shared": shared.seats,
        "reserve_cut": shared.cut,
        "is_shortage": row["is_shortage"],
    }
