"""Workbooks of the nineties for tests: BIFF8 records in a compound file, written by hand."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
#: The formats a cell may have, by number: General, a date, text.
_FORMATS = (0, 14, 49)
_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


def xls(
    path: Path,
    rows: Sequence[Sequence[Any]],
    *,
    from_1904: bool = False,
    hidden: bool = False,
    locked: bool = False,
) -> Path:
    """Write a workbook with one sheet `S`; (serial,) is a date, b"#N/A" an error; None is no cell.

    ("=", x) is a formula with its result, None for none. A hidden sheet stands before it if `hidden`.
    """
    names = ["隐", "S"] if hidden else ["S"]
    sheets = [_sheet([["秘"]])] * (len(names) - 1) + [_sheet(rows)]
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0xDBB, 0x7CC, 0x41, 6))
    if locked:
        head += _record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    head += _record(0x42, struct.pack("<H", 1200)) + _record(0x22, struct.pack("<H", from_1904))
    head += b"".join(_record(0xE0, struct.pack("<HH", 0, number) + bytes(16)) for number in _FORMATS)
    offset = len(head) + sum(len(_bound(name, 0, False)) for name in names) + 4
    bounds = b""
    for name, sheet in zip(names, sheets, strict=True):
        bounds += _bound(name, offset, name != "S")
        offset += len(sheet)
    path.write_bytes(_compound(head + bounds + _record(0x0A, b"") + b"".join(sheets)))
    return path


def _bound(name: str, offset: int, hidden: bool) -> bytes:
    return _record(0x85, struct.pack("<IBBBB", offset, hidden, 0, len(name), 1) + name.encode("utf-16-le"))


def _sheet(rows: Sequence[Sequence[Any]]) -> bytes:
    width = max(map(len, rows), default=0)
    records = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0xDBB, 0x7CC, 0x41, 6))
    records += _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            records += _cell(row, column, cell)
    return records + _record(0x0A, b"")


def _cell(row: int, column: int, cell: Any) -> bytes:
    match cell:
        case None:
            return b""
        case bool():
            return _record(0x205, struct.pack("<HHHBB", row, column, 0, cell, 0))
        case bytes():
            return _record(0x205, struct.pack("<HHHBB", row, column, 0, _ERRORS[cell.decode()], 1))
        case ("=", result):  # a formula: None for one that nobody has computed
            flags = 3 if result is None else 0
            head = struct.pack("<HHHdHIH", row, column, 0, result or 0.0, flags, 0, 3)
            return _record(0x06, head + b"\x1e\x01\x00")
        case (serial,):
            return _record(0x203, struct.pack("<HHHd", row, column, 1, serial))
        case int() | float():
            return _record(0x203, struct.pack("<HHHd", row, column, 0, cell))
    text = cell.encode("utf-16-le", "surrogatepass")
    return _record(0x204, struct.pack("<HHHHB", row, column, 2, len(text) // 2, 1) + text)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _compound(stream: bytes) -> bytes:
    """Return a compound file with the one stream Workbook."""
    stream = stream.ljust(max(-(-len(stream) // _SECTOR) * _SECTOR, 8 * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    chain = [*range(1, count), _END]
    fats = 1
    while fats * _SECTOR // 4 < count + 1 + fats:
        fats += 1
    table = chain + [_END] + [_FAT] * fats  # the stream, the directory, the table itself
    table += [_FREE] * (fats * _SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xII", 0x3E, 3, 0xFFFE, 9, 6, 0, fats)
    header += struct.pack("<IIIIIII", count, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *([count + 1 + at for at in range(fats)] + [_FREE] * (109 - fats)))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 0, len(stream))
    directory = directory.ljust(_SECTOR, b"\0")
    return header + stream + directory + struct.pack(f"<{len(table)}I", *table)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", _FREE, _FREE, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )
