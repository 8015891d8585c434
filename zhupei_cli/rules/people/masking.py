"""Masks for personal data: what may stand on screens, in messages, logs and list files."""

import re
from datetime import date

# A district, road or number ends the part that may be shown; 乡 and 镇 occur in names of cities (新乡, 镇江),
# 超市 and 市场 are no cities.
_CITY = re.compile(
    r"(?:[^市县路街号]{2,7}?(?:省|自治区|特别行政区))?"
    r"[^省区县旗村路街道号\s\d]{1,9}?(?:(?<![超门城夜])市(?!场)|自治州|地区|盟)"
)
_PROVINCE = re.compile(r"[^市县路街号]{2,7}?(?:省|自治区|特别行政区)")
_STARS = "****"


def mask_id(number: str) -> str:
    """Mask the number of an identity paper: `4101**********2024`, of other papers the last four stay."""
    if len(number) >= 15 and number[:4].isdecimal():
        return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"
    return mask_paper(number)


_ID = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXxＸｘ](?!\d)")
_PHONE = re.compile(r"(?<!\d)1\d{2}[ -]?\d{4}[ -]?\d{4}(?!\d)")


def masked_text(text: str | None) -> str | None:
    """Mask the ID numbers and mobile phones in what somebody typed; masked twice it stays the same."""
    if text is None:
        return None
    hidden = _ID.sub(lambda found: mask_id(found.group()), text)
    return _PHONE.sub(lambda found: mask_phone(found.group()), hidden)


#: Messages about the codes of institutions, which anybody may know: they look like ID numbers.
_PUBLIC = frozenset(("E054", "E055", "E056"))


def masked_message(code: str, message: str) -> str:
    """Mask the numbers of people in what is said under a catalogue code, wherever they were typed."""
    return message if code in _PUBLIC else masked_text(message) or ""


def mask_paper(number: str) -> str:
    """Keep the last four characters, of a short number no more than half of it."""
    return _keep_last(number, 4)


def mask_phone(number: str) -> str:
    """Mask a phone number: `138****0000`; of a short one the last digits stay."""
    if len(number) < 11:
        return _keep_last(number, 4)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def mask_address(address: str) -> str:
    """Keep an address to its city, to its province where no city is found, else nothing."""
    text = "".join(address.split())
    shown = _CITY.match(text) or _PROVINCE.match(text)
    return f"{shown.group() if shown else ''}{_STARS}"


def mask_birth_date(day: date | str) -> str:
    """Keep the year: `1999-**-**`. Beside a masked ID number a whole date would give it away."""
    return f"{str(day)[:4]}-**-**"


def mask_email(email: str) -> str:
    """Keep the first character and the domain: `z****@example.com`."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}{_STARS}{at}{domain}" if at else _STARS


def _keep_last(text: str, most: int) -> str:
    shown = min(most, len(text) // 2)
    return "*" * (len(text) - shown) + text[len(text) - shown :]
