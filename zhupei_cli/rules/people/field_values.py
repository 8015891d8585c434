"""What the fields of a person and of a form show: how each is masked, what its codes are called.

Screens, JSON, lists and paper all ask here, by the field's key.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from zhupei_cli.rules.people.masking import (
    mask_address,
    mask_birth_date,
    mask_email,
    mask_id,
    mask_paper,
    mask_phone,
)
from zhupei_cli.words import codes
from zhupei_cli.words import vocabulary as words

MASKS: Final[Mapping[str, Callable[[Any], str]]] = {
    "id_number": mask_id,
    "birth_date": mask_birth_date,
    "mobile": mask_phone,
    "email": mask_email,
    "address": mask_address,
    "emergency_phone": mask_phone,
    "diploma_no": mask_paper,
    "degree_no": mask_paper,
    "licence_no": mask_paper,
    "contact_phone": mask_phone,
}
TABLES: Final[Mapping[str, words.CodeTable]] = {
    "id_type": codes.ID_TYPE,
    "gender": codes.GENDER,
    "ethnicity": codes.ETHNICITY,
    "political_status": codes.POLITICAL,
    "marital_status": codes.MARITAL,
    "origin_province": codes.PROVINCE,
    "level": codes.LEVEL,
    "degree": codes.DEGREE,
    "degree_type": codes.DEGREE_TYPE,
    "identity": words.IDENTITY,
    "via": words.VIA,
}
FLAGS: Final[Mapping[str, words.CodeTable]] = {
    "full_time": words.FULL_TIME,
    "is_fresh": words.FRESH,
    "licence_passed": words.PASSED,
    "has_employer": words.YES_NO,
    "accept_adjust": words.CONSENT,
}


def shown(values: Mapping[str, Any], *, reveal: bool = False) -> dict[str, Any]:
    """Return the values with a label beside each code, masked unless `reveal`."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found[name] = MASKS[name](value) if name in MASKS and value and not reveal else value
        if name in TABLES:
            found[f"{name}_label"] = None if value is None else TABLES[name].label(value)
    return found


def text_of(name: str, value: Any) -> str:
    """Return a value as it stands on paper and in workbooks, "" for None: words, never a code."""
    if value is None or value == "":
        return ""
    if name in TABLES:
        return TABLES[name].label(value)
    if isinstance(value, bool):
        return words.flag_label(FLAGS.get(name, words.YES_NO), value)
    return value.isoformat() if isinstance(value, date) else str(value)
