"""Columns that several kinds of workbook share, and what their headings say to people."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypedDict, Unpack

from zhupei_cli.rules.people.contacts import mobile_doubt
from zhupei_cli.rules.people.fields import FIELDS, Field, Sort
from zhupei_cli.rules.people.people_names import contact_doubt, doubt_of, word_doubt
from zhupei_cli.sheets.kinds import cells, parsers
from zhupei_cli.sheets.kinds.cells import Parser
from zhupei_cli.sheets.kinds.columns import Column, Offer
from zhupei_cli.words.vocabulary import TRAIN_YEARS, CodeTable

NAMED: Final = "编号或准确的名称。"
SEATS: Final = (0, 100_000)


class About(TypedDict, total=False):
    """What a column may say of itself, beside how it is read."""

    required: bool
    may_wait: bool
    aliases: tuple[str, ...]
    ignored: bool
    mask: Callable[[str], str] | None
    note: str


def listed(key: str, heading: str, words: CodeTable, **more: Unpack[About]) -> Column:
    """Return the column of a closed list."""
    return Column(key, heading, parsers.table(words), offers=tuple(words.words()), closed=True, **more)


def yes_or_no(key: str, heading: str, words: CodeTable, **more: Unpack[About]) -> Column:
    """Return the column of a question with two answers."""
    return Column(key, heading, parsers.flag_of(words), offers=tuple(words.words()), closed=True, **more)


def limit(key: str, heading: str) -> Column:
    """Return the column of a limit on how many of one identity get in."""
    return Column(key, heading, parsers.whole(*SEATS), between=SEATS, note="人数；空白表示不限。")


def reserve(key: str, heading: str) -> Column:
    """Return the column of the seats one identity comes first for."""
    note = "人数，各身份合计不超过计划人数；空白表示不保留。"
    return Column(key, heading, parsers.whole(*SEATS), between=SEATS, note=note)


def exam_mark(key: str, heading: str) -> Column:
    """Return the column of one part of the exam."""
    note = "0 至 100，最多两位小数；缺考写“缺考”；还没有成绩的留空。"
    return Column(
        key,
        heading,
        parsers.mark_or_absent,
        aliases=(f"{heading}成绩",),
        offers=("缺考",),
        marks=True,
        note=note,
    )


def column_of(field: Field) -> Column:
    """Return the column that a field of a person or form has in 报名信息."""
    return _column(
        field, heading=field.heading, required=field.required, aliases=field.aliases, note=field.note
    )


def own_column(field: Field) -> Column:
    """Return the column of a field in the sheet, or the questions, of its own part."""
    # Where it is called otherwise there, its other name is known too.
    aliases = (field.heading,) if field.own and field.aliases else field.aliases
    note = field.note if field.own_note is None else field.own_note
    return _column(
        field, heading=field.own or field.heading, required=field.needed, aliases=aliases, note=note
    )


def _column(field: Field, heading: str, **about: Unpack[About]) -> Column:
    about["mask"] = field.mask
    match field.sort:
        case Sort.LISTED:
            return listed(field.key, heading, _words(field), **about)
        case Sort.YES_NO:
            return yes_or_no(field.key, heading, _words(field), **about)
        case Sort.IDENTITY:
            column = listed(field.key, heading, _words(field), **about)
            return replace(column, read=parsers.identity, offers=Offer.IDENTITIES)
        case Sort.NAME:
            doubt = doubt_of if field.key == "name" else contact_doubt
            return Column(field.key, heading, parsers.person_name, doubt=doubt, **about)
        case Sort.BIRTH | Sort.DAY if field.span is not None:
            return Column(field.key, heading, parsers.day_within(field.span), **about)
        case Sort.YEARS:
            years = tuple(map(str, TRAIN_YEARS))
            read = parsers.whole(TRAIN_YEARS[0], TRAIN_YEARS[-1])
            return Column(field.key, heading, read, offers=years, closed=True, **about)
        case _:
            odd = word_doubt if field.key in _WORDS else _DOUBTS.get(field.key)
            offers = _OFFERS.get(field.sort, ())
            return Column(field.key, heading, _READ[field.sort], doubt=odd, offers=offers, **about)


#: Texts that stand on papers as they were typed.
_WORDS: Final = ("school", "major", "address")
_DOUBTS: Final = {"mobile": mobile_doubt}


def _words(field: Field) -> CodeTable:
    assert field.words is not None
    return field.words


_READ: Final[Mapping[Sort, Parser]] = {
    Sort.TEXT: cells.text,
    Sort.ADDRESS: cells.text,
    Sort.SOURCE: cells.text,
    Sort.BASE: cells.text,
    Sort.SPECIALTY: cells.text,
    Sort.ID_NUMBER: parsers.paper_number,
    Sort.PAPER: parsers.paper_number,
    Sort.CODE: parsers.paper_number,
    Sort.PHONE: parsers.phone,
    Sort.EMAIL: parsers.email,
    Sort.UNTIL: parsers.until,
}
_OFFERS: Final[Mapping[Sort, Offer]] = {
    Sort.SOURCE: Offer.SOURCE_TYPES,
    Sort.BASE: Offer.BASES,
    Sort.SPECIALTY: Offer.SPECIALTIES,
}
ID_NUMBER: Final = column_of(FIELDS["id_number"])
