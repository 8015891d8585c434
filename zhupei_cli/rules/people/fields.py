"""What is known of a person, and what a form asks: each field once.

Workbooks and the template, error workbooks, exports, screens, JSON, the printed form, the register,
corrections and the words of events all take headings, masks and code tables from here. A new field is one
row of one of these tables, and its column in the database.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from zhupei_cli.rules.people.dates import BIRTH, GRADUATION, WORK_END, WORK_SPAN, Span
from zhupei_cli.rules.people.masking import (
    mask_address,
    mask_birth_date,
    mask_email,
    mask_id,
    mask_paper,
    mask_phone,
)
from zhupei_cli.words import codes, vocabulary

#: What is known of a person, an education, a work entry or a form, by field. Any: each has a kind of its own.
FieldValues = Mapping[str, Any]
Mask = Callable[[Any], str]


class Sort(Enum):
    """What kind of value a field has: how it is read, and how it is masked."""

    TEXT = auto()
    NAME = auto()
    ID_NUMBER = auto()
    PAPER = auto()
    """the number of a certificate"""
    CODE = auto()
    """a number that is no secret: of a company"""
    PHONE = auto()
    EMAIL = auto()
    ADDRESS = auto()
    BIRTH = auto()
    DAY = auto()
    UNTIL = auto()
    """a day, or 至今"""
    LISTED = auto()
    """a code of a table"""
    YES_NO = auto()
    IDENTITY = auto()
    YEARS = auto()
    SOURCE = auto()
    BASE = auto()
    SPECIALTY = auto()


_MASKS: Final[Mapping[Sort, Mask]] = {
    Sort.ID_NUMBER: mask_id,
    Sort.PAPER: mask_paper,
    Sort.PHONE: mask_phone,
    Sort.EMAIL: mask_email,
    Sort.ADDRESS: mask_address,
    Sort.BIRTH: mask_birth_date,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its key, which is its column in the database, and its heading in 报名信息.

    `words` are those of its codes, or of yes and no; `span` is when its day can have been.
    """

    key: str
    heading: str
    sort: Sort = Sort.TEXT
    words: vocabulary.CodeTable | None = None
    span: Span | None = None
    #: Whether a cell of the workbook must be filled.
    required: bool = False
    #: Whether a profile that is submitted must have it (指南 二.2).
    needed: bool = False
    #: Its heading in a sheet of its own part, on the screen and on paper; `heading` where empty.
    own: str = ""
    screen: str = ""
    paper: str = ""
    aliases: tuple[str, ...] = ()
    #: What to write, for people; in a sheet of its own part too, unless that says something else.
    note: str = ""
    own_note: str | None = None
    #: Whether it has a column in a workbook; the others are typed one by one.
    in_workbook: bool = True

    @property
    def mask(self) -> Mask | None:
        """Return how it is shown where personal data is masked; None for what is shown whole."""
        return _MASKS.get(self.sort)


DAY_NOTE: Final = "日期写 2024-06-30；只知道月份写 2024-06。"
USCC: Final = "18 位。"
PHONE: Final = "手机号码 11 位；固定电话写区号，如 0371-60000000。"

#: 基本信息 (指南 二.2).
BASIC: Final = (
    Field("name", "姓名", Sort.NAME, required=True, needed=True),
    Field("id_type", "证件类型", Sort.LISTED, codes.ID_TYPE, needed=True, note="空白表示居民身份证。"),
    Field(
        "id_number",
        "证件号码",
        Sort.ID_NUMBER,
        required=True,
        needed=True,
        aliases=("身份证号", "身份证号码", "证件号"),
        note="居民身份证 18 位，最后一位可以是 X。本列是文本格式，请不要改成数字。",
    ),
    Field("gender", "性别", Sort.LISTED, codes.GENDER, needed=True, note="居民身份证可不填，由号码得出。"),
    Field(
        "birth_date",
        "出生日期",
        Sort.BIRTH,
        span=BIRTH,
        needed=True,
        note=f"居民身份证可不填，由号码得出。{DAY_NOTE}",
    ),
    Field("ethnicity", "民族", Sort.LISTED, codes.ETHNICITY, required=True, needed=True),
    Field("political_status", "政治面貌", Sort.LISTED, codes.POLITICAL),
    Field("marital_status", "婚姻状况", Sort.LISTED, codes.MARITAL, in_workbook=False),
    Field("origin_province", "生源省份", Sort.LISTED, codes.PROVINCE, in_workbook=False),
)
#: 联系信息.
CONTACT: Final = (
    Field(
        "mobile",
        "手机号码",
        Sort.PHONE,
        required=True,
        needed=True,
        aliases=("手机", "手机号", "联系电话"),
        note=PHONE,
    ),
    Field("email", "电子邮箱", Sort.EMAIL, aliases=("邮箱",)),
    Field(
        "address",
        "通讯地址",
        Sort.ADDRESS,
        required=True,
        needed=True,
        note="写到门牌号，录取材料寄往这里。",
    ),
    Field(
        "emergency_name",
        "紧急联系人",
        Sort.NAME,
        required=True,
        needed=True,
        aliases=("紧急联系人姓名",),
    ),
    Field(
        "emergency_phone",
        "紧急联系电话",
        Sort.PHONE,
        required=True,
        needed=True,
        paper="紧急电话",
        aliases=("紧急联系人电话", "紧急联系人手机"),
        note=PHONE,
    ),
)
#: An education entry; in 报名信息 the highest one.
EDUCATION_FIELDS: Final = (
    Field("level", "最高学历", Sort.LISTED, codes.LEVEL, required=True, needed=True, own="学历"),
    Field(
        "school",
        "毕业院校",
        required=True,
        needed=True,
        own="院校",
        note="最高学历的毕业院校，写全称。",
        own_note="",
    ),
    Field("major", "毕业专业", required=True, needed=True, own="专业", note="与毕业证书一致。", own_note=""),
    Field("graduated_on", "毕业时间", Sort.DAY, span=GRADUATION, required=True, needed=True, note=DAY_NOTE),
    Field("full_time", "是否全日制", Sort.YES_NO, vocabulary.FULL_TIME, required=True, needed=True),
    Field("degree", "最高学位", Sort.LISTED, codes.DEGREE, own="学位"),
    Field("degree_type", "学位类型", Sort.LISTED, codes.DEGREE_TYPE, note="硕士、博士填。", own_note=""),
    Field("is_fresh", "应届往届", Sort.YES_NO, vocabulary.FRESH, required=True),
    Field("diploma_no", "毕业证书编号", Sort.PAPER, in_workbook=False),
    Field("degree_no", "学位证书编号", Sort.PAPER, in_workbook=False),
)
#: 执业资格 and whether somebody is employed.
QUALIFICATION: Final = (
    Field(
        "licence_passed",
        "是否通过医师资格考试",
        Sort.YES_NO,
        vocabulary.PASSED,
        screen="通过医师资格考试",
    ),
    Field("licence_no", "医师资格证书编号", Sort.PAPER),
    Field("has_employer", "是否有工作单位", Sort.YES_NO, vocabulary.YES_NO, required=True, needed=True),
)
#: 农村订单定向医学生: who the county pays for, and where they are to be trained.
ORDER: Final = (
    Field(
        "order_oriented",
        "是否订单定向",
        Sort.YES_NO,
        vocabulary.YES_NO,
        aliases=("是否农村订单定向", "订单定向"),
        note="农村订单定向免费医学生写“是”；空白即否。",
    ),
    Field(
        "order_county",
        "定向县",
        aliases=("定向县区", "定向地区"),
        note="订单定向的填，写定向的县（市、区）。",
    ),
    Field("order_base", "定向基地", note="协议写明培训基地的填，编号或准确的名称。"),
)
#: A work entry; in 报名信息 the current employer.
WORKING: Final = (
    Field(
        "employer_name",
        "工作单位",
        needed=True,
        own="单位名称",
        aliases=("单位名称",),
        note="有工作单位的必填，写全称。",
        own_note="",
    ),
    Field("employer_uscc", "统一社会信用代码", Sort.CODE, note=f"工作单位的代码，{USCC}", own_note=USCC),
    Field("department", "科室"),
    Field("position", "职务"),
    Field("from_date", "起始", Sort.DAY, span=WORK_SPAN, aliases=("起始时间", "起始日期"), note=DAY_NOTE),
    Field(
        "to_date",
        "终止",
        Sort.UNTIL,
        span=WORK_END,
        aliases=("终止时间", "终止日期"),
        note=f"{DAY_NOTE}现在仍在职的写“至今”。",
    ),
)
#: The application (指南 二.3, 第四步、第五步).
FORM: Final = (
    Field(
        "identity",
        "个人身份",
        Sort.IDENTITY,
        vocabulary.IDENTITY,
        required=True,
        aliases=("人员类型",),
        note="从这一列起是报名；只登记个人信息的，这一列和以后各列都留空。",
    ),
    Field("source_type", "生源类型", Sort.SOURCE, required=True),
    Field(
        "train_years",
        "培训年限",
        Sort.YEARS,
        required=True,
        note="一般是 3；专业型硕士、博士可以是 1 或 2。",
    ),
    Field(
        "specialty",
        "报名专业",
        Sort.SPECIALTY,
        required=True,
        note="专业代码或准确的名称。先填基地的，这里只列该基地招收的专业。",
    ),
    Field(
        "choice1_base",
        "第一志愿基地",
        Sort.BASE,
        required=True,
        note="基地编号或准确的名称。填了报名专业的，这里只列招收该专业的基地。",
    ),
    Field("choice2_base", "第二志愿基地", Sort.BASE, note="可不填；不能与第一志愿基地相同。"),
    Field(
        "choice2_specialty",
        "第二志愿专业",
        Sort.SPECIALTY,
        note="空白表示与报名专业相同；批次允许时才可不同。",
    ),
    Field("accept_adjust", "是否服从调剂", Sort.YES_NO, vocabulary.CONSENT, required=True),
)
PERSON_FIELDS: Final = (*BASIC, *CONTACT, *QUALIFICATION, *ORDER)

#: No two parts have a key in common.
FIELDS: Final[Mapping[str, Field]] = {
    field.key: field
    for field in (*BASIC, *CONTACT, *EDUCATION_FIELDS, *QUALIFICATION, *ORDER, *WORKING, *FORM)
}


def headings(fields: Iterable[Field]) -> dict[str, str]:
    """Return key → heading."""
    return {field.key: field.heading for field in fields}


#: What a submitted profile must have, with the headings people know it by (指南 二.2).
NEEDED: Final[Mapping[str, str]] = headings(field for field in FIELDS.values() if field.needed)
#: What a form asks.
FORM_LABELS: Final[Mapping[str, str]] = headings(FORM)

#: By key, for whatever has a value and its key alone.
MASKS: Final[Mapping[str, Mask]] = {
    **{field.key: field.mask for field in FIELDS.values() if field.mask is not None},
    "contact_phone": mask_phone,
}
TABLES: Final[Mapping[str, vocabulary.CodeTable]] = {
    **{field.key: field.words for field in FIELDS.values() if field.words and field.sort is not Sort.YES_NO},
    "via": vocabulary.VIA,
}
FLAGS: Final[Mapping[str, vocabulary.CodeTable]] = {
    field.key: field.words for field in FIELDS.values() if field.words and field.sort is Sort.YES_NO
}
