"""Rows of a long sheet: the same whether they are in memory or have to be read again."""

import marshal
from datetime import date
from typing import Any

from zhupei_cli.sheets.reading.book import SheetRows
from zhupei_cli.sheets.reading.rows import carried


def _rows(*pieces: list[list[Any]], odd: dict[int, list[tuple[int, int, Any]]] | None = None) -> SheetRows:
    made = SheetRows()
    for at, piece in enumerate(pieces):
        cells = [(row, column, carried(cell)) for row, column, cell in (odd or {}).get(at, [])]
        message = ("rows", 1, piece, cells)
        data = marshal.dumps(message)
        made.add(data, *marshal.loads(data)[2:])
    return made


def test_all_rows_are_as_long_as_the_longest() -> None:
    made = _rows([["a"], []], [["b", "c", "d"], ["e"]], [["f", "g"]])
    whole = [["a", "", ""], ["", "", ""], ["b", "c", "d"], ["e", "", ""], ["f", "g", ""]]
    assert list(made) == whole
    assert made == whole
    assert (len(made), made.width) == (5, 3)
    assert (made[-1], made[1:4], made[3:]) == (whole[-1], whole[1:4], whole[3:])
    assert [made[at] for at in (4, 0, 3, 1)] == [whole[at] for at in (4, 0, 3, 1)]


def test_cells_that_were_carried_are_restored_each_time() -> None:
    made = _rows(
        [["a", None]], [["b", None]], odd={0: [(0, 1, date(2024, 6, 30))], 1: [(0, 1, date(2025, 1, 1))]}
    )
    for _ in range(2):
        assert list(made) == [["a", date(2024, 6, 30)], ["b", date(2025, 1, 1)]]


def test_a_row_that_is_owned_stays_as_it_is_changed() -> None:
    made = _rows([["a", "b"]], [["c", "d"]])
    made.own(0)[1] = "x"
    made[1][1] = "lost"
    assert list(made)[:1] == [["a", "x"]]
    assert made[1] == ["c", "d"]
