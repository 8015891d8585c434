"""What the fields of a person and of a form show: how each is masked, what its codes are called.

Screens, JSON, lists and paper all ask here, by the field's key.
"""

from datetime import date
from typing import Any

from zhupei_cli.rules.people.fields import FLAGS, MASKS, ORDER, TABLES, FieldValues
from zhupei_cli.words import vocabulary as words


def shown_fields(values: FieldValues, *, reveal: bool = False) -> dict[str, object]:
    """Return the values with a label beside each code, masked unless `reveal`."""
    found: dict[str, object] = {}
    for name, value in values.items():
        found[name] = MASKS[name](value) if name in MASKS and value and not reveal else value
        if name in TABLES:
            found[f"{name}_label"] = None if value is None else TABLES[name].label(value)
    return found


def order_texts(person: FieldValues) -> list[tuple[str, str]]:
    """Return heading and text of what is said of studying by order (订单定向); nothing where nothing is.

    A `…_label` beside a field stands for it.
    """
    values = ((field, person.get(f"{field.key}_label") or person.get(field.key)) for field in ORDER)
    said = [(field.heading, text_of(field.key, value)) for field, value in values]
    return [(heading, text) for heading, text in said if text]


def text_of(name: str, value: Any) -> str:
    """Return a value as it stands on paper and in workbooks, "" for None: words, never a code."""
    if value is None or value == "":
        return ""
    if name in TABLES:
        return TABLES[name].label(value)
    if isinstance(value, bool):
        return words.flag_label(FLAGS.get(name, words.YES_NO), value)
    return value.isoformat() if isinstance(value, date) else str(value)
