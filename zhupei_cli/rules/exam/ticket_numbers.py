"""Ticket numbers (准考证号): the pattern a batch sets, and the number it gives one seat."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from zhupei_cli.rules.exam.rooms import ExamPlace

DEFAULT: Final = "{year}{site}{room}{seat}"
#: What a pattern may name; `{seat:03}` fills up with zeros.
_NAMED: Final = re.compile(r"\{(?P<name>year|batch|site|room|seat)(?::0(?P<width>[1-9]))?\}")
#: Beside names: what a number on a ticket, in a file name and in a cell can hold.
_PLAIN: Final = re.compile(r"[0-9A-Za-z-]*")
#: The digits a seat has at least: 1 and 11 are not to run into the room before them.
_SEAT_DIGITS: Final = 2


def read_ticket_pattern(text: str) -> str:
    """Return the pattern; ValueError unless it names room and seat, or when it says what no number can."""
    names = {found["name"] for found in _NAMED.finditer(text)}
    if not {"room", "seat"} <= names or not _PLAIN.fullmatch(_NAMED.sub("", text)):
        raise ValueError(text)
    return text


def ticket_number(pattern: str, place: ExamPlace, *, year: int, batch: str) -> str:
    """Return the number of a seat."""
    values = {"year": str(year), "batch": batch, "site": place.site, "room": place.room}
    values["seat"] = str(place.seat).zfill(_SEAT_DIGITS)
    return _NAMED.sub(lambda found: values[found["name"]].zfill(int(found["width"] or 0)), pattern)


def shared_number(tickets: Iterable[tuple[ExamPlace, str]]) -> tuple[str, ExamPlace, ExamPlace] | None:
    """Return the first number that two seats would share, with both; None when each has its own."""
    seen: dict[str, ExamPlace] = {}
    for place, number in tickets:
        if (other := seen.setdefault(number, place)) != place:
            return number, other, place
    return None


def called(place: ExamPlace, sites: Mapping[str, str]) -> str:
    """Return a seat in words."""
    return f"{sites.get(place.site, place.site)} {place.room} 考场 {place.seat} 号"
