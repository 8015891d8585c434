"""Headers: which row names the columns, and which column of its kind each of them is."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from zhupei_cli.errors import Fault
from zhupei_cli.sheets.cells import Cell, clean, text
from zhupei_cli.sheets.columns import REASONS, ROW_NUMBER, Column, Kind, heading_key

#: How far down a header may stand: below titles and notes.
HEADER_WITHIN: Final = 20
#: Columns an error workbook or an office puts in front of ours, read past without a word.
_OURS: Final = frozenset(map(heading_key, (ROW_NUMBER, REASONS, "序号")))


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet.

    `words` are the headings as they stand, `columns` the known ones by position, `body` is the index of
    the first row below.
    """

    words: tuple[str, ...]
    columns: dict[int, Column]
    body: int
    faults: list[Fault]


def read_header(rows: Sequence[Sequence[Cell]], kind: Kind, optional: Collection[str]) -> Header:
    """Find the header among the first rows and match its headings.

    `optional` are keys whose columns need not be there. Faults: E020 a heading twice, E021 a required one
    missing, E022 (warning) unknown ones, E030 no header at all.
    """
    at, named = best_row(rows, kind)
    if not named:
        required = "、".join(column.heading for column in kind.columns if column.required)
        wanted = required or "、".join(kind.headings[key] for key in kind.one_of)
        return Header((), {}, 0, [Fault("E030", "", values={"headings": wanted, "rows": HEADER_WITHIN})])
    words, body = _words(rows[at]), at + 1
    # Group headings above or below the header proper: 成绩 over 笔试, 技能, 面试.
    if body < len(rows) and (further := _filled_in(words, _words(rows[body]), kind)):
        words, body = further, body + 1
    elif at and (further := _filled_in(words, _words(rows[at - 1]), kind)):
        words = further
    columns = _match(words, kind)
    unknown = {
        index: word
        for index, word in enumerate(words)
        if word and index not in columns and heading_key(word) not in _OURS
    }
    faults = []
    if kind.rest is not None:
        columns |= {index: Column(word, word, kind.rest) for index, word in unknown.items()}
    elif unknown and not kind.reads_past:
        faults.append(Fault("E022", "", "warning", {"names": "、".join(unknown.values())}))
    columns = dict(sorted(columns.items()))
    return Header(
        tuple(words), columns, body, [*faults, *_doubled(columns), *_absent(columns, kind, optional)]
    )


def best_row(rows: Sequence[Sequence[Cell]], kind: Kind) -> tuple[int, int]:
    """Return the index of the row that names most of the kind's columns, and how many it names."""
    best, most = 0, 0
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        named = len({column.key for column in _match(_words(row), kind).values()})
        if named > most:
            best, most = index, named
    return best, most


def is_header(line: Sequence[Cell], header: Header) -> bool:
    """Say whether a row repeats the header, as sheets pasted together have it."""
    cells = [(line[index], header.words[index]) for index in header.columns]
    return all(
        isinstance(cell, str) and heading_key(clean(cell)) == heading_key(word) for cell, word in cells
    )


def _words(row: Sequence[Cell]) -> list[str]:
    return [text(cell) for cell in row]


def _match(words: Sequence[str], kind: Kind) -> dict[int, Column]:
    """Match headings as they stand; those that are left also without a remark: 出生日期（年月日）."""
    keys = [heading_key(word) for word in words]
    found = {index: kind.by_heading[key] for index, key in enumerate(keys) if key in kind.by_heading}
    taken = {column.key for column in found.values()}
    for index, key in enumerate(keys):
        column = kind.by_heading.get(key.partition("(")[0]) if key.endswith(")") else None
        if column is not None and index not in found and column.key not in taken:
            found[index] = column
            taken.add(column.key)
    return found


def _filled_in(words: list[str], others: Sequence[str], kind: Kind) -> list[str] | None:
    """Return the headings completed by another row that names further columns where these name none."""
    known, taken = _match(words, kind), {column.key for column in _match(words, kind).values()}
    further = {
        index: others[index]
        for index, column in _match(others, kind).items()
        if index not in known and column.key not in taken
    }
    if not further:
        return None
    return [further.get(index, word) for index, word in enumerate(words)]


def _doubled(columns: dict[int, Column]) -> Iterator[Fault]:
    seen = set()
    for column in columns.values():
        if column.key in seen:
            yield Fault("E020", column.key, values={"heading": column.heading})
        seen.add(column.key)


def _absent(columns: dict[int, Column], kind: Kind, optional: Collection[str]) -> Iterator[Fault]:
    found = {column.key for column in columns.values()}
    for column in kind.columns:
        if column.required and column.key not in found and column.key not in optional:
            yield Fault("E021", column.key, values={"heading": column.heading})
    if kind.one_of and not found & set(kind.one_of):
        words = " 或 ".join(kind.headings[key] for key in kind.one_of)
        yield Fault("E021", kind.one_of[0], values={"heading": words})
