"""Drop-downs: what each column offers, from a hidden sheet that holds every list.

A list within a validation may not pass 255 characters, and a comma would divide a name.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from zhupei_cli.sheets.kinds.columns import DICTIONARY, Choices, Column, Offer, column_letters

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet


class Dictionary:
    """The lists of one workbook; `write` them when all sheets have their drop-downs."""

    def __init__(self, choices: Choices) -> None:
        """Take what the columns with an `Offer` offer."""
        self._choices = choices
        self._lists: list[tuple[str, Sequence[str]]] = []

    def offer(
        self, sheet: "Worksheet", columns: Mapping[int, Column], rows: tuple[int, int], *, typed: bool = False
    ) -> None:
        """Give the columns of a sheet their drop-downs; `rows` are first and last, from 0.

        With `typed` people type numbers into columns of numbers, and those are looked at too.
        """
        places = {column.key: at for at, column in columns.items()}
        for at, column in columns.items():
            rule = self._rule(column, places, rows[0] + 1)
            if rule is None and typed and column.between is not None:
                rule = _number(column, column.between)
            if rule is not None:
                sheet.data_validation(rows[0], at, rows[1], at, rule)

    def write(self, book: "Workbook") -> None:
        """Write the lists into the hidden sheet; nothing when there is none."""
        if not self._lists:
            return
        sheet = book.add_worksheet(DICTIONARY)
        sheet.hide()
        for at, (heading, words) in enumerate(self._lists):
            for line, word in enumerate((heading, *words)):
                # write_string, whatever stands in it: `write` would make a formula of =cmd|…
                sheet.write_string(line, at, word)

    def _rule(self, column: Column, places: Mapping[str, int], row: int) -> dict[str, object] | None:
        words = self._choices.of(column)
        if not words:
            return None
        choose = f"请从下拉列表中选择{column.heading}。"
        rule = {"validate": "list", "source": self._source(column, words, places, row), "ignore_blank": True}
        if column.marks:
            return {**rule, "show_error": False}
        if column.closed and column.required:
            return {**rule, "error_title": column.heading, "error_message": choose}
        # What the list does not have may be right: a code, an alias, 清空.
        asked = f"列表中没有这一项。{column.note}确定照此填写吗？"
        return {**rule, "error_type": "warning", "error_title": column.heading, "error_message": asked}

    def _source(self, column: Column, words: Sequence[str], places: Mapping[str, int], row: int) -> str:
        letter = self._letter(column.heading, words)
        everything = f"{DICTIONARY}!${letter}$2:${letter}${len(words) + 1}"
        cells = [f"${column_letters(places[key])}{row}" for key in column.narrowed_by if key in places]
        if not cells or not self._choices.places:
            return f"={everything}"
        chosen = cells[-1]
        for cell in reversed(cells[:-1]):
            chosen = f'IF({cell}="",{chosen},{cell})'
        keys, offered = self._pairs(column)
        # Sorted by key, the rows of one key stand together. What is no key, nothing among it, offers all.
        first, count = f"MATCH({chosen},{keys},0)-1", f"COUNTIF({keys},{chosen})"
        return f"=IF({count}=0,{everything},OFFSET({DICTIONARY}!${offered}$1,{first},0,{count},1))"

    def _pairs(self, column: Column) -> tuple[str, str]:
        """Return the column of what narrows, and the letter of that of what is then offered."""
        by_base = column.offers == Offer.SPECIALTIES
        pairs = [place if by_base else place[::-1] for place in self._choices.places]
        pairs.sort(key=itemgetter(0))
        about = "基地的专业" if by_base else "专业的基地"
        keys = self._letter(f"{about}：按", [key for key, _ in pairs])
        return f"{DICTIONARY}!${keys}:${keys}", self._letter(about, [word for _, word in pairs])

    def _letter(self, heading: str, words: Sequence[str]) -> str:
        """Return the column a list stands in, its own or one that has the same words."""
        for at, (_, known) in enumerate(self._lists):
            if list(known) == list(words):
                return column_letters(at)
        self._lists.append((heading, words))
        return column_letters(len(self._lists) - 1)


def _number(column: Column, between: tuple[int, int]) -> dict[str, object]:
    low, high = between
    kind, about = ("decimal", "") if column.marks else ("integer", "整数，")
    return {
        "validate": kind,
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        "error_type": "warning",
        "error_title": column.heading,
        "error_message": f"应为{about}{low} 至 {high}。",
    }
