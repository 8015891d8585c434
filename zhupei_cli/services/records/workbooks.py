"""Workbooks as services take them: lines to examine, and the problems found, in people's words."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypedDict

from zhupei_cli.files import shown_path
from zhupei_cli.rules.people.masking import masked_message
from zhupei_cli.services.records.import_ledger import ImportedFile
from zhupei_cli.sheets.kinds.columns import Choices, Kind
from zhupei_cli.sheets.reading.book import MAX_ROWS, read_book
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.sheets.taking.problems import Problem, in_order
from zhupei_cli.sheets.taking.stored_lines import LineStore, StoredLines, Stowing, marked
from zhupei_cli.sheets.taking.table import Table
from zhupei_cli.sheets.taking.take import Prepare
from zhupei_cli.sheets.taking.takings import Takings
from zhupei_cli.sheets.writing.error_workbook import errors_path, write_error_workbook
from zhupei_cli.words.errors import Fault, ZhupeiError


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one call: every line of every file, and what is wrong with whole sheets."""

    files: tuple[ImportedFile, ...]
    lines: list[Line] | StoredLines
    tables: list[tuple[str, Table]]
    #: Where each of `files` was read from.
    sources: tuple[Path, ...] = ()
    password: str | None = field(default=None, repr=False)

    @property
    def readable(self) -> bool:
        """Say whether every sheet has the columns of its kind."""
        return all(table.readable for _, table in self.tables)

    @property
    def left_out(self) -> bool:
        """Say whether a sheet that should have been read was not."""
        return any(table.left_out for _, table in self.tables)

    @property
    def problems(self) -> list[Problem]:
        """Return all problems, of sheets and of lines as they stand by now, in the order of the files."""
        return in_order([*_of_tables(self.tables), *_of_lines(self.lines, self._headings())])

    def _headings(self) -> dict[tuple[str, str], dict[str, str]]:
        return {(file, table.sheet): {**table.headings, **table.kind.headings} for file, table in self.tables}


class How(TypedDict, total=False):
    """How workbooks are read; see `read_workbooks`."""

    optional: Collection[str]
    max_rows: int
    prepare: Prepare | None
    stowing: Stowing | None
    password: str | None


def read_workbooks(
    paths: Sequence[Path],
    kind: Kind,
    *,
    further: Sequence[Kind] = (),
    optional: Collection[str] = (),
    max_rows: int = MAX_ROWS,
    prepare: Prepare | None = None,
    stowing: Stowing | None = None,
    password: str | None = None,
) -> Reading:
    """Read the sheet of `kind` of each file, and the `further` sheets where they are there.

    `prepare` is called with every line while the next ones are read; `stowing` has them wait in a file.
    `password` opens files that are protected, and protects the bad rows that are given back.
    Raises ZhupeiError for a file that cannot be read at all; whatever is wrong inside is a problem.
    """
    files, tables = [], []
    store = None if stowing is None else LineStore(stowing)
    names = [path.name for path in paths]
    for path in paths:
        # Two files of one name in different folders are told apart by their folders.
        name = shown_path(Path(path.name) if names.count(path.name) == 1 else path)
        takings = Takings(kind, further, optional=optional, file=name, prepare=prepare, store=store)
        book = read_book(path, max_rows=max_rows, watch=takings.watch, password=password)
        found = takings.tables(book)
        tables += [(name, table) for table in found]
        files.append(ImportedFile(name, book.sha256, sum(len(table.rows) for table in found)))
    lines: list[Line] | StoredLines
    if store is None:
        lines = [line for _, table in tables for line in table.rows]
    else:
        lines = StoredLines(store, chain.from_iterable(table.numbers for _, table in tables))
    return Reading(tuple(files), lines, tables, tuple(paths), password)


class Returned(NamedTuple):
    """The workbooks of bad rows that were written, and why others were not (E003)."""

    written: list[Path]
    unwritten: list[ZhupeiError]


def write_errors(
    reading: Reading, target: Path | None = None, *, choices: Choices | None = None, masked: bool = False
) -> Returned:
    """Write the bad rows of each file beside it, or all to `target`; one that fails stops no other.

    `choices` are what drop-downs offer; with `masked` the files are for reading only. Rows are bad by the
    faults they have by now: call it when the import is done.
    """
    returned = Returned([], [])
    for file, source in zip(reading.files, reading.sources, strict=True):
        tables = [table for name, table in reading.tables if name == file.name]
        try:
            path = write_error_workbook(
                target or errors_path(source),
                tables,
                masked=masked,
                choices=choices,
                password=reading.password,
            )
        except ZhupeiError as error:
            returned.unwritten.append(error)
        else:
            returned.written.extend([] if path is None else [path])
    return returned


def _of_tables(tables: Iterable[tuple[str, Table]]) -> Iterator[Problem]:
    for file, table in tables:
        for fault in table.faults:
            heading = table.kind.headings.get(fault.field, "")
            yield _problem(fault, file, table.sheet, row=0, column=heading)


def _of_lines(lines: Sequence[Line], headings: dict[tuple[str, str], dict[str, str]]) -> Iterator[Problem]:
    for line in marked(lines):
        for fault in line.faults:
            column = headings[line.file, line.sheet].get(fault.field, "")
            yield _problem(fault, line.file, line.sheet, row=line.number, column=column)


def _problem(fault: Fault, file: str, sheet: str, *, row: int, column: str) -> Problem:
    return Problem(
        file, sheet, row, column, fault.code, fault.severity, masked_message(fault.code, fault.message)
    )
