"""An importable kind of workbook: all that the program knows of it, in one object.

Each kind has a file of its own beside this one; `register` lists them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, Unpack

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import ImportRun
from zhupei_cli.rules.people.fields import FieldValues
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.kinds.parts.written import Written
from zhupei_cli.services.records.import_ledger import EVENT_ROWS, Imported
from zhupei_cli.services.records.workbooks import How, Reading, read_workbooks
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.words.vocabulary import BatchStatus, CodeTable

#: What a line and a stored row have in common.
Key = tuple[str, ...]
#: What events call a row, and what people do, ID numbers masked; rows that are gone are not in it.
Called = dict[Written, tuple[str, str]]


class Difference(NamedTuple):
    """One field that differs; an entry that is new is one value. `of` is the entry, of rows with several."""

    field: str
    old: object
    new: object
    of: FieldValues | None = None


Differing = dict[Written, list[Difference]]
#: Rows that something later touched or rests on, with its event where that is known.
Found = Iterator[tuple[Written, int | None]]
#: What each row said of its state, and says now; rows without a state are not in it.
Moves = dict[Written, tuple[str | None, str | None]]
#: Ids or codes of a table, None for all of them. Any: each table has keys of its own sort.
Keys = Iterable[Any] | None
#: Batch (None for what belongs to none), what events call the row, its digest.
Witness = tuple[int | None, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a kind writes to one table, named by `entity`."""

    entity: str
    label: str
    called: Callable[[Session, Sequence[Written]], Called]
    #: What rows have in common with the lines they come from, the surest first.
    keys: Callable[[Session, Sequence[Written]], Mapping[Written, Sequence[Key]]]
    #: What an import changed in rows that were there, field by field, before it is taken back.
    compared: Callable[[Session, ImportRun, Sequence[Written]], Differing]
    put_back: Callable[[Session, ImportRun, Sequence[Written]], Moves | None]
    blocked: Callable[[Session, ImportRun, Sequence[Written]], Found]
    #: The digests of rows as they stand now, None where events say everything by themselves.
    witnesses: Callable[[Session, Keys], Iterator[Witness]] | None = None
    #: What `witnesses` takes: the ids of rows (of applications), their codes, or batches.
    witnessed_by: Literal["id", "code", "batch"] = "id"
    of_batch: bool = False
    #: The states of the batch in which what was written may still change; empty for all.
    when: Sequence[BatchStatus] = ()
    #: Fields whose values are codes, and headings that no column of the sheets has, as `entity.field`.
    coded: Mapping[str, CodeTable] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)


def first_saying(lines: Sequence[Line], one: Difference | None) -> Line | None:
    """Return the line whose cell has the new value, or else the first; of a row that is new, the first."""
    if one is not None and one.new is not None:
        key = one.field.rpartition(".")[2]
        if (saying := next((line for line in lines if line.values.get(key) == one.new), None)) is not None:
            return saying
    return next(iter(lines), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """One kind of workbook that can be imported, and taken back."""

    key: str
    label: str
    #: The sheet that must be there, and those that may.
    sheets: tuple[Kind, ...]
    #: Takes its lines in: (session, reading, by=…), with `batch=` what is of a batch, and what more it asks.
    take: Callable[..., Imported]
    #: Children first: the order in which rows are taken back.
    parts: tuple[Part, ...]
    #: What a line of its sheets has in common with stored rows.
    line_keys: Callable[[Session], Callable[[Line], Sequence[Key]]]
    #: Which of the lines about a row says what differs in it; None is for a row that is new as a whole.
    source: Callable[[Sequence[Line], Difference | None], Line | None] = first_saying
    #: The group of the events that tell of its rows, and how many rows each of them tells of.
    events: str = ""
    event_rows: int = EVENT_ROWS
    #: What else is done when it was taken back; returns what of it people should think about.
    afterwards: Callable[[Session, ImportRun, Moves, Acting, str], list[Finding]] | None = None
    reads: Callable[..., Reading] = read_workbooks

    def read(self, paths: Sequence[Path], **how: Unpack[How]) -> Reading:
        """Read workbooks of this kind, as `read_workbooks` does."""
        return self.reads(paths, self.sheets[0], further=self.sheets[1:], **how)

    def part(self, entity: str) -> Part:
        """Return the part that writes this table."""
        return next(part for part in self.parts if part.entity == entity)

    def last_event(self, run: ImportRun, rows: int) -> int:
        """Return the number of the last event that an import of so many rows is told by.

        Its events follow each other, one for `event_rows` rows each.
        """
        return run.event_seq + -(-rows // self.event_rows)


def grouped(rows: Iterable[Written]) -> dict[str, list[Written]]:
    """Return the rows by table."""
    groups: dict[str, list[Written]] = {}
    for row in rows:
        groups.setdefault(row.entity, []).append(row)
    return groups


def compared_fields(
    prefix: str, names: Iterable[str], before: Mapping[str, object], after: Mapping[str, object]
) -> list[Difference]:
    """Return what differs between two states of a row."""
    return [
        Difference(f"{prefix}{name}", before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
