"""How many seats of a place are vacant: one number on every screen, list and paper."""

from sqlalchemy import RowMapping

from zhupei_cli.model import Batch
from zhupei_cli.model.base import TableRow
from zhupei_cli.words.vocabulary import BatchStatus, Identity


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


def is_over(batch: Batch) -> bool:
    """Return whether a batch offers nothing any more: it was cancelled, or is a round that is archived."""
    archived = batch.parent_id is not None and batch.status == BatchStatus.ARCHIVED
    return archived or batch.status == BatchStatus.CANCELLED
