"""Printed forms (指南 二.4): what stands on them, checked before any paper is set."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli import codes
from zhupei_cli import vocabulary as words
from zhupei_cli.acting import Acting
from zhupei_cli.errors import ZhupeiError
from zhupei_cli.model import Batch, TraineePhoto
from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.form import FormPage, Pair, missing_characters
from zhupei_cli.services import applications, profiles
from zhupei_cli.services.events import Change, record
from zhupei_cli.services.listing import Filter, list_applications
from zhupei_cli.services.lookup import settings_of
from zhupei_cli.services.profiles import Profile
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.vocabulary import ApplicationStatus

_PHOTO: Table = TraineePhoto.metadata.tables["trainee_photo"]
_VALID = (ApplicationStatus.SUBMITTED, ApplicationStatus.APPROVED, ApplicationStatus.REJECTED)
#: How many people a complaint about fonts names.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Forms:
    """Pages to set, with what is the same on all of them."""

    pages: Sequence[FormPage]
    title: str
    contact: str


def prepare_forms(session: Session, batch: Batch, chosen: Filter, *, by: Acting, fonts: FontSet) -> Forms:
    """Return the forms of these applications, withdrawn ones only by number, and record the print.

    ID numbers are whole. Raises E304 for an unknown number, E090 when the fonts lack a character.
    """
    rows = list_applications(session, batch, chosen, reveal=True)
    if not chosen.numbers:
        rows = [row for row in rows if row["status"] != ApplicationStatus.WITHDRAWN]
    for number in sorted({*chosen.numbers} - {row["application_no"] for row in rows}):
        applications.find_stored(session, batch, number)  # raises E304 with the nearest numbers
    pages = list(_pages(session, batch, rows))
    contact = settings_of(session, batch).get("contact", "")
    lacking = [(page.number, page.name, found) for page, found in missing_characters(pages, fonts)]
    require_characters(lacking, batch.name + contact, fonts)
    subject = rows[0]["application_no"] if len(rows) == 1 else batch.code
    record(session, by, [Change("application.print", subject, batch.id, data={"rows": len(rows)})])
    return Forms(pages, batch.name, contact)


def require_characters(people: Iterable[tuple[str, str, Sequence[str]]], common: str, fonts: FontSet) -> None:
    """Raise E090 naming the `people` (number, name, characters) whose characters the fonts lack.

    `common` is what stands on every page.
    """
    lacking = [f"{number} {name}（{_named(characters)}）" for number, name, characters in people]
    if characters := fonts.missing(common):
        lacking.insert(0, f"批次名称或联系方式（{_named(characters)}）")
    if lacking:
        rest = f"等 {len(lacking)} 份" if len(lacking) > _NAMED else ""
        raise ZhupeiError("E090", lacking="、".join(lacking[:_NAMED]) + rest)


def _named(characters: Sequence[str]) -> str:
    return " ".join(f"{char} U+{ord(char):04X}" for char in characters)


def _pages(session: Session, batch: Batch, rows: Sequence[Mapping[str, Any]]) -> Iterator[FormPage]:
    stored = applications.load_by_number(session, batch, [row["application_no"] for row in rows])
    live = profiles.load_profiles_by_id(session, (one.trainee_id for one in stored.values()))
    snapshots = applications.load_snapshots(session, stored.values())
    photos = {
        row.trainee_id: (row.mime, row.content)
        for row in rows_of(
            session,
            select(_PHOTO.c.trainee_id, _PHOTO.c.mime, _PHOTO.c.content),
            _PHOTO.c.trainee_id,
            live,
        )
    }
    for row in rows:
        one = stored[row["application_no"]]
        now = live[one.trainee_id]
        # What was submitted, but the phone and mail people can be reached at today (DOMAIN: the snapshot).
        profile = now if one.status == ApplicationStatus.DRAFT else snapshots.get(one.id, now)
        contact = {name: now.person.get(name) for name in ("mobile", "email")}
        yield _page(row, profile, {**profile.person, **contact}, photos.get(one.trainee_id))


def _page(
    row: Mapping[str, Any], profile: Profile, person: Mapping[str, Any], photo: tuple[str, bytes] | None
) -> FormPage:
    status = row["status"]
    return FormPage(
        number=row["application_no"],
        name=person["name"],
        status_line=f"状态：{words.APPLICATION_STATUS.label(status)}",
        watermark="" if status in _VALID else words.APPLICATION_STATUS.label(status),
        basic=_basic(person),
        contact=_contact(person),
        address=person.get("address") or "",
        educations=[_education(entry) for entry in profile.educations],
        works=[_work(entry) for entry in profile.works],
        application=_application(row),
        choices=_choices(row),
        photo=photo,
    )


def _basic(person: Mapping[str, Any]) -> list[Pair]:
    return [
        ("姓名", person["name"]),
        ("性别", _label(codes.GENDER, person.get("gender"))),
        ("证件类型", _label(codes.ID_TYPE, person.get("id_type"))),
        ("证件号码", person["id_number"]),
        ("出生日期", _day(person.get("birth_date"))),
        ("民族", _label(codes.ETHNICITY, person.get("ethnicity"))),
        ("政治面貌", _label(codes.POLITICAL, person.get("political_status"))),
        ("婚姻状况", _label(codes.MARITAL, person.get("marital_status"))),
        ("生源省份", person.get("origin_province") or ""),
        ("医师资格", _licence(person)),
    ]


def _licence(person: Mapping[str, Any]) -> str:
    passed = person.get("licence_passed")
    if not passed:
        return "" if passed is None else "未通过考试"
    return "，".join(filter(None, ("已通过考试", person.get("licence_no"))))


def _contact(person: Mapping[str, Any]) -> list[Pair]:
    return [
        ("手机号码", person.get("mobile") or ""),
        ("电子邮箱", person.get("email") or ""),
        ("紧急联系人", person.get("emergency_name") or ""),
        ("紧急电话", person.get("emergency_phone") or ""),
    ]


def _education(entry: Mapping[str, Any]) -> list[str]:
    full_time = entry.get("full_time")
    kind = _label(codes.DEGREE_TYPE, entry.get("degree_type"))
    return [
        codes.LEVEL.label(entry["level"]),
        entry["school"],
        entry.get("major") or "",
        _day(entry.get("graduated_on")),
        "" if full_time is None else words.flag_label(words.YES_NO, full_time),
        _label(codes.DEGREE, entry.get("degree")) + (f"（{kind}）" if kind else ""),
    ]


def _work(entry: Mapping[str, Any]) -> list[str]:
    started, ended = _day(entry.get("from_date")), _day(entry.get("to_date")) or "至今"
    return [
        entry["employer_name"],
        entry.get("department") or "",
        entry.get("position") or "",
        f"{started} – {ended}" if started else ended,
    ]


def _application(row: Mapping[str, Any]) -> list[Pair]:
    return [
        ("个人身份", row["identity_label"]),
        ("报名专业", row["specialty_label"]),
        ("生源类型", row["source_type"]),
        ("培训年限", f"{row['train_years']} 年"),
    ]


def _choices(row: Mapping[str, Any]) -> list[Pair]:
    first = f"{row['choice1_base_label']}　{row['specialty_label']}"
    second = f"{row['choice2_base_label']}　{row['choice2_specialty_label']}" if row["choice2_base"] else "无"
    agreed = words.flag_label(words.CONSENT, row["accept_adjust"])
    return [("第一志愿", first), ("第二志愿", second), ("是否服从调剂", agreed)]


def _label(table: words.CodeTable, code: str | None) -> str:
    return table.label(code) if code else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
