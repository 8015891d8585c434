"""The queries of sql/reports, asked for one batch."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from sqlalchemy import Date, Dialect, Row, String, text
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from zhupei_cli.model import Batch
from zhupei_cli.model.base import UTCDateTime
from zhupei_cli.services.records.lookup import joint_labels

_TYPES: Final[Mapping[str, Any]] = {
    "day": Date,
    "oldest": UTCDateTime,
    "until": UTCDateTime,
}


class _BothNames(TypeDecorator[str]):
    """The name of a base as it is read from a section: of a joint base (协同单位) with its main base's."""

    impl = String
    cache_ok = False

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__()
        self._labels = labels

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        return self._labels.get(value, value) if value is not None else None


def section(session: Session, batch: Batch, name: str) -> Sequence[Row[*tuple[object, ...]]]:
    """Return the rows of one section: sql/reports/NAME.sql for this batch."""
    query = (files("zhupei_cli.sql") / "reports" / f"{name}.sql").read_text("utf-8")
    known = {key: type_ for key, type_ in _TYPES.items() if f" AS {key}" in query}
    if " AS base_label" in query:
        known["base_label"] = _BothNames(joint_labels(session))
    return session.execute(text(query).columns(**known), {"batch_id": batch.id}).all()
