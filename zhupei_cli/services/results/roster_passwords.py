"""Passwords of rosters: one a base, drawn once and kept in a list that the province has."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from secrets import choice
from typing import Final

from zhupei_cli.files import replacing, shown_path
from zhupei_cli.words.errors import ZhupeiError

_HEAD: Final = ("基地编号", "基地名称", "密码")
#: Characters that nobody takes for another when they read them out.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH: Final = 10


def read_passwords(path: Path) -> dict[str, str]:
    """Return base → password of an earlier list, nothing when there is none; E788 when it is no such list."""
    if not path.exists():
        return {}
    try:
        reader = csv.DictReader(io.StringIO(_text(path)))
        rows = list(reader)
        if set(reader.fieldnames or ()) != set(_HEAD):  # what else it has would be lost
            raise ZhupeiError("E788", file=shown_path(path))
        found = {row[_HEAD[0]].strip(): row[_HEAD[2]].strip() for row in rows}
    except (UnicodeDecodeError, KeyError, AttributeError, csv.Error) as error:
        raise ZhupeiError("E788", file=shown_path(path)) from error
    if not all(found) or not all(found.values()) or len(found) < len(rows):
        raise ZhupeiError("E788", file=shown_path(path))
    return found


def _text(path: Path) -> str:
    """Return the list as UTF-8, or as Excel writes csv on a Chinese system."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def with_passwords(known: Mapping[str, str], bases: Iterable[str]) -> dict[str, str]:
    """Return the passwords with one drawn for each base that has none."""
    drawn = {base: "".join(choice(_LETTERS) for _ in range(_LENGTH)) for base in bases if base not in known}
    return {**known, **drawn}


def write_passwords(path: Path, passwords: Mapping[str, str], names: Mapping[str, str]) -> None:
    """Write the list, which nobody else may read; `names` are what bases are called."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    writer.writerows((base, names.get(base, ""), word) for base, word in sorted(passwords.items()))
    with replacing(path, force=True) as beside:
        beside.write_text(text.getvalue(), "utf-8-sig")
