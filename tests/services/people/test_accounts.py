"""Accounts: who may register, what a password must be, what wrong ones lead to."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.careless import hash_with_care
from tests.people import id_number, person, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Account, Event, Trainee
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.people import accounts
from zhupei_cli.services.people.accounts import Opened
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

WANG = {"name": "王一", "id_number": id_number(1), "mobile": "13800000001"}
PASSWORD = "Passw0rd-of-wang"


def register(database: str, by: Acting, *, username: str = "wang1", **changes: str) -> Opened:
    with transaction(database) as session:
        return accounts.register_trainee(
            session, {**WANG, **changes}, username=username, password=PASSWORD, by=by
        )


def check(database: str, by: Acting, password: str) -> tuple[bool, int, bool]:
    """Check in a transaction of its own; return ok, left, locked."""
    with transaction(database) as session:
        found = accounts.check_password(session, "wang1", password, by=by)
    return found.ok, found.left, found.locked_until is not None


def events(database: str) -> list[tuple[str, str, str | None]]:
    with transaction(database, read_only=True) as session:
        rows = session.execute(
            select(Event.action, Event.subject, Event.after)
            .where(Event.action.not_in(("specialty.import", "specialty.write", "import.rows")))
            .order_by(Event.seq)
        )
        return [(row.action, row.subject, row.after) for row in rows]


def code_of(database: str, by: Acting, **changes: str) -> str:
    with pytest.raises(ZhupeiError) as caught:
        register(database, by, **changes)
    return caught.value.code


def test_who_registers_gets_a_profile_and_an_account(database: str, by: Acting) -> None:
    opened = register(database, by, username="Wang1")
    assert opened == Opened("王一", id_number(1), "wang1", new=True)
    with transaction(database, read_only=True) as session:
        found = session.execute(select(Trainee)).scalar_one()
        account = session.execute(select(Account)).scalar_one()
        assert (found.name, found.gender, found.birth_date) == ("王一", "1", date(1995, 1, 1))
        assert (account.trainee_id, account.business, account.role) == (found.id, "residency", "trainee")
        assert account.password_hash.startswith("$argon2id$")
        seq = session.execute(select(Event.seq).where(Event.action == "trainee.register")).scalar_one()
        assert found.touched_by == seq
    assert events(database) == [("trainee.register", "trainee 1", None), ("account.open", "trainee 1", None)]


@pytest.mark.sqlite
def test_a_password_is_hashed_so_that_guessing_takes_long(
    database: str, by: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_with_care(monkeypatch)
    register(database, by)
    with transaction(database, read_only=True) as session:
        hashed = session.execute(select(Account.password_hash)).scalar_one()
    found = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$", hashed)
    # At least what RFC 9106 recommends where memory is scarce.
    assert found and int(found[1]) >= 64 << 10 and int(found[2]) >= 3


def test_no_event_holds_anything_of_the_person(database: str, by: Acting) -> None:
    register(database, by)
    with transaction(database, read_only=True) as session:
        texts = " ".join(f"{row.subject} {row.data}" for row in session.execute(select(Event)).scalars())
    assert [word for word in (PASSWORD, "argon2", "wang1", *WANG.values()) if word in texts] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id_number": id_number(1)[:-1] + "0"}, "E180"),
        ({"id_number": ""}, "E180"),
        ({"mobile": "1380"}, "E180"),
        ({"name": " "}, "E180"),
        ({"gender": "女"}, "E180"),
        ({"id_type": "护照", "id_number": "E12345678"}, "E180"),
        ({"username": "wan"}, "E183"),
        ({"username": "1wang"}, "E183"),
        ({"username": id_number(2)}, "E183"),
        ({"username": "E12345678"}, "E183"),
    ],
)
def test_what_is_wrong_stores_nothing(database: str, by: Acting, changes: dict[str, str], code: str) -> None:
    assert code_of(database, by, **changes) == code
    assert events(database) == []


def test_every_field_that_is_wrong_is_said_and_masked(database: str, by: Acting) -> None:
    with pytest.raises(ZhupeiError) as caught:
        register(database, by, id_number="410101199501011016", mobile="13800000")
    assert caught.value.message == (
        "没有保存，2 处有误：手机号码（电话号码 ****0000 不对；填手机号或带区号的固定电话）；"
        "证件号码（居民身份证号码 4101**********1016 的校验位不符；至少有一位写错，请对照证件重新填写）"
    )


def test_a_passport_needs_sex_and_birth_date_as_well(database: str, by: Acting) -> None:
    passport = {"id_type": "护照", "id_number": "e12345678", "gender": "女", "birth_date": "1996.5.4"}
    assert register(database, by, **passport).id_number == "E12345678"


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "不足 8 个字符、没有字母、没有数字"),
        ("abc1234", "不足 8 个字符"),
        ("12345678", "没有字母"),
        ("密码密码密码12", "没有字母"),
        ("abcdefgh", "没有数字"),
    ],
)
def test_weak_passwords_are_refused(password: str, problem: str) -> None:
    with pytest.raises(ZhupeiError) as caught:
        accounts.require_password(password)
    assert (caught.value.code, caught.value.message) == ("E184", f"密码不合要求：{problem}")


def test_a_known_id_number_cannot_register_again(database: str, by: Acting) -> None:
    register(database, by)
    assert code_of(database, by, username="other") == "E185"
    assert code_of(database, by, id_number=id_number(2)) == "E187"


@pytest.fixture
def imported(database: str, by: Acting, tmp_path: Path) -> str:
    """A database with one imported person, who has no account."""
    path = write_people(tmp_path / "报名信息.xlsx", [person(1)])
    reading = read_workbooks([path], workbook_kinds.PERSON, optional=workbook_kinds.APPLICATION_KEYS)
    with transaction(database) as session:
        import_trainees(session, reading, batch=None, by=by, options=Options(profile_only=True))
    return database


def test_an_imported_person_gets_the_account_by_a_reset(imported: str, by: Acting) -> None:
    assert code_of(imported, by) == "E186"
    with transaction(imported) as session:
        for who, code in ((id_number(1), "E189"), (id_number(9), "E310")):
            with pytest.raises(ZhupeiError) as caught:
                accounts.reset_password(session, who, PASSWORD, by=by)
            assert caught.value.code == code
        with pytest.raises(ZhupeiError) as caught:
            accounts.check_password(session, id_number(1), PASSWORD, by=by)
        assert caught.value.code == "E313"
        opened = accounts.reset_password(session, id_number(1), PASSWORD, by=by, username="wang1")
    assert opened == Opened("王一", id_number(1), "wang1", new=True)
    assert check(imported, by, PASSWORD) == (True, 5, False)
    with transaction(imported) as session, pytest.raises(ZhupeiError) as caught:
        accounts.reset_password(session, "wang1", PASSWORD, by=by, username="another")
    assert caught.value.code == "E190"


def test_five_wrong_passwords_lock_for_fifteen_minutes(database: str, by: Acting) -> None:
    register(database, by)
    assert [check(database, by, "wrong") for _ in range(5)] == [
        (False, 4, False),
        (False, 3, False),
        (False, 2, False),
        (False, 1, False),
        (False, 0, True),
    ]
    soon = replace(by, at=by.at + timedelta(minutes=14, seconds=59))
    assert check(database, soon, PASSWORD) == (False, 0, True)
    later = replace(by, at=by.at + timedelta(minutes=15))
    assert check(database, later, "wrong") == (False, 4, False)
    assert check(database, later, PASSWORD) == (True, 5, False)
    assert check(database, later, "wrong") == (False, 4, False)
    assert [after for action, _, after in events(database) if action == "account.check"] == [
        *["wrong"] * 4,
        *("locked", "wrong", "right", "wrong"),
    ]


def test_a_reset_ends_the_lock_and_the_old_password(database: str, by: Acting) -> None:
    register(database, by)
    for _ in range(5):
        check(database, by, "wrong")
    with transaction(database) as session:
        opened = accounts.reset_password(session, "WANG1", "another-Passw0rd", by=by)
    assert opened.new is False
    assert check(database, by, "another-Passw0rd") == (True, 5, False)
    assert check(database, by, PASSWORD) == (False, 4, False)
