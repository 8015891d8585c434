"""Headers: which row names the columns, and which column of its kind each of them is."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt, Unreadable, clean, text
from zhupei_cli.sheets.kinds.columns import REASONS, ROW_NUMBER, Column, Kind, column_letters, heading_key
from zhupei_cli.words.errors import Fault

#: How far down a header may stand: below titles and notes.
HEADER_WITHIN: Final = 20
#: Columns an error workbook or an office puts in front of ours, read past without a word.
_OURS: Final = frozenset(map(heading_key, (ROW_NUMBER, REASONS, "序号")))
#: What offices put around a heading: 1、 1. (1) before it, a colon and a remark behind it.
_NUMBERED: Final = re.compile(r"\(?[0-9]{1,3}[.、)),:]\)?")
_REMARK: Final = re.compile(r"[(\[【〔{][^()\[\]【】〔〕{}]*[)\]】〕}]$")
#: Words of a row that a message names.
_SHOWN: Final = 6


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


def read_header(
    rows: Sequence[Sequence[Cell]], kind: Kind, optional: Collection[str], first_row: int = 1
) -> Header:
    """Find the header among the first rows and match its headings.

    `optional` are keys whose columns need not be there, `first_row` is the number of the first row. Faults:
    E020 a heading twice, E021 a required one missing, E022 (warning) unknown ones, E030 no header at all.
    """
    at, named = best_row(rows, kind)
    if not named:
        return Header((), {}, 0, [_no_header(rows, kind, first_row)])
    words, body = _words_at(rows, at, kind)
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
    faults += [*_doubled(columns, words), *_absent(columns, kind, optional)]
    return Header(tuple(words), columns, body, faults)


def _words_at(rows: Sequence[Sequence[Cell]], at: int, kind: Kind) -> tuple[list[str], int]:
    """Return the headings of a row and the index of the first row below.

    Group headings may stand above or below the header proper: 成绩 over 笔试, 技能, 面试; 紧急联系人 over
    姓名 and 电话, where only both together are the heading.
    """
    words, body = _words(rows[at]), at + 1
    if body < len(rows) and _goes_on(rows[body], rows[at], kind):
        below = _words(rows[body])
        for others in (below, _together(_groups(rows[at]), below)):
            if further := _filled_in(words, others, kind):
                return further, body + 1
    if at:
        for others in (_words(rows[at - 1]), _together(_groups(rows[at - 1]), words)):
            if further := _filled_in(words, others, kind):
                return further, body
    return words, body


def _goes_on(below: Sequence[Cell], above: Sequence[Cell], kind: Kind) -> bool:
    """Say whether the row below may be the second half of a header: a person has a number or a name there.

    A remark of theirs may be a word that is a heading elsewhere, as 面试缺考 and 订单定向 are. Who or what a
    row is about stands in its first two columns, or in those that say it; others may have a unit below.
    """
    words, halves = _words(above), _words(below)
    known = {
        index: column
        for index, column in _match(words, kind).items()
        if not isinstance(above[index + 1] if index + 1 < len(above) else None, Spoilt)
    }
    telling = [*sorted(known)[:2], *(at for at, column in known.items() if column.key in kind.one_of)]
    return all(not halves[at] or _is_about(halves[at], kind) for at in telling)


def _is_about(word: str, kind: Kind) -> bool:
    """Say whether a word speaks of a column: a heading, or a remark in brackets."""
    key = heading_key(word)
    return key in kind.by_heading or _REMARK.fullmatch(key) is not None


def _together(groups: Sequence[str], words: Sequence[str]) -> list[str]:
    return [f"{group}{word}" if group and word else "" for group, word in zip(groups, words, strict=False)]


def _no_header(rows: Sequence[Sequence[Cell]], kind: Kind, first_row: int) -> Fault:
    required = "、".join(column.heading for column in kind.columns if column.required)
    wanted = required or "、".join(kind.headings[key] for key in kind.one_of)
    values = {"headings": wanted, "rows": HEADER_WITHIN, "nearest": _nearest(rows, kind, first_row)}
    return Fault("E030", "", values=values)


def _nearest(rows: Sequence[Sequence[Cell]], kind: Kind, first_row: int) -> str:
    """Say which row is most like a header: by words like the headings, else by the number of its words."""
    likeness = [
        (len(words), index, words)
        for index, row in enumerate(rows[:HEADER_WITHIN])
        if (words := [word for word in _words(row) if word])
    ]
    if not likeness:
        return ""
    alike = [
        (
            sum(1 for word in words if get_close_matches(heading_key(word), kind.by_heading)),
            count,
            -index,
            words,
        )
        for count, index, words in likeness
    ]
    _, count, index, words = max(alike)
    shown = "、".join(words[:_SHOWN]) + (f" 等 {count} 个" if count > _SHOWN else "")
    return f"；最接近的是第 {first_row - index} 行（{shown}）"


def carries(rows: Sequence[Sequence[Cell]], kind: Kind, optional: Collection[str] = ()) -> bool:
    """Say whether a sheet has all that makes it one of a kind: its headings, two of them at least."""
    at, named = best_row(rows, kind)
    if not named:
        return False
    words, body = _words_at(rows, at, kind)
    columns = _match(words, kind)
    found = {column.key for column in columns.values()}
    if any(_absent(columns, kind, optional)) or (kind.telling and not found & set(kind.telling)):
        return False
    if kind.rest is None:
        return len(found) > 1
    return _is_wide(words, columns, rows[body : body + 1], kind)


def _is_wide(
    words: Sequence[str], columns: Mapping[int, Column], body: Sequence[Sequence[Cell]], kind: Kind
) -> bool:
    """Say whether the columns of no name hold what the kind has in them, as far as the first row tells."""
    assert kind.rest is not None
    others = [index for index, word in enumerate(words) if word and index not in columns]
    cells = [cell for row in body for index in others if (cell := row[index]) not in (None, "")]
    try:
        return bool(list(map(kind.rest, cells)))
    except Unreadable:
        return False


def best_row(rows: Sequence[Sequence[Cell]], kind: Kind) -> tuple[int, int]:
    """Return the index of the row that names most of the kind's columns, and how many it names."""
    best, most = 0, 0
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        named = len(named_keys(row, kind))
        if named > most:
            best, most = index, named
    return best, most


def named_keys(row: Sequence[Cell], kind: Kind) -> set[str]:
    """Return the keys of the kind's columns that a row names."""
    return {column.key for column in _match(_words(row), kind).values()}


def is_header(line: Sequence[Cell], header: Header) -> bool:
    """Say whether a row repeats the header, as sheets pasted together have it."""
    cells = [(line[index], header.words[index]) for index in header.columns]
    return all(
        isinstance(cell, str) and heading_key(clean(cell)) == heading_key(word) for cell, word in cells
    )


def heading_mark(header: Header) -> tuple[int, str]:
    """Return a column, and a sign that its cell has in a row that repeats the header, however it is spelt."""
    index = next(iter(header.columns))
    return index, next((sign for sign in heading_key(header.words[index]) if not sign.isascii()), "")


def _words(row: Sequence[Cell]) -> list[str]:
    # A cell that a merged range swallows has no word of its own.
    return ["" if isinstance(cell, Spoilt) else text(cell) for cell in row]


def _groups(row: Sequence[Cell]) -> list[str]:
    """Return the words of a row, those of merged cells over all their columns."""
    groups: list[str] = []
    for cell in row:
        swallowed = isinstance(cell, Spoilt) and groups
        groups.append(groups[-1] if swallowed else "" if isinstance(cell, Spoilt) else text(cell))
    return groups


def _match(words: Sequence[str], kind: Kind) -> dict[int, Column]:
    """Match headings as they stand; those that are left also without what stands around them.

    出生日期（年月日）, 1、姓名, 姓名：, 姓名【必填】.
    """
    keys = [heading_key(word) for word in words]
    found = {index: kind.by_heading[key] for index, key in enumerate(keys) if key in kind.by_heading}
    taken = {column.key for column in found.values()}
    for index, key in enumerate(keys):
        if not key or index in found:
            continue
        column = kind.by_heading.get(_bare(key))
        if column is not None and column.key not in taken:
            found[index] = column
            taken.add(column.key)
    return found


def _bare(key: str) -> str:
    """Return a heading without its number, its colon and the remarks behind it."""
    bare = _NUMBERED.sub("", key, count=1) if _NUMBERED.match(key) else key
    while (shorter := _REMARK.sub("", bare.rstrip(":"))) != bare:
        bare = shorter
    return bare


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


def _doubled(columns: Mapping[int, Column], words: Sequence[str]) -> Iterator[Fault]:
    places: dict[str, list[int]] = {}
    for index, column in columns.items():
        places.setdefault(column.key, []).append(index)
    for key, indexes in places.items():
        if len(indexes) > 1:
            where = "、".join(f"{column_letters(index)} 列“{words[index]}”" for index in indexes)
            yield Fault("E020", key, values={"heading": columns[indexes[0]].heading, "where": where})


def _absent(columns: Mapping[int, Column], kind: Kind, optional: Collection[str]) -> Iterator[Fault]:
    found = {column.key for column in columns.values()}
    for column in kind.columns:
        if column.required and column.key not in found and column.key not in optional:
            yield Fault("E021", column.key, values={"heading": column.heading})
    if kind.one_of and not found & set(kind.one_of):
        words = " 或 ".join(kind.headings[key] for key in kind.one_of)
        yield Fault("E021", kind.one_of[0], values={"heading": words})
