"""`zhupei export` of lists: what is on them, what never is, and when they may be had."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select, update

from tests.builders import store_world, worked_example
from tests.conftest import NOW, Ran, Run
from tests.people import id_number, open_batch, person
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.demo.generate import generate
from zhupei_cli.demo.workbooks import write_season
from zhupei_cli.model import Event, Snapshot, Specialty
from zhupei_cli.services.applications.applicant_export import export_applicants
from zhupei_cli.services.applications.listing import Filter
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.writing.kind_sheet import write_kinds
from zhupei_cli.store.engine import reading, transaction

pytestmark = pytest.mark.long

Call = Callable[..., Ran]


@pytest.fixture
def season(database: str) -> str:
    """The worked example as batch T, locked; its specialty has a short name."""
    with transaction(database) as session:
        store_world(session, worked_example())
        session.execute(update(Specialty).where(Specialty.code == "0100").values(name="内"))
    return database


@pytest.fixture
def call(season: str, zhupei: Run) -> Call:
    def run(*args: str | Path) -> Ran:
        return zhupei("--database", season, *args)

    assert run("admit", "run").code == 0
    return run


def _committed(call: Call, *steps: str) -> None:
    assert call("admit", "commit", "1").code == 0
    for step in steps:
        assert call("batch", step, "--yes").code == 0


def _actions(database: str) -> list[str]:
    with reading(database) as session:
        return [
            action
            for action in session.execute(select(Event.action).order_by(Event.seq)).scalars()
            if action.startswith("export.")
        ]


@pytest.mark.parametrize(
    ("name", "steps", "what"),
    [
        ("public", (), "公示名单"),
        ("ranking", (), "成绩排名"),
        ("register", ("publish",), "学员登记表"),
    ],
)
def test_too_early(call: Call, name: str, steps: tuple[str, ...], what: str) -> None:
    _committed(call, *steps)
    refused = call("export", name)
    assert (refused.code, refused.out) == (5, "")
    assert refused.err.startswith("错误 [E487]：批次 T 现为“")
    assert f"还不能导出{what}\n" in refused.err


def test_the_publicity_list_as_a_page_and_on_paper(call: Call, season: str, tmp_path: Path) -> None:
    _committed(call, "publish")
    with transaction(season) as session:
        session.execute(update(Snapshot).values(name="<b>王一</b>"))
    settings = ("--set", "contact=0371-1 & 2", "--set", "authority=某某省<卫生>委")
    assert call("batch", "edit", "T", *settings).code == 0
    rows = json.loads(call("export", "public", "--json").out)
    head = json.loads(call("audit", "verify", "--json").out)
    for name in ("a.html", "a.pdf", "a.xlsx"):
        ran = call("export", "public", "-o", tmp_path / name)
        lacks = "名单上没有公示期；补上再导出：zhupei batch edit T --set publicity_until=公示期"
        assert ran.err.splitlines() == [f"已写入 {tmp_path / name}（{len(rows)} 行）", lacks]
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "<script" not in page and "http" not in re.sub("http-equiv", "", page)
    cells = re.findall(r'<td[^>]*data-heading="([^"]*)">([^<]*)</td>', page)
    said = [dict(cells[at : at + 7]) for at in range(0, len(cells), 7)]
    assert [(one["序号"], one["报名号"], one["证件号码"]) for one in said] == [
        (str(number), row["application_no"], row["id_number"]) for number, row in enumerate(rows, 1)
    ]
    assert {one["姓名"] for one in said} == {"&lt;b&gt;王一&lt;/b&gt;"}
    paper = "".join(leaf.extract_text() for leaf in PdfReader(tmp_path / "a.pdf").pages)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    seal = f"存证：第 {head['events']} 号 {head['head'][-16:]}"
    for words in (
        seal,
        f"共 {len(rows)} 人",
        "受理电话：0371-1 & 2",
        "某某省<卫生>委",
        rows[0]["application_no"],
    ):
        assert words in page.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
        assert words.replace(" ", "") in paper.replace(" ", "").replace("\n", "")
    assert book.oddFooter.left.text == seal
    with transaction(season) as session:
        numbers = session.execute(select(Snapshot.id_number)).scalars().all()
    assert not any(number in text for number in numbers for text in (page, paper))


def test_lists_that_leave_the_house_say_whose_they_are(call: Call, tmp_path: Path) -> None:
    _committed(call, "publish")
    names = ("ranking", "unadmitted", "vacancies")

    def last(name: str) -> list[object]:
        assert call("export", name, "-o", tmp_path / f"{name}.xlsx", "--force").code == 0
        sheet = openpyxl.load_workbook(tmp_path / f"{name}.xlsx").worksheets[0]
        assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
        assert sheet.print_title_rows is not None
        return [
            sheet.cell(row, sheet.max_column).value for row in range(sheet.max_row - 3, sheet.max_row + 1)
        ]

    assert not any("某某省卫生委" in last(name) for name in names)
    assert call("batch", "edit", "T", "--set", "authority=某某省卫生委").code == 0
    day = f"{NOW.year}年{NOW.month}月{NOW.day}日"
    assert [last(name) for name in names] == [[None, None, "某某省卫生委", day]] * 3


def test_a_page_is_written_to_a_file_by_lists_that_are_published(call: Call) -> None:
    _committed(call, "publish")
    assert call("export", "public", "-f", "pdf").err.startswith("错误 [E086]：pdf 格式不能显示在屏幕上")
    assert "不认识文件后缀 '.html'" in call("export", "ranking", "-o", "a.html").err


def test_paper_lacks_no_character_of_a_name(call: Call, season: str, tmp_path: Path) -> None:
    _committed(call, "publish")
    with transaction(season) as session:
        session.execute(update(Snapshot).values(name="王\U000323ae"))
    ran = call("export", "public", "-o", tmp_path / "a.pdf")
    assert (ran.code, ran.err.splitlines()[0]) == (
        3,
        "错误 [E726]：字体里没有名单用到的字：\U000323ae（U+323AE）",
    )
    assert not (tmp_path / "a.pdf").exists()
    assert call("export", "public", "-o", tmp_path / "a.html").code == 0


def test_the_publicity_list_has_no_number_whole(call: Call, season: str) -> None:
    _committed(call, "publish")
    rows = json.loads(call("export", "public", "--json").out)
    assert [(row["application_no"], row["base"], row["rank"]) for row in rows] == [
        ("T-0000001", "A", 1),
        ("T-0000002", "A", 2),
        ("T-0000004", "B", 4),
        ("T-0000005", "C", 1),
    ]
    assert {"**" in row["id_number"] for row in rows} == {True}
    assert "mobile" not in rows[0]
    assert _actions(season) == []


def _grid(path: Path) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]


def test_the_publicity_list_says_who_until_when_and_whom_to_ask(call: Call, tmp_path: Path) -> None:
    until = ("--set", "publicity_until=2026-07-07", "--set", "contact=0371-00000000")
    assert call("batch", "edit", *until, "--set", "authority=某省卫生健康委员会").code == 0
    refused = call("export", "public", "--draft")
    assert (refused.code, "还不能导出公示名单送审稿\n怎么办：先运行 zhupei admit run" in refused.err) == (
        5,
        True,
    )
    _committed(call)
    assert call("export", "public", "--draft", "-o", "送审稿.xlsx").code == 0
    draft = call("export", "public", "--draft", "--json").out
    assert call("batch", "publish", "--yes").code == 0
    assert call("export", "public", "-o", "公示.xlsx").err == "已写入 公示.xlsx（4 行）\n"
    assert call("export", "public", "--json").out == draft
    places = {"A": "基地A", "B": "基地B", "C": "基地C"}
    rows = json.loads(draft)
    people = [
        [at, row["application_no"], row["name"], row["id_number"], places[row["base"]], "内", row["total"]]
        for at, row in enumerate(rows, 1)
    ]
    headings = ["序号", "报名号", "姓名", "证件号码", "录取基地", "录取专业", "总成绩"]
    whole = [headings, *people, [], [], ["某省卫生健康委员会"], ["2026年6月5日"]]
    about = "至2026年7月7日　　受理电话：0371-00000000"
    assert _grid(tmp_path / "送审稿.xlsx") == [
        ["T 招收拟录取公示名单（送审稿）"],
        ["批次：T　　共 4 人"],
        [f"公示期：公布之日起{about}"],
        *whole,
    ]
    assert _grid(tmp_path / "公示.xlsx") == [
        ["T 招收拟录取公示名单"],
        ["批次：T　　共 4 人"],
        [f"公示期：2026年6月5日{about}"],
        *whole,
    ]
    assert call("export", "public", "-o", "公示.xlsx").code == 5


def test_the_ranking_shows_the_cut_and_where_everybody_went(call: Call) -> None:
    rows = json.loads(call("export", "ranking", "--run", "1", "--base", "B", "--json").out)
    keys = ("rank", "application_no", "choice", "total", "result")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        (1, "T-0000001", 2, 90.0, "录取到其他岗位"),
        (2, "T-0000002", 2, 80.0, "录取到其他岗位"),
        (3, "T-0000003", 2, 78.0, "未录取"),
        (4, "T-0000004", 1, 70.0, "录取"),
        (5, "T-0000005", 1, 60.0, "录取到其他岗位"),
    ]
    assert {row["cutoff"] for row in rows} == {70.0}
    _committed(call, "publish")
    assert len(json.loads(call("export", "ranking", "--json").out)) == 5 + 4 + 1


def test_who_was_not_admitted_and_why(call: Call) -> None:
    _committed(call)
    (row,) = json.loads(call("export", "unadmitted", "--json").out)
    assert (row["application_no"], row["accept_adjust"], row["reason"]) == ("T-0000003", True, "no_vacancy")
    assert (row["choice1"], row["choice2"]) == ("基地A 内", "基地B 内")
    assert row["reason_label"] == "服从调剂但无空缺岗位"
    assert "**" in row["id_number"]


def test_the_register_in_other_columns(call: Call, season: str, tmp_path: Path) -> None:
    _committed(call, "publish", "finalize")
    columns = tmp_path / "列.csv"
    columns.write_text("列名,字段\n单位,base\n学号,\n姓名,name\n证件,id_number\n", "utf-8")
    ran = call("export", "register", "--columns", columns, "-f", "csv")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert (lines[0], len(lines)) == ("单位,学号,姓名,证件", 5)
    assert lines[1].startswith("A,,") and "*" not in "".join(lines)
    assert _actions(season) == ["export.register"]
    assert call("export", "register", "-o", "登记.xlsx").err == "已写入 登记.xlsx（4 行）\n"
    title, line, head, *_ = _grid(tmp_path / "登记.xlsx")
    assert (title, line) == (["T 招收学员登记表"], ["共 4 行　　制表日期：2026-06-05"])
    assert head[:3] == ["年度", "培训基地代码", "培训基地名称"]


@pytest.mark.parametrize(
    "text", ["", "a,b\n", "列名,字段\n", "列名,字段\n姓名,nobody\n", "列名,字段\n,name\n"]
)
def test_columns_that_cannot_be(call: Call, tmp_path: Path, text: str) -> None:
    columns = tmp_path / "列.csv"
    columns.write_text(text, "utf-8")
    refused = call("export", "register", "--columns", columns)
    assert (refused.code, refused.err.split("：")[0]) == (2, "错误 [E063]")


def test_letters_for_the_admitted_alone(call: Call, season: str, tmp_path: Path) -> None:
    refused = call("export", "letters", "--all", "-o", "通知书")
    assert (refused.code, refused.err.split("：")[0]) == (5, "错误 [E487]")
    _committed(call, "publish", "finalize")
    assert call("admit", "decline", "T-0000002", "--reason", "另有安排").code == 0
    assert call("export", "letters", "--all", "-o", "通知书", "-n").err.startswith(
        "试做（不保存）：印制 3 份"
    )
    done, doubt = call("export", "letters", "--all", "-o", "通知书").err.splitlines()
    assert done == "印制 3 份录取通知书，存放在 通知书"
    assert doubt.startswith("提醒 [E789]：批次 T 还没有设置发文单位、技术支持、报到地点，")
    # The days of publicity are over: nobody is told to set what cannot be set any more.
    public = call("export", "public", "-o", "公示名单.xlsx")
    assert (public.code, "publicity_until" in public.err, "落款单位" in public.err) == (0, False, True)
    files = sorted((tmp_path / "通知书").iterdir())
    assert [path.name for path in files] == [f"{code}_基地{code}_录取通知书.pdf" for code in "ABC"]
    text = PdfReader(files[0]).pages[0].extract_text()
    plain = text.replace("\n", "")
    assert ("T-0000001" in plain, "2026年6月5日" in plain, "（盖章处）" in plain) == (True, True, True)
    # What the batch does not say leaves no empty heading.
    assert [word for word in ("技术支持", "咨询方式", "号〔", "None") if word in plain] == []
    assert call("export", "letters", "--all", "-o", "全部.pdf").code == 0
    assert len(PdfReader(tmp_path / "全部.pdf").pages) == 3
    refused = call("export", "letters", "T-0000002", "-o", "x.pdf")
    assert (refused.code, refused.err.split("：")[0]) == (5, "错误 [E488]")
    assert call("export", "letters", "T-0000099", "-o", "x.pdf").code == 4
    assert call("admit", "run", "--round", "refill").code == call("admit", "commit", "2", "--yes").code == 0
    refused = call("export", "letters", "T-0000001", "--run", "2", "-o", "x.pdf")
    assert (refused.code, refused.err.splitlines()) == (
        5,
        [
            "错误 [E812]：T-0000001 由第 1 次录取计算录取，不在第 2 次录取计算的录取通知书之内",
            "怎么办：不写 --run：zhupei export letters T-0000001 -o 通知书.pdf",
        ],
    )
    assert call("export", "letters", "-o", "x.pdf").code == 2
    assert _actions(season) == ["export.letters", "export.letters"]


def test_letters_carry_authority_number_and_place(call: Call, tmp_path: Path) -> None:
    said = {
        "authority": "某省卫生健康委员会",
        "letter_no": "豫住培录〔{year}〕{number:05}号",
        "checkin_place": "各培训基地科教科",
        "contact": "0371-00000000",
        "checkin_until": "2026-12-31",
    }
    pairs = [word for key, value in said.items() for word in ("--set", f"{key}={value}")]
    assert call("batch", "edit", *pairs).code == 0
    _committed(call, "publish", "finalize")
    assert call("export", "letters", "T-0000005", "-o", "一份.pdf").code == 0
    text = PdfReader(tmp_path / "一份.pdf").pages[0].extract_text().replace("\n", "")
    words = (
        "豫住培录〔2026〕00005号",
        "某省卫生健康委员会",
        "各培训基地科教科",
        "2026年12月31日",
        "0371-00000000",
    )
    assert [word for word in words if word not in text] == []
    assert ("（盖章处）" in text, "23:59" in text) == (False, False)


def test_the_code_of_a_letter_says_whether_it_holds(database: str, zhupei: Run, tmp_path: Path) -> None:
    with transaction(database) as session:
        store_world(session, worked_example(), told=True)

    def call(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    assert call("admit", "run").code == 0
    _committed(call, "publish", "finalize")
    first, fifth = "T-0000001", "T-0000005"
    assert call("export", "letters", first, fifth, "-o", "通知书.docx").code == 0
    assert call("export", "letters", "--all", "-f", "docx", "-o", "通知书").code == 0
    assert {path.suffix for path in (tmp_path / "通知书").iterdir()} == {".docx"}
    for words in (("-o", "x.txt"), ("-f", "docx", "-o", "x.pdf")):
        assert call("export", "letters", first, *words).code == 2
    document = docx.Document(str(tmp_path / "通知书.docx"))
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [words for words in cells if words[0] in ("姓名", "培训年限")] == [
        ["姓名", "考生1"],
        ["培训年限", "3 年"],
    ]
    codes = _codes(tmp_path / "通知书.docx")
    assert [code.split("|")[1] for code in codes] == [first, fifth]
    assert call("batch", "seal", "-o", "T.zip").code == 0
    good = call("verify", "--letter", codes[0])
    assert (good.code, good.err.split("，")[0]) == (
        0,
        "通知书相符：T-0000001 考生1 4101**********1015",
    )
    assert call("verify", "T.zip", "--letter", codes[0]).code == 0
    sealed = json.loads(call("verify", "T.zip", "--letter", codes[0], "--json").out)
    assert sealed["letter"] == {"status_label": "已录取", "as_of": "2026-06-05T10:00:00+08:00"}
    assert sealed["sealed_at"] == "2026-06-05T10:00:00+08:00"
    assert call("verify", "--letter", codes[0], "-o", "核对.csv").code == 0
    assert "已录取" in (tmp_path / "核对.csv").read_text("utf-8-sig")
    assert call("verify", "T.zip", "--letter", codes[0], "-o", "核对.xlsx").code == 2
    # Another name on the paper, somebody else's number, words that are no code, a seat that was given up.
    for forged in (codes[0].replace("考生1", "考生9"), codes[0].replace(first, fifth)):
        for file in ((), ("T.zip",)):
            assert "E784" in call("verify", *file, "--letter", forged).err
    assert call("verify", "--letter", "https://example.com").code == 2
    assert call("verify").code == 2
    assert call("admit", "decline", fifth, "--reason", "另有安排").code == 0
    gone = call("verify", "--letter", codes[1])
    assert (gone.code, gone.err.splitlines()[0]) == (
        3,
        "错误 [E785]：T-0000005 的录取通知书已失效：现为放弃录取",
    )
    # The sealed file is of before, and says so.
    before = call("verify", "T.zip", "--letter", codes[1])
    assert (before.code, "，已录取" in before.err) == (0, False)
    assert re.search(r"，封存时（2026-06-05 10:00:00）为已录取；.*\n封存以后放弃、", before.err), before.err


def _codes(path: Path) -> list[str]:
    """What a camera reads from the pictures of a document, in their order."""
    with zipfile.ZipFile(path) as package:
        pictures = sorted(name for name in package.namelist() if name.startswith("word/media/"))
        read = [zxingcpp.read_barcodes(Image.open(package.open(name)).convert("L")) for name in pictures]
    return [found.text for (found,) in read]


@pytest.mark.sqlite
@pytest.mark.parametrize("pattern", ["第{no}号", "第号", "{number", "{number:5}号", "{number!r}", "{year}年"])
def test_patterns_of_letter_numbers_that_cannot_be(call: Call, pattern: str) -> None:
    refused = call("batch", "edit", "--set", f"letter_no={pattern}")
    assert (refused.code, refused.err.split("：")[0]) == (2, "错误 [E271]")


def test_who_has_a_rare_character_gets_no_letter_and_is_named(
    call: Call, season: str, tmp_path: Path
) -> None:
    _committed(call, "publish", "finalize")
    with transaction(season) as session:
        session.execute(update(Snapshot).where(Snapshot.name == "考生4").values(name="王\U00030000"))
    ran = call("export", "letters", "--all", "-o", "通知书")
    assert ran == Ran(
        3,
        "",
        "印制 3 份录取通知书，存放在 通知书\n"
        "提醒 [E789]：批次 T 还没有设置发文单位、技术支持、报到地点，公示名单和通知书上就没有；"
        "zhupei batch edit T --set authority=发文单位 --set contact=技术支持 --set checkin_place=报到地点\n"
        "错误 [E091] T-0000004 姓名：没有印 王\U00030000：字体里没有\U00030000（U+30000）；"
        "用 --font 指定有这些字的字体文件，再单独打印\n",
    )
    assert sorted(path.name[0] for path in (tmp_path / "通知书").iterdir()) == ["A", "C"]
    assert _actions(season) == ["export.letters"]


# -- applicants ------------------------------------------------------------------------------------


@pytest.fixture
def province(database: str, zhupei: Run, tmp_path: Path) -> Call:
    """An open batch with 300 people of every kind and state."""

    def run(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    bases, plan, people = write_season(tmp_path, generate(3, bases=6, places=40, applicants=300, faulty=0))
    run("base", "import", bases)
    dates = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-30")
    run("batch", "create", "HN2026", "--name", "招收", "--year", "2026", *dates)
    run("batch", "plan", "import", plan)
    run("batch", "open")
    assert run("trainee", "import", people).code == 0
    numbers = [row["application_no"] for row in json.loads(run("apply", "list", "--json").out)]
    assert run("apply", "submit", *numbers[:200]).code == 0
    for verb, some in (("approve", numbers[:50]), ("reject", numbers[50:60]), ("return", numbers[60:70])):
        reason = () if verb == "approve" else ("--reason", "材料不全")
        assert run("review", verb, *some, *reason).code == 0
    assert run("apply", "withdraw", numbers[80], "--yes").code == 0
    return run


def _unchanged(ran: Ran) -> dict[str, int]:
    counts: dict[str, int] = json.loads(ran.out)["counts"]
    assert ran.code == 0, ran.out[:2000]
    assert counts["unchanged"] == counts["rows"]
    return counts


def test_what_is_exported_imports_again_and_changes_nothing(province: Call, database: str) -> None:
    assert province("export", "applicants", "-o", "全部.xlsx").err == "已写入 全部.xlsx（299 人）\n"
    counts = _unchanged(province("trainee", "import", "全部.xlsx", "--json"))
    assert counts["rows"] >= 299
    assert province("export", "applicants", "-o", "全部.csv").code == 0
    assert _unchanged(province("trainee", "import", "全部.csv", "--json"))["rows"] == 299
    assert _actions(database) == ["export.applicants", "export.applicants"]


def test_odd_people_too(zhupei: Run, database: str, tmp_path: Path) -> None:
    with transaction(database) as session:
        open_batch(session)
    doctor = {"level": "博士", "degree": "博士", "bachelor_school": "甲大学", "bachelor_major": "临床医学"}
    passport = {"id_type": "护照", "id_number": "E12345678", "gender": "女", "birth_date": "1999-01-02"}
    rows = [
        person(1, name="=王强", address="@河南省“郑州”市"),
        person(2, name="𠮷川·买买提", **doctor),
        person(3, ethnicity=None, **passport),
        person(4, address="'9号院", graduated_on="2026年6月", mobile="139-1234-5678", ethnicity="穿青人"),
        person(5, emergency_phone="0371-65000000转8001", email="a@qq.com（常用）", name="José García"),
    ]
    college = {"level": "大专", "school": "乙学院", "major": "护理", "full_time": "否"}
    further = [{"id_number": id_number(1), "graduated_on": "2018-07-01", **college}]
    work = {"id_number": id_number(1), "employer_name": "甲医院"}
    works = [
        {**work, "from_date": "2019-07-01", "to_date": "2020-06-30"},
        {**work, "from_date": "2021-07", "to_date": "2022-06"},
    ]
    sheets = [
        (workbook_kinds.PERSON, rows),
        (workbook_kinds.EDUCATION, further),
        (workbook_kinds.WORK, works),
    ]
    path = tmp_path / "报名信息.xlsx"
    write_kinds(path, [(kind, kind.columns, some) for kind, some in sheets], made_on=NOW.date())
    first = zhupei("--database", database, "trainee", "import", path, "--json")
    assert first.code == 0, first.out
    assert zhupei("--database", database, "export", "applicants", "-o", "出.xlsx").code == 0
    book = openpyxl.load_workbook(tmp_path / "出.xlsx")
    assert book.sheetnames == ["报名信息", "教育经历", "工作经历"]
    assert book["报名信息"]["A2"].data_type in ("s", "inlineStr")
    assert _unchanged(zhupei("--database", database, "trainee", "import", "出.xlsx", "--json"))["rows"] == 8
    assert zhupei("--database", database, "export", "applicants", "-o", "出.csv").code == 0
    assert _unchanged(zhupei("--database", database, "trainee", "import", "出.csv", "--json"))["rows"] == 5


def test_filters_and_the_number_of_statements(province: Call, database: str) -> None:
    rows = json.loads(province("export", "applicants", "--status", "approved", "--json").out)
    assert len(rows) == 50
    with transaction(database) as session, statements() as seen:
        whole = export_applicants(session, find_batch(session, "HN2026"), Filter(), by=Acting("甲", NOW))
    assert len(whole.people) == 299
    assert len(seen) < 25


def test_a_draft_after_publication_says_that_it_is_published(call: Call) -> None:
    _committed(call)
    told = "批次 T 已经公示，不再需要送审稿；公示名单不加 --draft 导出\n"
    assert told not in call("export", "public", "--draft").err
    assert call("batch", "publish", "--yes").code == 0
    assert call("export", "public", "--draft").err == told
    assert call("export", "public").err == ""
