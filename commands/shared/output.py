"""Showing what a service returned: data on stdout, everything said to people on stderr."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final, NamedTuple

import click

from zhupei_cli.display import harmless
from zhupei_cli.files import replacing
from zhupei_cli.settings import Settings
from zhupei_cli.shell.logfile import log, note
from zhupei_cli.shell.streams import in_utf8
from zhupei_cli.words.errors import ZhupeiError

from . import formats
from .formats import shown, sort_key
from .screen import FEW_ROWS, MOST_ROWS, can_page, fitted, on_terminal, page, sheet_lines, terminal_size

#: Those that no screen shows; html and pdf are of lists that are published.
IN_FILES = ("xlsx", "html", "pdf")
FINDINGS = 3

Row = Mapping[str, object]


class Column(NamedTuple):
    """A key of the rows and the heading people see above it."""

    key: str
    heading: str


@dataclass(frozen=True, slots=True)
class Out:
    """Where a list goes, and in which of OUTPUT_FORMAT."""

    settings: Settings
    format: str = "table"
    path: Path | None = None
    force: bool = False
    columns: tuple[str, ...] = ()
    sort: str | None = None
    limit: int | None = None
    #: Which of --columns and --limit the command has.
    offers: frozenset[str] = frozenset()

    @property
    def most(self) -> int | None:
        """How many rows need to be looked up: all of them where they are sorted first."""
        return self.limit or None if self.sort is None else None


_CHECKED = (Column("ok", "完好"), Column("findings", "问题"))
_FOUND = (Column("code", "代码"), Column("message", "问题"))

Writer = Callable[[Path, Sequence[Column], list[Row]], None]


def show(
    rows: Iterable[Row],
    columns: Sequence[Column],
    out: Out,
    *,
    title: str | None = None,
    batch_name: str = "",
    closing: Sequence[str] = (),
    workbook: Writer | None = None,
) -> None:
    """Print or write a list: JSON has every key of the rows, the other formats have `columns`.

    What --columns, --sort and --limit ask for holds for every format. A workbook is called `title`, else
    what the command lists, after `batch_name`, and ends with the lines `closing`: who publishes it, and when.
    `workbook` writes one that is more than its columns.
    """
    columns, asked = _as_asked(rows, columns, out)
    found = _Counted(asked)
    if out.path is not None:
        _write(
            found,
            columns,
            out,
            workbook or partial(_write_sheet, out, title or _listed(), batch_name, closing),
        )
    elif out.format in IN_FILES:
        raise ZhupeiError("E086", format=out.format)
    elif out.format == "table" and on_terminal():
        _show_on_terminal(list(found), columns, out)
    else:
        for text in _texts(found, columns, out.format):
            say(text, for_people=out.format == "table")
    if not found.count:
        note(out.settings, "没有符合条件的记录")


class _Counted:
    """Rows, and how many of them have been looked at."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def say(text: str, *, for_people: bool = False) -> None:
    """Print data; what programs read is UTF-8, whatever the terminal speaks."""
    if not for_people:
        in_utf8(sys.stdout)
    click.echo(harmless(text) if for_people or on_terminal() else text, nl=False)


#: What may be a key of a row.
_KEY: Final = re.compile("[a-z][a-z0-9_]*")


def _as_asked(
    rows: Iterable[Row], columns: Sequence[Column], out: Out
) -> tuple[Sequence[Column], Iterable[Row]]:
    known = {column.heading: column for column in columns} | {column.key: column for column in columns}
    if out.sort is not None:
        rows = _sorted(list(rows), known, out.sort)
    rest = islice(rows, out.limit or None)
    # The first row has the keys of all; with it whatever cannot be listed is refused before a word is said.
    first = list(islice(rest, 1))
    rows = chain(first, rest)
    if out.columns:
        chosen = [_column(word, known, first) for word in out.columns]
        if out.format.startswith("json"):
            rows = ({column.key: row.get(column.key) for column in chosen} for row in rows)
        columns = chosen
    return columns, rows


def _column(word: str, known: Mapping[str, Column], rows: Sequence[Row]) -> Column:
    """Return the column a word means: a heading, or any key of the rows."""
    if word in known:
        return known[word]
    keys = list(rows[0]) if rows else []
    # Of no rows nobody knows all the keys: a script asks for the same on a quiet night.
    if word not in keys and (rows or not _KEY.fullmatch(word)):
        offered = "、".join(dict.fromkeys([*(column.heading for column in known.values()), *keys]))
        click.get_current_context().fail(f"没有列 {word!r}，可用的列：{offered}。")
    return Column(word, word)


def _sorted(rows: list[Row], known: Mapping[str, Column], word: str) -> list[Row]:
    """Return the rows by one column, from the highest down when its name follows a minus; empty ones last."""
    key = _column(word.removeprefix("-"), known, rows).key
    full = [row for row in rows if row.get(key) is not None]
    try:
        full.sort(key=lambda row: sort_key(row[key]), reverse=word.startswith("-"))
    except TypeError:  # a column of several kinds of values
        full.sort(key=lambda row: shown(row[key]), reverse=word.startswith("-"))
    return full + [row for row in rows if row.get(key) is None]


def _show_on_terminal(rows: list[Row], columns: Sequence[Column], out: Out) -> None:
    most = MOST_ROWS if can_page(out.settings) else FEW_ROWS
    kept = rows if out.limit is not None else rows[:most]
    headings, cells = _grid(kept, columns)
    texts = [[" ".join(shown(value).split()) for value in row] for row in cells]
    names, short, left_out = fitted(headings, texts, terminal_size()[0])
    page(formats.as_table(names, short), out.settings)
    if left_out:
        way = "可用 --columns 选择，或 -o 写入文件" if "columns" in out.offers else "可用 -o 写入文件"
        note(out.settings, f"屏幕不够宽，没有显示：{'、'.join(left_out)}；{way}")
    if len(kept) < len(rows):
        limit = "--limit 指定（0 为全部），或 " if "limit" in out.offers else ""
        note(out.settings, f"共 {len(rows)} 行，只显示前 {most} 行；可用 {limit}-o 写入文件")


def _texts(rows: Iterable[Row], columns: Sequence[Column], file_format: str) -> Iterator[str]:
    """Return a list as text in pieces; a table, whose columns are as wide as all it holds, in one."""
    if file_format == "json":
        return formats.json_texts(rows)
    if file_format == "jsonl":
        return formats.jsonl_texts(rows)
    if file_format == "csv":
        cells = ([row.get(column.key) for column in columns] for row in rows)
        return formats.csv_texts([column.heading for column in columns], cells)
    return iter([formats.as_table(*_grid(list(rows), columns))])


def _grid(rows: list[Row], columns: Sequence[Column]) -> tuple[list[str], list[list[object]]]:
    return [column.heading for column in columns], [[row.get(c.key) for c in columns] for row in rows]


def _listed() -> str:
    """Return what the running command lists, by the first words of its help."""
    words = re.split("[：，；。（]", click.get_current_context().command.get_short_help_str(200))[0]
    return re.sub("^(列出|查看|导出|检查)", "", words).removeprefix("一个").removeprefix("一份") or "名单"


def _write_sheet(
    out: Out,
    title: str,
    batch_name: str,
    closing: Sequence[str],
    path: Path,
    columns: Sequence[Column],
    rows: list[Row],
) -> None:
    from zhupei_cli.sheets.writing.list_sheet import ListSheet, columns_for, write_list

    cells = [{key: _cell(row.get(key)) for key, _ in columns} for row in rows]
    drawn = columns_for(columns, cells)
    made_on = out.settings.acting().today
    line = f"共 {len(rows)} 行　　制表日期：{made_on}"
    write_list(path, ListSheet(title, batch_name, [line], drawn, made_on, closing=closing), cells)


def _cell(value: object) -> object:
    """Return a value as a cell holds it: whatever is no number is text."""
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return value if number or value is None else shown(value)


def _write(rows: _Counted, columns: Sequence[Column], out: Out, workbook: Writer) -> None:
    assert out.path is not None
    with replacing(out.path, force=out.force) as beside:
        if out.format in IN_FILES:
            workbook(beside, columns, list(rows))
        else:
            # The mark at the start is how Excel knows that a CSV file is UTF-8.
            encoding = "utf-8-sig" if out.format == "csv" else "utf-8"
            with beside.open("w", encoding=encoding) as file:
                file.writelines(_texts(rows, columns, out.format))
    note(out.settings, f"已写入 {out.path}（{rows.count} 行）")


def show_sheet(row: Row, columns: Sequence[Column], out: Out) -> None:
    """Show one thing: a line per column for people, one object as JSON, a list of one row otherwise."""
    if out.format == "json" and out.path is not None:
        with replacing(out.path, force=out.force) as beside:
            beside.write_text(formats.as_json(row), "utf-8")
        note(out.settings, f"已写入 {out.path}")
    elif out.format == "json":
        say(formats.as_json(row))
    elif out.path is None and out.format == "table":
        show_sheets([(row, columns)], out)
    else:
        show([row], columns, out)


def show_sheets(sheets: Iterable[tuple[Row, Sequence[Column]]], out: Out) -> None:
    """Print several things for people, a line per column, with an empty line between two of them."""
    width = terminal_size()[0] if on_terminal() else None
    text = "\n".join(
        sheet_lines([(heading, shown(row.get(key))) for key, heading in columns], width)
        for row, columns in sheets
    )
    if width is None:
        say(text, for_people=True)
    else:
        page(text, out.settings)


def show_checked(findings: Sequence[Row], out: Out, **more: object) -> None:
    """Show what a check found: one object as JSON, with what there is `more` to say, else a list."""
    if out.format in ("json", "jsonl"):
        show_sheet({"ok": not findings, **more, "findings": findings}, _CHECKED, out)
    elif findings or out.path is not None:
        show(findings, _FOUND, out)


def show_summary(settings: Settings, summary: Row, sentence: str, *, as_json: bool) -> None:
    """Tell what a command did: `summary` as JSON on stdout, or its Chinese sentence on stderr.

    The sentence is in the log file either way.
    """
    if as_json:
        log(settings, sentence)
        say(formats.as_json(summary))
    else:
        note(settings, sentence)


def next_step(settings: Settings, command: str, purpose: str) -> None:
    """Say which command people most likely want next."""
    note(settings, f"下一步：{command}（{purpose}）")
