"""The digests of rows as they stand now: what a check compares with what events were given of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Base, Objection
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.kinds.kind import Keys, Witness
from zhupei_cli.services.kinds.register import PARTS
from zhupei_cli.services.kinds.written import witnessed_rows

_OBJECTION: Table = Base.metadata.tables[Objection.__tablename__]


def _objections(session: Session, keys: Keys) -> Iterator[Witness]:
    """Yield the objections; `keys` are batches."""
    for row in witnessed_rows(session, select(_OBJECTION), _OBJECTION.c.batch_id, keys):
        yield row.batch_id, f"objection {row.id}", named_digest(row._mapping)


#: By table: the witnesses of all its rows or of those with the given keys, see `Part`.
WITNESSES: Final[Mapping[str, Callable[[Session, Keys], Iterator[Witness]]]] = {
    **{entity: part.witnesses for entity, part in PARTS.items() if part.witnesses is not None},
    "objection": _objections,
}
#: What rows are called before their names, of which tables they belong to a batch, and are asked for by it.
WITNESSED: Final = {**{entity: part.label for entity, part in PARTS.items()}, "objection": "异议"}
OF_BATCHES: Final = (*(entity for entity, part in PARTS.items() if part.of_batch), "objection")
BY_BATCH: Final = (*(entity for entity, part in PARTS.items() if part.witnessed_by == "batch"), "objection")
