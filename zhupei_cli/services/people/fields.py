"""The fields of a profile as people type them one by one, read as the workbook's columns are."""

from collections.abc import Iterable, Mapping
from typing import Final

from zhupei_cli.rules.people import fields as rules
from zhupei_cli.rules.people.fields import FIELDS
from zhupei_cli.services.people.profiles import Entry
from zhupei_cli.sheets.kinds.cells import CLEAR, Unreadable, clean
from zhupei_cli.sheets.kinds.columns import Column
from zhupei_cli.sheets.kinds.shared_columns import column_of, own_column
from zhupei_cli.words.errors import Fault, ZhupeiError

#: What somebody says who registers (指南 二.1); sex and birth date where the paper does not tell them.
REGISTER: Final = tuple(
    column_of(FIELDS[key]) for key in ("name", "id_type", "id_number", "gender", "birth_date", "mobile")
)
#: 基本信息、联系信息 and qualification (指南 二.2); who somebody is, is told at the registration.
EDITED_PERSON: Final = tuple(
    column_of(field) for field in rules.PERSON_FIELDS if field.key not in ("id_type", "id_number")
)
EDITED_EDUCATION: Final = tuple(map(own_column, rules.EDUCATION_FIELDS))
EDITED_WORK: Final = tuple(map(own_column, rules.WORKING))

#: Every heading by key, for messages.
FIELD_LABELS: Final = {
    column.key: column.heading for column in (*REGISTER, *EDITED_PERSON, *EDITED_EDUCATION, *EDITED_WORK)
}


def read_field(column: Column, word: str) -> tuple[object, Fault | None]:
    """Return the value `word` has in `column`, and what is odd about it; 清空 is CLEAR. Raises Unreadable."""
    text = clean(word)
    if text == CLEAR.value:
        return CLEAR, None
    value, doubt = column.value_of(text)
    return value, doubt and Fault(doubt.code, column.key, doubt.severity, doubt.values)


def read_fields(given: Mapping[str, str], columns: Iterable[Column]) -> tuple[Entry, list[Fault]]:
    """Return the values of the given words by key, and what is wrong or odd about them.

    Blank words are left out, as blank cells are.
    """
    values: Entry = {}
    faults: list[Fault] = []
    for column in columns:
        word = given.get(column.key)
        if word is None or not clean(word):
            continue
        try:
            values[column.key], remark = read_field(column, word)
        except Unreadable as error:
            remark = Fault(error.code, column.key, values=error.values)
        faults += [remark] if remark else []
    return values, faults


def not_given(values: Mapping[str, object], columns: Iterable[Column], faults: list[Fault]) -> list[Fault]:
    """Return a fault for each required field that is blank or 清空, unless it has a fault already."""
    said = {fault.field for fault in faults}
    return [
        Fault("E023", column.key, values={"heading": column.heading})
        for column in columns
        if column.required and values.get(column.key) in (None, CLEAR) and column.key not in said
    ]


def refuse(faults: Iterable[Fault], labels: Mapping[str, str] = FIELD_LABELS) -> tuple[Fault, ...]:
    """Raise E180 with everything that is wrong; return what is merely odd."""
    faults = list(faults)
    found = [
        f"{labels.get(fault.field, '')}（{fault.message}）" for fault in faults if fault.severity == "error"
    ]
    if found:
        raise ZhupeiError("E180", count=len(found), problems="；".join(found))
    return tuple(faults)
