"""Numbers of letters (文号): the pattern a batch sets, and the number it gives one letter."""

import re
from typing import Final

#: What a pattern may name; `{number:05}` fills up with zeros.
_NAMED: Final = re.compile(r"\{(?P<name>year|batch|base|number)(?::0(?P<width>[1-9]))?\}")


def read_pattern(text: str) -> str:
    """Return the pattern, "" for no numbers; ValueError for other braces, or when letters would share one."""
    if re.search(r"[{}]", _NAMED.sub("", text)) or (text and "{number" not in text):
        raise ValueError(text)
    return text


def letter_number(pattern: str, *, year: int, batch: str, base: str, application_no: str) -> str:
    """Return the number of the letter about an application; its running number is that of the application."""
    values = {"year": str(year), "batch": batch, "base": base}
    values["number"] = str(int(application_no.rpartition("-")[2]))
    return _NAMED.sub(lambda found: values[found["name"]].zfill(int(found["width"] or 0)), pattern)
