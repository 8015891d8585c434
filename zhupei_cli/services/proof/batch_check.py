"""What findings of checks are told by, and the check of one batch before it is sealed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, Run
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.admission import runs
from zhupei_cli.services.proof import auditing
from zhupei_cli.services.proof.told_rows import retold, unlike_events
from zhupei_cli.words.errors import Fault

#: Examples named with one finding.
EXAMPLES: Final = 5


def about(code: str, found: Sequence[str]) -> Fault:
    """Return one fault about all that was found."""
    more = f" 等 {len(found)} 处" if len(found) > EXAMPLES else ""
    return Fault(code, "", values={"what": "、".join(found[:EXAMPLES]) + more})


def gathered(found: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    """Yield one fault a code, with all it is about."""
    groups: dict[str, list[str]] = {}
    for code, what in found:
        groups.setdefault(code, []).append(what)
    yield from (about(code, groups[code]) for code in sorted(groups))


def computed_again(session: Session, batch: Batch | None = None) -> Iterator[Finding]:
    """Compute again every run that admitted people, of all batches or of one."""
    committed = (
        select(Run, Batch.code).join(Batch, Batch.id == Run.batch_id).where(Run.committed_at.is_not(None))
    )
    if batch is not None:
        committed = committed.where(Run.batch_id == batch.id)
    for run, code in session.execute(committed):
        for finding in runs.verify_run(session, run):
            yield finding._replace(message=f"{code} {finding.message}")


def check_batch(session: Session, batch: Batch) -> list[Finding]:
    """Return everything in which a batch stands otherwise than the events say."""
    # What a chain that was rewritten says proves nothing.
    found = auditing.verify(session).findings or gathered(unlike_events(session, retold(session), batch))
    return [*(Finding(one.code, one.message) for one in found), *computed_again(session, batch)]
