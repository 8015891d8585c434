"""`zhupei exam`: from the rooms to the marks of who was absent."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import update

from tests.conftest import Ran, Run
from tests.exam_world import ROOMS, closed_batch, step
from tests.people import called, write_book
from tests.pictures import picture
from tests.statements import statements
from zhupei_cli.model import Batch, Snapshot, TraineePhoto, TrainingBase
from zhupei_cli.services.people import photo_intake
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_ROOM
from zhupei_cli.sheets.kinds.workbook_kinds import REVIEW
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
#: Two people whose names are long, and not in the Basic Multilingual Plane.
HOSPITAL = "河南省某某医学院第一附属人民医院暨国家区域医疗中心心血管病分中心"
LONG, RARE = "阿卜杜热合曼·麦麦提敏吐尔逊江买买提艾力", "王𠀋"


@pytest.fixture
def call(database: str, zhupei: Run, home: Path) -> Call:
    """Batch T, closed, of fourteen people, the thirteenth and fourteenth not approved yet; 考场.xlsx."""
    with transaction(database) as session:
        closed_batch(session, 14, told=True)
        step(session, (13, 14), "submitted")
        names = {at: called(at) for at in range(1, 15)} | {1: LONG, 2: RARE}
        for id_, name in names.items():
            renamed = update(Snapshot).where(Snapshot.application_id == id_).values(name=name)
            session.execute(renamed)
        session.execute(update(TrainingBase).where(TrainingBase.code == "B001").values(name=HOSPITAL))
    write_book(home / "考场.xlsx", [(EXAM_ROOM, ROOMS)])
    return lambda *args: zhupei("--database", database, *args)


def _rooms(call: Call) -> list[tuple[object, ...]]:
    rows = json.loads(call("exam", "sites", "list", "--json").out)
    return [(row["site"], row["room"], row["seats"], row["seated"], row["free"]) for row in rows]


def test_a_day_of_exams(call: Call, home: Path) -> None:
    assert call("exam", "sites", "template").code == 0
    imported = call("exam", "sites", "import", "考场.xlsx")
    assert (imported.code, imported.err) == (
        0,
        "导入完成：共 3 行，新增 3，更新 0，不变 0，未通过 0，提醒 0，导入编号 2\n"
        "下一步：zhupei exam allot（报名结束、审核以后安排座位）\n",
    )
    waiting = call("exam", "tickets", "T-0000013", "-o", "准考证.pdf")
    assert (waiting.code, waiting.err.splitlines()[0]) == (
        4,
        "错误 [E742]：T-0000013 的状态是已提交，没有座位",
    )
    assert "exam allot" not in waiting.err
    early = call("exam", "tickets", "--all", "-o", "准考证.pdf")
    assert (early.code, early.err.splitlines()[0]) == (5, "错误 [E741]：批次 T 还没有安排座位")
    assert early.err.splitlines()[1] == "怎么办：先运行 zhupei exam allot --batch T"
    allotted = call("exam", "allot", "--seed", "7", "--by", "混合")
    assert (allotted.code, allotted.err) == (
        0,
        "已安排 12 人，原有 0 人不动；共用考场 3 个，还有空座 6 个\n"
        "种子 7：加 --seed 7 可得到同样的结果\n"
        "下一步：zhupei exam tickets --all --batch T -o 准考证（印制准考证）\n",
    )
    assert _rooms(call) == [("01", "001", 6, 6, 0), ("01", "002", 4, 4, 0), ("02", "001", 8, 2, 6)]
    assert call("review", "revoke", "T-0000001", "--reason", "误审").code == 0
    assert sum(int(str(row[3])) for row in _rooms(call)) == len(
        json.loads(call("exam", "list", "--json").out)
    )
    assert call("review", "approve", "T-0000001").code == 0
    first = json.loads(call("exam", "list", "--json").out)
    assert [row["ticket"] for row in first][:2] == ["20260100101", "20260100102"]
    assert all("*" in row["id_number"] for row in first)
    assert call("exam", "allot").err == "没有要安排的人：12 名考生都有座位\n"
    assert call("exam", "sites", "list", "-o", "again.xlsx").code == 0
    assert "不变 3" in call("exam", "sites", "import", "again.xlsx").err
    # Two are approved late.
    _approve(call)
    assert "另有 2 名考生没有座位" in call("exam", "list").err
    assert call("exam", "allot", "--seed", "8").err.startswith("已安排 2 人，原有 12 人不动；")
    rows = json.loads(call("exam", "list", "--json").out)
    assert [row for row in rows if row in first] == first
    _papers(call, home, rows)
    _absent(call, home, rows)


def _approve(call: Call) -> None:
    for number in (13, 14):
        assert call("review", "approve", f"T-{number:07d}").code == 0


def _papers(call: Call, home: Path, rows: list[dict[str, object]]) -> None:
    """Every ticket on one page, every paper with exactly the people of its room."""
    told = json.loads(call("exam", "tickets", "--all", "-o", "准考证", "--json").out)
    assert (told["tickets"], told["without_photo"], len(told["files"])) == (14, 14, 3)
    assert told["refused"] == []
    tickets = _pages(home / "准考证/02_001_准考证.pdf")
    here = [row for row in rows if (row["site"], row["room"]) == ("02", "001")]
    assert len(tickets) == len(here) == 4
    for page, row in zip(tickets, here, strict=True):
        assert str(row["ticket"]) in page
        assert str(row["application_no"]) in page
        assert "考生须知" in page
        assert "洛阳一中" in page
    one = call("exam", "tickets", "T-0000001", "T-0000002", "-o", "两人.pdf")
    assert one.err == "印制 2 份准考证（2 人没有照片），存放在 两人.pdf\n"
    assert call("exam", "tickets", "T-0000001", "-o", "两人.pdf").code == 5
    assert call("exam", "tickets", "-o", "x.pdf").code == 2
    gone = call("exam", "tickets", "T-0000099", "-o", "x.pdf")
    assert (gone.code, gone.err.startswith("错误 [E304]")) == (4, True)
    both = call("exam", "tickets", "--all", "--room", "001", "-o", "x.pdf")
    assert (both.code, "--site/--room 和 --all 不能同时用" in both.err) == (2, True)
    assert call("exam", "tickets", "--site", "09", "-o", "x.pdf").code == 4
    assert call("exam", "list", "--room", "009").code == 4
    some = call("exam", "list", "--site", "02", "--site", "01", "--room", "001", "--json")
    assert len(json.loads(some.out)) == sum(row["room"] == "001" for row in rows) > len(here)
    assert call("exam", "list", "--site", "02", "--site", "09").code == 4
    assert call("exam", "list", "--site", "02", "--room", "001", "--room", "002").code == 4
    made = call("exam", "sheets", "-o", "考务")
    assert made.err == (
        "印制 2 个考点、3 个考场、14 人的材料，存放在 考务\n"
        "下一步：zhupei admit scores import --batch T 考务/*_签到登记表.xlsx（考后登记缺考）\n"
    )
    papers = ("门贴", "桌贴", "签到表")
    sites = ("01_郑州一中", "02_洛阳一中")
    endings = (*(f"{paper}.pdf" for paper in papers), "签到登记表.xlsx")
    files = {path.name for path in (home / "考务").iterdir()}
    assert files == {f"{site}_{ending}" for site in sites for ending in endings}
    for name in sites:
        wanted = sorted(str(row["ticket"]) for row in rows if row["site"] == name[:2])
        for paper in papers:
            pages = "\n".join(_pages(home / f"考务/{name}_{paper}.pdf"))
            found = [word for word in pages.split() if word.startswith("2026") and word.isdigit()]
            assert sorted(set(found)) == wanted, paper
    assert len(_pages(home / "考务/01_郑州一中_签到表.pdf")) == 2
    assert call("exam", "sheets", "-o", "考务").code == 5
    assert call("exam", "sheets", "--only", "签到登记表", "--site", "02", "-o", "只有表").code == 0
    assert [path.name for path in (home / "只有表").iterdir()] == ["02_洛阳一中_签到登记表.xlsx"]


def _pages(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(path).pages]


def _absent(call: Call, home: Path, rows: list[dict[str, object]]) -> None:
    """Who is ticked on the sign-in workbook is 缺考; marks come in by ticket."""
    path = home / "考务/02_洛阳一中_签到登记表.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["成绩"]
    headings = [cell.value for cell in sheet[2]]
    assert headings == ["考场", "座位号", "准考证号", "姓名", "报名专业", "笔试缺考"]
    missing = sheet.cell(3, 3).value
    sheet.cell(3, 6, "√")
    book.save(path)
    done = call("admit", "scores", "import", path)
    assert (done.code, "3 行未填，略过" in done.err, "替换已有成绩 1" in done.err) == (0, True, True)
    (gone,) = [row["application_no"] for row in rows if row["ticket"] == missing]
    scores = json.loads(call("admit", "scores", "list", "--json").out)
    assert [row["application_no"] for row in scores if row["written_absent"]] == [gone]
    head = ["准考证号", "姓名", "笔试", "笔试缺考"]
    other = next(row for row in rows if row["application_no"] != gone)
    lines: list[list[object]] = [
        [other["ticket"], other["name"], 88, None],
        ["20269999999", None, 70, None],
        [rows[-1]["ticket"], rows[-1]["name"], 70, "√"],
        [rows[-2]["ticket"], "别人", 70, None],
    ]
    _write(home / "笔试.xlsx", head, lines)
    taken = call("admit", "scores", "import", "笔试.xlsx", "--json")
    found = json.loads(taken.out)["problems"]
    problems = [(one["row"], one["code"]) for one in found if one["severity"] == "error"]
    assert (taken.code, problems) == (3, [(3, "E743"), (4, "E745"), (5, "E161")])
    # Who had the ticket before is nobody to rename.
    (told,) = (one["message"] for one in found if one["code"] == "E161")
    assert "这个准考证号现在是" in told and "--name" not in told
    scores = json.loads(call("admit", "scores", "list", "--json").out)
    assert [row["written"] for row in scores if row["application_no"] == other["application_no"]] == [88]
    _write(home / "两号.xlsx", ["报名号", *head], [["T-0000099", *lines[0]]])
    assert "E744" in call("admit", "scores", "import", "两号.xlsx").err
    assert call("admit", "scores", "template", "-o", "成绩.xlsx").code == 0
    sheet = openpyxl.load_workbook(home / "成绩.xlsx")["成绩"]
    assert [cell.value for cell in sheet[2]][:3] == ["报名号", "准考证号", "姓名"]
    assert "未通过 0" in call("admit", "scores", "import", "成绩.xlsx").err


def _write(path: Path, head: list[str], rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "成绩"
    for row in (head, *rows):
        sheet.append(row)
    book.save(path)


def test_allotting_again_asks_and_says_how_many_have_marks(call: Call) -> None:
    call("exam", "sites", "import", "考场.xlsx")
    call("exam", "allot", "--seed", "1")
    before = call("exam", "list", "--json").out
    again = ("exam", "allot", "--again", "--seed", "2")
    asked = call(*again)
    assert (asked.code, asked.err.splitlines()[1][:21]) == (2, "错误 [E085]：需要确认：批次 T 有")
    assert asked.err.startswith("提醒 [E746]：换座位的人中有 ")
    assert call(*again, "-n").err.splitlines()[1].startswith("试做（不保存）：可以安排 ")
    assert call("exam", "list", "--json").out == before
    assert call(*again, "--yes").code == 0
    assert call("exam", "list", "--json").out != before
    assert call("db", "check", "--deep").out.count("座位") == 0


def test_other_ticket_numbers_are_for_who_is_seated_later_and_this_is_told(call: Call) -> None:
    told = (
        "提醒：已有的准考证号不变，以后安排的用新的；要全部换新的："
        "zhupei exam allot --again --batch T（已印的准考证作废）\n"
    )
    change = ("batch", "edit", "T", "--set")
    assert told not in call(*change, "ticket={site}{room}{seat}").err  # nobody sits anywhere yet
    assert call("exam", "sites", "import", "考场.xlsx").code == 0
    assert call("exam", "allot", "--seed", "7").code == 0
    assert told not in call(*change, "contact=0371-00000000").err
    changed = call(*change, "ticket={year}-{room}-{seat}")
    assert (changed.code, changed.err) == (
        0,
        "批次 T：修改 1 项\n准考证号：{site}{room}{seat} → {year}-{room}-{seat}\n" + told,
    )


def test_a_name_that_fonts_lack_stops_the_papers_of_its_room_alone(call: Call, database: str) -> None:
    with transaction(database) as session:
        session.execute(update(Snapshot).where(Snapshot.application_id == 2).values(name="王𠀀"))
    call("exam", "sites", "import", "考场.xlsx")
    call("exam", "allot", "--seed", "1")
    seated = json.loads(call("exam", "list", "--json").out)
    (without,) = (one for one in seated if one["name"] == "王𠀀")
    site, code = without["site"], without["room"]
    room = [one["ticket"] for one in seated if (one["site"], one["room"]) == (site, code)]
    made = call("exam", "sheets", "-o", "考务")
    told = f"错误 [E797] {code}：没有印 考点 {site} 第 {code} 考场 的材料：字体里没有 王𠀀 的𠀀（U+20000）"
    assert (made.code, [line.partition("；")[0] for line in made.err.splitlines()[1:2]]) == (3, [told])
    printed = "".join(
        page.extract_text() for path in Path("考务").glob("*签到表.pdf") for page in PdfReader(path).pages
    )
    others = [one["ticket"] for one in seated if one["ticket"] not in room]
    assert others and all(number in printed for number in others)
    assert not any(number in printed for number in room)
    # Who is on no paper is in the workbook all the same, which needs no font of ours.
    books = [openpyxl.load_workbook(path).worksheets[0] for path in Path("考务").glob("*登记表.xlsx")]
    written = {cell for book in books for row in book.iter_rows(values_only=True) for cell in row}
    assert {one["ticket"] for one in seated} <= written
    tickets = call("exam", "tickets", "--all", "-o", "准考证.pdf")
    assert tickets.code == 3
    assert tickets.err.startswith("印制 11 份准考证（11 人没有照片），存放在 准考证.pdf\n")


def test_an_undone_review_says_whose_seats_are_still_held(call: Call, home: Path) -> None:
    rows = [{"application_no": f"T-00000{at}", "decision": "通过"} for at in (13, 14)]
    write_book(home / "审核.xlsx", [(REVIEW, rows)])
    call("exam", "sites", "import", "考场.xlsx")
    assert call("review", "import", "审核.xlsx").code == 0
    assert call("exam", "allot", "--seed", "1").code == 0
    cure = "zhupei exam allot --batch T：不再参加考试的人，座位让出来"
    undone = call("imports", "undo", "3", "--reason", "有误", "--yes")
    assert (undone.code, undone.err.splitlines()[:2]) == (
        0,
        [f"提醒 [E798]：其中 2 人有考场座位，座位还留着；{cure}", "已撤销：导入 3，删除 0 条，恢复 2 条"],
    )
    assert call("exam", "allot").code == 0
    assert len(json.loads(call("exam", "list", "--json").out)) == 12


def test_one_damaged_photo_stops_nobody_elses_ticket(call: Call, database: str, home: Path) -> None:
    call("exam", "sites", "import", "考场.xlsx")
    call("exam", "allot", "--seed", "1")
    (home / "照片").mkdir()
    for number in (3, 4):
        (home / f"照片/T-000000{number}.jpg").write_bytes(picture())
    assert call("trainee", "photo", "import", "照片").code == 0
    with transaction(database) as session:
        broken = update(TraineePhoto).where(TraineePhoto.trainee_id == 3)
        session.execute(broken.values(content=picture()[:300]))
    rules = "exam_rules=1. 带好证件。\n\n 2、不得迟到。 \n2026年起听从安排。"
    assert call("batch", "edit", "T", "--set", rules).code == 0
    made = call("exam", "tickets", "--all", "-o", "准考证.pdf")
    assert (made.code, made.err.splitlines()) == (
        3,
        [
            "印制 11 份准考证（10 人没有照片），存放在 准考证.pdf",
            "错误 [E792] T-0000003：没有印 王三：存着的照片已经损坏；重新导入照片，再单独印："
            "zhupei exam tickets T-0000003 -o 准考证.pdf",
        ],
    )
    pages = _pages(home / "准考证.pdf")
    assert len(pages) == 11
    flat = [page.replace("\n", "") for page in pages]
    assert ["2. 不得迟到。" in page and "3. 2026年起" in page for page in flat] == [True] * 11
    assert [page for page in flat if "1. 1." in page] == []
    alone = call("exam", "tickets", "T-0000003", "-o", "一份.pdf")
    assert (alone.code, (home / "一份.pdf").exists(), "存放在" in alone.err) == (3, False, False)
    said = json.loads(call("exam", "tickets", "T-0000003", "-o", "一份.pdf", "--json").out)
    assert (said["tickets"], said["files"]) == (0, [])
    # A folder called 准考证.txt was what came of it.
    assert call("exam", "tickets", "--all", "-o", "准考证.txt").code == 2
    assert not (home / "准考证.txt").exists()


def test_photos_are_fetched_by_the_room_and_a_few_at_once(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never those of everybody, and none while others wait: eight thousand of them are two gigabytes."""
    call("exam", "sites", "import", "考场.xlsx")
    call("exam", "allot", "--seed", "1")
    (home / "照片").mkdir()
    for number in range(1, 12):
        (home / f"照片/T-{number:07d}.jpg").write_bytes(picture(size=(40, 50 + number)))
    assert call("trainee", "photo", "import", "照片").code == 0
    monkeypatch.setattr(photo_intake, "_AT_ONCE", 4)
    with statements() as seen:
        made = call("exam", "tickets", "--all", "-o", "准考证")
    assert made.err == "印制 12 份准考证（1 人没有照片），存放在 准考证\n"
    reading = [at for at, sql in enumerate(seen) if _READS in sql]
    told = [at for at, sql in enumerate(seen) if re.match(r'(INSERT INTO|COPY) "?event', sql)]
    shown = [height for path in (home / "准考证").iterdir() for height in _heights(path)]
    assert sorted(shown) == [*range(51, 62)]
    rooms = [taken for *_, taken, _ in _rooms(call)]
    assert (rooms, len(reading), min(reading) > max(told)) == ([6, 4, 2], 2 + 1 + 1, True)
    with statements() as seen:
        assert call("exam", "tickets", "--all", "-o", "准考证.pdf").code == 0
    assert sum(_READS in sql for sql in seen) == 3
    assert sorted(_heights(home / "准考证.pdf")) == [*range(51, 62)]


#: What a statement has in it that reads photos.
_READS = "trainee_photo.content"


def _heights(path: Path) -> list[int]:
    """Return the heights of the pictures in a PDF."""
    return [one.image.height for page in PdfReader(path).pages for one in page.images if one.image]


def test_rooms_of_the_sign_in_workbook_are_on_pages_of_their_own(call: Call, home: Path) -> None:
    call("exam", "sites", "import", "考场.xlsx")
    call("exam", "allot", "--seed", "1")
    call("exam", "sheets", "--only", "签到登记表", "-o", "考务")
    sheet = openpyxl.load_workbook(home / "考务/01_郑州一中_签到登记表.xlsx").worksheets[0]
    rooms = [cell.value for cell in sheet["A"]][2:]
    wanted = [at + 2 for at in range(1, len(rooms)) if rooms[at] != rooms[at - 1]]
    assert [one.id for one in sheet.row_breaks.brk] == wanted == [8]


def test_a_zero_that_a_spreadsheet_took_away_makes_no_second_site(call: Call, home: Path) -> None:
    call("exam", "sites", "import", "考场.xlsx")
    rows = [
        {"site": "1", "site_name": "又一个", "room": "005", "seats": "6"},
        {"site": "01", "room": "1", "seats": "6"},
        {"site": "03", "site_name": "新的", "room": "001", "seats": "6"},
    ]
    write_book(home / "再.xlsx", [(EXAM_ROOM, rows)])
    taken = json.loads(call("exam", "sites", "import", "再.xlsx", "--json").out)
    assert taken["counts"]["inserted"] == 1
    assert [(one["row"], one["column"], one["code"]) for one in taken["problems"]] == [
        (2, "考点编号", "E793"),
        (3, "考场编号", "E793"),
    ]


def test_the_list_sends_nobody_where_no_seat_is_given_any_more(call: Call, database: str) -> None:
    assert call("exam", "sites", "import", "考场.xlsx").code == 0
    for status, way in (
        ("closed", "zhupei exam allot --batch T"),
        ("committed", "座位在报名结束以后、锁定以前安排；现在已不再安排"),
    ):
        with transaction(database) as session:
            session.execute(update(Batch).values(status=status))
        assert call("exam", "list").err.splitlines()[-1] == f"另有 12 名考生没有座位：{way}"
