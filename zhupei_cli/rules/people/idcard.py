"""Numbers of identity papers: mended, checked, and what they say about their holder.

GB 11643: six digits of a place, the birth date, three digits of order (odd: male), a check character
(mod 11-2). Whether the county exists, or did in the year of birth, is not asked: lists of counties are never
complete, and the checksum already finds the slips of typing.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.rules.people.written_numbers import AROUND
from zhupei_cli.words.codes import ID_TYPE, PROVINCE
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import HYPHENS, IdType

#: Papers whose number is checked to the last digit, and says sex and birth date.
WITH_FACTS: Final = frozenset({IdType.ID_CARD, IdType.RESIDENCE_PERMIT})

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_RESIDENCE = frozenset({"81", "82", "83"})
_PROVINCES = frozenset(PROVINCE.labels) - _RESIDENCE

_FORMS = {
    IdType.HK_MACAO_PASS: (re.compile(r"[HM]\d{8}(\d{2})?"), "H 或 M 加 8 位或 10 位数字"),
    IdType.TAIWAN_PASS: (re.compile(r"\d{8}|\d{10}[A-Z]?"), "8 位数字，或 10 位数字（可再加一个字母）"),
    IdType.PERMANENT_RESIDENCE: (re.compile(r"[A-Z]{3}\d{12}|9\d{16}[\dX]"), "15 位，或以 9 开头的 18 位"),
    IdType.PASSPORT: (re.compile(r"[A-Z0-9]{5,20}"), "5 至 20 位字母和数字"),
}


class NotACard(ValueError):
    """The number is no valid GB 11643 number, so it says nothing about anybody."""


class Facts(NamedTuple):
    """What a number says: the GB/T 2261.1 code of the sex, and the birth date."""

    gender: str
    birth_date: date


class Paper(NamedTuple):
    """A number mended (half-width, no spaces, capitals), what it says, and what is wrong with it."""

    number: str
    facts: Facts | None
    faults: list[Fault]


def read(id_type: str, number: str, today: date) -> Paper:
    """Return the paper; one with a fault says nothing."""
    mended = mend(number)
    if id_type in WITH_FACTS:
        code, form = _slip(id_type, mended, today), ""
        if code is None:
            return Paper(mended, _facts(mended), [])
    else:
        pattern, form = _FORMS[IdType(id_type)]
        # Taken as a passport's, it would make a second person of somebody, who could apply twice.
        card = _card_of(mended, today) if id_type == IdType.PASSPORT else None
        if card is None and pattern.fullmatch(mended):
            return Paper(mended, None, [])
        code = "E110" if card is None else "E138"
        form = form if card is None else ID_TYPE.label(card)
    values = {
        "id_type": ID_TYPE.label(id_type),
        "number": mask_id(mended),
        "length": len(mended),
        "form": form,
        "characters": _foreign(mended),
    }
    return Paper(mended, None, [Fault(code, "id_number", values=values)])


def check_number(id_type: str, number: str, today: date) -> tuple[str, list[Fault]]:
    """Return the number mended, and what is wrong with it."""
    paper = read(id_type, number, today)
    return paper.number, paper.faults


def facts(id_type: str, number: str) -> Facts | None:
    """Return what a mended number says, None for papers that say nothing; NotACard when it is not valid."""
    if id_type not in WITH_FACTS:
        return None
    if not _is_formed(number) or not _adds_up(number):
        raise NotACard
    found = _facts(number)
    if found is None:
        raise NotACard
    return found


def _facts(number: str) -> Facts | None:
    born = _day(number[6:14])
    return None if born is None else Facts("1" if number[16] in "13579" else "2", born)


def check_character(first17: str) -> str:
    """Return the check character that belongs to the first 17 digits."""
    return _CHECK[(_weigh(first17[:6], 0) + _weigh(first17[6:14], 6) + _weigh(first17[14:], 14)) % 11]


# Letters of other alphabets and signs that look like ours: typed without changing the keyboard.
_LOOKALIKES: Final = str.maketrans("АВЕКМНОРСТХЅІЈΑΒΕΖΗΙΚΜΝΟΡΤΧ×✕╳", "ABEKMHOPCTXSIJABEZHIKMNOPTXXXX")
_CARD: Final = 18
#: What people put between the parts of a card's number, which is digits alone.
_APART: Final = re.compile(f"[{''.join(map(chr, HYPHENS))}._/·,-]")
_FOREIGN: Final = re.compile("[^0-9A-Z]")
_MENDED: Final = re.compile("[0-9A-Z]{1,18}")


def mend(number: str) -> str:
    """Return a number in half-width capitals, without spaces, lookalikes or quotes around it.

    Separators go where a card's number is left: 410101-19900101-0010.
    """
    if _MENDED.fullmatch(number):  # as nearly all are
        return number
    if not number.isascii():
        number = unicodedata.normalize("NFKC", number)
    number = "".join(number.split()).strip(AROUND).upper()
    number = number if number.isascii() else number.translate(_LOOKALIKES)
    if len(number) > _CARD and _is_formed(bare := _APART.sub("", number)):
        return bare
    return number


def _slip(id_type: str, number: str, today: date) -> str | None:
    """Return the code of the first thing wrong, from the coarsest to the finest."""
    if not _is_formed(number):
        return _malformed(number)
    misplaced = _misplaced(id_type, number)
    if misplaced is not None:
        return misplaced
    born = _day(number[6:14])
    if born is None:
        return "E114"
    if born > today:
        return "E115"
    return None if _adds_up(number) else "E116"


def _card_of(number: str, today: date) -> IdType | None:
    """Return the kind of card that has this number, None when no card has."""
    return next(
        (card for card in (IdType.ID_CARD, IdType.RESIDENCE_PERMIT) if _slip(card, number, today) is None),
        None,
    )


def _foreign(number: str) -> str:
    """Return what no card's number has, each once, as a message names it: the number itself is masked."""
    found = _FOREIGN.findall(number) or re.findall("[A-WYZ]|X(?!$)", number)
    return "".join(f"“{character}”" for character in dict.fromkeys(found))


def _is_formed(number: str) -> bool:
    return len(number) == 18 and number.isascii() and number[:17].isdigit() and number[17] in "0123456789X"


def _malformed(number: str) -> str:
    if len(number) == 15 and number.isascii() and number.isdigit():
        return "E112"
    return "E117" if len(number) == _CARD or _FOREIGN.search(number) else "E111"


def _misplaced(id_type: str, number: str) -> str | None:
    residence = number[:2] in _RESIDENCE
    if id_type == IdType.RESIDENCE_PERMIT:
        return None if residence else "E119"
    if residence:
        return "E118"
    return None if number[:2] in _PROVINCES else "E113"


def _adds_up(number: str) -> bool:
    return check_character(number[:17]) == number[17]


# Few places, days and order numbers make up many cards: remembering the parts is what makes bulk checks fast.
@lru_cache(maxsize=65_536)
def _weigh(digits: str, first: int) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS[first:], strict=False))


@lru_cache(maxsize=65_536)
def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
