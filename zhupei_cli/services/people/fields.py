"""The fields of a profile as people type them one by one: the workbook's columns, and a few it lacks."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from zhupei_cli.rules.people.masking import mask_paper
from zhupei_cli.sheets.kinds import parsers, workbook_kinds
from zhupei_cli.sheets.kinds.cells import CLEAR, Unreadable, clean
from zhupei_cli.sheets.kinds.columns import Column, Kind
from zhupei_cli.words import codes
from zhupei_cli.words.errors import Fault, ZhupeiError


def _of(kind: Kind, *keys: str) -> tuple[Column, ...]:
    by_key = {column.key: column for column in kind.columns}
    return tuple(by_key[key] for key in keys)


def _without_person(kind: Kind) -> tuple[Column, ...]:
    return tuple(column for column in kind.columns if column.key != "id_number")


#: What somebody says who registers (指南 二.1); sex and birth date where the paper does not tell them.
REGISTER: Final = (
    *_of(workbook_kinds.PERSON, "name", "id_type", "id_number", "gender", "birth_date"),
    replace(*_of(workbook_kinds.PERSON, "mobile"), required=True),
)
#: 基本信息、联系信息 and qualification (指南 二.2).
PERSON: Final = (
    *_of(workbook_kinds.PERSON, "name", "gender", "birth_date", "ethnicity", "political_status"),
    Column("marital_status", "婚姻状况", parsers.table(codes.MARITAL)),
    Column("origin_province", "生源省份", parsers.table(codes.PROVINCE)),
    *_of(workbook_kinds.PERSON, "mobile", "email", "address", "emergency_name", "emergency_phone"),
    *_of(workbook_kinds.PERSON, "licence_passed", "licence_no", "has_employer"),
)
EDUCATION: Final = (
    *_without_person(workbook_kinds.EDUCATION),
    replace(*_of(workbook_kinds.PERSON, "is_fresh"), required=False),
    Column("diploma_no", "毕业证书编号", parsers.paper_number, mask=mask_paper),
    Column("degree_no", "学位证书编号", parsers.paper_number, mask=mask_paper),
)
WORK: Final = _without_person(workbook_kinds.WORK)

#: Every heading by key, for messages.
LABELS: Final = {column.key: column.heading for column in (*REGISTER, *PERSON, *EDUCATION, *WORK)}


def read_field(column: Column, word: str) -> tuple[Any, Fault | None]:
    """Return the value `word` has in `column`, and what is odd about it; 清空 is CLEAR. Raises Unreadable."""
    text = clean(word)
    if text == CLEAR.value:
        return CLEAR, None
    value, doubt = column.value_of(text)
    return value, doubt and Fault(doubt.code, column.key, doubt.severity, doubt.values)


def read_fields(given: Mapping[str, str], columns: Iterable[Column]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the values of the given words by key, and what is wrong or odd about them.

    Blank words are left out, as blank cells are.
    """
    values: dict[str, Any] = {}
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


def not_given(values: Mapping[str, Any], columns: Iterable[Column], faults: list[Fault]) -> list[Fault]:
    """Return a fault for each required field that is blank or 清空, unless it has a fault already."""
    said = {fault.field for fault in faults}
    return [
        Fault("E023", column.key, values={"heading": column.heading})
        for column in columns
        if column.required and values.get(column.key) in (None, CLEAR) and column.key not in said
    ]


def refuse(faults: Iterable[Fault], labels: Mapping[str, str] = LABELS) -> tuple[Fault, ...]:
    """Raise E180 with everything that is wrong; return what is merely odd."""
    faults = list(faults)
    found = [
        f"{labels.get(fault.field, '')}（{fault.message}）" for fault in faults if fault.severity == "error"
    ]
    if found:
        raise ZhupeiError("E180", count=len(found), problems="；".join(found))
    return tuple(faults)
