"""One application as people read it: a line a field, its lists as texts."""

from collections.abc import Mapping

from zhupei_cli.rules.people.field_values import order_texts
from zhupei_cli.services.applications.listing import ApplicationShown

from .output import Column

LIST = (
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("identity_label", "个人身份"),
    Column("specialty_label", "报名专业"),
    Column("choice1_base_label", "第一志愿"),
    Column("choice2_base_label", "第二志愿"),
    Column("accept_adjust", "服从调剂"),
    Column("status_label", "状态"),
)
_SHEET = (
    *LIST[:4],
    Column("source_type", "生源类型"),
    Column("train_years", "培训年限"),
    *LIST[4:7],
    Column("choice2_specialty_label", "第二志愿专业"),
    *LIST[7:],
    Column("submitted_at", "提交时间"),
    Column("person_lines", "个人信息"),
    Column("education_lines", "教育经历"),
    Column("work_lines", "工作经历"),
    Column("order_lines", "订单定向"),
    Column("review_lines", "审核记录"),
    Column("years", "历年记录"),
)
#: What stands on the sheet only where there is something of it.
_OF_FEW = frozenset(("order_lines", "years"))


def application_sheet(lines: Mapping[str, object]) -> list[Column]:
    """Return the lines of an application's sheet, of what concerns few only where it is said."""
    return [column for column in _SHEET if column.key not in _OF_FEW or lines.get(column.key)]


def application_lines(row: ApplicationShown) -> dict[str, object]:
    """Return the row with its lists as texts, for a sheet people read."""
    person = row["profile"]
    educations = [
        f"{one['level_label']} {one['school']} {one.get('major') or ''} {one.get('graduated_on') or ''}"
        for one in row["educations"]
    ]
    reviews = [f"{one['decision_label']} {one['reason'] or ''}".strip() for one in row["reviews"]]
    contact = [person.get(key) or "" for key in ("mobile", "email", "address")]
    works = [one["employer_name"] for one in row["works"]]
    lines = {"person_lines": contact, "education_lines": educations, "work_lines": works}
    lines["order_lines"] = [f"{heading}：{text}" for heading, text in order_texts(person)]
    return {**row, **lines, "review_lines": reviews}
