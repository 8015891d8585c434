"""报名信息 with its further sheets: what is known of people, and their applications."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from zhupei_cli.rules.people import fields
from zhupei_cli.rules.people.dates import GRADUATION
from zhupei_cli.rules.people.fields import FIELDS, Field
from zhupei_cli.rules.people.people_names import word_doubt
from zhupei_cli.sheets.kinds import cells, parsers
from zhupei_cli.sheets.kinds.columns import Column, Kind
from zhupei_cli.sheets.kinds.shared_columns import ID_NUMBER, column_of, own_column

#: Fields that stand beside the highest education, before what else is asked of it.
_LEVEL: Final = ("level", "degree", "degree_type")
#: Keys of columns that narrow what a column offers.
_NARROWED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "specialty": ("choice1_base",),
    "choice1_base": ("specialty",),
    "choice2_base": ("choice2_specialty", "specialty"),
    "choice2_specialty": ("choice2_base",),
}


def _columns(*parts: tuple[Field, ...]) -> tuple[Column, ...]:
    return tuple(column_of(field) for part in parts for field in part if field.in_workbook)


def _highest() -> tuple[Column, ...]:
    rest = tuple(field for field in fields.EDUCATION_FIELDS if field.key not in _LEVEL)
    return _columns(tuple(FIELDS[key] for key in _LEVEL), rest)


def _current() -> tuple[Column, ...]:
    # Of the current employer its name and code; the rest of a work entry has a sheet of its own.
    return _columns(tuple(FIELDS[key] for key in ("employer_name", "employer_uscc")))


_PERSON: Final = (
    *_columns(fields.BASIC, fields.CONTACT),
    Column("bachelor_school", "本科院校", cells.text, doubt=word_doubt),
    Column("bachelor_major", "本科专业", cells.text, doubt=word_doubt),
    Column(
        "bachelor_graduated_on",
        "本科毕业时间",
        parsers.day_within(GRADUATION),
        note=fields.DAY_NOTE,
    ),
    *_highest(),
    *_columns(fields.QUALIFICATION),
    *_current(),
    *_columns(fields.ORDER),
    *(replace(column_of(field), narrowed_by=_NARROWED_BY.get(field.key, ())) for field in fields.FORM),
)
#: 报名信息: one row a person. The columns from 个人身份 on are the application.
PERSON: Final = Kind(
    "person",
    "报名信息",
    _PERSON,
    partial=True,
    # Of all others it is asked whether the profile and the form that come of it need them.
    erasable=tuple(column.key for column in _PERSON if column.key != "is_fresh"),
    command="zhupei trainee import",
)
#: The columns of PERSON that are the application.
APPLICATION_KEYS: Final = frozenset(field.key for field in fields.FORM)

EDUCATION: Final = Kind(
    "education",
    "教育经历",
    (
        ID_NUMBER,
        *(
            own_column(field)
            for field in fields.EDUCATION_FIELDS
            if field.in_workbook and field.key != "is_fresh"
        ),
    ),
    command="zhupei trainee import",
)

WORK: Final = Kind(
    "work",
    "工作经历",
    (ID_NUMBER, *(own_column(field) for field in fields.WORKING)),
    command="zhupei trainee import",
)
