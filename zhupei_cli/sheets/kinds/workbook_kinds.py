"""The workbooks of the contract, one table of columns each."""

from dataclasses import replace
from typing import Final

from zhupei_cli.rules.people.fields import PHONE, USCC
from zhupei_cli.rules.people.masking import mask_phone
from zhupei_cli.rules.people.people_names import damage_of
from zhupei_cli.sheets.kinds import cells, parsers
from zhupei_cli.sheets.kinds.columns import Column, Kind, Offer
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_GROUP as EXAM_GROUP
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_ROOM as EXAM_ROOM
from zhupei_cli.sheets.kinds.exam_kinds import TICKET as TICKET
from zhupei_cli.sheets.kinds.people_kinds import APPLICATION_KEYS as APPLICATION_KEYS
from zhupei_cli.sheets.kinds.people_kinds import EDUCATION as EDUCATION
from zhupei_cli.sheets.kinds.people_kinds import PERSON as PERSON
from zhupei_cli.sheets.kinds.people_kinds import WORK as WORK
from zhupei_cli.sheets.kinds.shared_columns import (
    ID_NUMBER,
    NAMED,
    SEATS,
    exam_mark,
    limit,
    listed,
    reserve,
    yes_or_no,
)
from zhupei_cli.words import codes, vocabulary

INSTITUTION: Final = "如综合医院、中医医院、乡镇卫生院；登记表用。"

_PLANNED_BASE = Column(
    "base",
    "基地编号",
    cells.text,
    required=True,
    aliases=("基地",),
    offers=Offer.BASES,
    note=f"基地的{NAMED}",
)

BASE: Final = Kind(
    "base",
    "基地",
    (
        Column("code", "基地编号", cells.code, required=True, note="各基地不同，导入后不能改。"),
        Column("name", "基地名称", cells.text, required=True, note="写全称。"),
        Column("aliases", "别名", cells.text, note="几个别名用顿号分开；报名表里可用别名指这个基地。"),
        Column("level", "级别", cells.text),
        Column(
            "city",
            "所在地市",
            cells.text,
            required=True,
            offers=tuple(codes.CITY.words()),
            note="外省的写 6 位行政区划代码。",
        ),
        Column("uscc", "统一社会信用代码", parsers.paper_number, note=USCC),
        Column("contact_name", "联系人", parsers.person_name, doubt=damage_of),
        Column("contact_phone", "联系电话", parsers.phone, mask=mask_phone, note=PHONE),
        Column(
            "main_code", "主基地编号", cells.code, note="协同单位填它的主基地的编号；不是协同单位的留空。"
        ),
        yes_or_no("is_joint", "是否协同", vocabulary.YES_NO, aliases=("是否协同单位",)),
        Column("institution", "机构类别", cells.text, note=INSTITUTION),
        # What `base list` shows beside them.
        Column("status_label", "状态", cells.text, ignored=True),
    ),
    command="zhupei base import",
)

SPECIALTY: Final = Kind(
    "specialty",
    "专业",
    (
        Column("code", "专业代码", cells.code, required=True, note="如 0100；前面的 0 要保留。"),
        Column("name", "专业名称", cells.text, required=True),
        Column("category", "类别", cells.text, required=True, note="如西医、口腔、中医。"),
        yes_or_no("is_shortage", "紧缺", vocabulary.SHORTAGE),
        Column("aliases", "别名", cells.text, note="几个别名用顿号分开。"),
    ),
    command="zhupei base specialty import",
)

#: 招收计划, long: one row a place.
PLAN: Final = Kind(
    "plan",
    "招收计划",
    (
        _PLANNED_BASE,
        Column("base_name", "基地名称", cells.text, ignored=True),
        Column(
            "specialty",
            "专业代码",
            cells.text,
            required=True,
            aliases=("专业", "专业名称"),
            offers=Offer.SPECIALTIES,
            note="专业的代码或准确的名称。",
        ),
        Column(
            "quota",
            "计划人数",
            parsers.whole(*SEATS),
            required=True,
            aliases=("计划", "招收人数"),
            between=SEATS,
            note="整数。",
        ),
        Column(
            "min_score",
            "最低分",
            parsers.mark,
            between=(0, 100),
            marks=True,
            note="总成绩低于此分不录取，0 至 100；空白表示按批次的规定。",
        ),
        limit("max_own", "本单位上限"),
        limit("max_entrusted", "委托培养上限"),
        limit("max_social", "社会招收上限"),
        limit("max_postgrad", "专硕上限"),
        reserve("reserve_own", "本单位保留"),
        reserve("reserve_entrusted", "委托培养保留"),
        reserve("reserve_social", "社会招收保留"),
        reserve("reserve_postgrad", "专硕保留"),
        Column("stopped", "状态", parsers.stopped, offers=("停招",), note="停招的写“停招”，其余留空。"),
        Column(
            "capacity",
            "培训容量",
            parsers.whole(*SEATS),
            between=SEATS,
            note="这个专业同时能培训的人数，各年级合计；可不填，只用于合规指标。",
        ),
        # What `batch plan list` shows beside the terms.
        Column("specialty_label", "招收专业", cells.text, ignored=True),
        Column("main_base_label", "主基地", cells.text, ignored=True),
        Column("reserve_shared", "按比例保留", cells.text, ignored=True),
        Column("reserve_cut", "比例留不足", cells.text, ignored=True),
        Column("taken", "已占", cells.text, ignored=True),
        Column("preplaced", "其中预先安排", cells.text, ignored=True),
        Column("vacant", "空缺", cells.text, ignored=True),
    ),
    command="zhupei batch plan import",
)

#: 招收计划, wide: one row a base, one column a specialty, the seats in the cells.
PLAN_WIDE: Final = Kind(
    "plan_wide",
    "招收计划",
    (
        _PLANNED_BASE,
        Column("base_name", "基地名称", cells.text, ignored=True),
    ),
    rest=parsers.whole(0, 100_000),
    command="zhupei batch plan import",
)

#: The parts of the exam.
_PARTS: Final = {"written": "笔试", "skill": "技能", "interview": "面试"}

SCORE: Final = Kind(
    "score",
    "成绩",
    (
        Column("application_no", "报名号", parsers.application_number),
        replace(ID_NUMBER, required=False),
        TICKET,
        Column("name", "姓名", parsers.person_name),
        *(exam_mark(key, heading) for key, heading in _PARTS.items()),
        # On the workbook that goes along with the sign-in sheets (签到).
        *(
            yes_or_no(f"{key}_missed", f"{heading}缺考", vocabulary.MISSED, note="缺考的选 √，到考的留空。")
            for key, heading in _PARTS.items()
        ),
        Column(
            "base",
            "基地编号",
            cells.text,
            aliases=("基地",),
            offers=Offer.BASES,
            note=f"空白是全部志愿通用的成绩；某基地单独的成绩写该基地的{NAMED}",
        ),
        # What stands on the sign-in workbook beside them.
        *(
            Column(key, heading, cells.text, ignored=True)
            for key, heading in (
                ("site", "考点"),
                ("room", "考场"),
                ("seat", "座位号"),
                ("specialty", "报名专业"),
            )
        ),
    ),
    one_of=("application_no", "id_number", "ticket"),
    command="zhupei admit scores import",
    telling=(*_PARTS, *(f"{key}_missed" for key in _PARTS)),
    erasable=(*_PARTS,),
)

REVIEW: Final = Kind(
    "review",
    "审核意见",
    (
        Column("application_no", "报名号", parsers.application_number, required=True),
        Column("name", "姓名", parsers.person_name),
        listed(
            "decision",
            "审核结果",
            vocabulary.REVIEW_ANSWER,
            required=True,
            may_wait=True,
            note="还没有审核的留空，导入时略过。",
        ),
        Column("reason", "原因", parsers.reason, note="不通过和退回修改必须写原因，学员会看到。"),
    ),
    reads_past=True,
    command="zhupei review import",
    erasable=(),
)

#: 报到: who came.
CHECK_IN: Final = Kind(
    "check_in",
    "报到",
    (
        Column("application_no", "报名号", parsers.application_number),
        replace(ID_NUMBER, required=False),
        Column("name", "姓名", parsers.person_name),
        yes_or_no(
            "checked_in",
            "是否报到",
            vocabulary.CHECKED_IN,
            required=True,
            may_wait=True,
            note="还没有来的留空，导入时略过。",
        ),
        Column("note", "备注", parsers.reason, note="与已登记的不同时，在这里写更正的原因。"),
        # To know whom to ring up, and about what.
        Column("base", "录取基地", cells.text, ignored=True),
        Column("specialty", "录取专业", cells.text, ignored=True),
        Column("mobile", "手机号码", cells.text, ignored=True, mask=mask_phone),
    ),
    one_of=("application_no", "id_number"),
    command="zhupei admit checkin import",
    erasable=(),
)

#: 专硕安排: seats given before anything is computed.
PREPLACE: Final = Kind(
    "preplace",
    "专硕安排",
    (
        Column("application_no", "报名号", parsers.application_number),
        replace(ID_NUMBER, required=False),
        Column("name", "姓名", parsers.person_name),
        Column(
            "place_base",
            "基地编号",
            cells.text,
            required=True,
            aliases=("基地",),
            offers=Offer.BASES,
            note=f"基地的{NAMED}",
        ),
        Column(
            "place_specialty",
            "专业代码",
            cells.text,
            required=True,
            aliases=("专业", "专业名称"),
            offers=Offer.SPECIALTIES,
            note="专业的代码或准确的名称。",
        ),
        Column("university", "培养高校", cells.text),
        Column("tutor", "导师", cells.text),
        # What `admit preplace list` shows beside them.
        *(
            Column(key, heading, cells.text, ignored=True)
            for key, heading in (
                ("identity_label", "个人身份"),
                ("base_label", "基地名称"),
                ("specialty_label", "安排专业"),
                ("decided_at", "安排时间"),
            )
        ),
    ),
    one_of=("application_no", "id_number"),
    command="zhupei admit preplace import",
    telling=("place_specialty",),
    erasable=("university", "tutor"),
)

#: 单位: the directory of employers.
EMPLOYER: Final = Kind(
    "employer",
    "单位",
    (
        Column("name", "单位名称", cells.text, required=True),
        Column("uscc", "统一社会信用代码", parsers.paper_number, note=USCC),
        Column("level", "级别", cells.text),
        Column("city", "所在地市", cells.text, offers=tuple(codes.CITY.words())),
        yes_or_no("is_medical", "医疗机构", vocabulary.YES_NO),
        Column("institution", "机构类别", cells.text, note=INSTITUTION),
        Column("affiliation", "隶属关系", cells.text, note="如省属、市属、县属；登记表用。"),
    ),
    command="zhupei trainee employer import",
)

#: 诚信名单: who may not apply, from when, for how long.
BAR: Final = Kind(
    "bar",
    "诚信名单",
    (
        ID_NUMBER,
        listed("id_type", "证件类型", codes.ID_TYPE, note="不写即居民身份证。"),
        Column("name", "姓名", parsers.person_name, required=True, doubt=damage_of),
        listed("kind", "类别", vocabulary.BAR_KIND, required=True),
        Column("from_date", "起始日期", parsers.whole_day, required=True, note="例如 2026-06-20。"),
        Column("years", "年限", parsers.whole(1, 50), between=(1, 50), note="空白表示不限期。"),
        Column("reason", "原因", parsers.reason, required=True),
        # What `trainee bar export` shows beside them.
        *(
            Column(key, heading, cells.text, ignored=True)
            for key, heading in (
                ("bar", "编号"),
                ("until", "截止日期"),
                ("state_label", "状态"),
                ("source", "来源"),
            )
        ),
    ),
    command="zhupei trainee bar import",
    telling=("kind",),
    erasable=("years",),
)

#: Every kind of sheet.
ALL: Final = (
    PERSON,
    EDUCATION,
    WORK,
    BASE,
    SPECIALTY,
    PLAN,
    PLAN_WIDE,
    SCORE,
    REVIEW,
    CHECK_IN,
    EMPLOYER,
    BAR,
    PREPLACE,
    EXAM_ROOM,
    EXAM_GROUP,
)
