"""One person as people read it: a line a field, its lists as texts."""

from typing import Any

from .formats import shown
from .output import Column

#: The lines of the sheet; ● stands where something required is missing.
PERSON_SHEET = (
    Column("name", "姓名"),
    Column("id_type_label", "证件类型"),
    Column("id_number", "证件号码"),
    Column("gender_label", "性别"),
    Column("birth_date", "出生日期"),
    Column("ethnicity_label", "民族"),
    Column("political_status_label", "政治面貌"),
    Column("marital_status_label", "婚姻状况"),
    Column("origin_province_label", "生源省份"),
    Column("photo", "照片"),
    Column("mobile", "手机号码"),
    Column("email", "电子邮箱"),
    Column("address", "通讯地址"),
    Column("emergency_name", "紧急联系人"),
    Column("emergency_phone", "紧急联系电话"),
    Column("educations", "教育经历"),
    Column("has_employer", "是否有工作单位"),
    Column("works", "工作经历"),
    Column("licence_passed", "通过医师资格考试"),
    Column("licence_no", "医师资格证书编号"),
    Column("account", "账号"),
    Column("applications", "报名"),
    Column("missing", "还缺 ●"),
)


def person_lines(row: dict[str, Any]) -> dict[str, Any]:
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


def _education(entry: dict[str, Any]) -> str:
    keys = ("level_label", "school", "major", "graduated_on", "degree_label", "degree_type_label")
    words = [shown(entry.get(key)) for key in keys]
    if entry.get("full_time") is not None:
        words.append("全日制" if entry["full_time"] else "非全日制")
    return " ".join(filter(None, words))


def _work(entry: dict[str, Any]) -> str:
    words = [shown(entry.get(key)) for key in ("employer_name", "department", "position")]
    dates = f"{shown(entry.get('from_date'))} 至 {shown(entry.get('to_date')) or '今'}"
    return " ".join([*filter(None, words), dates.strip()])
