"""Letters as .docx: every one has its own words and code, and begins a page."""

from cProfile import Profile
from dataclasses import replace
from io import BytesIO

import docx
import zxingcpp
from docx.document import Document
from docx.oxml.ns import qn
from PIL import Image

from zhupei_cli.printing.letter import Letter, Letters
from zhupei_cli.printing.letter_docx import docx_letters


def _one(at: int) -> Letter:
    name = ("王一", "李<二>", "阿卜杜热合曼·麦麦提")[at]
    return Letter(
        f"T-{at}", name, "41010119900101123X", "某医院", "内科", "3 年", "" if at else "1 号", f"码{at}"
    )


def _codes(document: Document) -> list[str]:
    found = []
    for picture in document.element.body.iter(qn("a:blip")):
        part = document.part.related_parts[picture.get(qn("r:embed"))]
        (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(part.blob)).convert("L"))
        found.append(code.text)
    return found


def test_every_letter_has_its_own_words_and_code() -> None:
    letters = [_one(at) for at in range(3)]
    common = ("招收", 2026, "2026年6月5日", "", "科教科", "", "某省卫生健康委员会")
    document = docx.Document(BytesIO(docx_letters(Letters(letters, *common))))
    lines = [one.text for one in document.paragraphs]
    assert [line for line in lines if line.endswith("同志：")] == [f"{one.name} 同志：" for one in letters]
    assert [table.rows[0].cells[1].text for table in document.tables[::2]] == [one.name for one in letters]
    assert [
        f"报名号 {one.number}" in document.tables[2 * at + 1].rows[0].cells[1].text
        for at, one in enumerate(letters)
    ] == [True] * 3
    assert _codes(document) == ["码0", "码1", "码2"]
    first = [one.paragraph_format.page_break_before for one in document.paragraphs if one.text == "招收"]
    assert first == [None, True, True]
    assert "\ue000" not in document.element.xml
    ids = [name.get("id") for name in document.element.body.iter(qn("wp:docPr"))]
    assert ids == ["1", "2", "3"]
    languages = [one.get(qn("w:eastAsia")) for one in document.styles.element.iter(qn("w:lang"))]
    assert languages == ["zh-CN"]


def test_four_times_the_letters_are_four_times_the_work() -> None:
    counted = []
    for size in (60, 240):
        letters = [replace(_one(0), code=f"码{at}") for at in range(size)]
        with Profile() as profile:
            docx_letters(Letters(letters, "招收", 2026, "", "", "", "", ""))
        counted.append(sum(one.callcount for one in profile.getstats()))
    assert counted[1] < 4.2 * counted[0]
