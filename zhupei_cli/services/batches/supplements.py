"""The plan of a batch as that of a new one: whole, or for a supplement round (补录) what it left vacant."""

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, Plan, TrainingBase
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.services.batches.ceding import cede_seats
from zhupei_cli.services.batches.plans import LIMITS, RESERVES, TERMS, PlaceChange, witnessed, write_places
from zhupei_cli.services.records.events import record
from zhupei_cli.services.records.import_ledger import row_events
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, BatchStatus, Identity

_PLAN: Table = Plan.metadata.tables[Plan.__tablename__]
_COLUMNS = (
    "batch_id",
    "base_code",
    "specialty_code",
    "quota",
    "min_score",
    *LIMITS,
    *RESERVES,
    "stopped",
    "capacity",
    *(f"taken_{who}" for who in Identity),
)


def find_parent(session: Session, code: str, *, year: int | None) -> Batch:
    """Return the batch a supplement round may follow: final, of the same year; E470 or E472 otherwise."""
    parent = find_batch(session, code)
    session.refresh(parent, with_for_update=True)  # no seat of it changes while it is counted
    if parent.status != BatchStatus.FINAL:
        closed = parent.status in (BatchStatus.ARCHIVED, BatchStatus.CANCELLED)
        way = directions(BATCH, parent.status, frozenset({BatchStatus.FINAL}), parent.code)
        first = f"补录取的是正式录取后的空缺名额；{way}"
        cure = "补录要在归档以前新建；仍有空缺的，新建一个单独的批次" if closed else first
        raise ZhupeiError("E470", batch=parent.code, status=BATCH_STATUS.label(parent.status), cure=cure)
    if year not in (None, parent.year):
        raise ZhupeiError("E472", batch=parent.code, year=year, expected=parent.year)
    return parent


def take_vacancies(session: Session, batch: Batch, parent: Batch, *, by: Acting) -> None:
    """Store the parent's free seats as the plan of `batch`, lines kept.

    Limits and reserves are less who sits there already, reserves together no more than the seats left.
    Stopped places, full ones and those of disabled bases are left out, and seats that another round took over
    already. A capacity stays with the parent, whose places these are. The parent counts what it cedes. Raises
    E471 when nothing is left.
    """
    statement = (
        select(_PLAN)
        .join(TrainingBase, TrainingBase.code == _PLAN.c.base_code)
        .where(_PLAN.c.batch_id == parent.id, _PLAN.c.stopped.is_(False), TrainingBase.status == "enabled")
        .order_by(_PLAN.c.base_code, _PLAN.c.specialty_code)
    )
    rows = [row for one in session.execute(statement) if (row := _vacancy(batch, one))[3] > 0]
    if not rows:
        raise ZhupeiError("E471", batch=parent.code)
    insert_rows(session, _PLAN, _COLUMNS, rows)
    cede_seats(session, batch)
    written = (
        (f"{base}/{specialty}", witnessed(dict(zip(TERMS, rest[: len(TERMS)], strict=True))))
        for _, base, specialty, *rest in rows
    )
    record(session, by, list(row_events("plan.write", written, batch_id=batch.id)))


def copy_plan(session: Session, batch: Batch, source: Batch, *, by: Acting) -> int:
    """Store the places of `source` as the plan of `batch`, terms as they are, nobody seated; return how many.

    Places of disabled bases are left out.
    """
    statement = (
        select(*(_PLAN.c[name] for name in ("base_code", "specialty_code", *TERMS)))
        .join(TrainingBase, TrainingBase.code == _PLAN.c.base_code)
        .where(_PLAN.c.batch_id == source.id, TrainingBase.status == "enabled")
    )
    places = [
        PlaceChange((base, specialty), "", None, dict(zip(TERMS, terms, strict=True)), {})
        for base, specialty, *terms in sorted(map(tuple, session.execute(statement)))
    ]
    if places:
        write_places(session, batch, places)
        written = ((place.text, witnessed(place.after)) for place in places)
        record(session, by, list(row_events("plan.write", written, batch_id=batch.id)))
    return len(places)


def _vacancy(
    batch: Batch, place: Row[tuple[object, ...]]
) -> tuple[object, str, str, int, *tuple[int | None, ...]]:
    stands = place._mapping
    vacant = stands["quota"] - sum(stands[f"taken_{who}"] for who in Identity) - stands["ceded"]
    limits: list[int | None] = []
    reserves: list[int] = []
    # In the order of TERMS, which is not that of the identities.
    for who in (name.removeprefix("max_") for name in LIMITS):
        taken, limit = stands[f"taken_{who}"], stands[f"max_{who}"]
        limits.append(None if limit is None else max(0, limit - taken - stands[f"ceded_{who}"]))
        left = [stands[f"reserve_{who}"] - taken, vacant - sum(reserves), *limits[-1:]]
        reserves.append(max(0, min(one for one in left if one is not None)))
    code = stands["base_code"], stands["specialty_code"]
    nobody = (0,) * len(LIMITS)
    return (batch.id, *code, vacant, stands["min_score"], *limits, *reserves, False, None, *nobody)
