"""Showing what a service returned: data on stdout, everything said to people on stderr."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import click

from zhupei_cli.display import display_width, padded
from zhupei_cli.errors import ZhupeiError
from zhupei_cli.files import replacing
from zhupei_cli.logfile import log
from zhupei_cli.settings import Settings

from . import _formats
from ._formats import shown

FORMATS = ("table", "json", "jsonl", "csv", "xlsx")
FINDINGS = 3

Row = Mapping[str, Any]


class Column(NamedTuple):
    """A key of the rows and the heading people see above it."""

    key: str
    heading: str


@dataclass(frozen=True, slots=True)
class Out:
    """Where a list goes, and in which of FORMATS."""

    settings: Settings
    format: str = "table"
    path: Path | None = None
    force: bool = False


def show(rows: Iterable[Row], columns: Sequence[Column], out: Out) -> None:
    """Print or write a list: JSON has every key of the rows, the other formats have `columns`."""
    found = list(rows)
    if out.path is not None:
        _write(found, columns, out)
    elif out.format == "xlsx":
        raise ZhupeiError("E086", format=out.format)
    else:
        click.echo(_text(found, columns, out.format), nl=False)
    if not found:
        note(out.settings, "没有符合条件的记录")


def _text(rows: list[Row], columns: Sequence[Column], file_format: str) -> str:
    if file_format == "json":
        return _formats.as_json(rows)
    if file_format == "jsonl":
        return _formats.as_jsonl(rows)
    headings, cells = _grid(rows, columns)
    if file_format == "csv":
        return _formats.as_csv(headings, cells)
    return _formats.as_table(headings, cells)


def _grid(rows: list[Row], columns: Sequence[Column]) -> tuple[list[str], list[list[Any]]]:
    return [column.heading for column in columns], [[row.get(c.key) for c in columns] for row in rows]


def _write(rows: list[Row], columns: Sequence[Column], out: Out) -> None:
    assert out.path is not None
    with replacing(out.path, force=out.force) as beside:
        if out.format == "xlsx":
            _formats.write_xlsx(beside, *_grid(rows, columns))
        else:
            # The mark at the start is how Excel knows that a CSV file is UTF-8.
            encoding = "utf-8-sig" if out.format == "csv" else "utf-8"
            beside.write_text(_text(rows, columns, out.format), encoding)
    note(out.settings, f"已写入 {out.path}（{len(rows)} 行）")


def show_sheet(row: Row, columns: Sequence[Column], out: Out) -> None:
    """Show one thing: a line per column for people, one object as JSON, a list of one row otherwise."""
    if out.path is None and out.format == "json":
        click.echo(_formats.as_json(row), nl=False)
    elif out.path is None and out.format == "table":
        width = max(display_width(column.heading) for column in columns)
        for key, heading in columns:
            click.echo(f"{padded(heading, width)}  {shown(row.get(key))}".rstrip())
    else:
        show([row], columns, out)


def show_summary(settings: Settings, summary: Row, sentence: str, *, as_json: bool) -> None:
    """Tell what a command did: `summary` as JSON on stdout, or its Chinese sentence on stderr."""
    if as_json:
        click.echo(_formats.as_json(summary), nl=False)
    else:
        note(settings, sentence)


def note(settings: Settings, text: str) -> None:
    """Say something to people on stderr, unless --quiet; it goes into the log file either way."""
    log(settings, text)
    if not settings.quiet:
        click.echo(text, err=True)


def detail(settings: Settings, text: str) -> None:
    """Say something only --verbose asks for."""
    if settings.verbose:
        note(settings, text)


def next_step(settings: Settings, command: str, purpose: str) -> None:
    """Say which command people most likely want next."""
    note(settings, f"下一步：{command}（{purpose}）")
