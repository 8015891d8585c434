"""Letters of admission as a .docx, for offices that edit them before they are printed.

python-docx and not docxtpl: the page is ours, no template of somebody's; it brings lxml alone and is typed.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, fields
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Final

from zhupei_cli.printing.letter import AS_TOLD, BRING, Letter, Letters, qr_code

if TYPE_CHECKING:
    from docx.document import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_TEXT: Final = "宋体"
_HEAD: Final = "黑体"
#: Millimetres: of the page, its margins, the two columns of the table, the code.
_PAGE, _SIDE, _COLUMNS, _CODE = (210, 297), 28, (34, 120), 27

#: Stands around the name of a field until its words do; of the characters that mean nothing.
_MARK: Final = "\ue000"
_MARKED: Final = re.compile(f"{_MARK}[a-z_]+{_MARK}")


def docx_letters(letters: Letters) -> bytes:
    """Return a document of all letters, a page a person; empty settings are as on the PDF."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = docx.Document()
    document.core_properties.author, document.core_properties.comments = "", ""
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(size) for size in _PAGE)
    section.left_margin = section.right_margin = Mm(_SIDE)
    section.top_margin, section.bottom_margin = Mm(26), Mm(20)
    # python-docx says that Chinese words are English ones: Word would mark each of them as misspelt.
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    style = document.styles["Normal"].paragraph_format
    style.space_after, style.line_spacing = Pt(6), 1.4
    _write(document, letters)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _write(document: "Document", letters: Letters) -> None:
    """Draw one letter whose words are marks, and write each as a copy of it: that is four times as fast."""
    from docx.oxml.ns import qn

    body = document.element.body
    marks = {field.name: f"{_MARK}{field.name}{_MARK}" for field in fields(Letter)}
    _letter(document, letters, Letter(**marks | {"code": letters.letters[0].code}))
    drawn = [part for part in body if part.tag != qn("w:sectPr")]
    for part in drawn:
        body.remove(part)
    (end,) = body
    for at, one in enumerate(letters.letters, 1):
        copied = deepcopy(drawn)
        code = _code(document, one.code, at)
        words = {marks[key]: word for key, word in asdict(one).items()}
        for part in copied:
            end.addprevious(part)
            for text in part.iter(qn("w:t")):
                text.text = _MARKED.sub(partial(_word_of, words), text.text or "")
            for picture in part.iter(qn("a:blip")):
                picture.set(qn("r:embed"), code)
            for name in part.iter(qn("wp:docPr")):
                name.set("id", str(at))
        if at == 1:
            copied[0].pPr.remove(copied[0].pPr.find(qn("w:pageBreakBefore")))


def _code(document: "Document", code: str, at: int) -> str:
    """Put the picture of letter `at` into the document and return the number of its relation.

    python-docx looks through all there are for each new one: a quarter of an hour for a province.
    """
    from docx.image.image import Image
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.parts.image import ImagePart

    if at == 1:  # that of the drawn letter
        return str(document.part.get_or_add_image(_picture(code))[0])
    name = PackURI(f"/word/media/image{at}.png")
    image = ImagePart.from_image(Image.from_file(_picture(code)), name)
    number = f"rIdCode{at}"
    document.part.rels.add_relationship(RELATIONSHIP_TYPE.IMAGE, image, number)
    return number


def _word_of(words: Mapping[str, str], found: re.Match[str]) -> str:
    return words[found[0]]


def _letter(document: "Document", common: Letters, one: Letter) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

    first = _line(document, common.batch, 15, ALIGN.CENTER)
    first.paragraph_format.page_break_before = True
    _line(document, "录取通知书", 26, ALIGN.CENTER, font=_HEAD)
    _line(document, one.letter_no, 12, ALIGN.RIGHT)
    _line(document, f"{one.name} 同志：", 14)
    told = f"经报名、审核、考核和公示，你已被录取为{common.year}年住院医师规范化培训学员。录取信息如下："
    _line(document, told, 14, indent=True)
    rows = [
        ("姓名", one.name),
        ("证件号码", one.id_number),
        ("培训基地", one.base),
        ("培训专业", one.specialty),
        ("培训年限", one.years),
        ("报到地点", common.place or AS_TOLD),
        ("报到截止", common.until or AS_TOLD),
    ]
    _table(document, rows)
    _line(document, BRING, 14, indent=True)
    if common.contact:
        _line(document, f"咨询方式：{common.contact}", 14, indent=True)
    _signature(document, common, one)


def _line(
    document: "Document",
    words: str,
    size: int,
    align: "WD_ALIGN_PARAGRAPH | None" = None,
    *,
    font: str = _TEXT,
    indent: bool = False,
) -> "Paragraph":
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    if align is not None:
        paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    _written(paragraph.add_run(words), size, font)
    return paragraph


def _written(run: "Run", size: int, font: str = _TEXT) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run.font.size, run.font.name = Pt(size), font
    # Word takes the font of Chinese characters from an attribute of its own.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _table(document: "Document", rows: Sequence[tuple[str, str]]) -> None:
    from docx.shared import Mm, Pt

    table = _columns(document, len(rows), "Table Grid")
    for at, words in enumerate(rows):
        for cell, word, width in zip(table.rows[at].cells, words, _COLUMNS, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
            _written(paragraph.add_run(word), 12)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _columns(document: "Document", rows: int, style: str | None = None) -> "Table":
    from docx.shared import Mm

    table: Table = document.add_table(rows=rows, cols=len(_COLUMNS), style=style)
    table.autofit = False
    for column, width in zip(table.columns, _COLUMNS, strict=True):
        column.width = Mm(width)
    return table


def _signature(document: "Document", common: Letters, one: Letter) -> None:
    """Put the code at the left, who sends the letter and when at the right."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Mm

    code, signed = _columns(document, 1).rows[0].cells
    code.width, signed.width = (Mm(width) for width in _COLUMNS)
    code.paragraphs[0].add_run().add_picture(_picture(one.code), width=Mm(_CODE))
    _written(code.add_paragraph().add_run("扫码核对"), 9)
    lines = ["", common.authority or "（盖章处）", common.made_on, f"报名号 {one.number}"]
    for at, words in enumerate(lines):
        paragraph = signed.paragraphs[0] if at == 0 else signed.add_paragraph()
        paragraph.alignment = ALIGN.RIGHT
        _written(paragraph.add_run(words), 9 if words.startswith("报名号") else 14)


def _picture(code: str) -> BytesIO:
    picture = BytesIO()
    qr_code(code).save(picture, kind="png", scale=6, border=1)
    picture.seek(0)
    return picture
