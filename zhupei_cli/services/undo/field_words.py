"""Values of fields as people read them, masked where they are personal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from zhupei_cli.rules.admission.scores import COMPONENTS, shown_mark
from zhupei_cli.rules.people.fields import EDUCATION_FIELDS, FORM_LABELS, MASKS, TABLES
from zhupei_cli.services.kinds.register import KINDS, PARTS
from zhupei_cli.services.people import fields
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.words.vocabulary import CodeTable

_CODED: Final[Mapping[str, CodeTable]] = {
    **TABLES,
    **{f"education.{field.key}": TABLES[field.key] for field in EDUCATION_FIELDS if field.key in TABLES},
    **{field: table for part in PARTS.values() for field, table in part.coded.items()},
}
_MARKS: Final = frozenset((*(f"score.{name}" for name in COMPONENTS), "plan.min_score"))
_BASES: Final = frozenset(("choice1_base", "choice2_base"))
_SPECIALTIES: Final = frozenset(("specialty", "choice2_specialty"))
_COLUMNS: Final = {
    **{
        f"{sheet.key}.{column.key}": column
        for kind in KINDS.values()
        for sheet in kind.sheets
        for column in sheet.columns
    },
    **{column.key: column for column in (*fields.REGISTER, *fields.EDITED_PERSON)},
    **{f"education.{column.key}": column for column in fields.EDITED_EDUCATION},
    **{f"work.{column.key}": column for column in fields.EDITED_WORK},
}
#: What names an entry that is new.
_ENTRIES: Final[Mapping[str, Sequence[str]]] = {
    "education": ("level", "school", "major", "graduated_on", "degree"),
    "work": ("employer_name", "department", "position", "from_date", "to_date"),
}
_PARTS: Final = {"education": "教育经历 ", "work": "工作经历 "}
_OTHERS: Final = {
    **FORM_LABELS,
    **{field: heading for part in PARTS.values() for field, heading in part.headings.items()},
    "education": "教育经历",
    "work": "工作经历",
}


def field_label(field: str) -> str:
    """Return the heading people know a field by."""
    if field in _OTHERS:
        return _OTHERS[field]
    part = _PARTS.get(field.partition(".")[0], "")
    return part + (_COLUMNS[field].heading if field in _COLUMNS else field)


class FieldWords:
    """The words for values; bases and specialties by their names."""

    def __init__(self, session: Session) -> None:
        """Read the names once."""
        self._bases, self._specialties = base_names(session).labels, specialty_names(session).labels

    def text(self, field: str, value: Any) -> str:
        """Return `value` of `field` for people; an empty text for none."""
        if value is None or value == "":
            return ""
        if field in _ENTRIES:
            said = (self.text(f"{field}.{name}", value.get(name)) for name in _ENTRIES[field])
            return " ".join(word for word in said if word)
        if field in _BASES:
            return self._bases.get(str(value), str(value))
        if field in _SPECIALTIES:
            return self._specialties.get(str(value), str(value))
        if field in _CODED:
            return _CODED[field].labels.get(value, str(value))
        return _plain(field, value)


def _plain(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if field in _MARKS:
        return str(shown_mark(value))
    name = field.rpartition(".")[2]
    if name in MASKS:
        return MASKS[name](value)
    return value.isoformat() if isinstance(value, date) else str(value)
