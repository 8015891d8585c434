"""Students by order (订单定向) whose forms do not fit their order: to be known before any admission."""

from typing import Final

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.rules.people.orders import SOURCE
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.form_checks import identity_faults, load_checks
from zhupei_cli.services.batches.order_seats import seats_astray
from zhupei_cli.services.people.merging import order_odd
from zhupei_cli.words.errors import Fault, sentence

_APPLICATION: Table = Application.metadata.tables[Application.__tablename__]
_RULES: Final = "order."
_BY_ORDER: Final = (
    select(_APPLICATION.c.application_no)
    .where(or_(_APPLICATION.c.order_oriented, _APPLICATION.c.source_type == SOURCE))
    .where(_APPLICATION.c.live_key.is_not(None))
)


def against_orders(session: Session, batch: Batch) -> list[tuple[str, int, str]]:
    """Return the live forms of students by order that break a rule about them: number, 1, what is wrong.

    As they were submitted; rules that the batch switched off say nothing. From publication on also who holds
    a seat that is not open to them.
    """
    numbers = list(session.execute(_BY_ORDER.where(_APPLICATION.c.batch_id == batch.id)).scalars())
    if not numbers:
        return []
    seats = seats_astray(session, batch) if batch.status in PUBLISHED else {}
    stored = store.load_by_number(session, batch, numbers)
    snapshots = store.load_snapshots(session, stored.values())
    checks = load_checks(session, batch)
    found = []
    for number, one in sorted(stored.items()):
        profile = snapshots[one.id]
        broken = [fault for fault in identity_faults(profile, one.form, checks) if _is_about_order(fault)]
        told = [fault.message for fault in (*broken, *order_odd(profile))]
        if number in seats:
            told.append(sentence("E728", {"application_no": number, **seats[number]}))
        if told:
            found.append((number, 1, "；".join(told)))
    return found


def _is_about_order(fault: Fault) -> bool:
    return str(fault.values["rule"]).startswith(_RULES)
