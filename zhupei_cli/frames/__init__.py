"""Frames for a notebook: the applications of a batch as a pandas DataFrame, one row each, dtypes stated.

`dtypes()` lists the columns. Personal ones are left out unless asked for, which is an event::

    from zhupei_cli import frames
    from zhupei_cli.store.engine import reading, transaction

    with reading("sqlite:///招收.sqlite") as session:
        forms = frames.applications(session, "HN2026")
    forms[forms["admitted"]].groupby("base", observed=True).size()
"""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.reports.flat_frame import FRAME_COLUMNS, OPEN_KEYS, frame_of
from zhupei_cli.services.reports.frame_files import revealed_frame

if TYPE_CHECKING:
    from pandas import DataFrame

    from zhupei_cli.model import Batch

__all__ = ["applications", "dtypes"]


def applications(
    session: Session, batch: "str | Batch", *, personal: bool = False, by: Acting | None = None
) -> "DataFrame":
    """Return the applications of a batch (its code or itself) as a DataFrame.

    With `personal` names, numbers, birth dates and phones are in it, whole: `by` says who asks, and the
    session must be a `transaction`, which keeps the event (E717 otherwise). Admission is empty before
    publication.
    """
    found = find_batch(session, batch) if isinstance(batch, str) else batch
    if not personal:
        return frame_of(session, [found], OPEN_KEYS)
    if by is None:
        raise TypeError("personal=True needs by=Acting(name, now)")
    return revealed_frame(session, found, by=by)


def dtypes() -> dict[str, str]:
    """Return the columns and their dtypes, personal ones last."""
    return {column.key: column.kind for column in FRAME_COLUMNS}
