"""A season with all that the plan knows: four identities, reserves, seats before the run, students by order,
a joint base; each list is read.

Hand-worked: at A 内科 has five seats, one given before, two reserved for its own people, who have the lowest
marks; 王五 and 王六 go on to the joint base and push 王七 and 王八 out. Of the students by order one gets
全科 at A, one is adjusted to 全科 at B, one to 助理全科, though 儿科 comes first for everybody else.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from tests.conftest import Ran, Run
from tests.people import called, person, write_book
from zhupei_cli.sheets.kinds import workbook_kinds as kinds
from zhupei_cli.sheets.kinds.columns import Kind

CODE = "HN2026"
NO = f"{CODE}-{{:07d}}".format
A, B, J = "4101001", "4103001", "4101009"
BOTH = "中牟医院（郑州第一医院协同单位）"
_KIND = {"level": "三级甲等", "institution": "综合医院"}
BASES = [
    {"code": A, "name": "郑州第一医院", "city": "郑州市", **_KIND},
    {"code": B, "name": "洛阳中心医院", "city": "洛阳市", **_KIND},
    {
        "code": J,
        "name": "中牟医院",
        "city": "郑州市",
        "main_code": A,
        "level": "二甲",
        "institution": "综合医院",
    },
]
EMPLOYERS = [
    {"name": "中牟县卫生院", "level": "一级甲等", "institution": "乡镇卫生院", "affiliation": "县属"},
    {"name": "郑州第一医院", **_KIND, "affiliation": "市属"},
]
PLAN: list[dict[str, Any]] = [
    {"base": A, "specialty": "0100", "quota": 5, "reserve_own": 2},
    {"base": J, "specialty": "0100", "quota": 3, "reserve_postgrad": 1},
    *({"base": B, "specialty": code, "quota": 1} for code in ("0100", "0700", "7001")),
    {"base": A, "specialty": "0700", "quota": 1},
    {"base": A, "specialty": "0200", "quota": 5},
]
_OWN = {"identity": "本单位", "has_employer": "是", "employer_name": "郑州第一医院", "choice2_base": None}
_BY_ORDER = {
    "identity": "委培",
    "has_employer": "是",
    "employer_name": "中牟县卫生院",
    "choice2_base": None,
    "order_oriented": "是",
    "source_type": "农村订单定向",
    "order_county": "中牟县",
    "order_base": "郑州第一医院",
    "specialty": "全科",
}
_STUDENT = {
    "identity": "在读专硕",
    "level": "硕士",
    "degree": "硕士",
    "degree_type": "专业型",
    "source_type": "在读专硕",
    "graduated_on": "2027-06-30",
    "bachelor_school": "新乡医学院",
    "bachelor_major": "临床医学",
    "bachelor_graduated_on": "2024-06-30",
    "choice2_base": None,
}
PEOPLE: dict[int, dict[str, Any]] = {
    **dict.fromkeys((1, 2), _OWN),
    **{no: {"choice2_base": "中牟医院"} for no in (3, 4, 5, 6)},
    7: {"choice1_base": BOTH, "choice2_base": None, "accept_adjust": "否"},
    8: {"choice1_base": J, "choice2_base": None},
    **dict.fromkeys((9, 10, 11), _BY_ORDER),
    12: {"specialty": "全科", "choice2_base": None},
    **dict.fromkeys((13, 14), _STUDENT),
}
#: Who gets what, and how.
SEATS = {
    **dict.fromkeys((1, 2, 3, 4), (A, "0100", "choice1")),
    **dict.fromkeys((5, 6), (J, "0100", "choice2")),
    8: (B, "0100", "adjust"),
    9: (A, "0700", "choice1"),
    10: (B, "0700", "adjust"),
    11: (B, "7001", "adjust"),
    12: (A, "0200", "adjust"),
    13: (A, "0100", "preplaced"),
    14: (J, "0100", "preplaced"),
}


class _Season:
    def __init__(self, run: Callable[..., Ran], folder: Path) -> None:
        self._run, self._folder = run, folder

    def call(self, *args: str | Path, code: int = 0) -> Ran:
        ran = self._run(*args)
        assert ran.code == code, (args, ran.out, ran.err)
        return ran

    def json(self, *args: str | Path, code: int = 0) -> Any:
        return json.loads(self.call(*args, "--json", code=code).out)

    def take(self, command: str, kind: Kind, rows: list[dict[str, Any]], *args: str) -> Any:
        book = write_book(self._folder / f"{kind.title}.xlsx", [(kind, rows)])
        return self.json(*command.split(), book, *args)


@pytest.fixture
def season(zhupei: Run, database: str, tmp_path: Path) -> _Season:
    return _Season(lambda *args: zhupei("--database", database, *args), tmp_path)


def test_the_whole_plan_through_a_season(season: _Season, tmp_path: Path) -> None:
    _prepare(season)
    _apply(season)
    _seat_before(season)
    _compute(season)
    _publish(season, tmp_path)
    _finish(season, tmp_path)


def _prepare(season: _Season) -> None:
    season.take("base import", kinds.BASE, BASES)
    more = {"code": "7001", "name": "助理全科", "category": "西医"}
    season.take("base specialty import", kinds.SPECIALTY, [more])
    season.take("trainee employer import", kinds.EMPLOYER, EMPLOYERS)
    dates = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-30")
    given = ("identities=own,social,entrusted,postgrad", "adjust_scope=category", "reserve.social_share=0.2")
    sets = [word for one in (*given, "train_from=2026-09", "contact=0371-1") for word in ("--set", one)]
    season.call("batch", "create", CODE, "--name", "招收", "--year", "2026", *dates, *sets)
    season.take("batch plan import", kinds.PLAN, PLAN)
    season.call("batch", "open", CODE)
    rows = season.json("batch", "plan", "list")
    told = {(row["base"], row["specialty"]): row for row in rows}
    assert (told[J, "0100"]["main_base"], told[A, "0100"]["main_base"]) == (A, None)
    shared = {spot: row["reserve_shared"] for spot, row in told.items() if row["reserve_shared"]}
    assert shared == {(A, "0100"): 1, (J, "0100"): 1, (A, "0200"): 1}


def _apply(season: _Season) -> None:
    rows = [person(no, licence_passed="否", **changes) for no, changes in PEOPLE.items()]
    ran = season.take("trainee import", kinds.PERSON, rows, "--submit")
    assert (ran["counts"]["inserted"], ran["problems"]) == (14, [])
    listed = season.json("apply", "list")
    assert [one["choice1_base_label"] for one in listed[6:8]] == [BOTH, BOTH]
    assert season.json("report", "anomalies") == []
    season.call("review", "approve", *map(NO, PEOPLE))
    season.call("batch", "close", CODE)
    marks = {no: 60 + (2 - no) if no < 3 else 95 - 2 * no for no in PEOPLE}
    keys = ("written", "skill", "interview")
    scores: list[dict[str, Any]] = [
        {"application_no": NO(no), **dict.fromkeys(keys, marks[no])} for no in PEOPLE if no < 13
    ]
    season.take("admit scores import", kinds.SCORE, scores)


def _seat_before(season: _Season) -> None:
    rows: list[dict[str, Any]] = [
        {
            "application_no": NO(13),
            "place_base": A,
            "place_specialty": "0100",
            "university": "郑州大学",
            "tutor": "李教授",
        },
        {
            "application_no": NO(14),
            "place_base": "中牟医院",
            "place_specialty": "0100",
            "university": "新乡医学院",
        },
    ]
    ran = season.take("admit preplace import", kinds.PREPLACE, rows)
    assert [(one["row"], one["code"]) for one in ran["problems"]] == [(3, "E727")]
    listed = season.json("admit", "preplace", "list")
    assert [(one["application_no"], one["base_label"]) for one in listed] == [
        (NO(13), "郑州第一医院"),
        (NO(14), BOTH),
    ]
    # Nothing of it shows before publication.
    assert season.json("apply", "status", NO(13))["status_label"] == "基地审核通过"


def _compute(season: _Season) -> None:
    season.call("batch", "lock", CODE, "-y")
    assert season.json("admit", "check")["findings"] == []
    for rule in ("choice-first", "score-first", "stable"):
        season.call("admit", "run", "--rule", rule)
    season.json("admit", "compare", "1", "2", "3")
    assert season.json("admit", "verify", "3")["ok"] is True
    rows = season.json("admit", "list", "--run", "3")
    found = {
        row["application_no"]: (row["base"], row["specialty"], row["via"]) for row in rows if row["base"]
    }
    assert found == {NO(no): seat for no, seat in SEATS.items() if no < 13}
    assert "录取于保留名额" in season.call("admit", "explain", NO(1), "--run", "3").out
    assert "订单定向可去的岗位" in season.call("admit", "explain", NO(11), "--run", "3").out
    season.call("admit", "commit", "3")


def _publish(season: _Season, folder: Path) -> None:
    season.call("batch", "publish", CODE, "-y")
    public = season.json("export", "public")
    assert {row["application_no"] for row in public} == set(map(NO, SEATS))
    assert {row["application_no"] for row in public if row["remark"]} == {NO(13), NO(14)}
    vacant = {(one["base"], one["specialty"]): one for one in season.json("export", "vacancies")}
    taken = {spot: (one["taken"], one["preplaced"], one["vacant"]) for spot, one in vacant.items()}
    assert taken[A, "0100"] == (5, 1, 0) and taken[J, "0100"] == (3, 1, 0) and taken[A, "0200"] == (1, 0, 4)
    (left,) = season.json("export", "unadmitted")
    assert (left["application_no"], left["reason"], left["choice1"]) == (NO(7), "full", f"{BOTH} 内科")
    figures = {one["figure"]: one["count"] for one in season.json("report", "summary")}
    assert (figures["admitted"], figures["preplaced"], figures["plan"]) == (13, 2, 17)
    ranked = season.json("export", "ranking", "--base", J)
    assert [row["application_no"] for row in ranked] == [NO(no) for no in (3, 4, 5, 6, 7, 8)]
    season.call("report", "nightly", "-o", folder / "日报")
    assert BOTH in next((folder / "日报").glob("*.html")).read_text("utf-8")


def _finish(season: _Season, folder: Path) -> None:
    season.call("batch", "finalize", CODE, "-y")
    season.call("export", "roster", "--all", "-o", folder / "名单")
    book = openpyxl.load_workbook(next((folder / "名单").glob(f"{J}_中牟医院_*.xlsx")))
    assert "培训基地：4101001 郑州第一医院　　协同单位：4101009 中牟医院" in str(book["汇总"]["A2"].value)
    rows = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows(min_row=4)]
    assert [(row[4], row[19], row[21]) for row in rows if row[1]] == [
        (called(5), "第二志愿", None),
        (called(6), "第二志愿", None),
        (called(14), "预先安排", "新乡医学院"),
    ]
    ran = season.json("export", "register", "--columns", "national", "--check", code=3)
    lacks = {(one["application_no"], one["column"], one["code"]) for one in ran["findings"]}
    assert lacks == {(NO(no), "学位（本科）", "E779") for no in (13, 14)}
    # The cure can be typed, though the form is submitted long since.
    for one in ran["findings"]:
        words = one["message"].partition("zhupei ")[2].split()
        assert words[:4] == ["apply", "correct", one["application_no"], "本科学位"]
        season.call(*("学士" if word == "内容" else word for word in words))
    assert season.json("export", "register", "--columns", "national", "--check")["findings"] == []
    register = {row["姓名"]: row for row in season.json("export", "register", "--columns", "national")}
    keys = (
        "培训基地",
        "学员类型",
        "是否全科订单定向学员",
        "是否硕士研究生",
        "医院级别",
        "是否在协同单位培训",
        "协同医院等次",
    )
    told = {no: tuple(register[called(no)][key] for key in keys) for no in (1, 5, 9, 14)}
    assert told == {
        1: ("郑州第一医院", "本单位人", "否", "否", "三级", "否", ""),
        5: ("郑州第一医院", "社会人", "否", "否", "", "是", "甲等"),
        9: ("郑州第一医院", "委培单位人", "是", "否", "一级", "否", ""),
        14: ("郑州第一医院", "在校专硕", "否", "是", "", "是", "甲等"),
    }
    season.call("export", "roster", "--base", J, "-f", "pdf", "-o", folder / "印")
    (page,) = pypdf.PdfReader(next((folder / "印").glob("*.pdf"))).pages
    paper = page.extract_text().replace("\n", "")
    assert "培训基地：4101001 郑州第一医院　　协同单位：4101009 中牟医院" in paper
    assert "其中预先安排 1 人" in paper
    book = openpyxl.load_workbook(next((folder / "名单").glob(f"{B}_*.xlsx")))
    remarks = {
        row[4].value: row[21].value for page in book.worksheets[1:] for row in page.iter_rows(min_row=4)
    }
    assert (remarks[called(10)], remarks[called(8)]) == ("订单定向（中牟县）", None)
    # What leaves by base is called alike, by the base's own name.
    season.call("export", "letters", "--all", "-o", folder / "通知书")
    season.call("admit", "checkin", "template", "--all", "-o", folder / "报到表")
    named = {path.name for part in ("名单", "通知书", "报到表") for path in (folder / part).glob(f"{J}_*")}
    assert named == {f"{J}_中牟医院_{what}" for what in ("录取名单.xlsx", "录取通知书.pdf", "报到.xlsx")}
    came = [{"application_no": NO(no), "checked_in": "是"} for no in SEATS]
    assert season.take("admit checkin import", kinds.CHECK_IN, came)["counts"]["updated"] == 13
    assert season.json("apply", "status", NO(14))["status_label"] == f"已报到（录取基地：{BOTH}）"
    season.call("export", "applicants", "-o", folder / "导出.xlsx")
    season.call("export", "register", "--columns", "national", "-o", folder / "登记.xlsx")
    season.call("batch", "plan", "list", "-o", folder / "计划.xlsx")
    season.call("export", "public", "-o", folder / "公示.xlsx")
    season.call("batch", "seal", CODE, "-o", folder / "封存.zip", "-y")
    season.call("verify", folder / "封存.zip")
    assert season.json("db", "check", "--deep") == {"ok": True, "findings": []}
