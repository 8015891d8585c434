"""Zip packages written byte by byte: what zipfile would not write."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

#: Name, deflated content, and what the directory says of its size and CRC.
Entry = tuple[str, bytes, int, int]


def deflated(content: bytes) -> tuple[bytes, int, int]:
    """Return content as an entry has it: deflated, its size, its CRC."""
    return _deflate(content), len(content), zlib.crc32(content)


def bomb(times: int) -> bytes:
    """Return what inflates to as many megabytes of one letter."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b"a" * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * times + packer.flush()


def raw_zip(path: Path, entries: Sequence[Entry], *, flags: int = 0x800) -> Path:
    """Write a package; nothing of what the entries say is checked."""
    body, directory = b"", b""
    for name, data, size, crc in entries:
        text = name.encode()
        about = struct.pack("<HHHHHIIIHH", 20, flags, 8, 0, 33, crc, len(data), size, len(text), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + about
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + text
        body += b"PK\x03\x04" + about + text + data
    count = len(entries)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    path.write_bytes(body + directory + b"PK\x05\x06" + end)
    return path


def _deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()
