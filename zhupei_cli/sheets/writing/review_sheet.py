"""The sheet 审核意见 for one base: who waits for review, blank cells for the answer, the form to read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from zhupei_cli.sheets.kinds import cells
from zhupei_cli.sheets.kinds.columns import Choices, Column
from zhupei_cli.sheets.kinds.workbook_kinds import REVIEW
from zhupei_cli.sheets.writing.template import BlankForm, write_template

#: Columns to read, after those of the kind; the import passes them over.
_READING: Final = {
    "id_number": "证件号码",
    "gender": "性别",
    "identity": "个人身份",
    "source_type": "生源类型",
    "train_years": "培训年限",
    "specialty": "报名专业",
    "choice2": "第二志愿",
    "accept_adjust": "服从调剂",
    "level": "最高学历",
    "degree": "最高学位",
    "school": "毕业院校",
    "major": "毕业专业",
    "graduated_on": "毕业时间",
    "full_time": "全日制",
    "employer": "工作单位",
    "mobile": "手机号码",
    "submitted_at": "提交时间",
    "findings": "系统提醒",
    "earlier": "以前的审核",
    "years": "历年记录",
}


def write_review_sheet(path: Path, rows: Sequence[Mapping[str, str]], *, title: str) -> None:
    """Write `rows`, texts by the keys of 审核意见 and _READING; `title` stands above them.

    One A3 page wide on paper: twenty-four columns on A4 would be letters of five points.
    """
    reading = (Column(key, heading, cells.text, ignored=True) for key, heading in _READING.items())
    form = BlankForm(REVIEW, title, (*REVIEW.columns, *reading), rows, frozen=2, large=True)
    write_template(path, [form], Choices())
