"""Batches: made, changed, listed, shown."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.builders import store_world, worked_example
from tests.people import open_batch
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, Event
from zhupei_cli.rules.batch.settings import defaults, setting_of
from zhupei_cli.services.batches.batch_views import list_batches, show_batch, stored_runs
from zhupei_cli.services.batches.batches import (
    Changed,
    create_batch,
    edit_batch,
)
from zhupei_cli.services.records.lookup import find_batch, settings_of
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import NOTICE_EVENT

_GIVEN = {"name": "2026 年招收", "apply_from": "2026-06-01", "apply_until": "2026-06-20"}
_FROM = datetime(2026, 5, 31, 16, tzinfo=UTC)
_UNTIL = datetime(2026, 6, 20, 15, 59, 59, tzinfo=UTC)


def _create(database: str, by: Acting, code: str = "HN2026", **given: str) -> None:
    with transaction(database) as session:
        create_batch(session, code, year=2026, given={**_GIVEN, **given}, by=by)


def _edit(database: str, by: Acting, given: Mapping[str, str], *, status: str = "draft") -> list[Changed]:
    with transaction(database) as session:
        batch = find_batch(session, "HN2026")
        batch.status = status
        session.flush()
        return edit_batch(session, batch, given, by=by, reason="测试")


def _settings(database: str, code: str = "HN2026") -> dict[str, str]:
    with reading(database) as session:
        return settings_of(session, find_batch(session, code))


def _refusal(database: str, by: Acting, code: str = "HN2026", **given: str) -> tuple[str, int]:
    with pytest.raises(ZhupeiError) as caught:
        _create(database, by, code, **given)
    return caught.value.code, caught.value.exit_code


# -- made -------------------------------------------------------------------------------------


def test_a_new_batch_is_a_draft_with_every_setting(database: str, by: Acting) -> None:
    _create(database, by, weights="written=1", review_until="2026/7/5 12:00")
    with reading(database) as session:
        batch = find_batch(session, "HN2026")
        found = {name: getattr(batch, name) for name in ("name", "year", "status", "created_at")}
        dates = (batch.apply_from, batch.apply_until, batch.review_until, batch.publicity_until)
        events = session.execute(select(Event.action, Event.subject, Event.after, Event.batch_id)).all()
    assert found == {"name": "2026 年招收", "year": 2026, "status": "draft", "created_at": by.at}
    assert dates == (_FROM, _UNTIL, datetime(2026, 7, 5, 4, tzinfo=UTC), None)
    assert _settings(database) == defaults() | {"weights": "written=1"}
    assert tuple(events[-1]) == ("batch.create", "HN2026", "draft", 1)


def test_a_batch_may_take_its_settings_from_another(database: str, by: Acting) -> None:
    _create(database, by, weights="written=1", min_score="60")
    with transaction(database) as session:
        create_batch(session, "HN2027", year=2027, given={**_GIVEN, "min_score": ""}, by=by, like="HN2026")
    assert _settings(database, "HN2027") == defaults() | {"weights": "written=1"}


@pytest.mark.parametrize("code", ["", "二零", "A B", "-A", "A/B", "A" * 33])
def test_a_code_that_cannot_be(database: str, by: Acting, code: str) -> None:
    assert _refusal(database, by, code) == ("E406", 2)


def test_a_code_is_there_once(database: str, by: Acting) -> None:
    _create(database, by)
    assert _refusal(database, by) == ("E407", 5)
    assert _refusal(database, by, code="hn2026") == ("E498", 5)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"weight": "written=1"}, "E270"),
        ({"min_score": "101"}, "E271"),
        ({"weights": "written=0.5"}, "E430"),
        ({"apply_until": "月底"}, "E272"),
        ({"apply_until": ""}, "E271"),
        ({"name": " "}, "E271"),
        ({"name": "长" * 101}, "E271"),
        ({"apply_until": "2026-05-31"}, "E408"),
        ({"apply_from": "2026-06-20 23:59:59"}, "E408"),
        ({"review_until": "2026-06-20 12:00"}, "E408"),
        ({"publicity_until": "2026-07-01", "checkin_until": "2026-06-30"}, "E408"),
    ],
)
def test_what_cannot_be_given_makes_no_batch(
    database: str, by: Acting, given: dict[str, str], code: str
) -> None:
    assert _refusal(database, by, **given) == (code, 2)
    with reading(database) as session:
        assert session.execute(select(Batch)).all() == []


def test_an_unknown_text_of_a_notice_is_answered_with_all_of_them() -> None:
    with pytest.raises(ZhupeiError) as caught:
        setting_of("notice.reviewed")
    assert [f"notice.{event}" in caught.value.hint for event in NOTICE_EVENT.labels] == [True] * len(
        NOTICE_EVENT.labels
    )


def test_later_dates_may_be_the_same_moment(database: str, by: Acting) -> None:
    _create(database, by, review_until="2026-06-20", checkin_until="2026-06-20")


# -- changed ----------------------------------------------------------------------------------


def test_changes_are_returned_stored_and_told(database: str, by: Acting) -> None:
    _create(database, by)
    given = {"name": "新名", "apply_until": "2026-06-25", "min_score": "60", "grad_years": "3"}
    assert _edit(database, by, given) == [
        {"key": "name", "before": "2026 年招收", "after": "新名"},
        {"key": "apply_until", "before": _UNTIL, "after": _UNTIL + timedelta(days=5)},
        {"key": "min_score", "before": "", "after": "60"},
    ]
    assert _settings(database) == defaults() | {"min_score": "60"}
    with reading(database) as session:
        columns = (Event.before, Event.after, Event.reason, Event.data)
        events = session.execute(select(*columns).where(Event.action == "batch.edit").order_by(Event.seq))
        assert [tuple(event) for event in events] == [
            ("2026 年招收", "新名", "测试", '{"key":"name"}'),
            ("2026-06-20T23:59:59+08:00", "2026-06-25T23:59:59+08:00", "测试", '{"key":"apply_until"}'),
            ("", "60", "测试", '{"key":"min_score"}'),
        ]


def test_a_date_may_be_taken_away(database: str, by: Acting) -> None:
    _create(database, by, review_until="2026-07-01")
    (change,) = _edit(database, by, {"review_until": ""})
    assert (change["after"], _edit(database, by, {"review_until": ""})) == (None, [])


_ORDER = ("draft", "open", "closed", "locked", "committed", "publicity", "final", "archived")


@pytest.mark.parametrize(
    ("key", "text", "last"),
    [
        ("same_specialty", "false", "draft"),
        ("source_types", "甲,乙", "draft"),
        ("weights", "written=1", "locked"),
        ("tie_keys", "", "locked"),
        ("min_score", "60", "locked"),
        ("adjust_scope", "category", "locked"),
        ("grad_years", "2", "locked"),
        ("severity.train_years", "off", "locked"),
        ("checkin_until", "2026-09-01", "publicity"),
        ("apply_until", "2026-06-21", "publicity"),
        ("name", "新名", "publicity"),
        ("contact", "0371-00000000", "archived"),
    ],
)
def test_how_long_each_may_change(database: str, by: Acting, key: str, text: str, last: str) -> None:
    _create(database, by)
    at = _ORDER.index(last)
    for status in _ORDER[at + 1 :]:
        with pytest.raises(ZhupeiError) as caught:
            _edit(database, by, {key: text}, status=status)
        assert (caught.value.code, caught.value.exit_code) == ("E405", 5)
    assert len(_edit(database, by, {key: text}, status=last)) == 1


def test_saying_what_is_there_already_is_allowed_at_any_time(database: str, by: Acting) -> None:
    _create(database, by)
    assert _edit(database, by, {"same_specialty": "true", "name": "2026 年招收"}, status="final") == []


def test_one_wrong_change_refuses_all(database: str, by: Acting) -> None:
    _create(database, by)
    for given in ({"min_score": "60", "grad_years": "x"}, {"min_score": "60", "apply_from": "2026-07-01"}):
        with pytest.raises(ZhupeiError):
            _edit(database, by, given)
    assert _settings(database) == defaults()


# -- listed -----------------------------------------------------------------------------------


def test_the_list_has_every_batch_by_year(database: str, by: Acting) -> None:
    _create(database, by)
    with transaction(database) as session:
        open_batch(session, code="HN2025").year = 2025
    with reading(database) as session:
        rows = list_batches(session, by=by)
    assert [row["batch"] for row in rows] == ["HN2025", "HN2026"]
    assert rows[1] == {
        "batch": "HN2026",
        "name": "2026 年招收",
        "year": 2026,
        "status": "draft",
        "status_label": "筹备中",
        "apply_from": _FROM,
        "apply_until": _UNTIL,
        "review_until": None,
        "publicity_until": None,
        "checkin_until": None,
        "seats": 0,
        "applications": 0,
    }
    assert (rows[0]["seats"], rows[0]["status_label"]) == (90, "报名中")


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC), []),
        (datetime(2026, 6, 1, tzinfo=UTC), ["HN2026"]),
        (datetime(2026, 6, 30, tzinfo=UTC), ["HN2026"]),
        (datetime(2026, 6, 30, 0, 0, 1, tzinfo=UTC), []),
    ],
)
def test_open_means_open_at_this_second(database: str, at: datetime, found: list[str]) -> None:
    with transaction(database) as session:
        open_batch(session)
        open_batch(session, code="HN2025", status="closed")
        rows = list_batches(session, by=Acting("测试员", at), open_only=True)
    assert [row["batch"] for row in rows] == found


def test_one_batch_with_all_that_is_known_of_it(database: str) -> None:
    with transaction(database) as session:
        batch = store_world(session, worked_example(), code="T")
        row = show_batch(session, batch)
        runs = stored_runs(session, batch)
    assert (row["plan"], row["applications"], row["runs"], row["admissions"]) == (
        {"bases": 3, "places": 3, "seats": 4, "taken": None, "ceded": 0},
        {"approved": 5},
        0,
        None,
    )
    assert (row["batch"], row["status_label"], runs) == ("T", "已锁定", 0)
    assert row["settings"]["adjust_scope"] == "specialty"
