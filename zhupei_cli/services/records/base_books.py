"""Workbooks for bases: one file a base, with what it answers and what it needs to know for that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zhupei_cli.files import name_of_part, refuse_existing
from zhupei_cli.services.records.lookup import Names

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class BaseBook:
    """One base's workbook, still to be written to `path`."""

    base: str
    path: Path
    title: str
    rows: list[Texts] = field(default_factory=list)


def lay_out(
    rows: Mapping[str, list[Texts]],
    names: Names,
    target: Path,
    *,
    title: str,
    what: str,
    force: bool,
) -> list[BaseBook]:
    """Return a book for each base of `rows`; `target` is a file for one base (.xlsx), else a folder.

    `title` is the batch's name, `what` the kind of sheet. Raises E002 for a file that is there already.
    """
    books = []
    for code, texts in rows.items():
        path = target
        if target.suffix.lower() != ".xlsx":
            path = target / name_of_part(code, names.names[code], what, "xlsx")
        refuse_existing(path, force=force)
        books.append(BaseBook(code, path, f"{title} {names.labels[code]} {what}", texts))
    return books
