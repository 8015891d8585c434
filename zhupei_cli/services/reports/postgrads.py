"""Forms of 在读专硕 that break a rule about them: corrected since, or submitted when the rule was softer."""

from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.form_checks import identity_faults, load_checks
from zhupei_cli.words.vocabulary import Identity

_APPLICATION: Table = Application.metadata.tables[Application.__tablename__]
_RULES: Final = "postgrad."


def against_postgrads(session: Session, batch: Batch) -> list[tuple[str, int, str]]:
    """Return the live forms of postgraduates that break a rule about them: number, 1, what is wrong.

    As they were submitted; rules that the batch switched off say nothing.
    """
    statement = select(_APPLICATION.c.application_no).where(
        _APPLICATION.c.batch_id == batch.id,
        _APPLICATION.c.identity == Identity.POSTGRAD,
        _APPLICATION.c.live_key.is_not(None),
    )
    numbers = list(session.execute(statement).scalars())
    if not numbers:
        return []
    stored = store.load_by_number(session, batch, numbers)
    snapshots = store.load_snapshots(session, stored.values())
    checks = load_checks(session, batch)
    found = []
    for number, one in sorted(stored.items()):
        broken = identity_faults(snapshots[one.id], one.form, checks)
        told = [fault.message for fault in broken if str(fault.values["rule"]).startswith(_RULES)]
        if told:
            found.append((number, 1, "；".join(told)))
    return found
