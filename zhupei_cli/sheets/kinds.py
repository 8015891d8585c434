"""The workbooks of the contract, one table of columns each."""

from typing import Final

from zhupei_cli import codes, vocabulary
from zhupei_cli.sheets import cells
from zhupei_cli.sheets.columns import Column, Kind

_LEVEL = cells.table(codes.LEVEL)
_DEGREE = cells.table(codes.DEGREE)
_DEGREE_TYPE = cells.table(codes.DEGREE_TYPE)
_YES_NO = cells.flag(vocabulary.YES_NO)
_FULL_TIME = cells.flag(vocabulary.FULL_TIME)
_LIMIT = cells.whole(0, 100_000)

_ID_NUMBER = ("身份证号", "身份证号码", "证件号")

#: 报名信息: one row a person. The columns from 个人身份 on are the application.
PERSON: Final = Kind(
    "person",
    "报名信息",
    (
        Column("name", "姓名", cells.text, required=True),
        Column("id_type", "证件类型", cells.table(codes.ID_TYPE)),
        Column("id_number", "证件号码", cells.paper_number, required=True, aliases=_ID_NUMBER),
        Column("gender", "性别", cells.table(codes.GENDER)),
        Column("birth_date", "出生日期", cells.day),
        Column("ethnicity", "民族", cells.table(codes.ETHNICITY), required=True),
        Column("political_status", "政治面貌", cells.table(codes.POLITICAL)),
        Column("mobile", "手机号码", cells.phone, required=True, aliases=("手机", "手机号", "联系电话")),
        Column("email", "电子邮箱", cells.email, aliases=("邮箱",)),
        Column("address", "通讯地址", cells.text, required=True),
        Column("emergency_name", "紧急联系人", cells.text, required=True),
        Column("emergency_phone", "紧急联系电话", cells.phone, required=True),
        Column("bachelor_school", "本科院校", cells.text),
        Column("bachelor_major", "本科专业", cells.text),
        Column("bachelor_graduated_on", "本科毕业时间", cells.day),
        Column("level", "最高学历", _LEVEL, required=True),
        Column("degree", "最高学位", _DEGREE),
        Column("degree_type", "学位类型", _DEGREE_TYPE),
        Column("school", "毕业院校", cells.text, required=True),
        Column("major", "毕业专业", cells.text, required=True),
        Column("graduated_on", "毕业时间", cells.day, required=True),
        Column("full_time", "是否全日制", _FULL_TIME, required=True),
        Column("is_fresh", "应届往届", cells.flag(vocabulary.FRESH), required=True),
        Column("licence_passed", "是否通过医师资格考试", cells.flag(vocabulary.PASSED)),
        Column("licence_no", "医师资格证书编号", cells.paper_number),
        Column("has_employer", "是否有工作单位", _YES_NO, required=True),
        Column("employer_name", "工作单位", cells.text, aliases=("单位名称",)),
        Column("employer_uscc", "统一社会信用代码", cells.paper_number),
        Column("identity", "个人身份", cells.identity, required=True, aliases=("人员类型",)),
        Column("source_type", "生源类型", cells.text, required=True),
        Column("train_years", "培训年限", cells.whole(1, 3), required=True),
        Column("specialty", "报名专业", cells.text, required=True),
        Column("choice1_base", "第一志愿基地", cells.text, required=True),
        Column("choice2_base", "第二志愿基地", cells.text),
        Column("choice2_specialty", "第二志愿专业", cells.text),
        Column("accept_adjust", "是否服从调剂", cells.flag(vocabulary.CONSENT), required=True),
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
        Column("id_number", "证件号码", cells.paper_number, required=True, aliases=_ID_NUMBER),
        Column("level", "学历", _LEVEL, required=True),
        Column("school", "院校", cells.text, required=True),
        Column("major", "专业", cells.text, required=True),
        Column("graduated_on", "毕业时间", cells.day, required=True),
        Column("full_time", "是否全日制", _FULL_TIME, required=True),
        Column("degree", "学位", _DEGREE),
        Column("degree_type", "学位类型", _DEGREE_TYPE),
    ),
)

WORK: Final = Kind(
    "work",
    "工作经历",
    (
        Column("id_number", "证件号码", cells.paper_number, required=True, aliases=_ID_NUMBER),
        Column("employer_name", "单位名称", cells.text, required=True, aliases=("工作单位",)),
        Column("employer_uscc", "统一社会信用代码", cells.paper_number),
        Column("department", "科室", cells.text),
        Column("position", "职务", cells.text),
        Column("from_date", "起始", cells.day, aliases=("起始时间", "起始日期")),
        Column("to_date", "终止", cells.day, aliases=("终止时间", "终止日期")),
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
        Column("uscc", "统一社会信用代码", cells.paper_number),
        Column("contact_name", "联系人", cells.text),
        Column("contact_phone", "联系电话", cells.phone),
    ),
)

SPECIALTY: Final = Kind(
    "specialty",
    "专业",
    (
        Column("code", "专业代码", cells.code, required=True),
        Column("name", "专业名称", cells.text, required=True),
        Column("category", "类别", cells.text, required=True),
        Column("is_shortage", "紧缺", cells.flag(vocabulary.SHORTAGE)),
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
        Column("quota", "计划人数", cells.whole(0, 100_000), required=True, aliases=("计划", "招收人数")),
        Column("min_score", "最低分", cells.mark),
        Column("max_own", "本单位上限", _LIMIT),
        Column("max_entrusted", "委托培养上限", _LIMIT),
        Column("max_social", "社会招收上限", _LIMIT),
        Column("stopped", "状态", cells.stopped),
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
    rest=cells.whole(0, 100_000),
)

SCORE: Final = Kind(
    "score",
    "成绩",
    (
        Column("application_no", "报名号", cells.code),
        Column("id_number", "证件号码", cells.paper_number, aliases=_ID_NUMBER),
        Column("name", "姓名", cells.text),
        Column("written", "笔试", cells.mark_or_absent, aliases=("笔试成绩",)),
        Column("skill", "技能", cells.mark_or_absent, aliases=("技能成绩",)),
        Column("interview", "面试", cells.mark_or_absent, aliases=("面试成绩",)),
        Column("base", "基地编号", cells.text, aliases=("基地",)),
    ),
    one_of=("application_no", "id_number"),
)

REVIEW: Final = Kind(
    "review",
    "审核意见",
    (
        Column("application_no", "报名号", cells.code, required=True),
        Column("name", "姓名", cells.text),
        Column("decision", "审核结果", cells.table(vocabulary.REVIEW), required=True),
        Column("reason", "原因", cells.text),
    ),
    reads_past=True,
)
