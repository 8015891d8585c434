"""Paper and workbooks speak in words: nothing that leaves the database shows a code for what has a name."""

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_people
from zhupei_cli.rules.people.fields import TABLES
from zhupei_cli.services.results.register_export import REGISTER_KEYS
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]

NO, WHO = "HN2026-0000001", id_number(1)
#: Of every coded field the word that is typed, the code that is stored, the label to be read.
CODED = {
    "id_type": ("居民身份证", "id_card", "居民身份证"),
    "gender": (None, "2", "女"),
    "ethnicity": ("朝鲜族", "10", "朝鲜族"),
    "political_status": ("无党派人士", "12", "无党派人士"),
    "marital_status": ("已婚", "20", "已婚"),
    "origin_province": ("湖南", "43", "湖南省"),
    "level": ("硕士研究生", "14", "硕士"),
    "degree": ("医学硕士", "3", "硕士"),
    "degree_type": ("专硕", "professional", "专业型"),
    "identity": ("委培", "entrusted", "外单位委托培养住院医师"),
    "via": (None, "choice1", "第一志愿"),
}
CODES = {code for _, code, _ in CODED.values()} | {"True", "False", "None", "admitted", "approved"}


@pytest.fixture
def call(database: str, zhupei: Run, tmp_path: Path) -> Call:
    """A batch with one person, everything known of her, up to waiting for review."""
    with transaction(database) as session:
        open_batch(session, contact="0371-00000000", authority="某省卫生健康委员会")

    def run(*args: str | Path) -> Ran:
        ran = zhupei("--database", database, *args)
        assert ran.code == 0, (args, ran)
        return ran

    columns = ("ethnicity", "political_status", "level", "degree", "degree_type", "identity")
    row = person(
        1,
        **{key: CODED[key][0] for key in columns},
        id_number="410101199501011023",
        has_employer="是",
        employer_name="某县人民医院",
        licence_passed="是",
        licence_no="202611014",
        train_years="1",
    )
    run("trainee", "import", write_people(tmp_path / "人.xlsx", [row]))
    run("trainee", "edit", row["id_number"], "--marital-status", "已婚", "--origin-province", "湖南")
    run("apply", "submit", NO)
    return run


def _texts(path: Path) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(path).worksheets:
        for row in sheet.iter_rows(values_only=True):
            yield from (value for value in row if isinstance(value, str))


def _lines(path: Path) -> Iterator[str]:
    for page in PdfReader(path).pages:
        yield from page.extract_text().splitlines()


def test_every_coded_field_is_here() -> None:
    assert CODED.keys() == TABLES.keys()
    assert {key: TABLES[key].label(code) for key, (_, code, _) in CODED.items()} == {
        key: label for key, (_, _, label) in CODED.items()
    }


def test_all_that_leaves_is_in_words(call: Call, home: Path) -> None:
    call("review", "export", "--base", "4101001", "-o", "审核.xlsx")
    call("review", "approve", NO)
    call("apply", "print", NO, "-o", "报名表.pdf")
    call("export", "applicants", "-o", "报名信息.xlsx")
    call("batch", "close")
    (home / "成绩.csv").write_text(f"报名号,笔试,技能,面试\n{NO},80,80,80\n", "utf-8")
    call("admit", "scores", "import", "成绩.csv")
    for words in ("batch lock", "admit run", "admit commit 1"):
        call(*words.split())
    call("export", "public", "--draft", "-o", "送审稿.xlsx")
    call("batch", "publish", "--yes")
    call("export", "public", "-o", "公示.xlsx")
    call("batch", "finalize", "--yes")
    call("export", "roster", "--base", "4101001", "-o", "名单")
    call("export", "letters", NO, "-o", "通知书.pdf")
    whole = "\n".join(["列名,字段", *(f"{field}列,{field}" for field in sorted(REGISTER_KEYS))])
    (home / "列.csv").write_text(whole, "utf-8")
    call("export", "register", "--columns", "列.csv", "-o", "登记.xlsx")
    call("export", "register", "--columns", "列.csv", "-o", "登记.csv")
    found = {path.name: {*_texts(path)} for path in (*home.glob("*.xlsx"), *home.glob("名单/*.xlsx"))}
    found |= {path.name: {*_lines(path)} for path in home.glob("*.pdf")}
    found["登记.csv"] = {*(home / "登记.csv").read_text("utf-8-sig").replace("\n", ",").split(",")}
    assert {name: texts & CODES for name, texts in found.items() if texts & CODES} == {}
    labels = {label for _, _, label in CODED.values()}
    assert labels - found["登记.xlsx"] == labels - found["登记.csv"] == set()
    form = "\n".join(found["报名表.pdf"])
    assert {label for label in labels - {"第一志愿"} if label not in form} == set()
