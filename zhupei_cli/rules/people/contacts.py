"""Telephone numbers and e-mail addresses: mended where it is plain what is meant, else not read.

Workbooks and the command line ask the same functions.
"""

import re
import unicodedata
from typing import Final

from zhupei_cli.rules.people.people_names import CellDoubt
from zhupei_cli.words.vocabulary import HYPHENS

_MOBILE: Final = re.compile("1[3-9][0-9]{9}")
#: What people write between two numbers.
_SEPARATORS: Final = re.compile("[/、,，;；]")
# A remark behind: （本人）、（常用）.
_REMARK: Final = re.compile(r"[(（【\[][^()（）\[\]【】0-9@]*[)）】\]]$")
_EXTENSION: Final = re.compile(r"(?P<number>.*[0-9)])(?P<more>(?:转|x|ext\.?)[0-9]{1,6})", re.IGNORECASE)
_CHINA: Final = re.compile(r"^\(?(?:\+|00)86-?")
_DIALLED: Final = re.compile(r"\+?[0-9()-]+")
#: As dialled, hyphens and parentheses taken out: an area code and a local number (with an extension behind a
#: hyphen), a local number, a number of a company; what is abroad.
_LANDLINE: Final = re.compile(r"\(?0(?:10|2[0-9]|[3-9][0-9]{2})[)-]*[2-9][0-9]{6,7}(?:-[0-9]{1,6})?")
_LOCAL: Final = re.compile(r"[2-9][0-9]{6,7}(?:-[0-9]{1,6})?")
_COMPANY: Final = re.compile(r"[48]00-?[0-9]{3}-?[0-9]{4}")
#: A mobile number behind a plus has lost its 86: no telephone of North America begins so.
_ABROAD: Final = re.compile(r"(?:\+|00)(?!86)(?!1[3-9][0-9]{9}$)[1-9][0-9]{6,14}")


def read_phone(word: str) -> str | None:
    """Return a number as it is dialled, or several separated by `/`; None for anything no telephone has.

    +86 139-1234-5678 is 13912345678: a mobile number is 11 digits and nothing else.
    """
    if _MOBILE.fullmatch(word):  # as most are
        return word
    plain = _REMARK.sub("", unicodedata.normalize("NFKC", word).translate(HYPHENS).strip())
    numbers = [_number("".join(part.split())) for part in _SEPARATORS.split(plain.rstrip(";,。. "))]
    return "/".join(number or "" for number in numbers) if all(numbers) else None


def mobile_doubt(phone: str) -> CellDoubt | None:
    """Return what is odd about a number that messages go to, as `read_phone` gives it: that it is several."""
    count = phone.count("/") + 1
    return CellDoubt("E429", "warning", {"count": count}) if count > 1 else None


def _number(typed: str) -> str | None:
    found = _EXTENSION.fullmatch(typed)
    number, more = (found["number"], found["more"]) if found else (typed, "")
    if not _DIALLED.fullmatch(number):
        return None
    digits = re.sub("[()-]", "", number)
    mobile = digits.removeprefix("+86").removeprefix("0086")
    if len(mobile) == 13:
        mobile = mobile.removeprefix("86")
    if _MOBILE.fullmatch(mobile):
        return f"{mobile}{more}"
    at_home = _CHINA.sub("", number)
    if at_home != number and not at_home.lstrip("(").startswith("0"):
        at_home = f"0{at_home}"
    for form, said in ((_LANDLINE, at_home), (_LOCAL, number), (_COMPANY, number), (_ABROAD, digits)):
        if form.fullmatch(said) and len(set(digits)) > 1:
            return f"{said}{more}"
    return None


_ADDRESS: Final = re.compile(
    r"(?![.@])[\w.!#$%&'*+/=?^`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]", re.ASCII
)
#: What stands in no address; looked for by itself, it costs least.
_BROKEN: Final = re.compile(r"\.[.@]|[@.]-|-\.|@.*@")
#: The signs of an address with blanks beside them.
_APART: Final = re.compile(r"\s*([@.])\s*")
_WITHIN: Final = re.compile("[^<>]*<([^<>]+)>")


def read_email(word: str) -> str | None:
    """Return an e-mail address without what stands around it; None when it is none, or more than one."""
    if _is_address(word):  # as most are
        return word
    plain = unicodedata.normalize("NFKC", word).strip(" ;,。，；、.\"'“”‘’")
    if found := _WITHIN.fullmatch(plain):
        plain = found[1]
    plain = _REMARK.sub("", plain).strip(" ;,。，；、.")
    if plain[:7].casefold() == "mailto:":
        plain = plain[7:]
    # Blanks within a name may be an underscore of a link that was underlined, or two addresses.
    address = _APART.sub(r"\1", plain.replace("。", "."))
    return address if _is_address(address) else None


def _is_address(word: str) -> bool:
    return _ADDRESS.fullmatch(word) is not None and _BROKEN.search(word) is None
