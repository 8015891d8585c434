"""The publicity list on the page of a website, as a browser prints it."""

import subprocess
import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.reports.test_browser import _ARGUMENTS, chromium
from zhupei_cli.reports.notice import NoticePage, render_notice

__all__ = ["chromium"]
pytestmark = pytest.mark.sqlite

_COLUMNS = [("序号", "number"), ("姓名", "words"), ("录取基地", "words"), ("总成绩", "mark")]


def _page(count: int) -> str:
    rows = [(f"{at}", "王一", "某某市第一人民医院", "80.00") for at in range(1, count + 1)]
    closing = ("某省卫生健康委员会", "2026年6月5日")
    return render_notice(NoticePage("公示名单", "", ["共若干人"], _COLUMNS, rows, closing, "存证：第 1 号"))


def test_who_signs_it_stands_below_people_on_every_length_of_paper(
    chromium: str, tmp_path: Path, thorough: bool
) -> None:
    for count in (44, *range(48, 56)) if thorough else (44, 49, 52, 55):
        (tmp_path / "a.html").write_text(_page(count), "utf-8")
        command = [chromium, *_ARGUMENTS, f"--user-data-dir={tmp_path / 'profile'}"]
        command += [f"--print-to-pdf={tmp_path / 'a.pdf'}", (tmp_path / "a.html").as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        last = unicodedata.normalize("NFKC", PdfReader(tmp_path / "a.pdf").pages[-1].extract_text())
        assert "某省卫生健康委员会" in last, count
        assert last.count("王一") >= 3, count


def test_a_list_of_nobody_or_of_two_is_signed_too() -> None:
    for count in (0, 2):
        page = _page(count)
        assert (page.count("王一"), page.count("某省卫生健康委员会")) == (count, 1)
        assert 'colspan="4"' in page
