"""`zhupei trainee photo`: what people see of an import, and the photos given back."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, text, update

from tests.conftest import Ran, Run
from tests.exam_world import closed_batch
from tests.pictures import picture
from zhupei_cli.model import Trainee
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """Batch T of three people."""
    with transaction(database) as session:
        closed_batch(session, 3, told=True)
    return lambda *args: zhupei("--database", database, *args)


def test_photos_by_the_hundred(call: Call, home: Path) -> None:
    folder = home / "照片"
    folder.mkdir()
    (folder / "T-0000001_王一.jpg").write_bytes(picture())
    assert call("batch", "edit", "T", "--set", "photo_kb=").code == 0
    tried = call("trainee", "photo", "import", "照片", "-n")
    counts = "共 1 个文件，新增 1，更新 0，不变 0，未通过 0，提醒 0"
    assert (tried.code, tried.err) == (0, f"试导入（不保存）：{counts}\n")
    assert call("trainee", "photo", "import", "照片").err == f"导入完成：{counts}，导入编号 2\n"
    (folder / "王二.jpg").write_bytes(picture())
    (folder / "T-0000002.jpg").write_bytes(picture(size=(100, 200)))
    done = call("trainee", "photo", "import", "照片", "--json")
    told = json.loads(done.out)
    assert (done.code, told["counts"]["unchanged"], told["counts"]["inserted"]) == (3, 1, 1)
    assert [(one["file"], one["code"], one["severity"]) for one in told["problems"]] == [
        ("T-0000002.jpg", "E752", "warning"),
        ("王二.jpg", "E750", "error"),
    ]
    assert told["errors_files"] == ["照片_未通过.xlsx"]
    sheet = openpyxl.load_workbook(home / "照片_未通过.xlsx").worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["王二.jpg", "没有导入"] in [row[:2] for row in cells]
    assert ["T-0000002.jpg", "已导入，有提醒"] in [row[:2] for row in cells]
    assert "照片" in call("imports", "list").out
    assert call("imports", "show", "3").code == 0
    given = call("trainee", "photo", "export", "-o", "导出")
    assert (given.code, given.err) == (0, "已导出 2 张照片，存放在 导出\n")
    assert {path.name: path.read_bytes() for path in (home / "导出").iterdir()} == {
        "T-0000001.jpg": picture(),
        "T-0000002.jpg": picture(size=(100, 200)),
    }
    assert call("trainee", "photo", "export", "-o", "导出").code == 5
    assert (
        call("trainee", "photo", "export", "--by", "准考证号", "-o", "空").err
        == "已导出 0 张照片，存放在 空\n"
    )
    assert call("imports", "undo", "3", "--reason", "有误", "--yes").code == 0
    assert call("trainee", "photo", "import", "没有").code == 4
    assert json.loads(call("trainee", "show", "T-0000002", "--json").out)["photo"] is None


def test_what_people_hand_in_instead(call: Call, home: Path) -> None:
    """Names in full width, one picture by itself, a workbook that is a ZIP too."""
    folder = home / "全角"
    folder.mkdir()
    (folder / "Ｔ－００００００１．ＪＰＧ").write_bytes(picture())
    (folder / "T—0000002.jpg").write_bytes(picture(grey=90))
    (folder / "T−0000003 王三.jpg").write_bytes(picture(grey=60))
    taken = call("trainee", "photo", "import", "全角", "--json")
    assert json.loads(taken.out)["counts"]["inserted"] == 3, taken.out
    (home / "T-0000001.jpg").write_bytes(picture(grey=10))
    one = call("trainee", "photo", "import", "T-0000001.jpg", "--json")
    assert json.loads(one.out)["counts"]["updated"] == 1
    number = "410101199001011238"
    (home / "无人").mkdir()
    (home / "无人" / f"{number}.jpg").write_bytes(picture())
    nobody = call("trainee", "photo", "import", "无人", "--json")
    assert (number in nobody.out, "4101**********1238.jpg" in nobody.out) == (False, True)
    assert number not in call("trainee", "photo", "import", "无人").err
    (home / f"{number} T-0000002.jpg").write_bytes(picture(grey=20))
    named = call("trainee", "photo", "import", f"{number} T-0000002.jpg")
    lists = [call("imports", "list"), call("imports", "show", "4"), call("imports", "list", "--json")]
    lost = call("trainee", "photo", "import", f"{number}.jpg")
    (home / f"{number}.zip").write_bytes(b"no ZIP")
    for ran in (named, *lists, lost, call("trainee", "photo", "import", f"{number}.zip")):
        assert (number in ran.out + ran.err) is False
        assert "4101**********1238" in ran.out + ran.err
    openpyxl.Workbook().save(home / "名单.xlsx")
    refused = call("trainee", "photo", "import", "名单.xlsx")
    assert (refused.code, refused.err.splitlines()[0]) == (
        3,
        "错误 [E755]：名单.xlsx 是 Excel 工作簿，不是照片的 ZIP",
    )
    with zipfile.ZipFile(home / "炸弹.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for at in range(9):
            package.writestr(f"T-000000{at}.jpg", bytes(30 << 20))
    bomb = call("trainee", "photo", "import", "炸弹.zip")
    assert (bomb.code, bomb.err.splitlines()[0]) == (
        3,
        "错误 [E755]：炸弹.zip 里的文件解开以后共 270 MB，太大",
    )


def _hand_in(call: Call, folder: Path) -> None:
    """Take in a photo of each of the three."""
    folder.mkdir()
    for at in (1, 2, 3):
        (folder / f"T-000000{at}.jpg").write_bytes(picture(grey=at))
    assert call("trainee", "photo", "import", folder).code == 0


@pytest.mark.sqlite
def test_photos_are_given_out_all_or_none(call: Call, database: str, home: Path) -> None:
    _hand_in(call, home / "照片")
    with transaction(database) as session:  # what cannot be read stops it half-way, as Ctrl-C does
        session.execute(text("UPDATE trainee_photo SET content = 'x' WHERE trainee_id = 3"))
    assert call("trainee", "photo", "export", "-o", "导出").code == 1
    assert list((home / "导出").iterdir()) == []
    with transaction(database) as session:
        session.execute(text("DELETE FROM trainee_photo WHERE trainee_id = 3"))
    assert call("trainee", "photo", "export", "-o", "导出").err == "已导出 2 张照片，存放在 导出\n"


def test_two_people_of_one_number_have_two_photos(call: Call, database: str, home: Path) -> None:
    _hand_in(call, home / "照片")
    with transaction(database) as session:
        for id_, paper in ((1, "passport"), (2, "other")):
            owner = update(Trainee).where(Trainee.id == id_)
            session.execute(owner.values(id_type=paper, id_number="E12345678"))
        third = session.execute(select(Trainee.id_number).where(Trainee.id == 3)).scalar_one()
    given = call("trainee", "photo", "export", "--by", "证件号码", "-o", "导出")
    assert (given.code, given.err) == (0, "已导出 3 张照片，存放在 导出\n")
    names = sorted(path.name for path in (home / "导出").iterdir())
    assert names == sorted([f"{third}.jpg", "T-0000001.jpg", "T-0000002.jpg"])
    again = call("trainee", "photo", "import", "导出", "--json")
    assert (again.code, json.loads(again.out)["counts"]["unchanged"]) == (0, 3)
