"""Printed forms (指南 二.4): what stands on them, checked before any paper is set."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST, Acting
from zhupei_cli.model import Batch, Review
from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.form import Decided, FormPage, Pair
from zhupei_cli.rules.batch.times import written_day
from zhupei_cli.rules.people.field_values import order_texts, text_of
from zhupei_cli.rules.people.fields import BASIC, CONTACT, Field, FieldValues, Sort
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.listing import ApplicationRow, Filter, list_applications
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.photos import who_has_photos
from zhupei_cli.services.people.profiles import Profile
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names, settings_of
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words import vocabulary as words
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import ApplicationStatus

_REVIEW: Table = Review.metadata.tables["review"]
_VALID = (ApplicationStatus.SUBMITTED, ApplicationStatus.APPROVED, ApplicationStatus.REJECTED)
#: States in which the last decision stands.
_DECIDED = (ApplicationStatus.RETURNED, ApplicationStatus.APPROVED, ApplicationStatus.REJECTED)
#: On paper name and sex come first.
_BASIC: Final = sorted(BASIC, key=lambda field: field.key not in ("name", "gender"))
#: Names that a message lists before it says how many more there are.
_NAMED: Final = 3
_EDUCATION: Final = ("level", "school", "major", "graduated_on", "full_time")


#: People left out, each with what is wrong.
NotPrinted = list[tuple[str, Fault]]


class _Page(Protocol):
    """What is printed about one person: their application number, their name, every character of it."""

    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...


P = TypeVar("P", bound=_Page)


@dataclass(frozen=True, slots=True)
class Forms:
    """Pages to set, with what is the same on all of them; and who is left out."""

    pages: Sequence[FormPage]
    title: str
    contact: str
    refused: NotPrinted


def prepare_forms(session: Session, batch: Batch, chosen: Filter, *, by: Acting, fonts: FontSet) -> Forms:
    """Return the forms of these applications, withdrawn ones only by number, and record the print.

    ID numbers are whole; no photo is read yet. Who has a character that the fonts lack is left out (E091).
    Raises E304 for an unknown number, E090 when the fonts lack what stands on every page.
    """
    rows = list_applications(session, batch, chosen, reveal=True)
    if not chosen.numbers:
        rows = [row for row in rows if row["status"] != ApplicationStatus.WITHDRAWN]
    for number in sorted({*chosen.numbers} - {row["application_no"] for row in rows}):
        store.find_stored(session, batch, number)  # raises E304 with the nearest numbers
    contact = settings_of(session, batch).get("contact", "")
    require_characters(batch.name + contact, fonts)
    pages, refused = printable(list(_pages(session, batch, rows)), fonts)
    if pages:
        subject = pages[0].number if len(pages) == 1 else batch.code
        record(session, by, [Change("application.print", subject, batch.id, data={"rows": len(pages)})])
    return Forms(pages, batch.name, contact, refused)


def require_characters(common: str, fonts: FontSet) -> None:
    """Raise E090 when the fonts lack a character of what stands on every page."""
    if characters := fonts.missing(common):
        raise ZhupeiError("E090", characters=named_characters(characters))


def printable(pages: Sequence[P], fonts: FontSet) -> tuple[list[P], NotPrinted]:
    """Return the pages that the fonts can show, and the numbers of the others with their E091."""
    kept, refused = [], []
    for page in pages:
        if characters := fonts.missing(page.text):
            values = {"name": page.name, "characters": named_characters(characters)}
            refused.append((page.number, Fault("E091", "name", values=values)))
        else:
            kept.append(page)
    return kept, refused


def require_whole(pages: Sequence[P], fonts: FontSet) -> None:
    """Raise E749 when the fonts lack a character of anybody's: a list that lacks somebody is none."""
    _, refused = printable(pages, fonts)
    if refused:
        names, characters = named_lacking(refused)
        raise ZhupeiError("E749", names=names, characters=characters)


def named_lacking(refused: NotPrinted) -> tuple[str, str]:
    """Return the names of some of the people left out, and the characters that no font has."""
    shown = [fault.values for _, fault in refused[:_NAMED]]
    more = f" 等 {len(refused)} 人" if len(refused) > _NAMED else ""
    names = "、".join(str(values["name"]) for values in shown) + more
    return names, "、".join(dict.fromkeys(str(values["characters"]) for values in shown))


def named_characters(characters: Sequence[str]) -> str:
    """Return characters as people look for them: each with its number."""
    return "、".join(f"{char}（U+{ord(char):04X}）" for char in characters)


def _pages(session: Session, batch: Batch, rows: Sequence[ApplicationRow]) -> Iterator[FormPage]:
    stored = store.load_by_number(session, batch, [row["application_no"] for row in rows])
    live = profiles.load_profiles_by_id(session, (one.trainee_id for one in stored.values()))
    snapshots = store.load_snapshots(session, stored.values())
    pictured = who_has_photos(session, live)
    decisions = _decisions(session, (one.id for one in stored.values()))
    bases = base_names(session)
    for row in rows:
        one = stored[row["application_no"]]
        now = live[one.trainee_id]
        # What was submitted, but the phone and mail people can be reached at today (DOMAIN: the snapshot).
        profile = now if one.status == ApplicationStatus.DRAFT else snapshots.get(one.id, now)
        contact = {name: now.person.get(name) for name in ("mobile", "email")}
        person = {**profile.person, **contact}
        if word := person.get("order_base"):
            person["order_base_label"] = bases.called(word)
        photo = one.trainee_id if one.trainee_id in pictured else None
        yield _page(row, profile, person, photo, decisions.get(one.id))


def _decisions(session: Session, ids: Iterable[int]) -> dict[int, Decided]:
    """Return the last decision on each application, by its id."""
    columns = ("application_id", "id", "decision", "reason", "base_code", "decided_at")
    rows = rows_of(session, select(*(_REVIEW.c[name] for name in columns)), _REVIEW.c.application_id, ids)
    labels = base_names(session).labels
    return {
        row.application_id: Decided(
            box=row.decision,
            reason=row.reason or "",
            who="省级主管部门" if row.base_code is None else labels[row.base_code],
            day=written_day(row.decided_at.astimezone(CST).date()),
        )
        for row in sorted(rows, key=lambda row: row.id)
    }


def _page(
    row: ApplicationRow,
    profile: Profile,
    person: FieldValues,
    photo: int | None,
    decision: Decided | None,
) -> FormPage:
    status = row["status"]
    return FormPage(
        number=row["application_no"],
        name=person["name"],
        status_line=f"状态：{words.APPLICATION_STATUS.label(status)}",
        watermark="" if status in _VALID else words.APPLICATION_STATUS.label(status),
        basic=[*_pairs(person, _BASIC), ("医师资格", _licence(person))],
        contact=_pairs(person, CONTACT),
        address=person.get("address") or "",
        educations=[_education(entry) for entry in profile.educations],
        works=[_work(entry) for entry in profile.works],
        application=_application(row),
        choices=[*_choices(row), *_order(person)],
        photo=photo,
        decision=decision if status in _DECIDED else None,
    )


def _order(person: FieldValues) -> list[Pair]:
    """Return the line of who studies by order (订单定向), or says anything of it."""
    said = [f"{heading}：{text}" for heading, text in order_texts(person)]
    return [("订单定向", "　".join(said))] if said else []


def _pairs(values: Mapping[str, object], fields: Iterable[Field]) -> list[Pair]:
    # The address has a line of its own.
    return [
        (field.paper or field.heading, text_of(field.key, values.get(field.key)))
        for field in fields
        if field.sort is not Sort.ADDRESS
    ]


def _licence(person: FieldValues) -> str:
    passed = person.get("licence_passed")
    if not passed:
        return "" if passed is None else "未通过考试"
    return "，".join(filter(None, ("已通过考试", person.get("licence_no"))))


def _education(entry: FieldValues) -> list[str]:
    words = {key: text_of(key, entry.get(key)) for key in (*_EDUCATION, "degree", "degree_type")}
    # The column asks whether it was full-time.
    words["full_time"] = text_of("", entry.get("full_time"))
    kind = f"（{words['degree_type']}）" if words["degree_type"] else ""
    return [*(words[key] for key in _EDUCATION), words["degree"] + kind]


def _work(entry: FieldValues) -> list[str]:
    started, ended = (text_of(key, entry.get(key)) for key in ("from_date", "to_date"))
    ended = ended or "至今"
    return [
        entry["employer_name"],
        entry.get("department") or "",
        entry.get("position") or "",
        f"{started} – {ended}" if started else ended,
    ]


def _application(row: ApplicationRow) -> list[Pair]:
    return [
        ("个人身份", row["identity_label"]),
        ("报名专业", row["specialty_label"]),
        ("生源类型", row["source_type"]),
        ("培训年限", f"{row['train_years']} 年"),
    ]


def _choices(row: Mapping[str, object]) -> list[Pair]:
    first = f"{row['choice1_base_label']}　{row['specialty_label']}"
    second = f"{row['choice2_base_label']}　{row['choice2_specialty_label']}" if row["choice2_base"] else "无"
    agreed = text_of("accept_adjust", row["accept_adjust"])
    return [("第一志愿", first), ("第二志愿", second), ("是否服从调剂", agreed)]
