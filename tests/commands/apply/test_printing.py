"""apply print: the 报名表 as PDF, read back with pypdf."""

import json
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_people
from tests.statements import statements
from zhupei_cli.model import BatchSetting, Event, TraineePhoto
from zhupei_cli.printing import fonts
from zhupei_cli.store.engine import transaction

pytestmark = pytest.mark.long

FIRST, SECOND = "HN2026-0000001", "HN2026-0000002"


@pytest.fixture
def shell(zhupei: Run, database: str, tmp_path: Path) -> Run:
    """A submitted application and a draft."""
    with transaction(database) as session:
        open_batch(session, contact="0371-00000000")

    def run(*args: str | Path, **options: Any) -> Ran:
        return zhupei("--database", database, *args, **options)

    book = write_people(tmp_path / "人员.xlsx", [person(1), person(2, choice1_base="4101002")])
    assert run("trainee", "import", book).code == 0
    assert run("apply", "submit", FIRST).code == 0
    return run


def _texts(path: Path) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def test_one_page_a_person_with_whole_numbers(shell: Run, home: Path, database: str) -> None:
    assert shell("apply", "print", "--all", "-o", "表.pdf") == Ran(0, "", "打印 2 份报名表，存放在 表.pdf\n")
    assert (home / "表.pdf").stat().st_mode & 0o777 == 0o600
    first, second = _texts(home / "表.pdf")
    for word in (FIRST, "2026 年招收", "王一", id_number(1), "13800000001", "郑州大学", "0371-00000000"):
        assert word in first
    assert ("未提交" in first, "状态：未提交" in second, second.count("未")) == (False, True, 2)
    with transaction(database, read_only=True) as session:
        events = session.execute(
            select(Event.subject, Event.data).where(Event.action == "application.print")
        ).all()
    assert events == [("HN2026", '{"rows":2}')]


def test_every_font_is_embedded(shell: Run, home: Path) -> None:
    shell("apply", "print", FIRST, "-o", "表.pdf")
    (page,) = pypdf.PdfReader(home / "表.pdf").pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    used = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    files = [
        descendant.get_object()["/FontDescriptor"].get_object().keys() & {"/FontFile2", "/FontFile3"}
        for font in used
        for descendant in font["/DescendantFonts"]
    ]
    assert files
    assert all(files)


def test_one_file_each_and_only_of_one_base(shell: Run, home: Path) -> None:
    ran = shell("apply", "print", "--base", "4101002", "-o", "表", "--json")
    name = f"表/{SECOND}_报名表.pdf"
    assert (ran.code, json.loads(ran.out)) == (
        0,
        {"forms": 1, "files": [name], "dry_run": False, "refused": []},
    )
    assert (home / name).is_file()
    assert shell("apply", "print", SECOND, "-o", "表") == Ran(
        5, "", f"错误 [E002]：文件 {name} 已存在\n怎么办：换一个文件名，或加 --force 覆盖\n"
    )
    assert shell("apply", "print", SECOND, "-o", "表", "--force").code == 0
    assert shell("apply", "print", "HN2026-0000009", "-o", "表").code == 4
    assert shell("apply", "print", "-o", "表").code == 2
    tried = shell("apply", "print", FIRST, "-o", "试.pdf", "-n")
    assert tried == Ran(0, "", "试做（不保存）：打印 1 份报名表，存放在 试.pdf\n")
    assert not (home / "试.pdf").exists()


def test_the_form_shows_what_was_submitted(shell: Run, home: Path) -> None:
    edited = shell(
        "trainee", "edit", id_number(1), "--address", "洛阳市涧西区 2 号", "--mobile", "13900000009"
    )
    assert edited.code == 0, edited.err
    shell("apply", "print", FIRST, "-o", "表.pdf")
    (text,) = _texts(home / "表.pdf")
    assert ("文化路" in text, "涧西区" in text, "13900000009" in text) == (True, False, True)


def test_who_has_a_character_no_font_has_is_named_and_the_others_printed(shell: Run, home: Path) -> None:
    book = write_people(home / "生僻字.xlsx", [person(3, name="王\U00030000"), person(4, name="朱𠮷")])
    assert shell("trainee", "import", book).code == 0
    ran = shell("apply", "print", "--all", "-o", "表.pdf")
    assert ran == Ran(
        3,
        "",
        "打印 3 份报名表，存放在 表.pdf\n"
        "错误 [E091] HN2026-0000003 姓名：没有印 王\U00030000：字体里没有\U00030000（U+30000）；"
        "用 --font 指定有这些字的字体文件，再单独打印\n",
    )
    names = [("王一", "王二", "朱𠮷")[at] in text for at, text in enumerate(_texts(home / "表.pdf"))]
    assert names == [True, True, True]
    alone = shell("apply", "print", "HN2026-0000003", "-o", "一份.pdf", "--json")
    assert (alone.code, json.loads(alone.out)["forms"], json.loads(alone.out)["refused"]) == (
        3,
        0,
        [
            {
                "application_no": "HN2026-0000003",
                "column": "姓名",
                "code": "E091",
                "severity": "error",
                "message": "没有印 王\U00030000：字体里没有\U00030000（U+30000）；"
                "用 --font 指定有这些字的字体文件，再单独打印",
            }
        ],
    )
    assert not (home / "一份.pdf").exists()


def _font_with(character: str, path: Path) -> Path:
    """Write a font that has one character, with the look of another."""
    from fontTools.subset import Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    font = TTFont(fonts.find_fonts(None).folders[0] / "NotoSansSC-Regular.otf")
    subsetter = Subsetter()
    subsetter.populate(text="一")
    subsetter.subset(font)
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = {ord(character): font.getBestCmap()[ord("一")]}
    font["cmap"].tables = [table]
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = "Rare"
    font.save(path)
    return path


def test_the_form_says_how_the_review_ended(shell: Run, home: Path, database: str) -> None:
    with transaction(database) as session:
        session.get_one(BatchSetting, (1, "contact")).value = ""
    shell("apply", "print", FIRST, "-o", "待审.pdf")
    assert shell("review", "reject", FIRST, "--reason", "学历证书看不清").code == 0
    shell("apply", "print", FIRST, "-o", "已审.pdf")
    (before,), (after,) = _texts(home / "待审.pdf"), _texts(home / "已审.pdf")
    words = ("审核单位：", "学历证书看不清", "2026年6月5日")
    assert [(word in before, word in after) for word in words] == [(False, True)] * 3
    # The batch says nobody to ask: no heading without words.
    assert "技术支持" not in before + after


def test_a_font_file_prints_what_the_others_lack(shell: Run, home: Path) -> None:
    book = write_people(home / "生僻字.xlsx", [person(3, name="王\U00030000")])
    assert shell("trainee", "import", book).code == 0
    rare = _font_with("\U00030000", home / "rare.ttf")
    ran = shell("apply", "print", "HN2026-0000003", "-o", "表.pdf", "--font", rare)
    assert ran == Ran(0, "", "打印 1 份报名表，存放在 表.pdf\n")
    (page,) = pypdf.PdfReader(home / "表.pdf").pages
    names = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert sorted(name.partition("+")[2].partition("-")[0] for name in names) == ["NotoSansSC", "Rare"]
    (home / "坏.ttf").write_bytes(b"no font")
    refused = shell("apply", "print", "HN2026-0000003", "-o", "表2.pdf", "--font", "坏.ttf")
    assert (refused.code, refused.err.partition("\n")[0]) == (
        3,
        "错误 [E331]：坏.ttf 不是字体文件，或已损坏",
    )
    assert shell("apply", "print", FIRST, "-o", "表2.pdf", "--font", "没有.ttf").code == 4


@pytest.mark.parametrize(
    ("family", "elsewhere"),
    [
        *(
            ("Noto Sans CJK SC", False),
            ("Noto Sans SC", False),
            ("SimSun", False),
            ("FangSong_GB2312", False),
        ),
        *(
            ("Source Han Sans SC", False),
            ("KaiTi", False),
            ("Microsoft YaHei", False),
            ("TH-Tshyn-P2", False),
        ),
        *(("Noto Sans CJK JP", True), ("Noto Serif TC", True), ("Noto Sans KR", True)),
        *(("Noto Sans Mono CJK HK", True), ("Source Han Sans", True), ("MS Mincho", True)),
    ],
)
def test_fonts_of_other_places_are_known_by_name(family: str, elsewhere: bool) -> None:
    assert fonts._is_elsewhere(family) == elsewhere


def test_a_collection_gives_the_shapes_used_here(shell: Run, home: Path) -> None:
    import noto_cjk_sans_otc

    (home / "字体").mkdir()
    (home / "字体" / "cjk.ttc").write_bytes(noto_cjk_sans_otc.FONT_PATH.read_bytes())
    found = fonts.find_fonts(home / "字体")
    assert found.families == ["Noto Sans CJK SC", "Noto Sans SC", "Noto Serif SC"]
    assert found.missing("张𠮷䶮\U00030000") == ["\U00030000"]
    ran = shell("apply", "print", FIRST, "-o", "表.pdf", env={"ZHUPEI_FONTS": str(home / "字体")})
    assert ran.code == 0
    (page,) = pypdf.PdfReader(home / "表.pdf").pages
    names = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert [name.partition("+")[2].partition("-")[0] for name in names] == ["NotoSansCJKsc"]


@pytest.mark.parametrize("name", ["a.ttf", "a.otf", "a.ttc", "._a.otf"])
@pytest.mark.parametrize("size", [0, 3, 12, 100, 5_000, 100_000])
def test_a_broken_font_is_left_out_and_told(tmp_path: Path, name: str, size: int) -> None:
    bundled = fonts.find_fonts(None)
    whole = (bundled.folders[0] / "NotoSerifSC-Regular.otf").read_bytes()
    (tmp_path / name).write_bytes(b"ttcf" + whole[4:size] if name.endswith("ttc") else whole[:size])
    (tmp_path / "folder.otf").mkdir()
    found = fonts.find_fonts(tmp_path)
    assert (found.families, found.unreadable) == (bundled.families, [tmp_path / name])


def test_many_entries_still_fit_one_page(shell: Run, home: Path) -> None:
    for at, month in enumerate(f"{year}-{month}" for year in range(2015, 2026) for month in ("01", "07")):
        ran = shell(
            *(
                "trainee",
                "work",
                "add",
                id_number(2),
                "--employer-name",
                f"第{1990 + at}医院" + "很长的名字" * 5,
            ),
            *("--from-date", f"{month}-01", "--to-date", f"{month}-31"),
        )
        assert ran.code == 0, ran.err
    shell("apply", "print", SECOND, "-o", "表.pdf")
    (text,) = _texts(home / "表.pdf")
    assert ("第1990医院" in text, "第2011医院" in text, "审核人签名" in text) == (True, True, True)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_photo_is_on_the_form_and_a_broken_one_refused(shell: Run, home: Path, database: str) -> None:
    def put(content: bytes) -> None:
        with transaction(database) as session:
            session.merge(TraineePhoto(trainee_id=1, mime="image/png", content=content))

    put(_png(30, 40))
    with statements() as seen:
        shell("apply", "print", FIRST, "-o", "表.pdf")
    (read,) = (at for at, sql in enumerate(seen) if "trainee_photo.content" in sql)
    assert read > max(at for at, sql in enumerate(seen) if re.match(r'(INSERT INTO|COPY) "?event', sql))
    (page,) = pypdf.PdfReader(home / "表.pdf").pages
    pictures = [one.get_object() for one in page["/Resources"]["/XObject"].values()]  # type: ignore[index]
    assert [(one.get("/Width"), one.get("/Height")) for one in pictures] == [(30, 40)]
    put(_png(30, 40)[:40])
    ran = shell("apply", "print", FIRST, "-o", "坏.pdf")
    assert (ran.code, ran.err.startswith("错误 [E089]：排版没有成功：")) == (3, True)
    assert not (home / "坏.pdf").exists()


def test_without_the_extra_it_says_what_to_install(shell: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    ran = shell("apply", "print", FIRST, "-o", "表.pdf")
    assert ran == Ran(
        5,
        "",
        "错误 [E088]：不能打印：没有安装打印组件 typst\n"
        '怎么办：先运行 pip install "zhupei[print]"；字体也可用环境变量 ZHUPEI_FONTS 指定文件夹\n',
    )


def test_a_configured_folder_comes_first(shell: Run, home: Path) -> None:
    bundled = fonts.find_fonts(None)
    assert bundled.families == ["Noto Sans SC", "Noto Serif SC", "Noto Sans CJK SC"]
    (home / "字体").mkdir()
    (home / "字体" / "song.otf").write_bytes((bundled.folders[0] / "NotoSerifSC-Regular.otf").read_bytes())
    assert fonts.find_fonts(home / "字体").families == ["Noto Serif SC", "Noto Sans SC", "Noto Sans CJK SC"]
    ran = shell("apply", "print", FIRST, "-o", "表.pdf", env={"ZHUPEI_FONTS": str(home / "字体")})
    assert ran.code == 0
    (page,) = pypdf.PdfReader(home / "表.pdf").pages
    names = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert [name.partition("+")[2].partition("-")[0] for name in names] == ["NotoSerifSC"]
    missing = shell("apply", "print", FIRST, "-o", "表2.pdf", env={"ZHUPEI_FONTS": "没有"})
    assert missing.code == 4
