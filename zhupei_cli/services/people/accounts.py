"""Accounts (指南 二.1): registered, their passwords set and checked. No password ever leaves this module."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Table, select, update
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Account
from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.rules.people import idcard
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.rules.proof.digests import row_digest
from zhupei_cli.services.people import fields, people
from zhupei_cli.services.people.merging import dates_wrong, merge, said_by, too_long
from zhupei_cli.services.people.people import subject_of
from zhupei_cli.services.people.profiles import Profile, load_profiles, profile_digest, write_profiles
from zhupei_cli.services.people.whom import find_person, shown_who
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import BUSINESS, ROLE, IdType

#: So many wrong passwords in a row lock an account, for so long.
MOST_FAILED = 5
LOCKED_FOR = timedelta(minutes=15)

_ACCOUNT: Table = Account.metadata.tables["account"]
# A person is named by number or by username, so no username may look like the number of a paper.
_USERNAME = re.compile(r"(?![a-z]{1,3}[0-9]{7,}$)[a-z][a-z0-9._-]{3,31}")
_BUSINESS, _ROLE = "residency", "trainee"


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose account was made, or got a new password (`new` says which)."""

    name: str
    id_number: str
    username: str
    new: bool

    def as_json(self) -> dict[str, object]:
        """Return the account as scripts read it: masked, and without anything of its password."""
        return {
            "name": self.name,
            "id_number": mask_id(self.id_number),
            "username": self.username,
            "new": self.new,
            "business": _BUSINESS,
            "business_label": BUSINESS.label(_BUSINESS),
            "role": _ROLE,
            "role_label": ROLE.label(_ROLE),
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """What a password check found; `left` are the wrong ones that may follow before the lock."""

    ok: bool
    username: str
    left: int
    locked_until: datetime | None = None

    def require(self) -> None:
        """Raise E603 for a wrong password, E604 for a locked account: after the count is committed."""
        if self.locked_until is not None:
            raise ZhupeiError("E604", username=self.username, until=show_time(self.locked_until))
        if not self.ok:
            raise ZhupeiError("E603", username=self.username, left=self.left)


def examine_registration(session: Session, given: Mapping[str, str], *, by: Acting) -> Profile:
    """Return the person who wants to register, checked (指南 二.1: 验证通过后); nothing is written.

    Raises E180 with every field that is wrong, E185 or E186 for an ID number that exists.
    """
    values, faults = fields.read_fields(given, fields.REGISTER)
    faults += fields.not_given(values, fields.REGISTER, faults)
    values.setdefault("id_type", IdType.ID_CARD)
    if "id_number" in values:
        checked = idcard.check_number(values["id_type"], values["id_number"], by.today)
        values["id_number"] = checked[0]
        faults += checked[1]
    fields.refuse(faults)
    profile, faults = merge(None, said_by(values))
    lacking = [name for name in ("gender", "birth_date") if profile.person.get(name) is None]
    faults += [Fault("E023", name, values={"heading": fields.FIELD_LABELS[name]}) for name in lacking]
    fields.refuse([*faults, *too_long(profile), *dates_wrong(profile, by.today)])
    _require_unknown(session, profile)
    return profile


def remarks(given: Mapping[str, str]) -> list[Fault]:
    """Return what is odd about what somebody says who registers."""
    _, faults = fields.read_fields(given, fields.REGISTER)
    return [fault for fault in faults if fault.severity == "warning"]


def require_number(id_type: str, word: str, *, by: Acting) -> str:
    """Return the number of an identity paper, mended; raises what is wrong with it (E110 to E119)."""
    number, faults = idcard.check_number(id_type, word, by.today)
    if faults:
        raise ZhupeiError(faults[0].code, **faults[0].values)
    return number


def _require_unknown(session: Session, profile: Profile) -> None:
    known = load_profiles(session, [profile.key[1]]).get(profile.key)
    if known is not None:
        code = "E186" if _stored(session, known) is None else "E185"
        raise ZhupeiError(code, number=mask_id(profile.key[1]))


def require_username(session: Session, username: str) -> str:
    """Return the username as it is kept, in small letters; E183 for its form, E187 when it is taken."""
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise ZhupeiError("E183", username=shown_who(username))
    if session.execute(select(Account.trainee_id).where(Account.username == name)).first():
        raise ZhupeiError("E187", username=name)
    return name


def require_password(password: str) -> str:
    """Return the password when it has 8 characters with letters and digits; E184 says what it lacks."""
    lacking = [
        word
        for word, there in (
            ("不足 8 个字符", len(password) >= 8),
            ("没有字母", any(char.isascii() and char.isalpha() for char in password)),
            ("没有数字", any(char.isascii() and char.isdigit() for char in password)),
        )
        if not there
    ]
    if lacking:
        raise ZhupeiError("E184", problem="、".join(lacking))
    return password


def register_trainee(
    session: Session, given: Mapping[str, str], *, username: str, password: str, by: Acting
) -> Opened:
    """Store a person who registers, with an account: business 已开通, role 学员.

    Raises what `examine_registration`, `require_username` and `require_password` raise, in this order.
    """
    profile = examine_registration(session, given, by=by)
    name = require_username(session, username)
    hashed = _hashed(require_password(password))
    write_profiles(session, [(None, profile)], at=by.at, seq=0)
    assert profile.id is not None
    data = {"digest": profile_digest(profile)}
    (seq,) = record(session, by, [Change("trainee.register", subject_of(profile.id), data=data)])
    people.touch(session, profile.id, at=by.at, seq=seq)
    return _open(session, profile, name, hashed, by=by)


def reset_password(
    session: Session, who: str, password: str, *, by: Acting, username: str | None = None
) -> Opened:
    """Set a new password, which also ends a lock; a person without account gets one under `username`.

    Raises E189 when there is no account and no username, E187 when a username is given to an account.
    """
    profile = find_person(session, who)
    stored = _stored(session, profile)
    if stored is None:
        if username is None:
            raise ZhupeiError("E189", number=mask_id(profile.person["id_number"]))
        name = require_username(session, username)
        return _open(session, profile, name, _hashed(require_password(password)), by=by)
    if username is not None and username.strip().lower() != stored.username:
        raise ZhupeiError("E190", number=mask_id(profile.person["id_number"]), username=stored.username)
    hashed = _hashed(require_password(password))
    _set(session, profile, password_hash=hashed, failed_checks=0, locked_until=None)
    data = {"digest": account_digest(stored.username, hashed, stored.business, stored.role)}
    record(session, by, [Change("account.reset", subject_of(profile.id), data=data)])
    return _opened(profile, stored.username, new=False)


def check_password(session: Session, who: str, password: str, *, by: Acting) -> Checked:
    """Return whether the password is right, and count it when it is not; the fifth in a row locks.

    The caller commits before it calls `Checked.require`, or the count would be undone.
    """
    profile = find_person(session, who)
    stored = _stored(session, profile, lock=True)  # two wrong ones at once are two
    if stored is None:
        raise ZhupeiError("E313", number=mask_id(profile.person["id_number"]))
    if stored.locked_until is not None and by.at < stored.locked_until:
        return Checked(False, stored.username, 0, stored.locked_until)
    if _matches(stored.password_hash, password):
        if stored.failed_checks:
            _set(session, profile, failed_checks=0, locked_until=None)
            record(session, by, [Change("account.check", subject_of(profile.id), after="right")])
        return Checked(True, stored.username, MOST_FAILED)
    return _failed(session, profile, stored.username, by=by, failed=stored.failed_checks + 1)


def _failed(session: Session, profile: Profile, username: str, *, by: Acting, failed: int) -> Checked:
    until = by.at + LOCKED_FOR if failed >= MOST_FAILED else None
    # After the lock the count begins anew.
    _set(session, profile, failed_checks=0 if until else failed, locked_until=until)
    after = "locked" if until else "wrong"
    record(session, by, [Change("account.check", subject_of(profile.id), after=after)])
    return Checked(False, username, MOST_FAILED - failed, until)


def _open(session: Session, profile: Profile, username: str, hashed: str, *, by: Acting) -> Opened:
    row = {
        "trainee_id": profile.id,
        "username": username,
        "password_hash": hashed,
        "business": _BUSINESS,
        "role": _ROLE,
        "failed_checks": 0,
        "created_at": by.at,
    }
    insert_rows(session, _ACCOUNT, tuple(row), [tuple(row.values())])
    digest = account_digest(username, hashed, _BUSINESS, _ROLE)
    data = {"business": _BUSINESS, "role": _ROLE, "digest": digest}
    record(session, by, [Change("account.open", subject_of(profile.id), data=data)])
    return _opened(profile, username, new=True)


def _opened(profile: Profile, username: str, *, new: bool) -> Opened:
    return Opened(profile.person["name"], profile.person["id_number"], username, new)


def _stored(session: Session, profile: Profile, *, lock: bool = False) -> Row[*tuple[object, ...]] | None:
    statement = select(_ACCOUNT).where(_ACCOUNT.c.trainee_id == profile.id)
    return session.execute(statement.with_for_update() if lock else statement).one_or_none()


def account_digest(username: str, hashed: str, business: str, role: str) -> str:
    """Return the digest of an account, its password's hash with it: who changes that can log in."""
    return row_digest((username, hashed, business, role))


def _set(session: Session, profile: Profile, **values: object) -> None:
    session.execute(update(_ACCOUNT).where(_ACCOUNT.c.trainee_id == profile.id).values(**values))


def _hashed(password: str) -> str:
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


def _matches(hashed: str, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import VerifyMismatchError

    try:
        return PasswordHasher().verify(hashed, password)
    except VerifyMismatchError:
        return False
