"""Compile messages.po to messages.mo: `python -m tests.messages`."""

import ast
import struct
from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("zhupei_cli"))) / "data" / "locale" / "zh_CN" / "LC_MESSAGES"
_MAGIC = 0x950412DE


def compiled(po: str) -> bytes:
    """Return the binary catalogue of `po`, in the layout of the gettext manual, without a hash table."""
    pairs = sorted((msgid.encode(), msgstr.encode()) for msgid, msgstr in entries(po))
    start = 7 * 4
    offset = start + 16 * len(pairs)
    tables: tuple[list[bytes], list[bytes]] = ([], [])
    texts = b""
    for column in (0, 1):
        for pair in pairs:
            tables[column].append(struct.pack("<II", len(pair[column]), offset + len(texts)))
            texts += pair[column] + b"\0"
    header = struct.pack("<7I", _MAGIC, 0, len(pairs), start, start + 8 * len(pairs), 0, offset)
    return header + b"".join(tables[0]) + b"".join(tables[1]) + texts


def entries(po: str) -> list[tuple[str, str]]:
    """Return message and translation of every entry; plural forms are parted by NUL."""
    return [_entry(block) for block in po.split("\n\n") if "msgid" in block]


def _entry(block: str) -> tuple[str, str]:
    texts: dict[str, list[str]] = {"msgid": [], "msgstr": []}
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        keyword, quote, rest = line.partition('"')
        if keyword:
            kind = keyword.strip().partition("[")[0].removesuffix("_plural")
            texts[kind].append("")
        texts[kind][-1] += ast.literal_eval(quote + rest)
    return "\0".join(texts["msgid"]), "\0".join(texts["msgstr"])


if __name__ == "__main__":
    source = (FOLDER / "messages.po").read_text("utf-8")
    (FOLDER / "messages.mo").write_bytes(compiled(source))
