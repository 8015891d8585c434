"""Formulas of .xls that nobody has computed: xlrd gives 0 for them, as the programs that wrote them did.

Such a program asks for them to be computed when the file is opened, and leaves no result (BIFF8: FORMULA, the
flag fCalcOnLoad).
"""

import struct
from collections.abc import Iterator
from typing import Final

_BOUNDSHEET, _EOF, _BOF = 0x0085, 0x000A, 0x0809
_FORMULAS: Final = frozenset((0x0006, 0x0206, 0x0406))
_ON_LOAD: Final = 0x0002
_WORKSHEET: Final = 0
#: Row, column, style, result, flags.
_HEAD: Final = struct.Struct("<HHH8sH")
_NOTHING: Final = bytes(8)

Places = frozenset[tuple[int, int]]


def waiting_formulas(content: bytes, log: object) -> list[Places]:
    """Return for each worksheet of a workbook, in its order, where formulas wait for their first result.

    An empty list for a file without sheets of their own (before Excel 5).
    """
    from xlrd.compdoc import SIGNATURE, CompDoc

    if not content.startswith(SIGNATURE):
        return []
    document = CompDoc(content, logfile=log)
    for name in ("Workbook", "Book"):
        stream, base, size = document.locate_named_stream(name)
        if stream:
            return _of_sheets(stream[base : base + size])
    return []


def _of_sheets(stream: bytes) -> list[Places]:
    heads = [
        stream[at : at + 6] for kind, at, length in _records(stream, 0) if kind == _BOUNDSHEET and length > 6
    ]
    starts = [struct.unpack("<IBB", head) for head in heads]
    return [frozenset(_waiting(stream, start)) for start, _, kind in starts if kind == _WORKSHEET]


def _waiting(stream: bytes, start: int) -> Iterator[tuple[int, int]]:
    for kind, at, length in _records(stream, start):
        if kind in _FORMULAS and length >= _HEAD.size:
            row, column, _, result, flags = _HEAD.unpack_from(stream, at)
            if flags & _ON_LOAD and result == _NOTHING:
                yield row, column


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and length of the records of one part of a stream, charts within it included."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        yield kind, at + 4, length
        if depth <= 0:
            return
        at += 4 + length
