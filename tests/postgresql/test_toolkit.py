"""The program under the logins of a base, an auditor and the province: whole outputs."""

import json
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import text

from tests.builders import store_world
from tests.conftest import Ran, Run
from tests.people import id_number, person, write_book, write_people
from tests.postgresql.conftest import BASE, OTHER, World
from zhupei_cli.rules.admission.run import Held, Inputs, Place, RunSpecialty
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

DENIED = Ran(5, "", "错误 [E605]：没有权限\n怎么办：请用有权限的账号登录，或请省级管理员处理\n")
OWN, SECOND, FOREIGN, UNKNOWN = (f"HN2026-{number:07d}" for number in (1, 3, 4, 9999))
QUEUE = """\
第一志愿      报名号          姓名  证件号码            个人身份              报名专业  提交时间             等待天数
------------  --------------  ----  ------------------  --------------------  --------  -------------------  --------
郑州第一医院  HN2026-0000001  王一  4101**********1015  面向社会招收住院医师  内科      2026-06-05 10:00:00  0
郑州第一医院  HN2026-0000002  王二  4101**********1023  面向社会招收住院医师  内科      2026-06-05 10:00:00  0
"""  # noqa: E501


def _events(world: World) -> list[tuple[str, str, str]]:
    with transaction(world.admin, read_only=True) as session:
        rows = session.execute(
            text("SELECT who, action, subject FROM event WHERE who IN ('zhao', 'sun', 'li') ORDER BY seq")
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def zhao(world: World, zhupei: Run) -> Run:
    """Run commands as base 4101001, in the batch HN2026."""
    return lambda *args, **more: zhupei("--database", world.login("zhao"), *args, **more)


def test_a_base_sees_and_decides_its_own(world: World, zhao: Run) -> None:
    batch = ("--batch", "HN2026")
    assert zhao("review", "queue", *batch) == Ran(0, QUEUE, "")
    assert zhao("review", "queue", *batch, "--base", "4101001") == Ran(0, QUEUE, "")
    shown = json.loads(zhao("review", "show", OWN, *batch, "--json").out)
    assert (shown["id_number"], shown["profile"]["address"]) == ("4101**********1015", "****")
    assert zhao("review", "approve", OWN, *batch) == Ran(0, "", "通过：1 份\n")
    assert zhao("review", "approve", OWN, *batch) == Ran(0, "", "通过：0 份，另有 1 份已经是这样，不必再做\n")
    assert zhao("review", "revoke", OWN, *batch, "--reason", "看错") == Ran(0, "", "撤销审核：1 份\n")
    assert zhao("review", "return", OWN, *batch, "--reason", "照片").err == "退回修改：1 份\n"
    ran = zhao("review", "reject", OWN, *batch, "--reason", "x")
    assert (ran.code, ran.err[:9]) == (5, "错误 [E402]")
    log = json.loads(zhao("review", "log", *batch, "--json").out)
    assert [(row["decision"], row["reason"], row["decided_by"]) for row in log] == [
        ("return", "照片", "zhao"),
        ("revoke", "看错", "zhao"),
        ("approve", None, "zhao"),
    ]
    assert _events(world) == [("zhao", f"review.{row['decision']}", OWN) for row in reversed(log)]


def test_a_form_that_was_returned_is_no_other_bases_until_it_is_handed_in(
    world: World, zhao: Run, zhupei: Run
) -> None:
    def admin(*words: str) -> None:
        assert zhupei("--database", world.admin, *words).code == 0, words

    batch = ("--batch", "HN2026")
    qian = ("--database", world.login("qian"))
    assert zhao("review", "return", OWN, *batch, "--reason", "换基地").code == 0
    assert zhao("review", "show", OWN, *batch).code == 0
    admin("apply", "edit", OWN, "--choice1", "4103001", "--choice2", "4101001")
    assert zhupei(*qian, "review", "show", OWN, *batch).err.startswith("错误 [E304]")
    assert OWN not in zhupei(*qian, "review", "log", *batch, "--json").out
    admin("apply", "submit", OWN)
    assert zhupei(*qian, "review", "show", OWN, *batch).code == 0
    # Nor is one that is withdrawn instead, or was theirs at an earlier time.
    assert zhupei(*qian, "review", "return", OWN, *batch, "--reason", "换回去").code == 0
    admin("apply", "edit", OWN, "--choice1", "4101001", "--choice2", "4103001")
    assert zhao("review", "show", OWN, *batch).err.startswith("错误 [E304]")
    admin("apply", "withdraw", OWN, "--yes")
    assert zhao("review", "show", OWN, *batch).err.startswith("错误 [E304]")


def test_a_base_learns_nothing_of_who_gave_a_seat_up_before_publication(world: World, zhao: Run) -> None:
    """The result was taken back, the batch is open again; the approval stays as long as the record does."""
    assert zhao("review", "approve", OWN, "--batch", "HN2026").code == 0
    with transaction(world.admin) as session:
        session.execute(
            text(
                "INSERT INTO admission"
                " (application_id, application_status, batch_id, status, identity, base_code, specialty_code,"
                " via, decided_at) SELECT id, 'approved', batch_id, 'declined', identity, '4101001', '0100',"
                " 'choice1', now() FROM application"
                " WHERE application_no = :number"
            ),
            {"number": OWN},
        )
    assert zhao("review", "revoke", OWN, "--batch", "HN2026", "--reason", "看错") == Ran(
        5,
        "",
        f"错误 [E708]：{OWN} 的审核意见现在不能改动\n怎么办：请与省级管理员联系，由省级处理\n",
    )


def test_events_of_a_base_continue_the_chain(world: World, zhao: Run) -> None:
    from zhupei_cli.model import Event
    from zhupei_cli.services.records.events import chained

    zhao(
        "review", "reject", OWN, "--batch", "HN2026", "--reason", '引号 " 反斜杠 \\ 换行\n控制 \x01 制表\t𠮷'
    )
    zhao("review", "show", OWN, "--batch", "HN2026", "--reveal")
    with transaction(world.admin, read_only=True) as session:
        events = session.query(Event).order_by(Event.seq).all()
        assert [one.seq for one in events] == list(range(1, len(events) + 1))
        assert [one.action for one in events][-2:] == ["review.reject", "reveal"]
        previous = ""
        for one in events:
            texts = (one.before, one.after, one.reason, one.data)
            fields = (one.seq, one.at.isoformat(), one.who, one.action, one.batch_id, one.subject, *texts)
            previous = chained(previous, fields)
            assert one.hash == previous


def test_a_base_hears_the_same_of_foreign_and_of_unknown(zhao: Run) -> None:
    batch = ("--batch", "HN2026")
    for words in (
        ("review", "show"),
        ("review", "show", "--reveal"),
        ("review", "approve"),
        ("review", "return", "--reason", "x"),
    ):
        foreign, second, unknown = (zhao(*words, no, *batch) for no in (FOREIGN, SECOND, UNKNOWN))
        assert foreign == Ran(
            4, "", f"错误 [E304]：没有报名号 {FOREIGN}\n怎么办：zhupei apply list --batch HN2026 查看报名号\n"
        )
        assert second.err.replace(SECOND, FOREIGN) == unknown.err.replace(UNKNOWN, FOREIGN) == foreign.err
    for base in ("4103001", "洛阳中心医院", "4199999"):
        assert zhao("review", "queue", *batch, "--base", base) == DENIED
    assert json.loads(zhao("review", "log", FOREIGN, *batch, "--json").out) == []


def test_whole_numbers_only_when_asked_and_written_down(world: World, zhao: Run, tmp_path: Path) -> None:
    batch = ("--batch", "HN2026")
    shown = json.loads(zhao("review", "show", OWN, *batch, "--reveal", "--json").out)
    assert shown["id_number"] == shown["profile"]["id_number"] == id_number(1)
    assert (shown["profile"]["mobile"], shown["profile"]["address"]) == (
        "13800000001",
        "郑州市金水区文化路 1 号",
    )
    assert _events(world) == [("zhao", "reveal", OWN)]
    dry = zhao("review", "export", *batch, "-o", tmp_path / "审核.xlsx", "-n")
    assert (dry.code, len(_events(world))) == (0, 1)
    assert zhao("review", "export", *batch, "-o", tmp_path / "审核.xlsx").code == 0
    text_of = str(list(openpyxl.load_workbook(tmp_path / "审核.xlsx").active.values))
    assert all(part in text_of for part in (id_number(1), id_number(2), "13800000002"))
    assert "钱外" not in text_of
    assert _events(world)[1:] == [("zhao", "reveal", "4101001"), ("zhao", "review.export", "4101001")]


def test_a_base_takes_its_decisions_from_a_workbook(
    world: World, zhupei: Run, zhao: Run, tmp_path: Path
) -> None:
    rows = [
        {"application_no": OWN, "name": "王一", "decision": "通过"},
        {"application_no": FOREIGN, "name": "钱外二", "decision": "通过"},
    ]
    book = write_book(tmp_path / "审核意见.xlsx", [(workbook_kinds.REVIEW, rows)])
    ran = zhao("review", "import", book, "--batch", "HN2026")
    assert ran.code == 3
    assert ran.err.splitlines()[:2] == [
        "导入完成：共 2 行，新增 0，更新 1，不变 0，未通过 1，提醒 0，导入编号 4",
        "错误 [E304] 审核意见.xlsx 审核意见 第 3 行 报名号："
        f"没有报名号 {FOREIGN}；zhupei apply list --batch HN2026 查看报名号",
    ]
    assert _events(world) == [("zhao", "review.import", "import 4"), ("zhao", "review.approve", OWN)]
    with transaction(world.admin, read_only=True) as session:
        touched = session.execute(text("SELECT * FROM import_row WHERE import_id = 4")).all()
    assert [tuple(row) for row in touched] == [
        (4, "application", "1", "updated", '{"status":"submitted","touched_by":4}')
    ]
    undo = ("--database", world.login("li"), "imports", "undo", "4", "--reason", "导错了", "--yes")
    assert zhupei(*undo).code == 0
    assert json.loads(zhao("review", "queue", "--batch", "HN2026", "--json").out)[0]["application_no"] == OWN


def test_the_roster_of_a_base(world: World, zhao: Run, tmp_path: Path) -> None:
    ran = zhao("export", "roster", "--batch", "COM", "-o", tmp_path)
    assert (ran.code, ran.err[:9]) == (5, "错误 [E464]")
    assert "--run" not in ran.err  # which is not a base's
    for words in (("--base", "4103001"), ("--all", "--run", "1"), ("4101001", "4103001")):
        assert zhao("export", "roster", "--batch", "PUB", *words, "-o", tmp_path) == DENIED
    ran = zhao("export", "roster", "--batch", "PUB", "-o", tmp_path)
    assert ran == Ran(0, "", f"已写出 1 份拟录取名单，共 1 人，存放在 {tmp_path}\n")
    (path,) = tmp_path.glob("4101001*.xlsx")
    rows = [row for sheet in openpyxl.load_workbook(path) for row in sheet.values]
    assert any("PUB-9000000" in row and id_number(6) in row and "13800000006" in row for row in rows)
    assert [action for _, action, _ in _events(world)] == ["reveal", "export.roster"]


def test_who_gave_a_seat_up_is_not_shown_whole_with_the_roster(
    world: World, zhupei: Run, zhao: Run, tmp_path: Path
) -> None:
    seat = Held(BASE, "0100", "social")
    inputs = Inputs(
        places=(Place(BASE, "0100", 5), Place(OTHER, "0100", 5)),
        candidates=(),
        cities={},
        specialties={"0100": RunSpecialty("西医", shortage=False)},
        held=(seat, seat, seat),
    )
    with transaction(world.admin) as session:
        store_world(session, inputs, code="TWO", status="publicity")
        # Their first choice is another base: by their seat alone they are this one's.
        session.execute(text("UPDATE choice SET base_code = :other WHERE batch_id > 3"), {"other": OTHER})
    gone, revoked, seated = (f"TWO-900000{number}" for number in range(3))
    for act, number in (("decline", gone), ("revoke", revoked)):
        words = ("admit", act, number, "--batch", "TWO", "--reason", "本人放弃", "--yes")
        assert zhupei("--database", world.login("li"), *words).code == 0
    ran = zhao("export", "roster", "--batch", "TWO", "-o", tmp_path)
    assert ran == Ran(0, "", f"已写出 1 份拟录取名单，共 1 人，存放在 {tmp_path}\n")
    with transaction(world.admin, read_only=True) as session:
        told = session.execute(text("SELECT data FROM event WHERE action = 'reveal'")).scalars().all()
    assert [json.loads(one)["numbers"] for one in told] == [[seated]]
    with transaction(world.login("zhao"), bases=True, read_only=True) as session:
        whole = text(
            "SELECT application_no FROM application a JOIN trainee t ON t.id = a.trainee_id"
            " WHERE t.id_number NOT LIKE '%*%'"
        )
        assert session.execute(whole).scalars().all() == [seated]


OTHERS = (
    "apply list",
    f"apply show {OWN}",
    f"apply show {FOREIGN}",
    f"apply status {OWN}",
    "apply stats",
    f"apply submit {OWN}",
    f"apply withdraw {OWN} --yes",
    f"apply print {OWN} -o a.pdf",
    "trainee list",
    "trainee show 410101199501011015",
    "trainee history 410101199501011015",
    "trainee check",
    "base list",
    "base show 4101001",
    "base disable 4101002",
    "batch list",
    "batch show",
    "batch close",
    "batch create X --name X --year 2027 --apply-from 2027-06-01 --apply-until 2027-06-30",
    "batch plan list",
    "batch plan set 4101001 0100 99",
    "admit runs",
    "admit run",
    "admit list",
    "admit check",
    "admit scores list",
    "admit explain HN2026-0000001",
    "admit decline HN2026-0000001 --reason x",
    "export vacancies",
    "audit log",
    "audit verify",
    "imports list",
    "imports show 2",
    "imports undo 2 --reason x --yes",
    "report funnel",
    "status",
    "db check",
    "db info",
    "db roles show",
    "db roles apply",
    "db user list",
    "db user remove qian --yes",
)


@pytest.mark.parametrize("words", OTHERS)
def test_all_else_is_refused_to_a_base(walls: World, zhupei: Run, words: str) -> None:
    assert zhupei("--database", walls.login("zhao"), *words.split(), env={"ZHUPEI_BATCH": "HN2026"}) == DENIED


def test_a_base_imports_nobody(walls: World, zhupei: Run, tmp_path: Path) -> None:
    book = write_people(tmp_path / "a.xlsx", [person(7)])
    run = ("--database", walls.login("zhao"), "trainee", "import", book, "--batch", "HN2026")
    assert zhupei(*run) == zhupei(*run, "-n") == DENIED


def test_a_login_without_a_base_may_nothing(world: World, zhupei: Run) -> None:
    with transaction(world.admin) as session:
        session.execute(text("DELETE FROM zhupei.login WHERE login = 'zhao'"))
    assert zhupei("--database", world.login("zhao"), "review", "queue", "--batch", "HN2026") == DENIED


READ = (
    "apply list --json",
    f"apply show {FOREIGN} --json",
    f"review show {FOREIGN} --json",
    "review queue --json",
    "review log --json",
    "trainee list --json",
    "batch show --json",
    "base list --json",
    "export vacancies --json",
    "audit log --json",
    "imports list --json",
)


@pytest.mark.parametrize("words", READ)
def test_an_auditor_reads_everything_masked(walls: World, zhupei: Run, words: str) -> None:
    env = {"ZHUPEI_BATCH": "HN2026"}
    ran = zhupei("--database", walls.login("sun"), *words.split(), env=env)
    whole = zhupei("--database", walls.admin, *words.split(), env=env)
    assert (ran.code, ran.err) == (whole.code, whole.err)
    assert len(ran.out) > 10
    # The address is hidden whole.
    assert json.loads(ran.out.replace("郑州市****", "****")) == json.loads(
        whole.out.replace("郑州市****", "****")
    )
    assert not any(id_number(number) in ran.out for number in range(1, 8))


def test_an_auditor_is_told_nothing_of_undoing_an_import(walls: World, zhupei: Run) -> None:
    """What stood before is hidden: whatever came since would look like a change, or like none."""
    show = ("imports", "show", "2", "--json")
    seen, whole = (
        json.loads(zhupei("--database", url, *show).out) for url in (walls.login("sun"), walls.admin)
    )
    assert whole["blocked"]
    assert seen == {**whole, "can_undo": False, "blocked": [], "refusal": None}


WRITES = (
    "apply list --reveal",
    f"review approve {OWN}",
    f"review show {OWN} --reveal",
    "batch close",
    f"apply withdraw {OWN} --yes",
    "review export --all -o x",
    "export roster --all --batch PUB -o x",
    "admit run",
    "db roles show",
    "db user list",
    # Masked, sound numbers look wrong, and a sound database damaged.
    "db check",
    "db backup x",
    "trainee check",
)


@pytest.mark.parametrize("words", WRITES)
def test_an_auditor_writes_nothing_and_reveals_nothing(walls: World, zhupei: Run, words: str) -> None:
    ran = zhupei("--database", walls.login("sun"), *words.split(), env={"ZHUPEI_BATCH": "HN2026"})
    assert ran == DENIED
