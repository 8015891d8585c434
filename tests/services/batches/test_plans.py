"""The plan of a batch: single places, sheets of both forms, the list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.people import open_batch, write_book
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, Event, Plan
from zhupei_cli.rules.admission.run import Place as AdmissionPlace
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.batches.plan_sheets import import_plan, read_plan
from zhupei_cli.services.batches.plans import PlaceRow, PlaceSet, list_plan, set_place
from zhupei_cli.services.batches.supplements import copy_plan
from zhupei_cli.services.proof.told_rows import retold, unlike_events
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.results import sealed_events
from zhupei_cli.services.undo.undoing import undo
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError

Take = Callable[..., tuple[Imported, list[tuple[int, str, str]]]]
Place = tuple[str, str]
_PLACE: Place = ("4101001", "0100")


@pytest.fixture(autouse=True)
def _batch(database: str) -> None:
    """Three bases with three specialties each, ten seats a place."""
    with transaction(database) as session:
        open_batch(session)


def _taken(database: str, **taken: int) -> None:
    with transaction(database) as session:
        place = (Plan.base_code == _PLACE[0], Plan.specialty_code == _PLACE[1])
        session.execute(update(Plan).where(*place).values({f"taken_{who}": n for who, n in taken.items()}))


def _move(database: str, status: str) -> None:
    with transaction(database) as session:
        session.get_one(Batch, 1).status = status


def _set(database: str, by: Acting, terms: Mapping[str, Any], *, place: Place = _PLACE) -> PlaceSet:
    with transaction(database) as session:
        batch = session.get_one(Batch, 1)
        return set_place(session, batch, *place, by=by, terms=terms, reason="测试")


def _plan(database: str) -> dict[Place, PlaceRow]:
    with reading(database) as session:
        rows = list_plan(session, session.get_one(Batch, 1))
    return {(row["base"], row["specialty"]): row for row in rows}


def _events(database: str) -> list[tuple[Any, ...]]:
    columns = (Event.action, Event.subject, Event.before, Event.after, Event.reason)
    with reading(database) as session:
        found = session.execute(select(*columns).where(Event.batch_id == 1).order_by(Event.seq))
        return [tuple(row) for row in found]


# -- one place --------------------------------------------------------------------------------


def test_a_place_is_changed_and_shown(database: str, by: Acting) -> None:
    row = _set(database, by, {"quota": 20, "min_score": 6050, "max_own": 0}, place=("郑州第一医院", "内科"))
    assert row == {
        "batch": "HN2026",
        "base": "4101001",
        "base_label": "郑州第一医院",
        "main_base": None,
        "main_base_label": None,
        "specialty": "0100",
        "specialty_label": "内科",
        "quota": 20,
        "taken": None,
        "preplaced": None,
        "vacant": None,
        "ceded": 0,
        "min_score": Decimal("60.50"),
        "max_own": 0,
        "max_entrusted": None,
        "max_social": None,
        "max_postgrad": None,
        "reserve_own": 0,
        "reserve_entrusted": 0,
        "reserve_social": 0,
        "reserve_postgrad": 0,
        "stopped": False,
        "stopped_label": "",
        "capacity": None,
        "reserve_shared": 0,
        "reserve_cut": 0,
        "is_shortage": False,
        "changed": True,
    }
    assert _events(database) == [
        (
            "plan.set",
            "4101001/0100",
            '{"max_entrusted":null,"max_own":null,"max_social":null,"min_score":null,"quota":10,"stopped":false}',
            '{"max_entrusted":null,"max_own":0,"max_social":null,"min_score":6050,"quota":20,"stopped":false}',
            "测试",
        )
    ]


def test_reserves_stay_within_limits_and_seats(database: str, by: Acting) -> None:
    row = _set(database, by, {"reserve_own": 3, "reserve_postgrad": 7, "max_own": 3})
    assert (row["reserve_own"], row["reserve_entrusted"], row["reserve_postgrad"]) == (3, 0, 7)
    # Only what is reserved is kept of it: events of before say nothing of reserves.
    assert _events(database)[0][3] == (
        '{"max_entrusted":null,"max_own":3,"max_social":null,"min_score":null,"quota":10,'
        '"reserve_own":3,"reserve_postgrad":7,"stopped":false}'
    )
    for terms, code in (({"reserve_social": 1}, "E761"), ({"quota": 9}, "E761"), ({"max_own": 2}, "E760")):
        with pytest.raises(ZhupeiError) as error:
            _set(database, by, terms)
        assert error.value.code == code
    with pytest.raises(ZhupeiError) as error, transaction(database) as session:
        session.execute(update(Plan).values(reserve_social=Plan.quota + 1))
    assert error.value.code == "E621"  # the database itself
    assert _set(database, by, {"reserve_own": 0, "max_own": 2})["reserve_own"] == 0


def test_saying_what_is_there_already_is_no_event(database: str, by: Acting) -> None:
    assert _set(database, by, {"quota": 10})["changed"] is False
    assert _events(database) == []


def test_terms_that_are_not_given_stay(database: str, by: Acting) -> None:
    _set(database, by, {"min_score": 6000, "max_social": 3})
    assert _set(database, by, {"stopped": True})["min_score"] == Decimal("60.00")
    row = _set(database, by, {"max_social": None})
    assert (row["quota"], row["min_score"], row["max_social"], row["stopped"]) == (
        10,
        Decimal("60.00"),
        None,
        True,
    )


def test_a_place_that_is_not_there_is_made_with_a_quota_only(database: str, by: Acting) -> None:
    with pytest.raises(ZhupeiError) as caught:
        _set(database, by, {"stopped": True}, place=("4101001", "外科"))
    assert caught.value.code == "E306"
    assert _set(database, by, {"quota": 3}, place=("4101001", "外科"))["quota"] == 3


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"quota": 3}, "E410"),
        ({"max_own": 2}, "E411"),
        ({"max_social": 0}, "E411"),
        ({"max_entrusted": 0}, None),
    ],
)
def test_never_below_the_seats_taken(
    database: str, by: Acting, terms: dict[str, int], code: str | None
) -> None:
    _taken(database, own=3, social=1)
    if code is None:
        assert _set(database, by, terms)["changed"] is True
        return
    with pytest.raises(ZhupeiError) as caught:
        _set(database, by, terms)
    assert (caught.value.code, caught.value.exit_code) == (code, 5)
    assert _plan(database)[_PLACE]["quota"] == 10


def test_exactly_the_seats_taken_is_enough(database: str, by: Acting) -> None:
    _taken(database, own=3, social=1)
    row = _set(database, by, {"quota": 4, "max_own": 3, "max_social": 1, "max_entrusted": 0})
    # Nobody is told of seats before publication.
    assert (row["quota"], row["taken"], row["vacant"]) == (4, None, None)


@pytest.mark.parametrize("status", ["draft", "open", "closed", "locked"])
def test_the_plan_may_change_until_the_commit(database: str, by: Acting, status: str) -> None:
    _move(database, status)
    assert _set(database, by, {"quota": 11})["quota"] == 11


@pytest.mark.parametrize("status", ["committed", "publicity", "final", "archived", "cancelled"])
def test_and_not_after_it(database: str, by: Acting, status: str) -> None:
    _move(database, status)
    with pytest.raises(ZhupeiError) as caught:
        _set(database, by, {"quota": 11})
    assert (caught.value.code, caught.value.exit_code) == ("E405", 5)


# -- sheets -----------------------------------------------------------------------------------


@pytest.fixture
def take(database: str, tmp_path: Path, by: Acting) -> Take:
    """Import a sheet (heading row first) and return the outcome with its problems."""

    def run(*rows: Sequence[Any]) -> tuple[Imported, list[tuple[int, str, str]]]:
        import openpyxl

        book = openpyxl.Workbook()
        book.active.title = "招收计划"
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / "计划.xlsx")
        sheet = read_plan([tmp_path / "计划.xlsx"])
        with transaction(database) as session:
            outcome = import_plan(session, sheet, batch=session.get_one(Batch, 1), by=by)
        return outcome, [(one.row, one.column, one.code) for one in sheet.problems]

    return run


def _counts(outcome: Imported) -> dict[str, int]:
    return {name: count for name, count in asdict(outcome.counts).items() if count}


def _terms(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        row[name] for name in ("quota", "min_score", "max_own", "max_entrusted", "max_social", "stopped")
    )


_LONG = ("基地编号", "专业代码", "计划人数", "最低分", "本单位上限", "委托培养上限", "社会招收上限", "状态")


def test_a_long_sheet(take: Take, database: str) -> None:
    outcome, problems = take(
        _LONG,
        ("4101001", "内科", 12, 60.5, 1, 2, 3, None),
        ("郑州第二医院", "外科", 5, None, None, None, None, "停招"),
        ("4103001", "0100", 10, None, None, None, None, None),
    )
    assert (_counts(outcome), problems) == ({"rows": 3, "inserted": 1, "updated": 1, "unchanged": 1}, [])
    plan = _plan(database)
    assert _terms(plan["4101001", "0100"]) == (12, Decimal("60.50"), 1, 2, 3, False)
    assert _terms(plan["4101002", "0900"]) == (5, None, None, None, None, True)
    assert len(plan) == 10  # places that are not in the sheet stay


def test_a_wide_sheet_sets_seats_and_nothing_else(take: Take, database: str, by: Acting) -> None:
    _set(database, by, {"min_score": 6000})
    outcome, problems = take(
        ("基地编号", "基地名称", "内科", "儿科", "外科", "合计", "备注"),
        ("4101001", "郑州第一医院", 12, 3, None, 15, "三甲"),
        ("4101002", "郑州第二医院", None, None, 0, 0, None),
        ("合计", None, 12, 3, 0, 15, None),
    )
    assert (_counts(outcome), problems) == ({"rows": 2, "inserted": 1, "updated": 1}, [(0, "", "E026")])
    plan = _plan(database)
    assert _terms(plan["4101001", "0100"]) == (12, Decimal("60.00"), None, None, None, False)
    assert (plan["4101001", "0200"]["quota"], plan["4101002", "0900"]["quota"]) == (3, 0)
    assert len(plan) == 10


def test_the_same_sheet_again_changes_nothing(take: Take, database: str) -> None:
    rows = (("基地", "专业", "计划"), ("4101001", "内科", 12), ("4101001", "外科", 2))
    take(*rows)
    events = _events(database)
    outcome, _ = take(*rows)
    assert (outcome.import_id, _counts(outcome)) == (None, {"rows": 2, "unchanged": 2})
    assert _events(database) == events
    assert [event[0] for event in events] == ["plan.import", "plan.write"]


def test_reserves_of_a_long_sheet(take: Take, database: str) -> None:
    heads = (
        "基地编号",
        "专业代码",
        "计划人数",
        "本单位上限",
        "本单位保留",
        "委托培养保留",
        "社会招收保留",
        "专硕保留",
    )
    _, problems = take(
        heads,
        ("4101001", "内科", 12, None, 1, 2, 3, 4),
        ("4101001", "外科", 5, 1, 2, None, None, None),
        ("4101002", "内科", 5, None, 2, 2, 2, None),
    )
    assert problems == [(3, "本单位保留", "E760"), (4, "计划人数", "E761")]
    assert _reserves(database) == [1, 2, 3, 4]
    take(heads, ("4101001", "内科", 12, None, "清空", None, 0, 4))
    assert _reserves(database) == [0, 2, 0, 4]


def _reserves(database: str) -> list[int]:
    row: Mapping[str, Any] = _plan(database)[_PLACE]
    return [row[f"reserve_{who}"] for who in ("own", "entrusted", "social", "postgrad")]


def test_a_limit_is_erased_by_its_word(take: Take, database: str, by: Acting) -> None:
    _set(database, by, {"min_score": 6000, "stopped": True})
    take(_LONG, ("4101001", "内科", 10, "清空", None, None, None, "清空"))
    assert _terms(_plan(database)[_PLACE]) == (10, None, None, None, None, False)


def test_every_problem_is_found_and_good_rows_go_in(take: Take, database: str) -> None:
    _taken(database, own=3)
    outcome, problems = take(
        _LONG,
        ("没有的医院", "没有的专业", 1),
        ("4101001", "内科", 2, None, 1),
        ("4101001", "儿科", "很多", 101),
        ("4101002", "内科", "清空"),
        ("4101002", None, 3),
        ("4103001", "内科", 7),
        ("4103001", "儿科", 7),
        ("洛阳中心医院", "0200", 8),
    )
    assert problems == [
        (2, "基地编号", "E302"),
        (2, "专业代码", "E303"),
        (3, "计划人数", "E410"),
        (3, "本单位上限", "E411"),
        (4, "计划人数", "E016"),
        (4, "最低分", "E017"),
        (5, "计划人数", "E051"),
        (6, "专业代码", "E023"),
        (8, "", "E050"),
        (9, "", "E050"),
    ]
    assert _counts(outcome) == {"rows": 8, "updated": 1, "rejected": 7}
    assert _plan(database)["4103001", "0100"]["quota"] == 7


def test_a_column_of_a_wide_sheet_that_is_no_specialty(take: Take, database: str) -> None:
    outcome, problems = take(
        ("基地编号", "内科", "内课"), ("4101001", 12, 3), ("4101002", 11, None), ("4103001", "x", None)
    )
    assert problems == [(2, "内课", "E303"), (4, "内科", "E016")]
    assert _counts(outcome) == {"rows": 3, "updated": 1, "rejected": 2}
    assert [_plan(database)[base, "0100"]["quota"] for base in ("4101001", "4101002")] == [10, 11]


def test_one_specialty_in_two_columns_of_a_wide_sheet(take: Take) -> None:
    outcome, problems = take(("基地编号", "内科", "0100"), ("4101001", 12, 3))
    assert (problems, _counts(outcome)) == ([(2, "", "E050")], {"rows": 1, "rejected": 1})


def test_a_sheet_that_is_no_plan(take: Take) -> None:
    outcome, problems = take(("姓名", "证件号码"), ("王芳", "1"))
    assert (outcome.ok, problems) == (False, [(0, "", "E030")])


def test_a_plan_that_may_not_change_takes_no_sheet(take: Take, database: str) -> None:
    _move(database, "committed")
    with pytest.raises(ZhupeiError) as caught:
        take(_LONG[:3], ("4101001", "内科", 12))
    assert caught.value.code == "E405"


def test_many_places_take_as_many_statements_as_one(take: Take) -> None:
    bases, specialties = ("4101001", "4101002", "4103001"), [f"{code * 100:04d}" for code in range(9, 28)]
    with statements() as few:
        take(_LONG[:3], ("4101001", "0900", 1))
    with statements() as many:
        take(_LONG[:3], *((base, code, 2) for base in bases[1:] for code in specialties))
    assert len(many) == len(few)


def test_the_template_of_the_sheet_reads_back(database: str, tmp_path: Path, by: Acting) -> None:
    path = write_book(
        tmp_path / "计划.xlsx",
        [(workbook_kinds.PLAN, [{"base": "4101001", "specialty": "0100", "quota": "12", "stopped": "停招"}])],
    )
    with transaction(database) as session:
        outcome = import_plan(session, read_plan([path]), batch=session.get_one(Batch, 1), by=by)
    assert _counts(outcome) == {"rows": 1, "updated": 1}
    assert _plan(database)[_PLACE]["stopped"] is True


# -- the capacity -----------------------------------------------------------------------------


def _unlike(database: str) -> list[str]:
    """Return what stands otherwise than events say; the places of `open_batch` have none."""
    with reading(database) as session:
        return [what for code, what in unlike_events(session, retold(session)) if code == "E641"]


def test_a_capacity_is_named_in_events_only_where_there_is_one(take: Take, database: str, by: Acting) -> None:
    """What was stored and digested before places had one stays true to the letter."""
    _set(database, by, {"quota": 12})
    assert "capacity" not in str(_events(database))
    first, _ = take((*_LONG[:3], "培训容量"), ("4101001", "内科", 12, 36), ("4101002", "内科", 9, None))
    assert [_plan(database)[base, "0100"]["capacity"] for base in ("4101001", "4101002")] == [36, None]
    _set(database, by, {"capacity": 40})
    before, after = _events(database)[-1][2:4]
    terms = (
        '"max_entrusted":null,"max_own":null,"max_social":null,"min_score":null,"quota":12,"stopped":false}'
    )
    assert (before, after) == (f'{{"capacity":36,{terms}', f'{{"capacity":40,{terms}')
    assert _unlike(database) == []
    with transaction(database) as session, pytest.raises(ZhupeiError, match="E491"):
        undo(session, first.import_id or 0, by=by, reason="容量改过")
    last, _ = take((*_LONG[:3], "培训容量"), ("4101001", "内科", 12, "清空"))
    assert _plan(database)[_PLACE]["capacity"] is None
    with transaction(database) as session:
        undo(session, last.import_id or 0, by=by, reason="不该清空")
    assert _plan(database)[_PLACE]["capacity"] == 40
    with transaction(database) as session:
        first_batch = session.get_one(Batch, 1)
        dates = {"apply_from": first_batch.apply_from, "apply_until": first_batch.apply_until}
        other = Batch(id=2, code="N", name="N", year=2027, status="draft", created_at=by.at, **dates)
        session.add(other)
        session.flush()
        copy_plan(session, other, first_batch, by=by)
        copied = {(row["base"], row["specialty"]): row["capacity"] for row in list_plan(session, other)}
    assert {key: value for key, value in copied.items() if value} == {_PLACE: 40}
    assert _unlike(database) == []
    with transaction(database) as session:
        session.execute(update(Plan).where(Plan.batch_id == 1, Plan.capacity == 40).values(capacity=41))
    assert _unlike(database) == ["招收计划 4101001/0100"]


def test_the_terms_of_a_sealed_place_are_those_of_its_event() -> None:
    place = AdmissionPlace("B1", "0100", 3, 6000, limits={"own": 1})
    limits = {"max_own": 1, "max_entrusted": None, "max_social": None}
    terms = {"quota": 3, "min_score": 6000, "stopped": False, **limits}
    assert sealed_events._terms(place) == named_digest(terms)
    more = replace(place, capacity=9)
    assert sealed_events._terms(more) == named_digest({**terms, "capacity": 9}) != named_digest(terms)


# -- the list ---------------------------------------------------------------------------------


def test_a_list_of_one_base_or_one_specialty(database: str) -> None:
    with reading(database) as session:
        batch = session.get_one(Batch, 1)
        base = list_plan(session, batch, base="4101002")
        specialty = list_plan(session, batch, specialty="0200")
    assert [(row["base"], row["specialty"]) for row in base] == [
        ("4101002", "0100"),
        ("4101002", "0200"),
        ("4101002", "2800"),
    ]
    assert [(row["base"], row["is_shortage"]) for row in specialty] == [
        ("4101001", True),
        ("4101002", True),
        ("4103001", True),
    ]
