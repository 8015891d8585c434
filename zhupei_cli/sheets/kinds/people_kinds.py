"""报名信息 with its further sheets: what is known of people, and their applications."""

from typing import Final

from zhupei_cli.rules.people.dates import BIRTH, GRADUATION
from zhupei_cli.rules.people.masking import mask_address, mask_birth_date, mask_email, mask_paper, mask_phone
from zhupei_cli.rules.people.people_names import doubt_of
from zhupei_cli.sheets.kinds import cells, parsers
from zhupei_cli.sheets.kinds.columns import Column, Kind, Offer
from zhupei_cli.sheets.kinds.shared_columns import DAY, ID_NUMBER, PHONE, USCC, listed, yes_or_no
from zhupei_cli.words import codes, vocabulary

#: 报名信息: one row a person. The columns from 个人身份 on are the application.
PERSON: Final = Kind(
    "person",
    "报名信息",
    (
        Column("name", "姓名", parsers.person_name, required=True, doubt=doubt_of),
        listed("id_type", "证件类型", codes.ID_TYPE, note="空白表示居民身份证。"),
        ID_NUMBER,
        listed("gender", "性别", codes.GENDER, note="居民身份证可不填，由号码得出。"),
        Column(
            "birth_date",
            "出生日期",
            parsers.day_within(BIRTH),
            mask=mask_birth_date,
            note=f"居民身份证可不填，由号码得出。{DAY}",
        ),
        listed("ethnicity", "民族", codes.ETHNICITY, required=True),
        listed("political_status", "政治面貌", codes.POLITICAL),
        Column(
            "mobile",
            "手机号码",
            parsers.phone,
            required=True,
            aliases=("手机", "手机号", "联系电话"),
            mask=mask_phone,
            note=PHONE,
        ),
        Column("email", "电子邮箱", parsers.email, aliases=("邮箱",), mask=mask_email),
        Column(
            "address",
            "通讯地址",
            cells.text,
            required=True,
            mask=mask_address,
            note="写到门牌号，录取材料寄往这里。",
        ),
        Column(
            "emergency_name",
            "紧急联系人",
            parsers.person_name,
            required=True,
            aliases=("紧急联系人姓名",),
            doubt=doubt_of,
        ),
        Column(
            "emergency_phone",
            "紧急联系电话",
            parsers.phone,
            required=True,
            aliases=("紧急联系人电话", "紧急联系人手机"),
            mask=mask_phone,
            note=PHONE,
        ),
        Column("bachelor_school", "本科院校", cells.text),
        Column("bachelor_major", "本科专业", cells.text),
        Column("bachelor_graduated_on", "本科毕业时间", parsers.day_within(GRADUATION), note=DAY),
        listed("level", "最高学历", codes.LEVEL, required=True),
        listed("degree", "最高学位", codes.DEGREE),
        listed("degree_type", "学位类型", codes.DEGREE_TYPE, note="硕士、博士填。"),
        Column("school", "毕业院校", cells.text, required=True, note="最高学历的毕业院校，写全称。"),
        Column("major", "毕业专业", cells.text, required=True, note="与毕业证书一致。"),
        Column("graduated_on", "毕业时间", parsers.day_within(GRADUATION), required=True, note=DAY),
        yes_or_no("full_time", "是否全日制", vocabulary.FULL_TIME, required=True),
        yes_or_no("is_fresh", "应届往届", vocabulary.FRESH, required=True),
        yes_or_no("licence_passed", "是否通过医师资格考试", vocabulary.PASSED),
        Column("licence_no", "医师资格证书编号", parsers.paper_number, mask=mask_paper),
        yes_or_no("has_employer", "是否有工作单位", vocabulary.YES_NO, required=True),
        Column(
            "employer_name", "工作单位", cells.text, aliases=("单位名称",), note="有工作单位的必填，写全称。"
        ),
        Column("employer_uscc", "统一社会信用代码", parsers.paper_number, note=f"工作单位的代码，{USCC}"),
        Column(
            "identity",
            "个人身份",
            parsers.identity,
            required=True,
            aliases=("人员类型",),
            offers=tuple(vocabulary.IDENTITY.words()),
            closed=True,
            note="从这一列起是报名；只登记个人信息的，这一列和以后各列都留空。",
        ),
        Column("source_type", "生源类型", cells.text, required=True, offers=Offer.SOURCE_TYPES),
        Column(
            "train_years",
            "培训年限",
            parsers.whole(1, 3),
            required=True,
            offers=tuple(map(str, vocabulary.TRAIN_YEARS)),
            closed=True,
            note="一般是 3；专业型硕士、博士可以是 1 或 2。",
        ),
        Column(
            "specialty",
            "报名专业",
            cells.text,
            required=True,
            offers=Offer.SPECIALTIES,
            narrowed_by=("choice1_base",),
            note="专业代码或准确的名称。先填基地的，这里只列该基地招收的专业。",
        ),
        Column(
            "choice1_base",
            "第一志愿基地",
            cells.text,
            required=True,
            offers=Offer.BASES,
            narrowed_by=("specialty",),
            note="基地编号或准确的名称。填了报名专业的，这里只列招收该专业的基地。",
        ),
        Column(
            "choice2_base",
            "第二志愿基地",
            cells.text,
            offers=Offer.BASES,
            narrowed_by=("choice2_specialty", "specialty"),
            note="可不填；不能与第一志愿基地相同。",
        ),
        Column(
            "choice2_specialty",
            "第二志愿专业",
            cells.text,
            offers=Offer.SPECIALTIES,
            narrowed_by=("choice2_base",),
            note="空白表示与报名专业相同；批次允许时才可不同。",
        ),
        yes_or_no("accept_adjust", "是否服从调剂", vocabulary.CONSENT, required=True),
    ),
    partial=True,
    command="zhupei trainee import",
)
#: The columns of PERSON that are the application.
APPLICATION_KEYS: Final = frozenset(
    column.key for column in PERSON.columns[[column.key for column in PERSON.columns].index("identity") :]
)

EDUCATION: Final = Kind(
    "education",
    "教育经历",
    (
        ID_NUMBER,
        listed("level", "学历", codes.LEVEL, required=True),
        Column("school", "院校", cells.text, required=True),
        Column("major", "专业", cells.text, required=True),
        Column("graduated_on", "毕业时间", parsers.day_within(GRADUATION), required=True, note=DAY),
        yes_or_no("full_time", "是否全日制", vocabulary.FULL_TIME, required=True),
        listed("degree", "学位", codes.DEGREE),
        listed("degree_type", "学位类型", codes.DEGREE_TYPE),
    ),
    command="zhupei trainee import",
)

WORK: Final = Kind(
    "work",
    "工作经历",
    (
        ID_NUMBER,
        Column("employer_name", "单位名称", cells.text, required=True, aliases=("工作单位",)),
        Column("employer_uscc", "统一社会信用代码", parsers.paper_number, note=USCC),
        Column("department", "科室", cells.text),
        Column("position", "职务", cells.text),
        Column("from_date", "起始", parsers.day, aliases=("起始时间", "起始日期"), note=DAY),
        Column(
            "to_date",
            "终止",
            parsers.until,
            aliases=("终止时间", "终止日期"),
            note=f"{DAY}现在仍在职的写“至今”。",
        ),
    ),
    command="zhupei trainee import",
)
