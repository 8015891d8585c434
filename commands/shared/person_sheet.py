"""One person as people read it: a line a field, its lists as texts."""

from collections.abc import Iterable

from zhupei_cli.rules.people.fields import BASIC, CONTACT, ORDER, QUALIFICATION, TABLES, Field, FieldValues

from .formats import shown
from .output import Column


def _lines(fields: Iterable[Field]) -> list[Column]:
    keys = ((field, f"{field.key}_label" if field.key in TABLES else field.key) for field in fields)
    return [Column(key, field.screen or field.heading) for field, key in keys]


_EMPLOYED, *_LICENCE = sorted(QUALIFICATION, key=lambda field: field.key != "has_employer")
#: The lines of the sheet; ● stands where something required is missing.
PERSON_SHEET = (
    *_lines(BASIC),
    Column("photo", "照片"),
    *_lines(CONTACT),
    Column("educations", "教育经历"),
    *_lines([_EMPLOYED]),
    Column("works", "工作经历"),
    *_lines(_LICENCE),
    *_lines(ORDER),
    Column("account", "账号"),
    Column("applications", "报名"),
    Column("missing", "还缺 ●"),
)


_BY_ORDER = frozenset(field.key for field in ORDER)


def person_sheet(row: FieldValues) -> list[Column]:
    """Return the lines of somebody's sheet: of studying by order only where something is said of it."""
    said = any(row.get(key) for key in _BY_ORDER)
    return [column for column in PERSON_SHEET if said or column.key not in _BY_ORDER]


def person_lines(row: FieldValues) -> dict[str, object]:
    """Return the row with its lists as texts, and ● where something required is missing."""
    account, missing = row["account"], row["missing"]
    headings = {column.heading: column.key for column in PERSON_SHEET}
    marks = {headings[label]: "●" for label in missing if label in headings}
    if account is not None:
        locked = account["locked_until"]
        account = f"{account['username']}，{account['business_label']} 已开通，角色 {account['role_label']}"
        account += f"，锁定至 {shown(locked)}" if locked else ""
    lines = {
        "educations": "；".join(map(_education, row["educations"])) or "●",
        "works": "；".join(map(_work, row["works"])) or ("●" if row["has_employer"] else None),
        "applications": [f"{one['application_no']} {one['status_label']}" for one in row["applications"]],
        "photo": "有" if row["photo"] else None,
        "account": account,
        "missing": "、".join(missing) or "无",
    }
    return {**row, **lines, **marks}


def _education(entry: dict[str, object]) -> str:
    keys = ("level_label", "school", "major", "graduated_on", "degree_label", "degree_type_label")
    words = [shown(entry.get(key)) for key in keys]
    if entry.get("full_time") is not None:
        words.append("全日制" if entry["full_time"] else "非全日制")
    return " ".join(filter(None, words))


def _work(entry: dict[str, object]) -> str:
    words = [shown(entry.get(key)) for key in ("employer_name", "department", "position")]
    dates = f"{shown(entry.get('from_date'))} 至 {shown(entry.get('to_date')) or '今'}"
    return " ".join([*filter(None, words), dates.strip()])
