"""The workbooks of the exam: sites and rooms (考场), groups of the second exam (复试分组)."""

import re
from dataclasses import replace
from datetime import time, timedelta
from typing import Final

from zhupei_cli.sheets.kinds import cells, parsers
from zhupei_cli.sheets.kinds.cells import Cell, Unreadable
from zhupei_cli.sheets.kinds.columns import Column, Kind
from zhupei_cli.sheets.kinds.shared_columns import ID_NUMBER
from zhupei_cli.words import codes

_SEATS: Final = (0, 2_000)
LINES: Final = (1, 200)
_CODE: Final = re.compile(r"[0-9A-Z]+(?:-[0-9A-Z]+)*")


def exam_code(cell: Cell) -> str:
    """Return the code of a site or room, in capitals; E734 for what cannot be part of a ticket's number."""
    word = cells.code(cell).upper()
    if not _CODE.fullmatch(word):
        raise Unreadable("E734", value=cells.text(cell))
    return word


def ticket(cell: Cell) -> str:
    """Return the number on a ticket, in capitals; E013 for a cell that is a number and has lost digits."""
    number = cells.code(cell).upper()
    if (isinstance(cell, float) and abs(cell) >= 1e15) or parsers.SCIENTIFIC.fullmatch(number):
        raise Unreadable("E013")
    return number


TICKET: Final = Column("ticket", "准考证号", ticket, note="照准考证上的写。")

#: 考场: one row a room, with its site.
EXAM_ROOM: Final = Kind(
    "exam_room",
    "考场",
    (
        Column(
            "site", "考点编号", exam_code, required=True, aliases=("考点",), note="如 01；前面的 0 要保留。"
        ),
        Column(
            "site_name",
            "考点名称",
            cells.text,
            note="同一考点的各行写一次即可。",
        ),
        Column("address", "考点地址", cells.text, aliases=("地址",), note="印在准考证上。"),
        Column(
            "city",
            "所在地市",
            cells.text,
            offers=tuple(codes.CITY.words()),
            note="按地市安排考场时用（exam allot --by city）。",
        ),
        Column(
            "room", "考场编号", exam_code, required=True, aliases=("考场",), note="如 001；同一考点内不重复。"
        ),
        Column(
            "seats",
            "座位数",
            parsers.whole(*_SEATS),
            required=True,
            aliases=("座位",),
            between=_SEATS,
            note="整数；不用的考场写 0。",
        ),
        Column(
            "row_count",
            "行数",
            parsers.whole(*LINES),
            aliases=("排数",),
            between=LINES,
            note="从讲台往后数有几排。座位号从前往后，再从后往前，成 S 形；不写则只知道前后座。",
        ),
        Column("column_count", "列数", parsers.whole(*LINES), between=LINES, note="从左到右有几列。"),
        # What `exam sites list` shows beside them.
        Column("seated", "已安排", cells.text, ignored=True),
        Column("free", "空座", cells.text, ignored=True),
    ),
    command="zhupei exam sites import",
    telling=("seats",),
    erasable=("address", "city", "row_count", "column_count"),
)

_DAY: Final = timedelta(days=1)
_HOUR: Final = r"([01]?[0-9]|2[0-3])[:：点时.]?(?:([0-5][0-9])分?(?:[:：]00)?)?"
_CLOCK: Final = re.compile(rf"{_HOUR}(?:[-~～—–至到]+{_HOUR})?")


def clock(cell: Cell) -> str:
    """Return an hour, or two as 08:30-11:30, the earlier one first; E790 for what is none."""
    since = _since_midnight(cell)
    if since is not None and timedelta(0) <= since < _DAY:
        minutes = since // timedelta(minutes=1)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    word = "".join(cells.text(cell).split())
    found = _CLOCK.fullmatch(word)
    if found is None:
        raise Unreadable("E790", value=cells.text(cell))
    pairs = (found.group(1, 2), found.group(3, 4))
    hours = [f"{int(hour):02d}:{minute or '00'}" for hour, minute in pairs if hour]
    if len(hours) > 1 and hours[0] >= hours[1]:
        raise Unreadable("E790", value=cells.text(cell))
    return "-".join(hours)


def _since_midnight(cell: Cell) -> timedelta | None:
    """Return the hour a cell holds as workbooks keep it, to the minute: a part of a day, or a time."""
    if isinstance(cell, float) and 0 <= cell < 1:
        cell = timedelta(days=cell)
    elif isinstance(cell, time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second + (cell.microsecond > 0))
    return timedelta(minutes=round(cell / timedelta(minutes=1))) if isinstance(cell, timedelta) else None


def _iso_day(cell: Cell) -> str:
    return parsers.whole_day(cell).isoformat()


#: 复试分组: one row a person.
EXAM_GROUP: Final = Kind(
    "exam_group",
    "复试分组",
    (
        Column("application_no", "报名号", parsers.application_number),
        replace(ID_NUMBER, required=False),
        TICKET,
        Column("name", "姓名", parsers.person_name),
        Column("group", "组别", cells.text, required=True, aliases=("复试组", "小组"), note="如 内科一组。"),
        Column("day", "日期", _iso_day, required=True, aliases=("复试日期",), note="如 2026-07-10。"),
        Column(
            "clock", "时间", clock, required=True, aliases=("复试时间",), note="如 08:30，或 08:30-11:30。"
        ),
        Column("place", "地点", cells.text, required=True, aliases=("复试地点",)),
        # What `exam groups list` shows beside them.
        Column("specialty_label", "报名专业", cells.text, ignored=True),
        Column("base_label", "第一志愿基地", cells.text, ignored=True),
    ),
    one_of=("application_no", "id_number", "ticket"),
    command="zhupei exam groups import",
    telling=("group",),
    erasable=(),
)
