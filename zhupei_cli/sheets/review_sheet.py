"""The sheet 审核意见 for one base: who waits for review, blank cells for the answer, the form to read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from zhupei_cli.sheets.kinds import REVIEW
from zhupei_cli.vocabulary import REVIEW as RESULTS

#: Columns to read, after those of the kind; the import passes them over.
READING: Final = {
    "id_number": ("证件号码", 22),
    "gender": ("性别", 6),
    "identity": ("个人身份", 22),
    "source_type": ("生源类型", 14),
    "train_years": ("培训年限", 8),
    "specialty": ("报名专业", 16),
    "choice2": ("第二志愿", 24),
    "accept_adjust": ("服从调剂", 8),
    "level": ("最高学历", 8),
    "degree": ("最高学位", 10),
    "school": ("毕业院校", 22),
    "major": ("毕业专业", 16),
    "graduated_on": ("毕业时间", 12),
    "full_time": ("全日制", 8),
    "employer": ("工作单位", 22),
    "mobile": ("手机号码", 14),
    "submitted_at": ("提交时间", 20),
    "findings": ("系统提醒", 40),
    "earlier": ("以前的审核", 40),
}
_WIDTHS: Final = {"application_no": 18, "name": 12, "decision": 12, "reason": 36}
_WORDS: Final = "字典"
# Text also where people type: what they fill in comes back as they typed it.
_TEXT: Final = {"num_format": "@", "valign": "top", "text_wrap": True, "border": 1, "border_color": "#BFBFBF"}
_LOOKS: Final = {
    "plain": _TEXT,
    "answer": {**_TEXT, "bg_color": "#FFF2CC"},
    "heading": {**_TEXT, "bold": True, "bg_color": "#D9E1F2"},
}
_ANSWERS: Final = ("decision", "reason")


def write_review_sheet(path: Path, rows: Sequence[Mapping[str, str]], *, title: str) -> None:
    """Write `rows`, texts by the keys of 审核意见 and READING; `title` stands above each printed page."""
    from xlsxwriter import Workbook

    headings = [(column.key, column.heading, _WIDTHS[column.key]) for column in REVIEW.columns]
    headings += [(key, heading, width) for key, (heading, width) in READING.items()]
    with Workbook(path) as book:
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        sheet = book.add_worksheet(REVIEW.title)
        words = book.add_worksheet(_WORDS)
        words.write_column(0, 0, list(RESULTS.words()))
        words.hide()
        _set_up_page(sheet, len(rows), len(headings), title=title)
        for at, (key, heading, width) in enumerate(headings):
            look = looks["answer" if key in _ANSWERS else "plain"]
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, heading, looks["heading"])
            for line, row in enumerate(rows, 1):
                # write_string, whatever stands in it: `write` would make a formula of =cmd|…
                word = row.get(key) or ""
                sheet.write_string(line, at, word, look) if word else sheet.write_blank(line, at, None, look)
        _offer_results(sheet, [key for key, _, _ in headings].index("decision"), len(rows))


def _set_up_page(sheet: Any, rows: int, columns: int, *, title: str) -> None:
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, rows, columns - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header("&C" + title.replace("&", "&&"))
    sheet.set_footer("&C第 &P 页，共 &N 页")
    # Without this Excel marks every ID number with a green corner: a number stored as text.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{rows + 1}"})


def _offer_results(sheet: Any, column: int, rows: int) -> None:
    count = len(RESULTS.labels)
    sheet.data_validation(
        *(1, column, max(rows, 1), column),
        {
            "validate": "list",
            "source": f"={_WORDS}!$A$1:$A${count}",
            "error_title": "审核结果",
            "error_message": f"请选：{'、'.join(RESULTS.words())}",
        },
    )
