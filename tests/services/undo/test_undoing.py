"""Taking imports back: to exactly the state before, or not at all."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import store_world, worked_example
from tests.conftest import NOW, OPERATOR
from tests.people import id_number, open_batch, person
from tests.services.imported import everything, reading_of, take_in
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Event, ImportRow, ImportRun
from zhupei_cli.services.admission import admissions, checkins, stages
from zhupei_cli.services.applications import people_history, submitting, withdrawing
from zhupei_cli.services.batches import plans
from zhupei_cli.services.kinds.parts.written import load_rows
from zhupei_cli.services.people import accounts, erasing, people
from zhupei_cli.services.proof import auditing
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.reference import bases
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.services.undo import import_views, undoing
from zhupei_cli.services.undo.import_names import find_import
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import Decision

ONE, TWO = "HN2026-0000001", "HN2026-0000002"
EDUCATION = {
    "id_number": id_number(1),
    "level": "硕士研究生",
    "school": "河南大学",
    "major": "内科学",
    "graduated_on": "2026-06-30",
    "full_time": "是",
}
WORK = {
    "id_number": id_number(2),
    "employer_name": "郑州第一医院",
    "from_date": "2024-01",
    "to_date": "2025-01",
}


@pytest.fixture
def season(database: str) -> str:
    """An open batch, nobody in it."""
    with transaction(database) as session:
        open_batch(session)
    return database


@pytest.fixture
def take(season: str, by: Acting) -> Callable[..., int]:
    """Import sheets (kind, rows); return the import's number."""

    def run(*sheets: Any, **more: Any) -> int:
        reading = reading_of(*sheets)
        with transaction(season) as session:
            outcome = take_in(session, reading, by=by, **more)
        assert outcome.import_id is not None, [line.faults for line in reading.lines]
        return outcome.import_id

    return run


def _undo(database: str, import_id: int, by: Acting) -> undoing.Undone:
    with transaction(database) as session:
        return undoing.undo(session, import_id, by=by, reason="导错了文件")


def _refused(database: str, import_id: int, by: Acting) -> tuple[str, str]:
    """Return code and message of the refusal; nothing at all has changed."""
    before = everything(database)
    with pytest.raises(ZhupeiError) as error:
        _undo(database, import_id, by)
    assert error.value.exit_code == 5
    assert everything(database) == before
    return error.value.code, error.value.message


def _people(*numbers: int, **changes: Any) -> tuple[Any, list[dict[str, Any]]]:
    return workbook_kinds.PERSON, [person(number, **changes) for number in numbers]


def _do(database: str, act: Callable[[Any, Batch], Any], batch: str = "HN2026") -> None:
    with transaction(database) as session:
        act(session, find_batch(session, batch))


# -- back to the state before ------------------------------------------------------------------


@pytest.mark.parametrize("submit", [False, True])
def test_new_people_and_their_applications_go(season: str, take: Any, by: Acting, submit: bool) -> None:
    before = everything(season)
    import_id = take(
        _people(1, 2), (workbook_kinds.EDUCATION, [EDUCATION]), (workbook_kinds.WORK, [WORK]), submit=submit
    )
    assert _undo(season, import_id, by) == {
        "import_id": import_id,
        "kind": "trainee",
        "deleted": 4,
        "restored": 0,
    }
    assert everything(season) == before


def test_new_rows_are_kept_by_their_first_and_last_number(season: str, take: Any) -> None:
    take(_people(1))
    import_id = take(_people(1, 2, 3, 4))
    with transaction(season, read_only=True) as session:
        kept = select(ImportRow.entity, ImportRow.key, ImportRow.action)
        rows = session.execute(kept.where(ImportRow.import_id == import_id).order_by(ImportRow.entity.desc()))
        assert rows.all() == [("trainee", "2-4", "inserted"), ("application", "2-4", "inserted")]
        written = load_rows(session, find_import(session, import_id))
        assert sorted((row.entity, row.id) for row in written) == [
            (entity, id_) for entity in ("application", "trainee") for id_ in (2, 3, 4)
        ]
        seqs = [row["seq"] for row in people_history.history(session, id_number(3))]
        assert find_import(session, import_id).event_seq in seqs
        assert find_import(session, import_id - 1).event_seq not in seqs


def test_the_same_file_imports_again_with_new_numbers(season: str, take: Any, by: Acting) -> None:
    _undo(season, take(_people(1, 2), submit=True), by)
    take(_people(1, 2), submit=True)
    with transaction(season, read_only=True) as session:
        numbers = session.execute(select(Application.application_no)).scalars()
        assert sorted(numbers) == ["HN2026-0000003", "HN2026-0000004"]


@pytest.mark.parametrize("submit", [False, True])
def test_changed_people_and_applications_are_as_before(season: str, take: Any, submit: bool) -> None:
    take(_people(1, 2), (workbook_kinds.WORK, [WORK]))
    before = everything(season)
    changes = {"mobile": "13711111111", "choice2_base": "郑州第二医院", "birth_date": None, "email": "清空"}
    rows = [*_people(1, 3, **changes)[1], person(2, school="新乡医学院", degree="清空")]
    later = Acting("李四", NOW.replace(hour=5))
    with transaction(season) as session:
        reading = reading_of((workbook_kinds.PERSON, rows), (workbook_kinds.EDUCATION, [EDUCATION]))
        outcome = take_in(session, reading, by=later, submit=submit)
    assert (outcome.counts.inserted, outcome.counts.updated, outcome.import_id) == (1, 3, 3)
    assert everything(season) != before
    _undo(season, 3, later)
    assert everything(season) == before


def test_a_returned_application_submitted_again_by_an_import_is_returned_again(
    season: str, take: Any, by: Acting
) -> None:
    take(_people(1), submit=True)
    _do(season, lambda s, b: decisions.decide(s, b, [Verdict(ONE, Decision.RETURN, "补材料")], by=by))
    before = everything(season)
    _undo(season, take(_people(1, school="新乡医学院"), submit=True), by)
    assert everything(season) == before


def test_entries_of_reference_data_are_as_before(season: str, take: Any, by: Acting) -> None:
    for kind, rows, more in (
        (
            workbook_kinds.BASE,
            [{"code": "4102001", "name": "开封医院", "city": "开封", "contact_phone": "13800000000"}],
            {"code": "4101001", "name": "郑州第一人民医院", "city": "郑州", "aliases": "一院"},
        ),
        (
            workbook_kinds.SPECIALTY,
            [{"code": "9900", "name": "航天医学科", "category": "西医"}],
            {"code": "0100", "name": "大内科", "category": "西医", "is_shortage": "紧缺"},
        ),
        (
            workbook_kinds.EMPLOYER,
            [{"name": "新郑市人民医院", "level": "二级"}],
            {"name": "新郑市人民医院", "level": "三级", "is_medical": "是"},
        ),
    ):
        at_first = everything(season)
        first = take((kind, rows))
        before = everything(season)
        second = take((kind, [more]))
        assert everything(season) != before
        _undo(season, second, by)
        assert everything(season) == before
        _undo(season, first, by)
        assert everything(season) == at_first


def test_places_are_as_before(season: str, take: Any, by: Acting) -> None:
    before = everything(season)
    rows = [
        {"base": "4101001", "specialty": "0100", "quota": "12", "max_own": "3", "min_score": "60.5"},
        {"base": "4101001", "specialty": "0300", "quota": "5"},
    ]
    _undo(season, take((workbook_kinds.PLAN, rows)), by)
    assert everything(season) == before


def test_marks_are_as_before(season: str, take: Any, by: Acting) -> None:
    take(_people(1, 2), submit=True)
    verdicts = [Verdict(number, Decision.APPROVE) for number in (ONE, TWO)]
    _do(season, lambda session, batch: decisions.decide(session, batch, verdicts, by=by))
    take((workbook_kinds.SCORE, [{"application_no": ONE, "written": "80", "interview": "缺考"}]))
    before = everything(season)
    rows = [
        {"application_no": ONE, "written": "缺考", "skill": "70", "interview": "60"},
        {"application_no": ONE, "written": "91", "base": "4101001"},
        {"application_no": TWO, "interview": "66.5"},
    ]
    _undo(season, take((workbook_kinds.SCORE, rows)), by)
    assert everything(season) == before


def test_decisions_are_as_before(season: str, take: Any, by: Acting) -> None:
    first = take(_people(1, 2), submit=True)
    _do(season, lambda s, b: decisions.decide(s, b, [Verdict(TWO, Decision.REJECT, "不符")], by=by))
    _do(season, lambda s, b: decisions.decide(s, b, [Verdict(TWO, Decision.REVOKE, "看错")], by=by))
    before = everything(season)
    rows = [
        {"application_no": ONE, "decision": "通过"},
        {"application_no": TWO, "decision": "退回修改", "reason": "补材料"},
    ]
    _undo(season, take((workbook_kinds.REVIEW, rows)), by)
    assert everything(season) == before
    assert _refused(season, first, by)[0] == "E491"  # the decisions made one by one still stand
    with transaction(season, read_only=True) as session:
        assert auditing.verify(session).findings == []
        told = session.execute(
            select(Event.before, Event.after, Event.subject, Event.reason)
            .where(Event.action == "import.undo.rows")
            .order_by(Event.seq)
        )
        assert {tuple(row) for row in told} == {
            ("approved", "submitted", ONE, "导错了文件"),
            ("returned", "submitted", TWO, "导错了文件"),
        }


def test_imports_are_taken_back_one_after_the_other(season: str, take: Any, by: Acting) -> None:
    before = everything(season)
    numbers = [
        take(_people(1, 2)),
        take(_people(1, 2, mobile="13711111111"), submit=True),
        take((workbook_kinds.REVIEW, [{"application_no": ONE, "decision": "通过"}])),
        take((workbook_kinds.SCORE, [{"application_no": ONE, "written": "80"}])),
    ]
    assert _refused(season, numbers[0], by)[0] == "E491"
    for number in reversed(numbers):
        _undo(season, number, by)
    assert everything(season) == before


@pytest.fixture
def final(database: str, by: Acting) -> str:
    """The worked example, final: 1 and 2 at A, 4 at B, 5 at C; 3 has nothing."""
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)
        stages.finalize_batch(session, batch, by=by)
    return database


def _check_in(database: str, by: Acting, *rows: tuple[int, str]) -> int:
    reading = reading_of(
        (workbook_kinds.CHECK_IN, [{"application_no": f"T-{n:07d}", "checked_in": came} for n, came in rows])
    )
    with transaction(database) as session:
        batch = find_batch(session, "T")
        outcome = checkins.import_checkins(session, reading, batch=batch, by=by, reason="更正")
    assert outcome.import_id is not None
    return outcome.import_id


def test_check_ins_and_their_seats_are_as_before(final: str, by: Acting) -> None:
    before = everything(final)
    later = Acting(OPERATOR, NOW.replace(hour=9))
    import_id = _check_in(final, later, (1, "是"), (2, "否"))
    assert everything(final)["plan"] != before["plan"]
    _undo(final, import_id, later)
    assert everything(final) == before
    # A correction taken back is no change of the first import any more.
    first = _check_in(final, later, (1, "是"), (2, "否"))
    second = _check_in(final, later, (1, "否"), (2, "是"))
    assert _refused(final, first, by)[1].count("此后又有变动") == 1
    _undo(final, second, later)
    _undo(final, first, later)
    assert everything(final) == before


# -- refused -----------------------------------------------------------------------------------

ACTS: dict[str, tuple[Callable[[Any, Batch, Acting], Any], str]] = {
    "edited": (
        lambda s, _, by: people.edit_person(s, id_number(1), {"mobile": "13712345678"}, by=by),
        "王一 4101**********{0}（2026-06-05 11:00:00 张三 修改学员信息）",
    ),
    "submitted": (lambda s, b, by: submitting.submit(s, b, [ONE], by=by), "张三 提交报名）"),
    "withdrawn": (lambda s, b, by: withdrawing.withdraw(s, b, ONE, by=by), "张三 撤回报名）"),
    "account": (
        lambda s, _, by: accounts.reset_password(s, id_number(1), "geheim123", by=by, username="wang1"),
        "张三 建立账号）",
    ),
    "education": (
        lambda s, _, by: people.add_entry(
            s,
            id_number(1),
            people.WORK_PART,
            {"employer_name": "郑州第一医院", "from_date": "2024-01", "to_date": "2025-01"},
            by=by,
        ),
        "张三 添加工作经历）",
    ),
    "imported again": (
        lambda s, _, by: take_in(s, reading_of(_people(1, mobile="13712345678")), by=by),
        "张三 导入学员和报名）",
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_was_touched_since_stays(season: str, take: Any, by: Acting, act: str) -> None:
    import_id = take(_people(1, 2))
    later = Acting("张三", NOW.replace(hour=3))
    _do(season, lambda session, batch: ACTS[act][0](session, batch, later))
    code, message = _refused(season, import_id, by)
    assert code == "E491"
    assert "有 1 处此后又有变动" in message
    assert ACTS[act][1].format(id_number(1)[-4:]) in message


def test_reviewed_and_marked_applications_stay(season: str, take: Any, by: Acting) -> None:
    import_id = take(_people(1, 2), submit=True)
    later = Acting("张三", NOW.replace(hour=3))
    verdicts = [Verdict(number, Decision.APPROVE) for number in (ONE, TWO)]
    _do(season, lambda session, batch: decisions.decide(session, batch, verdicts, by=later))
    message = _refused(season, import_id, by)[1]
    assert message == (
        f"导入 {import_id} 不能撤销：写入的内容有 2 处此后又有变动，例如 "
        f"{ONE} 王一（2026-06-05 11:00:00 张三 审核通过）；{TWO} 王二（2026-06-05 11:00:00 张三 审核通过）"
    )


def test_a_new_person_with_an_application_elsewhere_stays(season: str, take: Any, by: Acting) -> None:
    import_id = take(_people(1))
    with transaction(season) as session:
        open_batch(session, code="HN2025")
    take(_people(1), batch="HN2025")
    assert "王一" in _refused(season, import_id, by)[1]


def test_marks_given_again_stay(season: str, take: Any, by: Acting) -> None:
    take(_people(1), submit=True)
    _do(season, lambda s, b: decisions.decide(s, b, [Verdict(ONE, Decision.APPROVE)], by=by))
    first = take((workbook_kinds.SCORE, [{"application_no": ONE, "written": "80"}]))
    take((workbook_kinds.SCORE, [{"application_no": ONE, "written": "81"}]))
    assert f"{ONE} 王一" in _refused(season, first, by)[1]


def test_marks_and_decisions_stay_once_the_batch_is_locked(season: str, take: Any, by: Acting) -> None:
    people_ = take(_people(1), submit=True)
    review = take((workbook_kinds.REVIEW, [{"application_no": ONE, "decision": "通过"}]))
    score = take((workbook_kinds.SCORE, [{"application_no": ONE, "written": "80"}]))

    def lock(session: Any, batch: Batch) -> None:
        stages.move_batch(session, batch, "close", by=by)
        stages.lock_batch(session, batch, by=by)

    _do(season, lock)
    for number in (people_, review, score):
        code, message = _refused(season, number, by)
        assert (code, message) == ("E401", "批次 HN2026 现为“已锁定”，不能撤销这次导入")
    plan = take((workbook_kinds.PLAN, [{"base": "4101001", "specialty": "0100", "quota": "12"}]))
    _undo(season, plan, by)  # parameters may change until a result is committed


def test_reference_data_that_is_used_or_changed_stays(season: str, take: Any, by: Acting) -> None:
    base = take((workbook_kinds.BASE, [{"code": "4102001", "name": "开封医院", "city": "开封"}]))
    plan = take((workbook_kinds.PLAN, [{"base": "4102001", "specialty": "0100", "quota": "2"}]))
    assert "4102001（2026-06-05 10:00:00 测试员 写入招收计划）" in _refused(season, base, by)[1]
    people_ = take(_people(1, choice2_base="4102001"))
    assert "4102001/0100（2026-06-05 10:00:00 测试员 导入学员和报名）" in _refused(season, plan, by)[1]
    _undo(season, people_, by)
    _do(season, lambda s, b: plans.set_place(s, b, "4102001", "0100", by=by, terms={"quota": 3}))
    assert "测试员 修改招收计划" in _refused(season, plan, by)[1]
    other = take((workbook_kinds.BASE, [{"code": "4103009", "name": "洛阳二院", "city": "洛阳"}]))
    _do(season, lambda s, _: bases.set_enabled(s, "4103009", enabled=False, by=by, reason=None))
    assert "4103009（2026-06-05 10:00:00 测试员 启用或停用基地）" in _refused(season, other, by)[1]


def test_a_name_that_is_taken_by_now_cannot_come_back(season: str, take: Any, by: Acting) -> None:
    renamed = take((workbook_kinds.BASE, [{"code": "4101001", "name": "新名医院", "city": "郑州"}]))
    take((workbook_kinds.BASE, [{"code": "4109001", "name": "郑州第一医院", "city": "郑州"}]))
    assert _refused(season, renamed, by)[0] == "E492"


def test_an_erased_person_stays_erased(season: str, take: Any, by: Acting) -> None:
    import_id = take(_people(1), profile_only=True)
    with transaction(season) as session:
        erasing.erase_person(session, id_number(1), by=by, reason="本人要求")
    assert "学员 1（已不在库中）" in _refused(season, import_id, by)[1]


def test_an_import_is_taken_back_once(season: str, take: Any, by: Acting) -> None:
    import_id = take(_people(1))
    _undo(season, import_id, by)
    assert _refused(season, import_id, by) == (
        "E490",
        f"导入 {import_id} 已于 2026-06-05 10:00:00 撤销",
    )
    with pytest.raises(ZhupeiError, match="E316"):
        _undo(season, 99, by)
    with transaction(season, read_only=True) as session:
        (row,) = import_views.list_imports(session, kind="trainee")
        assert (row["undone_at"], row["undone_by"], row["undone_reason"]) == (NOW, OPERATOR, "导错了文件")


def test_an_undo_and_a_review_at_once_do_not_both_happen(season: str, take: Any, by: Acting) -> None:
    import_id = take(_people(1), submit=True)
    start, codes = threading.Barrier(2), []

    def attempt(act: Callable[[Any], Any]) -> None:
        start.wait()
        try:
            with transaction(season) as session:
                act(session)
            codes.append("done")
        except ZhupeiError as error:
            codes.append(error.code)

    def approve(session: Any) -> None:
        verdict = Verdict(ONE, Decision.APPROVE)
        decisions.decide(session, find_batch(session, "HN2026"), [verdict], by=by)

    acts = (approve, lambda session: undoing.undo(session, import_id, by=by, reason="错"))
    threads = [threading.Thread(target=attempt, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) in (["E304", "done"], ["E491", "done"])
    with transaction(season, read_only=True) as session:
        left = session.execute(select(Application.status)).scalars().all()
        undone = session.execute(select(ImportRun.undone_at).where(ImportRun.id == import_id)).scalar_one()
        assert (left, undone) in (([], NOW), (["approved"], None))
        assert auditing.verify(session).findings == []
