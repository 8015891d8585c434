"""The columns of a roster and of its summary: heading, width on paper, and what the cells hold."""

from typing import Final, Literal, NamedTuple

#: An identifier (text on one line), words (text that wraps), a whole number, a mark in hundredths, a number
#: of any kind.
RosterKind = Literal["id", "words", "number", "mark", "figure"]


class RosterColumn(NamedTuple):
    """One column; `width` counts half-width characters. The widths of a sheet are one A4 page across."""

    key: str
    heading: str
    width: float
    kind: RosterKind


#: A heading of four characters breaks in its middle here; two characters and four digits fit.
_TWO: Final = 4

#: A sheet is about one specialty, its title names it: code and name stand small beside the person.
ROSTER_COLUMNS: Final = (
    RosterColumn("number", "序号", 4.5, "number"),
    RosterColumn("application_no", "报名号", 15, "id"),
    RosterColumn("specialty_code", "专业代码", _TWO, "id"),
    RosterColumn("specialty", "专业", 6, "id"),
    RosterColumn("name", "姓名", 8.5, "words"),
    RosterColumn("gender", "性别", _TWO, "words"),
    RosterColumn("id_number", "证件号码", 18.5, "id"),
    RosterColumn("identity", "个人身份", 12, "words"),
    RosterColumn("school", "毕业院校", 16, "words"),
    RosterColumn("major", "毕业专业", 12, "words"),
    RosterColumn("level", "最高学历", _TWO, "words"),
    RosterColumn("degree", "学位", _TWO, "words"),
    RosterColumn("graduated_on", "毕业时间", 10.5, "id"),
    RosterColumn("train_years", "培训年限", _TWO, "number"),
    RosterColumn("written", "笔试", 6.5, "mark"),
    RosterColumn("skill", "技能", 6.5, "mark"),
    RosterColumn("interview", "面试", 6.5, "mark"),
    RosterColumn("total", "总成绩", 6.5, "mark"),
    RosterColumn("rank", "名次", 5, "number"),
    RosterColumn("via", "录取志愿", 8.6, "id"),
    RosterColumn("mobile", "联系电话", 11.5, "id"),
    RosterColumn("remark", "备注", 10, "words"),
)

SUMMARY_COLUMNS: Final = (
    RosterColumn("code", "专业代码", 14, "id"),
    RosterColumn("name", "专业", 44, "words"),
    RosterColumn("quota", "计划人数", 16, "number"),
    RosterColumn("admitted", "录取人数", 16, "number"),
    RosterColumn("vacant", "空缺人数", 16, "number"),
)
