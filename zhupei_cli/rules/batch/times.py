"""Instants as people write and read them: China Standard Time on the outside, UTC inside."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Final

from zhupei_cli.acting import CST
from zhupei_cli.words.errors import ZhupeiError

#: The dates of a batch in the order they must have, with their words.
DATES: Final = {
    "apply_from": "报名开始",
    "apply_until": "报名截止",
    "review_until": "审核截止",
    "publicity_until": "公示截止",
    "checkin_until": "报到截止",
}

_DATE: Final = (
    r"(?P<year>\d{4})(?:(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})|(?P<compact>\d{4}))"
)
_TIME: Final = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_INSTANT: Final = re.compile(rf"{_DATE}(?:[ T]+{_TIME})?\s*(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?", re.ASCII)
#: 2024年6月20日 18时30分, and 18点 or 18:30 behind the day.
_WORDS: Final = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号] ?(.*)", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2}) ?[时点] ?(?:(\d{1,2}) ?分 ?(?:(\d{1,2}) ?秒)?)?", re.ASCII)


def parse_time(text: str, *, end: bool = False) -> datetime:
    """Read 2024-06-20, 2024/6/20, 2024.6.20, 20240620 or 2024年6月20日 with an optional HH:MM[:SS], as UTC.

    Without a zone it is +08:00. A date without time is its first second, with `end` its last one.
    Raises E272 when it is no instant.
    """
    plain = _in_figures(unicodedata.normalize("NFKC", text).strip())
    found = _INSTANT.fullmatch(plain)
    if found is None:
        raise ZhupeiError("E272", value=text)
    try:
        moment = datetime(*_fields(found, end=end), tzinfo=CST)
        if found["zone"]:
            moment = moment.replace(tzinfo=datetime.strptime(found["zone"], "%z").tzinfo)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ZhupeiError("E272", value=text) from error


def _in_figures(text: str) -> str:
    """Return a date written with 年月日 as one in figures; any other text as it is."""
    found = _WORDS.fullmatch(text)
    if found is None:
        return text
    year, month, day, rest = found.groups()
    if clock := _CLOCK.fullmatch(rest):
        rest = ":".join(f"{int(part or 0):02d}" for part in clock.groups())
    return f"{year}-{month}-{day} {rest}".strip()


def _fields(found: re.Match[str], *, end: bool) -> tuple[int, int, int, int, int, int]:
    compact = found["compact"]
    month, day = (compact[:2], compact[2:]) if compact else (found["month"], found["day"])
    year, month, day = int(found["year"]), int(month), int(day)
    if found["hour"] is None:
        return (year, month, day, 23, 59, 59) if end else (year, month, day, 0, 0, 0)
    return year, month, day, int(found["hour"]), int(found["minute"]), int(found["second"] or 0)


def show_time(moment: datetime) -> str:
    """Return an instant as people read it: 2024-06-20 23:59:59, in +08:00."""
    return moment.astimezone(CST).strftime("%Y-%m-%d %H:%M:%S")


def written_day(day: date) -> str:
    """Return a day as official letters write it: 2024年6月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def written_time(moment: datetime) -> str:
    """Return an instant as official letters write it, in +08:00; the last minute of a day is the day."""
    local = moment.astimezone(CST)
    return written_day(local) + ("" if (local.hour, local.minute) == (23, 59) else f"{local:%H:%M}")


def iso_time(moment: datetime) -> str:
    """Return an instant as JSON carries it: 2024-06-20T23:59:59+08:00."""
    return moment.astimezone(CST).isoformat()
