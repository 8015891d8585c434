"""Lines that wait in a file say what they said, and keep what is wrong with them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from zhupei_cli.rules.people.dates import Month
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.sheets.taking.stored_lines import LineStore, StoredLines, Stowing, marked
from zhupei_cli.words.errors import Fault


def _pack(said: tuple[dict[str, Any], ...]) -> Sequence[Mapping[str, Any]]:
    return said


_STOWING: Final = Stowing(lambda line: line.values.get("no"), _pack, tuple)


def _line(number: int, *, sheet: str = "S", said: Any = None, **values: Any) -> Line:
    return Line("a.xlsx", sheet, number, "kind", values, said=said)


def _stored(*lines: Line) -> StoredLines:
    stored = StoredLines(LineStore(_STOWING))
    for line in lines:
        stored.append(line)
    return stored


def test_lines_say_what_they_said() -> None:
    lines = [
        _line(2, no="1", on=date(2024, 6, 30), from_=Month(2024, 6, 1), yes=True, of=3, mark=1.5),
        _line(3, no="2", said=({"a": date(2020, 1, 1), "b": "x"}, {}, {"c": None})),
        # The same names, and what was a day is none.
        _line(4, no="3", said=({"a": "2020", "b": date(2020, 1, 2)}, {}, {"c": None})),
        _line(5, sheet="T", other="4"),
    ]
    stored = _stored(*lines)
    assert list(stored) == lines
    assert [type(stored[0].values["on"]), type(stored[0].values["from_"])] == [date, Month]
    assert (list(stored.keys), len(stored)) == (["1", "2", "3", None], 4)
    assert [line.number for line in stored[1:3]] == [3, 4]


def test_each_is_made_anew_but_one_that_says_what_cannot_be_stored() -> None:
    stored = _stored(_line(2, no="1"), _line(3, no=CLEAR))
    assert (stored[0] is stored[0], stored[1] is stored[1]) == (False, True)
    assert [stored.is_held(at) for at in (0, 1)] == [False, True]


def test_faults_stay_where_a_line_is_put_back() -> None:
    wrong = _line(3, no="2")
    wrong.faults.append(Fault("E023", "no"))
    stored = _stored(_line(2, no="1"), wrong, _line(4, no="3"))
    line = stored[0]
    line.faults.append(Fault("E050", "no", "warning"))
    stored[0] = line
    stored[2].faults.append(Fault("E050", "lost"))
    assert [[fault.code for fault in one.faults] for one in stored] == [["E050"], ["E023"], []]
    assert [one.number for one in marked(stored)] == [2, 3]
    assert [stored.is_held(at) for at in range(3)] == [True, True, False]
    stored[0].faults.append(Fault("E051", "no"))
    assert len(stored[0].faults) == 2


def test_lines_that_are_left_out_are_no_longer_there() -> None:
    stored = _stored(_line(2, no="1"))
    stored.clear()
    assert (list(stored), list(stored.keys)) == ([], [])
