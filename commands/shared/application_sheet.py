"""One application as people read it: a line a field, its lists as texts."""

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
APPLICATION_SHEET = (
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
    Column("review_lines", "审核记录"),
)


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
    return {**row, **lines, "review_lines": reviews}
