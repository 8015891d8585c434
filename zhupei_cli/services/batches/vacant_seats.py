"""How many seats of a place are vacant: one number on every screen, list and paper."""

from enum import Enum, auto

from sqlalchemy import RowMapping

from zhupei_cli.model import Batch
from zhupei_cli.model.base import TableRow
from zhupei_cli.words.vocabulary import IDENTITY, BatchStatus, Identity


def taken_at(row: RowMapping | TableRow) -> int:
    """Return how many seats of a row of the plan are taken."""
    return sum(row[f"taken_{who}"] for who in Identity)


def vacant_at(row: RowMapping | TableRow, batch: Batch) -> int:
    """Return how many seats of a row of the plan are vacant; a stopped place offers none.

    Nor is a seat vacant that a supplement round took over, nor one of a round that is over: that is the
    parent's.
    """
    if row["stopped"] or is_over(batch):
        return 0
    return int(row["quota"]) - taken_at(row) - int(row["ceded"])


class NoRoom(Enum):
    """Why a place has no seat for somebody: it is full, their identity is, or rounds hold what is free."""

    FULL = auto()
    LIMIT = auto()
    CEDED = auto()


def no_room_at(row: RowMapping | TableRow, identity: str) -> NoRoom | None:
    """Return why a row of the plan has no seat for an identity, None where it has one; stopped or not.

    What cannot be had at all goes before what supplement rounds hold and may give back.
    """
    limit, held, taken = row[f"max_{identity}"], row[f"taken_{identity}"], taken_at(row)
    if taken >= row["quota"]:
        return NoRoom.FULL
    if limit is not None and held >= limit:
        return NoRoom.LIMIT
    share_ceded = limit is not None and held + row[f"ceded_{identity}"] >= limit
    return NoRoom.CEDED if share_ceded or taken + row["ceded"] >= row["quota"] else None


def told_taken(row: RowMapping | TableRow, identity: str, why: NoRoom) -> str:
    """Return in words what is taken of the plan of a place, or of the limit of an identity there."""
    if why is NoRoom.LIMIT:
        held = row[f"taken_{identity}"]
        return f"对{IDENTITY.label(identity)}上限 {row[f'max_{identity}']} 人，已占 {held} 人"
    return f"计划 {row['quota']} 人，已占 {taken_at(row)} 人"


def is_over(batch: Batch) -> bool:
    """Return whether a batch offers nothing any more: it was cancelled, or is a round that is archived."""
    archived = batch.parent_id is not None and batch.status == BatchStatus.ARCHIVED
    return archived or batch.status == BatchStatus.CANCELLED
