"""The lists of an exam day as LibreOffice prints them: none wider than its page, none with headings alone."""

import subprocess
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import update

from tests.conftest import Run
from tests.exam_world import closed_batch
from tests.people import write_book
from zhupei_cli.model import Snapshot, TrainingBase
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_GROUP, EXAM_ROOM
from zhupei_cli.store.engine import transaction

LONG = "某某生产建设兵团第一师医院暨某某科技大学附属协和医院联合国家区域医疗中心"
SITE = "郑州市第一高级中学（国际教育园区东校区）"
LISTS = (
    *("exam list", "exam sites list", "exam groups list", "apply list", "trainee list", "base list"),
    *("batch plan list", "notice list", "audit log", "review log"),
)


@pytest.mark.sqlite
@pytest.mark.skipif(subprocess.call(["sh", "-c", "command -v soffice"]) != 0, reason="no LibreOffice here")
def test_the_lists_of_a_day_are_one_page_across(database: str, zhupei: Run, home: Path) -> None:
    with transaction(database) as session:
        closed_batch(session, 60, told=True)
        for id_, name in ((3, "阿卜杜热合曼·麦麦提吐尔逊江·艾合买提江"), (4, "王𠮷")):
            session.execute(update(Snapshot).where(Snapshot.application_id == id_).values(name=name))
        session.execute(update(TrainingBase).values(name=TrainingBase.code + LONG))
    rooms = [
        {"site": "01", "site_name": SITE, "city": "郑州市", "room": f"00{at}", "seats": "16"}
        for at in range(1, 5)
    ]
    write_book(home / "考场.xlsx", [(EXAM_ROOM, rooms)])
    groups = [
        {
            "application_no": f"T-{at:07d}",
            "group": f"第{at // 6 + 1}组",
            "day": "2026-07-10",
            "clock": "08:30",
        }
        | {"place": LONG + "门诊楼八楼多功能示教室"}
        for at in range(1, 61)
    ]
    write_book(home / "复试.xlsx", [(EXAM_GROUP, groups)])
    for words in (
        *("exam sites import 考场.xlsx", "exam allot --seed 7", "exam groups import 复试.xlsx"),
        *(
            "notice export --event 考试 -o 短信.xlsx",
            *(f"{words} -o {words.replace(' ', '_')}.xlsx" for words in LISTS),
        ),
    ):
        assert zhupei("--database", database, *words.split()).code == 0, words
    books = [home / f"{words.replace(' ', '_')}.xlsx" for words in LISTS] + [home / "短信.xlsx"]
    profile = f"-env:UserInstallation=file://{home}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(home)]
    subprocess.run([*command, *map(str, books)], check=True, capture_output=True, timeout=120)
    assert {book.name: odd for book in books if (odd := _odd_pages(book))} == {}


def _odd_pages(book: Path) -> list[int]:
    """Return the pages that lack the first or the last heading, or have nothing below them."""
    sheet = openpyxl.load_workbook(book).worksheets[0]
    rows = [[str(cell.value) for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    headings = next(row for row in rows if len(row) > 1)
    odd = []
    for number, page in enumerate(PdfReader(book.with_suffix(".pdf")).pages, 1):
        text = "".join(page.extract_text().split())
        ends = ("".join(headings[at].split()) for at in (0, -1))
        if not all(end in text for end in ends) or len(text) < 2 * len("".join(headings)):
            odd.append(number)
    return odd
