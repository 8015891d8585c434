"""The workbooks of the contract, one table of columns each."""

from dataclasses import replace
from typing import Final

from zhupei_cli import codes, vocabulary
from zhupei_cli.rules.masking import mask_address, mask_email, mask_id, mask_paper, mask_phone
from zhupei_cli.sheets import cells, parsers
from zhupei_cli.sheets.columns import Column, Kind

_LEVEL = parsers.table(codes.LEVEL)
_DEGREE = parsers.table(codes.DEGREE)
_DEGREE_TYPE = parsers.table(codes.DEGREE_TYPE)
_YES_NO = parsers.flag(vocabulary.YES_NO)
_FULL_TIME = parsers.flag(vocabulary.FULL_TIME)
_LIMIT = parsers.whole(0, 100_000)

_ID_REQUIRED = Column(
    "id_number",
    "证件号码",
    parsers.paper_number,
    required=True,
    aliases=("身份证号", "身份证号码", "证件号"),
    mask=mask_id,
)

#: 报名信息: one row a person. The columns from 个人身份 on are the application.
PERSON: Final = Kind(
    "person",
    "报名信息",
    (
        Column("name", "姓名", parsers.person_name, required=True),
        Column("id_type", "证件类型", parsers.table(codes.ID_TYPE)),
        _ID_REQUIRED,
        Column("gender", "性别", parsers.table(codes.GENDER)),
        Column("birth_date", "出生日期", parsers.day),
        Column("ethnicity", "民族", parsers.table(codes.ETHNICITY), required=True),
        Column("political_status", "政治面貌", parsers.table(codes.POLITICAL)),
        Column(
            "mobile",
            "手机号码",
            parsers.phone,
            required=True,
            aliases=("手机", "手机号", "联系电话"),
            mask=mask_phone,
        ),
        Column("email", "电子邮箱", parsers.email, aliases=("邮箱",), mask=mask_email),
        Column("address", "通讯地址", cells.text, required=True, mask=mask_address),
        Column("emergency_name", "紧急联系人", parsers.person_name, required=True),
        Column("emergency_phone", "紧急联系电话", parsers.phone, required=True, mask=mask_phone),
        Column("bachelor_school", "本科院校", cells.text),
        Column("bachelor_major", "本科专业", cells.text),
        Column("bachelor_graduated_on", "本科毕业时间", parsers.day),
        Column("level", "最高学历", _LEVEL, required=True),
        Column("degree", "最高学位", _DEGREE),
        Column("degree_type", "学位类型", _DEGREE_TYPE),
        Column("school", "毕业院校", cells.text, required=True),
        Column("major", "毕业专业", cells.text, required=True),
        Column("graduated_on", "毕业时间", parsers.day, required=True),
        Column("full_time", "是否全日制", _FULL_TIME, required=True),
        Column("is_fresh", "应届往届", parsers.flag(vocabulary.FRESH), required=True),
        Column("licence_passed", "是否通过医师资格考试", parsers.flag(vocabulary.PASSED)),
        Column("licence_no", "医师资格证书编号", parsers.paper_number, mask=mask_paper),
        Column("has_employer", "是否有工作单位", _YES_NO, required=True),
        Column("employer_name", "工作单位", cells.text, aliases=("单位名称",)),
        Column("employer_uscc", "统一社会信用代码", parsers.paper_number),
        Column("identity", "个人身份", parsers.identity, required=True, aliases=("人员类型",)),
        Column("source_type", "生源类型", cells.text, required=True),
        Column("train_years", "培训年限", parsers.whole(1, 3), required=True),
        Column("specialty", "报名专业", cells.text, required=True),
        Column("choice1_base", "第一志愿基地", cells.text, required=True),
        Column("choice2_base", "第二志愿基地", cells.text),
        Column("choice2_specialty", "第二志愿专业", cells.text),
        Column("accept_adjust", "是否服从调剂", parsers.flag(vocabulary.CONSENT), required=True),
    ),
    partial=True,
)
#: The columns of PERSON that are the application.
APPLICATION_KEYS: Final = frozenset(
    column.key for column in PERSON.columns[[column.key for column in PERSON.columns].index("identity") :]
)

EDUCATION: Final = Kind(
    "education",
    "教育经历",
    (
        _ID_REQUIRED,
        Column("level", "学历", _LEVEL, required=True),
        Column("school", "院校", cells.text, required=True),
        Column("major", "专业", cells.text, required=True),
        Column("graduated_on", "毕业时间", parsers.day, required=True),
        Column("full_time", "是否全日制", _FULL_TIME, required=True),
        Column("degree", "学位", _DEGREE),
        Column("degree_type", "学位类型", _DEGREE_TYPE),
    ),
)

WORK: Final = Kind(
    "work",
    "工作经历",
    (
        _ID_REQUIRED,
        Column("employer_name", "单位名称", cells.text, required=True, aliases=("工作单位",)),
        Column("employer_uscc", "统一社会信用代码", parsers.paper_number),
        Column("department", "科室", cells.text),
        Column("position", "职务", cells.text),
        Column("from_date", "起始", parsers.day, aliases=("起始时间", "起始日期")),
        Column("to_date", "终止", parsers.until, aliases=("终止时间", "终止日期")),
    ),
)

BASE: Final = Kind(
    "base",
    "基地",
    (
        Column("code", "基地编号", cells.code, required=True),
        Column("name", "基地名称", cells.text, required=True),
        Column("aliases", "别名", cells.text),
        Column("level", "级别", cells.text),
        Column("city", "所在地市", cells.text, required=True),
        Column("uscc", "统一社会信用代码", parsers.paper_number),
        Column("contact_name", "联系人", parsers.person_name),
        Column("contact_phone", "联系电话", parsers.phone, mask=mask_phone),
    ),
)

SPECIALTY: Final = Kind(
    "specialty",
    "专业",
    (
        Column("code", "专业代码", cells.code, required=True),
        Column("name", "专业名称", cells.text, required=True),
        Column("category", "类别", cells.text, required=True),
        Column("is_shortage", "紧缺", parsers.flag(vocabulary.SHORTAGE)),
        Column("aliases", "别名", cells.text),
    ),
)

#: 招收计划, long: one row a place.
PLAN: Final = Kind(
    "plan",
    "招收计划",
    (
        Column("base", "基地编号", cells.text, required=True, aliases=("基地",)),
        Column("base_name", "基地名称", cells.text, ignored=True),
        Column("specialty", "专业代码", cells.text, required=True, aliases=("专业", "专业名称")),
        Column("quota", "计划人数", parsers.whole(0, 100_000), required=True, aliases=("计划", "招收人数")),
        Column("min_score", "最低分", parsers.mark),
        Column("max_own", "本单位上限", _LIMIT),
        Column("max_entrusted", "委托培养上限", _LIMIT),
        Column("max_social", "社会招收上限", _LIMIT),
        Column("stopped", "状态", parsers.stopped),
    ),
)

#: 招收计划, wide: one row a base, one column a specialty, the seats in the cells.
PLAN_WIDE: Final = Kind(
    "plan_wide",
    "招收计划",
    (
        Column("base", "基地编号", cells.text, required=True, aliases=("基地",)),
        Column("base_name", "基地名称", cells.text, ignored=True),
    ),
    rest=parsers.whole(0, 100_000),
)

SCORE: Final = Kind(
    "score",
    "成绩",
    (
        Column("application_no", "报名号", cells.code),
        replace(_ID_REQUIRED, required=False),
        Column("name", "姓名", parsers.person_name),
        Column("written", "笔试", parsers.mark_or_absent, aliases=("笔试成绩",)),
        Column("skill", "技能", parsers.mark_or_absent, aliases=("技能成绩",)),
        Column("interview", "面试", parsers.mark_or_absent, aliases=("面试成绩",)),
        Column("base", "基地编号", cells.text, aliases=("基地",)),
    ),
    one_of=("application_no", "id_number"),
)

REVIEW: Final = Kind(
    "review",
    "审核意见",
    (
        Column("application_no", "报名号", cells.code, required=True),
        Column("name", "姓名", parsers.person_name),
        Column("decision", "审核结果", parsers.table(vocabulary.REVIEW), required=True),
        Column("reason", "原因", cells.text),
    ),
    reads_past=True,
)

#: 报到: who came.
CHECK_IN: Final = Kind(
    "check_in",
    "报到",
    (
        Column("application_no", "报名号", cells.code),
        replace(_ID_REQUIRED, required=False),
        Column("name", "姓名", parsers.person_name),
        Column("checked_in", "是否报到", parsers.flag(vocabulary.CHECKED_IN), required=True),
        Column("note", "备注", cells.text),
    ),
    one_of=("application_no", "id_number"),
)

#: 单位: the directory of employers.
EMPLOYER: Final = Kind(
    "employer",
    "单位",
    (
        Column("name", "单位名称", cells.text, required=True),
        Column("uscc", "统一社会信用代码", parsers.paper_number),
        Column("level", "级别", cells.text),
        Column("city", "所在地市", cells.text),
        Column("is_medical", "医疗机构", parsers.flag(vocabulary.YES_NO)),
    ),
)

#: The names of sheets that hold one of the kinds.
TITLES: Final = frozenset(
    kind.title for kind in (PERSON, EDUCATION, WORK, BASE, SPECIALTY, PLAN, SCORE, REVIEW, CHECK_IN, EMPLOYER)
)
