"""Columns that several kinds of workbook share, and what their headings say to people."""

from typing import Any, Final

from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.sheets.kinds import parsers
from zhupei_cli.sheets.kinds.columns import Column
from zhupei_cli.words.vocabulary import CodeTable

DAY: Final = "日期写 2024-06-30；只知道月份写 2024-06。"
USCC: Final = "18 位。"
PHONE: Final = "手机号码 11 位；固定电话写区号，如 0371-60000000。"
NAMED: Final = "编号或准确的名称。"
SEATS: Final = (0, 100_000)


def listed(key: str, heading: str, words: CodeTable, **more: Any) -> Column:
    """Return the column of a closed list."""
    return Column(key, heading, parsers.table(words), offers=tuple(words.words()), closed=True, **more)


def yes_or_no(key: str, heading: str, words: CodeTable, **more: Any) -> Column:
    """Return the column of a question with two answers."""
    return Column(key, heading, parsers.flag(words), offers=tuple(words.words()), closed=True, **more)


def limit(key: str, heading: str) -> Column:
    """Return the column of a limit on how many of one identity get in."""
    return Column(key, heading, parsers.whole(*SEATS), between=SEATS, note="人数；空白表示不限。")


def exam_mark(key: str, heading: str) -> Column:
    """Return the column of one part of the exam."""
    note = "0 至 100，最多两位小数；缺考写“缺考”；还没有成绩的留空。"
    return Column(
        key,
        heading,
        parsers.mark_or_absent,
        aliases=(f"{heading}成绩",),
        offers=("缺考",),
        marks=True,
        note=note,
    )


ID_NUMBER: Final = Column(
    "id_number",
    "证件号码",
    parsers.paper_number,
    required=True,
    aliases=("身份证号", "身份证号码", "证件号"),
    mask=mask_id,
    note="居民身份证 18 位，最后一位可以是 X。本列是文本格式，请不要改成数字。",
)
