"""Seats of students by order (订单定向) outside of the specialties open to them, however they came about."""

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch
from zhupei_cli.rules.batch import settings
from zhupei_cli.rules.people.orders import astray, in_words
from zhupei_cli.services.records.lookup import settings_of, specialty_names

_TABLES = Application.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]


class OrderRule:
    """What a batch opens to students by order, asked for one specialty after another."""

    def __init__(self, session: Session, batch: Batch) -> None:
        """Read the setting order_specialties and the names of specialties."""
        chosen = settings.parse(settings_of(session, batch))
        names = specialty_names(session)
        self._allowed, self._labels = names.codes_of(chosen.order_specialties), names.labels

    def against(self, specialty: str, *, by_order: bool | None) -> dict[str, str] | None:
        """Return what a sentence says of a specialty that is not open to the person; None when it is."""
        wrong = astray((specialty,), self._allowed, by_order=by_order)
        if not wrong:
            return None
        choices = in_words(sorted(self._allowed), self._labels)
        return {"value": in_words(wrong, self._labels), "choices": choices}


def seats_astray(session: Session, batch: Batch) -> dict[str, dict[str, str]]:
    """Return number → what a sentence says of the seat, for each live seat that is not open to its holder."""
    rows = session.execute(
        select(_APPLICATION.c.application_no, _ADMISSION.c.specialty_code)
        .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .where(
            _APPLICATION.c.batch_id == batch.id,
            _APPLICATION.c.order_oriented,
            _ADMISSION.c.live_key.is_not(None),
        )
        .order_by(_APPLICATION.c.application_no)
    ).all()
    rule = OrderRule(session, batch)
    told = {row.application_no: rule.against(row.specialty_code, by_order=True) for row in rows}
    return {number: values for number, values in told.items() if values is not None}
