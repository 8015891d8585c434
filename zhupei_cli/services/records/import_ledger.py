"""What every import leaves behind: who took in which file, what came of it, and what stood there before."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from itertools import groupby

from sqlalchemy import Table
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import ImportRow, ImportRun
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.rules.proof.digests import named_digest, row_digest
from zhupei_cli.services.records import base_login
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import in_chunks, insert_rows
from zhupei_cli.store.counters import take
from zhupei_cli.store.walls import signature
from zhupei_cli.words.errors import Fault

_RUN: Table = ImportRun.metadata.tables["import_run"]
_ROW: Table = ImportRow.metadata.tables["import_row"]


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A workbook as it was read: its name without folder, its digest, its filled rows."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one import by what became of them.

    `blank` rows were not filled in yet; `warned` ones are among the others too, `replaced` ones (a mark took
    the place of another one) among the updated.
    """

    rows: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    warned: int = 0
    blank: int = 0
    replaced: int = 0

    @property
    def written(self) -> int:
        return self.inserted + self.updated

    def none_written(self) -> "Counts":
        """Return the counts of an all-or-nothing import that took nothing."""
        return replace(self, inserted=0, updated=0)


def counted(verdicts: Iterable[tuple[str, Sequence[Line]]]) -> Counts:
    """Return the counts of lines by what became of them: inserted, updated, unchanged or rejected."""
    numbers = dict.fromkeys(("inserted", "updated", "unchanged", "rejected"), 0)
    warned = 0
    for verdict, lines in verdicts:
        numbers[verdict] += len(lines)
        warned += sum(1 for line in lines if line.faults and not line.bad)
    return Counts(sum(numbers.values()), warned=warned, **numbers)


@dataclass(frozen=True, slots=True)
class Imported:
    """The outcome of one import; `import_id` is None when there was nothing to write."""

    import_id: int | None
    counts: Counts
    files: Sequence[ImportedFile]
    #: Whether every sheet had the columns of its kind; if not, nothing was taken from any.
    readable: bool = True
    #: Applications that are new, of people who are among the updated rows; None where none can be.
    applied_anew: int | None = None

    @property
    def ok(self) -> bool:
        return self.readable and self.counts.rejected == 0


#: Rows that one event of a bulk change speaks of.
EVENT_ROWS = 500

#: (table, key, "inserted" or "updated", what stood there before as JSON or None)
Touched = tuple[str, str, str, str | None]
#: Tables whose new rows have ids that follow each other: the key of many is the first and the last.
NUMBERED = ("trainee", "application")


def begin_import(
    session: Session,
    kind: str,
    *,
    by: Acting,
    batch_id: int | None,
    files: Sequence[ImportedFile],
    counts: Counts,
    reason: str | None = None,
    reserved: int | None = None,
) -> tuple[int, int]:
    """Record an import that is about to write; return its id and its event's number.

    Rows it writes carry the number as `touched_by`: while they still do, the import can be taken back. One
    that knows only afterwards what came of it has written already, under a number that was `reserved`.
    """
    # People name files by ID numbers, and events leave in sealed files.
    listed = [{**asdict(file), "name": masked_text(file.name)} for file in files]
    if base_login.is_base(session) and batch_id is not None:
        return base_login.begin_decisions(session, batch_id, canonical(listed), canonical(asdict(counts)))
    (import_id,) = take(session, "import_run", 1)
    data = {"import": import_id, "files": listed, "counts": asdict(counts)}
    change = Change(f"{kind}.import", f"import {import_id}", batch_id, reason=reason, data=data)
    (seq,) = record(session, by, [change], reserved=reserved)
    columns = (
        *("id", "kind", "batch_id", "files", "inserted", "updated", "unchanged", "rejected", "warned"),
        *("made_by", "made_at", "event_seq"),
    )
    numbers = (counts.inserted, counts.updated, counts.unchanged, counts.rejected, counts.warned)
    text = json.dumps(listed, ensure_ascii=False)
    row = (import_id, kind, batch_id, text, *numbers, signature(session, by.who), by.at, seq)
    insert_rows(session, _RUN, columns, [row])
    return import_id, seq


def record_rows(session: Session, import_id: int, rows: Iterable[Touched], *, by: Acting) -> None:
    """Keep what the import did to each row and what stood there before, and their digest in an event.

    It comes after the events that tell of the rows, which follow the import's own.
    """
    columns = ("import_id", "entity", "key", "action", "before")
    kept = list(rows)
    insert_rows(session, _ROW, columns, [(import_id, *row) for row in kept])
    data = {"import": import_id, "rows": len(kept), "sha256": rows_digest(kept)}
    record(session, by, [Change("import.rows", f"import {import_id}", data=data)])


def rows_digest(rows: Iterable[Touched]) -> str:
    """Return the SHA-256 of what an import did to its rows, in whatever order they come."""
    running = sha256()
    for entity, key, action, before in sorted(rows, key=lambda row: row[:2]):
        running.update(f"{entity}\x1f{key}\x1f{action}\x1f{before or ''}\n".encode())
    return running.hexdigest()


def inserted(table: str, ids: Iterable[int]) -> Iterator[Touched]:
    """Yield new rows of a `NUMBERED` table, given by ascending ids: one for all that follow each other."""
    for numbers in _runs(list(ids)):
        key = f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else f"{numbers[0]}"
        yield table, key, "inserted", None


def _runs(ids: list[int]) -> Iterable[list[int]]:
    if ids and ids[-1] - ids[0] == len(ids) - 1:  # as those of one import are
        return [ids]
    runs = groupby(enumerate(ids), lambda one: one[1] - one[0])
    return ([id_ for _, id_ in run] for _, run in runs)


def keys_of(table: str, key: str) -> Iterable[str]:
    """Return the keys that a stored key stands for."""
    first, dash, last = key.partition("-")
    if table not in NUMBERED or not dash:
        return (key,)
    return map(str, range(int(first), int(last) + 1))


def row_events(
    action: str,
    rows: Iterable[tuple[str, Mapping[str, object] | Sequence[object]]],
    *,
    batch_id: int | None = None,
) -> Iterator[Change]:
    """Yield one event per 500 rows (key, its row now) that names them and has their digests."""
    for chunk in in_chunks(rows, EVENT_ROWS):
        digests = [named_digest(now) if isinstance(now, Mapping) else row_digest(now) for _, now in chunk]
        yield Change(
            action, chunk[0][0], batch_id, data={"keys": [key for key, _ in chunk], "digests": digests}
        )


def filled_in(lines: Iterable[Line], keys: Collection[str], *, beside: str = "") -> list[Line]:
    """Return the lines that say something under one of `keys`; others are forms that wait to be filled in.

    Such a form with words under `beside`, which make no sense alone, gets a warning (E436).
    """
    filled = []
    for line in lines:
        if line.bad or not line.values.keys().isdisjoint(keys):
            filled.append(line)
        elif beside in line.values:
            line.faults.append(Fault("E436", beside, "warning"))
    return filled


def refuse_twins(
    lines: Iterable[Line], key_of: Callable[[Line], Iterable[str]], called: Callable[[str], str] = str
) -> None:
    """Refuse every row whose key stands in another row of the call too, each naming the others.

    `called` makes of a key what people may read of it.
    """
    seen: dict[str, list[Line]] = {}
    for line in lines:
        if not line.bad:
            for key in key_of(line):
                seen.setdefault(key, []).append(line)
    for key, twins in seen.items():
        for line in _each_once(twins) if len(twins) > 1 else ():
            others = "、".join(other.seen_from(line) for other in twins if other is not line)
            values = {"key": called(key), "others": others or "同一行的另一列"}
            line.faults.append(Fault("E050", "", values=values))


def _each_once(lines: Iterable[Line]) -> Iterable[Line]:
    return {id(line): line for line in lines}.values()
