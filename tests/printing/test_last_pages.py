"""What closes a list on paper stands on one page with its last rows."""

from io import BytesIO

from pypdf import PdfReader

from zhupei_cli.printing.exam_sheets import Desk, RoomSheet, render_sheets
from zhupei_cli.printing.fonts import find_fonts
from zhupei_cli.printing.notice import print_notice
from zhupei_cli.printing.roster import PaperColumn, PaperPlace, PaperRoster, render_roster

FONTS = find_fonts(None, ())


def _people(count: int) -> list[tuple[str, str]]:
    return [(str(number), "王一") for number in range(1, count + 1)]


def _last_page(pdf: bytes) -> str:
    return PdfReader(BytesIO(pdf)).pages[-1].extract_text()


def _roster(count: int) -> str:
    columns = [PaperColumn("序号", 1, whole=True), PaperColumn("姓名", 3, whole=False)]
    places = [PaperPlace("0100 内科", _people(count))]
    words = ("没有录取的专业：儿科", "合计：录取", "基地", "存证", "制表")
    return _last_page(render_roster(PaperRoster("名单", ["一"], columns, places, *words), fonts=FONTS))


def _notice(count: int) -> str:
    pdf = print_notice(
        title="公示",
        batch_name="批次",
        lines=["共"],
        columns=[("序号", 0), ("姓名", 20)],
        rows=_people(count),
        closing=["", "", "某委", "2026年"],
        seal="存证",
        fonts=FONTS,
    )
    return _last_page(pdf)


def test_no_page_has_but_a_total_or_a_signature() -> None:
    # So many that what stands below them finds no place on the page they would end on.
    pages = [*map(_roster, (39, 40, 41)), *map(_notice, (50, 51, 53))]
    assert [page.count("王一") for page in pages] == [3] * 6
    assert ["合计：录取" in page for page in pages[:3]] + ["某委" in page for page in pages[3:]] == [True] * 6


def test_a_room_signs_where_its_last_people_do() -> None:
    def pages(count: int) -> list[str]:
        people = [Desk(at, "1", "王一", "男", "4", "内科") for at in range(1, count + 1)]
        pdf = render_sheets(
            "sign", [RoomSheet("考点", "", "001", people, [])], batch="招收", time="", fonts=FONTS
        )
        return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]

    whole, parted = pages(41), pages(70)
    assert [page.count("王一") for page in (*whole, parted[-1])] == [41, 3]
    assert ["监考人员签名" in page for page in parted] == [False] * (len(parted) - 1) + [True]


def test_a_list_of_nobody_has_them_too() -> None:
    assert ("某委" in _notice(0), "某委" in _notice(1)) == (True, True)
    assert "合计：录取" in _roster(1)
