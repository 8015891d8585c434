"""Sheets to fill in, drawn from the table of columns of their kind."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhupei_cli.pages_across import pages_across
from zhupei_cli.sheets.kinds.columns import Choices, Column, Kind, column_letters, headings_of
from zhupei_cli.sheets.kinds.parsers import whole
from zhupei_cli.sheets.kinds.shared_columns import SEATS
from zhupei_cli.sheets.kinds.workbook_kinds import PLAN_WIDE
from zhupei_cli.sheets.writing.dictionary import Dictionary
from zhupei_cli.sheets.writing.drawing import LINE, PADDING, Drawing, DrawnRow, drawing, lines_of
from zhupei_cli.sheets.writing.looks import HEADING
from zhupei_cli.sheets.writing.ooxml import half_widths
from zhupei_cli.sheets.writing.widths import LARGE_PAGE, usual_width, widened

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: Rows below the header that have drop-downs: more than one office sends at once.
ROWS: Final = 20_000
_STARRED, _HINT = "　带 * 的列必填；", "鼠标停在列名上，可看这一列怎么填"
#: Half-width characters of a narrow and a wide column, and how narrow words may become for one page.
_NARROW, _WIDE = 10, 36
_LEAST: Final = 14
#: The same on a form that is large: of a column to be filled in, a reason there, words, sentences, a heading;
#: and what the rim of a cell and the arrow of a filter take.
_LEAST_ANSWER, _LEAST_REASON, _LEAST_WORDS, _LEAST_SENTENCE, _LEAST_HEADING = 10, 18, 12, 20, 6
_RIM: Final = 2
_A3: Final = 8
#: Those that A4 upright takes without being made smaller.
_UPRIGHT: Final = 66
#: Points of its height between the margins, and per cent that leave seven points of eleven.
_TALL, _READABLE = 740, 64
#: Of a title: how wide its characters are beside others, and the points of a line.
_TITLE_SIZE, _TITLE_LINE = 1.4, 20
_BY_WIDTH: Final = {
    12: ("name",),
    16: ("mobile", "emergency_phone", "contact_phone", "major"),
    18: ("application_no", "specialty", "choice2_specialty", "licence_no"),
    22: ("id_number", "school", "employer_uscc", "uscc"),
    28: ("email",),
    26: ("employer_name", "base", "base_name", "choice1_base", "choice2_base", "aliases", "note"),
    34: ("address", "reason"),
}
#: Names of bases, employers and specialties, whatever their key.
_NAME: Final = 28
_WIDTHS: Final = {key: width for width, keys in _BY_WIDTH.items() for key in keys}
#: Words of a list that a comment names one by one.
_FEW: Final = 12
#: Rows whose cells say how wide a column should be.
_MEASURED: Final = 200
_GREY: Final = "#BFBFBF"
# Text also where people type: an ID number keeps its digits.
_CELL: Final = {"num_format": "@", "valign": "vcenter", "border": 1, "border_color": _GREY}
_HEAD: Final = {**_CELL, "font_name": HEADING, "align": "center", "text_wrap": True}
_ANSWER: Final = {**_CELL, "text_wrap": True, "bg_color": "#FFF9E5"}
_LOOKS: Final[Mapping[str, Mapping[str, object]]] = {
    "title": {"font_name": HEADING, "font_size": 14, "valign": "vcenter"},
    "title_in_lines": {"font_name": HEADING, "font_size": 14, "valign": "vcenter", "text_wrap": True},
    "hint": {"font_color": "#7F7F7F"},
    "heading": {**_HEAD, "bg_color": "#D9E1F2"},
    "required": {**_HEAD, "bg_color": "#FCE4D6"},
    "text": _CELL,
    "number": {**_CELL, "num_format": "General"},
    "boxed": {**_CELL, "text_wrap": True},
    "answer": _ANSWER,
    "answer_number": {**_ANSWER, "num_format": "General"},
}


@dataclass(frozen=True, slots=True)
class BlankForm:
    """A sheet to fill in; `rows` stand there already, by key, columns without a word are to be filled.

    The first `frozen` columns stay on the screen and on every printed page. Rows that differ under the key
    `apart` are printed on different pages. A `large` form is printed on A3, for it is too wide for A4.
    """

    kind: Kind
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, str]] = ()
    frozen: int = 1
    apart: str = ""
    large: bool = False


def form_of(
    kind: Kind, title: str, *, without: Sequence[str] = (), rows: Sequence[Mapping[str, str]] = ()
) -> BlankForm:
    """Return the form of a kind; columns that are read past, and those in `without`, are left out.

    Where there are rows, their first two columns say who each of them is about.
    """
    columns = tuple(column for column in kind.columns if not column.ignored and column.key not in without)
    return BlankForm(kind, title, columns, rows, 2 if rows else 1)


def wide_form(title: str, choices: Choices) -> BlankForm:
    """Return the form of a plan with a row for each base and a column for each specialty that is offered."""
    seats = [
        Column(word, word, whole(*SEATS), between=SEATS, note="计划人数；空白保持原样，0 表示不招。")
        for word in choices.specialties
    ]
    named = zip(choices.base_codes, choices.bases, strict=True)
    rows = [{"base": code, "base_name": name} for code, name in named]
    return BlankForm(PLAN_WIDE, title, (*PLAN_WIDE.columns, *seats), rows, 2)


def write_template(
    path: Path, forms: Sequence[BlankForm], choices: Choices, *, made_at: datetime | None = None
) -> None:
    """Write a workbook with a sheet for each form; what was typed into it, the import of its kind takes."""
    dictionary = Dictionary(choices)
    with drawing(path, _LOOKS, made_at=made_at) as made:
        for form in forms:
            _draw(made, form, dictionary, choices)
        dictionary.write(made.book)


def _draw(made: Drawing, form: BlankForm, dictionary: Dictionary, choices: Choices) -> None:
    sheet = made.book.add_worksheet(form.kind.title)
    looks = [_look(column, form) for column in form.columns]
    widths = [
        column_width(column, choices, form.rows[:: len(form.rows) // _MEASURED + 1])
        for column in form.columns
    ]
    if form.large:
        widths = [
            int(one) for one in widened(list(map(_least, form.columns, _words(form))), widths, LARGE_PAGE)
        ]
    for at, (look, width) in enumerate(zip(looks, widths, strict=True)):
        plain = "number" if look.endswith("number") else "text"
        sheet.set_column(at, at, width, made.looks[plain])
    title_height = _write_title(sheet, made, form, widths)
    _head(sheet, made, form.columns, widths, choices)
    last = 1 + max(len(form.rows), 0 if form.rows else ROWS)
    dictionary.offer(sheet, dict(enumerate(form.columns)), (2, last), typed=True)
    _set_up(sheet, last, widths, form)
    if form.apart:
        _break_pages(sheet, form, widths, head=title_height + 2 * LINE)
    made.fill(sheet, 2, looks, _rows(form, widths), count=len(form.rows))


def _write_title(sheet: "Worksheet", made: Drawing, form: BlankForm, widths: Sequence[int]) -> int:
    """Write the title, with a hint how to fill the form in, and return the height of its row in points."""
    starred = any(column.required for column in form.columns)
    title, hint = form.title.replace("\n", " "), (_STARRED if starred else "　") + _HINT
    # Beside the frozen columns: those are repeated on every page, and would repeat a piece of the title.
    first = 0 if form.apart else form.frozen
    _, across = _across(form, widths)
    look, room = made.looks["title"], sum(widths[first:across])
    lines = 1
    if form.rows and across - first > 1:
        # A title that ran over the columns would make the page wider and all on it smaller, or be cut there.
        wide = _TITLE_SIZE * half_widths(title) + (0 if form.apart else half_widths(hint))
        lines, look = -(-int(wide) // max(room - 4, 1)), made.looks["title_in_lines"]
        sheet.merge_range(0, first, 0, across - 1, "", look)
    height = max(2 * LINE, _TITLE_LINE * lines + _TITLE_LINE // 2)
    sheet.set_row(0, height, made.looks["title"])
    if form.apart:
        sheet.write_string(0, first, title, look)
    else:
        sheet.write_rich_string(0, first, made.looks["title"], title, made.looks["hint"], hint, look)
    return height


def _look(column: Column, form: BlankForm) -> str:
    number = column.between is not None or column.marks
    if not form.rows:
        return "number" if number else "text"
    # What is there of marks may be mended, and the others are still to come.
    if column.ignored or (not column.marks and any(row.get(column.key) for row in form.rows)):
        return "boxed"
    return "answer_number" if number else "answer"


def _head(
    sheet: "Worksheet", made: Drawing, columns: Sequence[Column], widths: Sequence[int], choices: Choices
) -> None:
    words = headings_of(columns)
    # Room for the arrow of the filter.
    tall = max(lines_of(word, width - 2) for word, width in zip(words, widths, strict=True))
    sheet.set_row(1, LINE * max(tall, 2))
    for at, (column, word) in enumerate(zip(columns, words, strict=True)):
        sheet.write_string(1, at, word, made.looks["required" if column.required else "heading"])
        if (remark := comment_of(column, choices)) and not column.ignored:
            size = {"width": 260, "height": 20 * (lines_of(remark, 36) + 1)}
            sheet.write_comment(1, at, remark, {**size, "font_name": "Microsoft YaHei", "font_size": 9})


def comment_of(column: Column, choices: Choices) -> str:
    """Return what the heading of a column says to who holds the mouse over it."""
    words = choices.of(column)
    offered = "从下拉列表中选择，也可以直接填写。" if words else ""
    if words and column.closed:
        offered = f"可填：{'、'.join(words)}。" if len(words) <= _FEW else "从下拉列表中选择。"
    must = "必填。" if column.required and not column.may_wait else ""
    lines = [must, "" if column.marks else offered, column.note]
    return "\n".join(filter(None, lines))


def column_width(column: Column, choices: Choices, rows: Sequence[Mapping[str, str]] = ()) -> int:
    """Return the width of a column in half-width characters: for what the rows hold, or for what may come."""
    words = [row.get(column.key) or "" for row in rows]
    if not rows and column.closed:
        words = list(choices.of(column))
    longest = usual_width([word for word in words if word])
    # A heading may take two lines.
    heading = -(-half_widths(column.heading) // 2) + 6
    named = _NAME if column.heading.endswith("名称") else _WIDTHS.get(column.key, 0)
    hinted = 0 if rows and any(words) else named
    return min(max(_NARROW, heading, hinted, longest + 3), _WIDE)


def _words(form: BlankForm) -> Iterator[Sequence[str]]:
    """Yield, column by column, what some of the rows hold."""
    some = form.rows[:: len(form.rows) // _MEASURED + 1]
    for column in form.columns:
        yield [word for row in some if (word := row.get(column.key))]


def _least(column: Column, words: Sequence[str]) -> int:
    """Return how narrow a column may become: no number and no word without a Chinese character is divided."""
    heading = max(-(-half_widths(column.heading) // 4) * 2 + _RIM, _LEAST_HEADING)
    if not words:
        answer = _LEAST_REASON if column.key == "reason" else _LEAST_ANSWER
        return heading if column.ignored else max(heading, answer)
    unbroken = usual_width([part for word in words for part in word.split() if part.isascii()])
    usual = usual_width(words)
    least = _LEAST_SENTENCE if usual > _WIDE else _LEAST_WORDS
    return max(heading, unbroken + _RIM, min(usual + _RIM, least))


def _rows(form: BlankForm, widths: Sequence[int]) -> Iterator[DrawnRow]:
    keys = [column.key for column in form.columns]
    for row in form.rows:
        words = [row.get(key) or "" for key in keys]
        tall = max(lines_of(word, width) for word, width in zip(words, widths, strict=True))
        yield DrawnRow(words, lines=tall)


def _across(form: BlankForm, widths: Sequence[int]) -> tuple[int, int]:
    """Return on how many pages the columns stand beside each other, and how many on the first."""
    return (1, len(widths)) if form.large else pages_across(widths, form.frozen)


def _set_up(sheet: "Worksheet", last: int, widths: Sequence[int], form: BlankForm) -> None:
    columns = len(widths)
    sheet.freeze_panes(2, form.frozen)
    sheet.autofilter(1, 0, last, columns - 1)
    # Without this Excel marks every ID number with a green corner: a number stored as text.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(columns - 1)}{last + 1}"})
    set_up_page(sheet, header=(0, 1), pages=_across(form, widths)[0], frozen=form.frozen)
    if form.large:
        sheet.set_paper(_A3)


def _break_pages(sheet: "Worksheet", form: BlankForm, widths: Sequence[int], *, head: int) -> None:
    """Begin a page with each value of `apart`; upright, for a room has more rows than columns.

    A room stands on one page where it can be read there; `head` is the height of what is above the rows.
    """
    words = [row.get(form.apart) for row in form.rows]
    # The row of a break is the first one below it, from 1 for the first row; two rows stand above all.
    sheet.set_h_pagebreaks([at + 2 for at in range(1, len(words)) if words[at] != words[at - 1]])
    sheet.set_portrait()
    heights: Counter[str | None] = Counter()
    for word, row in zip(words, _rows(form, widths), strict=True):
        heights[word] += LINE * row.lines + PADDING
    down = 100 * _TALL // (head + max(heights.values()))
    # Excel may pass over breaks where it is told to fit the page.
    sheet.set_print_scale(min(100, 100 * _UPRIGHT // sum(widths), down if down >= _READABLE else 100))
    sheet.print_area(0, 0, len(words) + 1, len(form.columns) - 1)


def set_up_page(sheet: "Worksheet", *, header: tuple[int, int], pages: int, frozen: int) -> None:
    """Print on A4 landscape, `pages` wide, header rows and frozen columns on each page."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(pages, 0)
    sheet.repeat_rows(*header)
    if pages > 1 and frozen:
        sheet.repeat_columns(0, frozen - 1)
    sheet.set_footer("&C第 &P 页，共 &N 页")
