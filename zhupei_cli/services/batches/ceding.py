"""Seats that supplement rounds (补录) took over from their parent: one sum over the batch and its rounds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, RowMapping, Table, case, func, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, Plan
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.batch.lifecycle import BATCH
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.store.bulk import update_rows
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import IDENTITY, BatchStatus, Identity

_PLAN: Table = Plan.metadata.tables[Plan.__tablename__]
_BATCH: Table = Plan.metadata.tables[Batch.__tablename__]
_KEY: Final = ("batch_id", "base_code", "specialty_code")
#: What a place cedes: seats, and how many of each identity may sit on them.
CEDED: Final = ("ceded", *(f"ceded_{who}" for who in Identity))

_Spot = tuple[str, str]


def rounds_of(session: Session, batch: Batch) -> list[str]:
    """Return the codes of the batch's supplement rounds that were not cancelled."""
    rounds = select(Batch.code).where(Batch.parent_id == batch.id, Batch.status != BatchStatus.CANCELLED)
    return sorted(session.execute(rounds).scalars())


def require_no_round(session: Session, batch: Batch) -> None:
    """Raise E486 when the batch has a supplement round: its vacancies are no longer refilled."""
    if codes := rounds_of(session, batch):
        raise ZhupeiError("E486", batch=batch.code, rounds="、".join(codes))


def held_by_rounds(session: Session, place: RowMapping | TableRow, *, where: str) -> dict[str, object]:
    """Return what E495 says of a place whose free seats rounds hold; `where` names it."""
    rounds = list(_rounds_at(session, place["batch_id"], place))
    names = "、".join(dict.fromkeys(one.code for one in rounds))
    return {"place": where, "ceded": place["ceded"], "rounds": names, "cure": _way_to(rounds)}


class _Holder(NamedTuple):
    """A supplement round with seats of a place: some of them free, or all of them taken."""

    code: str
    status: str
    free: bool


def _rounds_at(session: Session, batch_id: int, place: RowMapping | TableRow) -> Iterator[_Holder]:
    """Yield the rounds that hold seats of that very place, and the rounds of these."""
    statement = (
        select(_PLAN, _BATCH.c.id, _BATCH.c.code, _BATCH.c.status)
        .join(_BATCH, _PLAN.c.batch_id == _BATCH.c.id)
        .where(_BATCH.c.parent_id == batch_id, _BATCH.c.status != BatchStatus.CANCELLED)
        .where(*(_PLAN.c[name] == place[name] for name in ("base_code", "specialty_code")))
        .order_by(_BATCH.c.id)
    )
    for row in session.execute(statement).mappings().all():
        taken = sum(row[f"taken_{who}"] for who in Identity)
        over = row["status"] == BatchStatus.ARCHIVED
        free = not over and row["quota"] > taken + row["ceded"]
        if free or taken:
            yield _Holder(row["code"], row["status"], free)
        if row["ceded"]:
            yield from _rounds_at(session, row["id"], place)


def _way_to(rounds: Sequence[_Holder]) -> str:
    """Return what to do for a seat that rounds hold: where it is given, and when it comes back."""
    free = [one for one in rounds if one.free]
    if not free:
        return "这些名额已由补录批次录取的人占着，其中有人放弃、退培以后才空出"
    way = f"在补录批次 {'、'.join(one.code for one in free)} 中录取、递补或个别安排"
    drop = BATCH.verbs["cancel"].moves
    early = [f"zhupei batch cancel {one.code} --reason 原因" for one in free if one.status in drop]
    cancel = f"；还没有锁定的补录批次可以取消：{' 或 '.join(early)}" if early else ""
    return f"{way}；补录批次归档以后，没有录取的名额回到原批次{cancel}"


def ceded_of(session: Session, batch: Batch) -> dict[_Spot, dict[str, int]]:
    """Return what the places of a batch cede to its rounds, of those that cede anything."""
    statement = select(_PLAN).where(_PLAN.c.batch_id == batch.id, _PLAN.c.ceded > 0)
    return {
        (row["base_code"], row["specialty_code"]): {name: row[name] for name in CEDED}
        for row in session.execute(statement).mappings()
    }


def cede_seats(session: Session, batch: Batch, raised: Iterable[_Spot] = ()) -> None:
    """Count in the parent of a supplement round what its rounds hold of it now; nothing for other batches.

    A round offers all seats of its plan until it is archived; from then on it holds those that are taken, and
    the others are its parent's again. Raises E680 when a place of the rounds offers more seats than the
    parent has left, E681 when they may seat more of an identity than its limit allows. Of the places `raised`
    just now E680 also asks that the parent has them at all.
    """
    if batch.parent_id is None:
        return
    parent = _held(session, batch.parent_id)
    wanted = _offered(session, parent)
    rows = session.execute(select(_PLAN).where(_PLAN.c.batch_id == parent.id)).mappings().all()
    known = {(row["base_code"], row["specialty_code"]) for row in rows}
    _require_of_parent(session, parent, {spot: wanted[spot]["ceded"] for spot in set(raised) - known})
    changed = []
    for row in rows:
        new = wanted.get((row["base_code"], row["specialty_code"]), dict.fromkeys(CEDED, 0))
        if any(row[name] != new[name] for name in CEDED):
            for code, values in _beyond(row, new):
                raise ZhupeiError(code, place=place_label(session, row), parent=parent.code, **values)
            changed.append((*(row[name] for name in _KEY), *(new[name] for name in CEDED)))
    update_rows(session, _PLAN, _KEY, CEDED, sorted(changed))
    if parent.status == BatchStatus.ARCHIVED:
        cede_seats(session, parent)  # a round itself: what it cedes is part of what it holds


def _held(session: Session, parent_id: int) -> Batch:
    """Return the parent and hold it, so that two of its rounds are not counted at the same time."""
    return session.execute(select(Batch).where(Batch.id == parent_id).with_for_update()).scalar_one()


def _require_of_parent(session: Session, parent: Batch, lacking: Mapping[_Spot, int]) -> None:
    """Raise E680 for the first place with seats of those the parent's plan has not."""
    for (base, specialty), more in sorted(lacking.items()):
        if more:
            place = place_label(session, {"base_code": base, "specialty_code": specialty})
            raise ZhupeiError("E680", place=place, parent=parent.code, wanted=more, left=0)


def _offered(session: Session, parent: Batch) -> dict[_Spot, dict[str, int]]:
    """Return what all rounds of the parent hold of each place."""
    over = _BATCH.c.status == BatchStatus.ARCHIVED
    taken = sum((_PLAN.c[f"taken_{who}"] for who in Identity), _PLAN.c.ceded)
    spot = _PLAN.c["base_code", "specialty_code"]
    statement = (
        select(
            *spot,
            func.sum(case((over, taken), else_=_PLAN.c.quota)).label("ceded"),
            *(func.sum(_most(who, over)).label(f"ceded_{who}") for who in Identity),
        )
        .join(_BATCH, _BATCH.c.id == _PLAN.c.batch_id)
        .where(_BATCH.c.parent_id == parent.id, _BATCH.c.status != BatchStatus.CANCELLED)
        .group_by(*spot)
    )
    return {
        (row["base_code"], row["specialty_code"]): {name: int(row[name]) for name in CEDED}
        for row in session.execute(statement).mappings()
    }


def _most(who: Identity, over: ColumnElement[bool]) -> ColumnElement[int]:
    """Return how many of an identity a place may seat, or did where its round is over."""
    limit, quota = _PLAN.c[f"max_{who}"], _PLAN.c.quota
    return case(
        (over, _PLAN.c[f"taken_{who}"] + _PLAN.c[f"ceded_{who}"]),
        (or_(limit.is_(None), limit > quota), quota),
        else_=limit,
    )


def _beyond(row: RowMapping, new: Mapping[str, int]) -> Iterator[tuple[str, dict[str, object]]]:
    left = row["quota"] - sum(row[f"taken_{who}"] for who in Identity)
    if new["ceded"] > max(left, row["ceded"]):
        yield "E680", {"wanted": new["ceded"], "left": left}
    for who in Identity:
        limit = row[f"max_{who}"]
        if limit is not None and new[f"ceded_{who}"] > max(limit - row[f"taken_{who}"], row[f"ceded_{who}"]):
            values = {"wanted": new[f"ceded_{who}"], "left": limit - row[f"taken_{who}"]}
            yield "E681", {"identity": IDENTITY.label(who), "option": f"--max-{who}", **values}


def place_label(session: Session, row: RowMapping | TableRow) -> str:
    """Return the names of the base and the specialty of a row of the plan."""
    base, specialty = base_names(session).labels, specialty_names(session).labels
    return f"{base[row['base_code']]} 的 {specialty[row['specialty_code']]}"
