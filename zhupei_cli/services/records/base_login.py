"""What the login of a training base does through the functions of sql/postgresql: it writes no table itself.

The program asks here at the few places where a base's work differs; for others they change nothing.
"""

from collections.abc import Sequence

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.records.lookup import find_base
from zhupei_cli.store.walls import LoginKind, login_of
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, ApplicationStatus, BatchStatus


def is_base(session: Session) -> bool:
    """Return whether a training base is logged in."""
    return login_of(session).kind == LoginKind.BASE


def acting_base(session: Session, word: str | None) -> str | None:
    """Return the code of the base that is acted for: the login's own, else what `word` names, None for none.

    Raises E605 for a login of a base that names another one, whether that one exists or not.
    """
    if not is_base(session):
        return None if not word else find_base(session, word)
    own = login_of(session).base
    if word:
        try:
            named = find_base(session, word)
        except ZhupeiError:
            named = None
        if named != own:
            raise ZhupeiError("E605")
    return own


def acting_bases(session: Session, words: Sequence[str]) -> list[str]:
    """Return the codes of what `words` name; of the login's own base where a base is logged in."""
    if is_base(session) and not words:
        words = [login_of(session).base or ""]
    return [code for word in words if (code := acting_base(session, word)) is not None]


def told_states(session: Session) -> frozenset[BatchStatus]:
    """Return the states of batches whose result the login may see: before publication not a base's."""
    return PUBLISHED if is_base(session) else PUBLISHED | {BatchStatus.COMMITTED}


def prepare_roster(session: Session, batch: Batch, *, run: int | None, whole: bool) -> None:
    """Get a base's login ready for the roster of its people, `whole` where the list is to be written.

    Raises E605 for a run, E464 before publication: for a base there is no result yet.
    """
    if not is_base(session):
        return
    if run is not None:
        raise ZhupeiError("E605")
    if batch.status not in PUBLISHED:
        label = BATCH_STATUS.label(batch.status)
        raise ZhupeiError("E464", batch=batch.code, status=label, cure="公示以后再导出")
    if whole:
        reveal_seated(session, batch)


def reveal_waiting(session: Session, batch: Batch) -> None:
    """Ask to see whole whoever waits for review at the login's base."""
    waiting = Application.status == ApplicationStatus.SUBMITTED
    _reveal(session, select(Application.id).where(Application.batch_id == batch.id, waiting))


def reveal_seated(session: Session, batch: Batch) -> None:
    """Ask to see whole whoever holds a seat of the batch at the login's base."""
    at_base = (Admission.batch_id == batch.id, Admission.base_code == login_of(session).base)
    # Who gave a seat up, lost it or never came keeps the base, and stands on no roster.
    _reveal(session, select(Admission.application_id).where(*at_base, Admission.live_key.is_not(None)))


def reveal(session: Session, batch: Batch, numbers: Sequence[str]) -> None:
    """Ask the database to show these people whole to a base's login; for everybody else they are already."""
    named = Application.application_no.in_(numbers)
    _reveal(session, select(Application.id).where(Application.batch_id == batch.id, named))


def _reveal(session: Session, chosen: Select[int]) -> None:
    """Ask to see whole these applications, by id.

    The asking is a transaction of its own, and an event: the database shows nothing before it is committed.
    """
    ids = list(session.execute(chosen).scalars()) if is_base(session) else []
    if not ids:
        return
    with Session(session.get_bind()) as apart:
        apart.execute(text("SELECT zhupei.reveal(:ids)"), {"ids": ids})
        apart.commit()
    session.expire_all()


def note_leaving(session: Session, action: str, batch_id: int | None, data: str | None) -> int:
    """Append the event of a list that leaves the database; E605 for any other event of a base."""
    values = {"action": action, "batch": batch_id, "data": data}
    return int(session.execute(text("SELECT zhupei.note(:action, :batch, :data)"), values).scalar_one())


def begin_decisions(session: Session, batch_id: int, files: str, counts: str) -> tuple[int, int]:
    """Record that a base takes decisions in from a workbook; return the import and its event's number.

    `files` and `counts` are canonical JSON.
    """
    values = {"batch": batch_id, "files": files, "counts": counts}
    statement = text("SELECT import_id, event_seq FROM zhupei.begin_import(:batch, :files, :counts)")
    row = session.execute(statement, values).one()
    return row.import_id, row.event_seq


def decide_at_server(
    session: Session, batch: Batch, verdicts: Sequence[tuple[str, str, str | None]], import_id: int | None
) -> None:
    """Carry out (application_no, decision, reason) as the login's base; the events are the server's."""
    numbers, decisions, reasons = map(list, zip(*verdicts, strict=True))
    statement = text(
        "SELECT zhupei.decide(:batch, CAST(:numbers AS text[]), CAST(:decisions AS text[]),"
        " CAST(:reasons AS text[]), :import)"
    )
    values = {"batch": batch.id, "numbers": numbers, "decisions": decisions, "reasons": reasons}
    session.execute(statement, values | {"import": import_id})
    session.expire_all()
