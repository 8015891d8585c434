"""What a row of 报名信息 makes of a profile: blank keeps, 清空 erases, entries are found or added."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import String

from zhupei_cli.model import Education, Trainee, Work
from zhupei_cli.rules.people import idcard
from zhupei_cli.rules.people.dates import Month
from zhupei_cli.rules.people.fields import FORM_LABELS, NEEDED, FieldValues
from zhupei_cli.rules.people.life_dates import date_faults
from zhupei_cli.rules.people.profile import highest, is_whole, missing
from zhupei_cli.services.people.profiles import PERSON_COLUMNS, Entry, Profile, copy_of, current_work
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.words.codes import LEVEL, LEVEL_RANK
from zhupei_cli.words.errors import Fault

# By key of a cell: the column it means.
_PERSON_KEYS = {name: name for name in PERSON_COLUMNS}
_EDUCATION_KEYS = {
    name: name
    for name in ("level", "school", "major", "graduated_on", "full_time", "degree", "degree_type", "is_fresh")
}
_BACHELOR_KEYS = {
    "bachelor_school": "school",
    "bachelor_major": "major",
    "bachelor_graduated_on": "graduated_on",
}
_WORK_KEYS = {"employer_name": "employer_name", "employer_uscc": "employer_uscc"}
BACHELOR: Final = LEVEL.parse("本科") or ""

_LENGTHS = {
    part: {
        column.name: column.type.length
        for column in table.columns
        if isinstance(column.type, String) and column.type.length
    }
    for part, table in (
        ("person", Trainee.metadata.tables["trainee"]),
        ("educations", Education.metadata.tables["education"]),
        ("works", Work.metadata.tables["work"]),
    )
}
#: By the key of a cell: the width of its column; keys of the further sheets mean the same columns.
_WIDTHS = {name: length for lengths in _LENGTHS.values() for name, length in lengths.items()}
_WIDTHS |= {key: _WIDTHS[name] for key, name in _BACHELOR_KEYS.items() if name in _WIDTHS}


@dataclass(slots=True)
class Said:
    """What a row says, by where it goes; in a profile 清空 is None.

    `facts` are those of its ID number, where known.
    """

    person: Entry = field(default_factory=dict)
    education: Entry = field(default_factory=dict)
    bachelor: Entry = field(default_factory=dict)
    work: Entry = field(default_factory=dict)
    facts: idcard.Facts | None = None
    form: Entry = field(default_factory=dict)


#: By key of a cell: the part of what is said that it goes to, and the column there.
_WHERE: Final[Mapping[str, tuple[int, str]]] = {
    key: (part, name)
    for part, names in enumerate(
        (_PERSON_KEYS, _EDUCATION_KEYS, _BACHELOR_KEYS, _WORK_KEYS, {key: key for key in FORM_LABELS})
    )
    for key, name in names.items()
}
_FORM: Final = 4


def said_by(values: Mapping[str, object], facts: idcard.Facts | None = None) -> Said:
    """Sort the values of a row by where they go; only in the form 清空 stays what it is."""
    parts: tuple[Entry, ...] = ({}, {}, {}, {}, {})
    for key, value in values.items():
        if value is not None and (where := _WHERE.get(key)) is not None:
            part, name = where
            parts[part][name] = None if value is CLEAR and part != _FORM else value
    person, education, bachelor, work, form = parts
    return Said(person, education, bachelor, work, facts, form)


def merge(before: Profile | None, said: Said) -> tuple[Profile, list[Fault]]:
    """Return what `before` becomes by what a row says, and what is wrong with that.

    None is nobody: the new profile then lives in what was said.
    """
    after = Profile(person=said.person) if before is None else copy_of(before)
    after.person |= said.person
    faults = _from_card(after, said)
    faults += _merge_education(after, said)
    faults += _merge_work(after, said.work)
    return after, faults


def _from_card(after: Profile, said: Said) -> list[Fault]:
    """Sex and birth date follow from an ID card; a cell that says otherwise is a fault."""
    try:
        facts = said.facts or idcard.facts(after.person["id_type"], after.person["id_number"])
    except idcard.NotACard:  # the number has its own fault already
        return []
    if facts is None:
        return []
    known: Entry = {"gender": facts.gender, "birth_date": facts.birth_date}
    faults = [
        Fault("E151", name, values={"label": NEEDED[name]})
        for name, value in known.items()
        if not _agrees(said.person.get(name), value)
    ]
    after.person |= known
    return faults


def _agrees(said: object, known: object) -> bool:
    # 1992-03 says nothing against 1992-03-12.
    if isinstance(said, Month) and isinstance(known, date):
        return (said.year, said.month) == (known.year, known.month)
    return said in (None, known)


def _merge_education(after: Profile, said: Said) -> list[Fault]:
    given, bachelor = said.education, said.bachelor
    if given:
        _entry_for(after, given).update(given)
    top = highest(after.educations)
    if not bachelor or top is None:
        return []
    if top["level"] == BACHELOR:
        # The bachelor is the highest degree: both groups of columns speak of the same entry.
        written = {name: value for name, value in bachelor.items() if value}
        differing = [
            name
            for name, value in written.items()
            if not _agrees(top.get(name), value) and not _agrees(value, top.get(name))
        ]
        # What is written to the day in one place and to the month in the other is known to the day.
        coarse = {name for name in written if top.get(name) is None or isinstance(top[name], Month)}
        top.update({name: written[name] for name in coarse if name not in differing})
        return [Fault("E152", key) for key, name in _BACHELOR_KEYS.items() if name in differing]
    if not bachelor.get("school"):
        return _merge_nameless(after, bachelor)
    add_education(after, {"level": BACHELOR, **bachelor})
    if given.get("level") and LEVEL_RANK[given["level"]] < LEVEL_RANK[BACHELOR]:
        return [Fault("E130", "level", values={"level": LEVEL.label(given["level"])})]
    return []


def _merge_nameless(after: Profile, bachelor: Mapping[str, object]) -> list[Fault]:
    """Take in what is said of a bachelor without its school: of the one there is, else it is not known which.

    A school that is cleared takes no education away (E137): that is an act of its own.
    """
    stored = [entry for entry in after.educations if entry["level"] == BACHELOR]
    if "school" in bachelor and stored:
        return [Fault("E137", "bachelor_school")]
    if len(stored) == 1:
        stored[0].update(bachelor)
    elif stored or any(value is not None for value in bachelor.values()):
        return [Fault("E150", "bachelor_school", values={"label": "本科院校"})]
    return []


def _entry_for(after: Profile, given: Mapping[str, object]) -> Entry:
    """Return the entry a row speaks of: the one of its level and school, else the highest, else a new one."""
    top = highest(after.educations)
    if top is not None and all(given.get(name) in (None, top.get(name)) for name in ("level", "school")):
        return top
    return add_education(after, {name: given.get(name) for name in ("level", "school")})


def add_education(after: Profile, given: Entry) -> Entry:
    """Add an education entry, or update the one of the same level and school; return it."""
    for entry in after.educations:
        if same_education(entry, given):
            entry.update(given)
            return entry
    after.educations.append(given)
    return given


def same_education(entry: FieldValues, given: FieldValues) -> bool:
    """Return whether what is given of an education is about this entry."""
    return bool(entry["level"] == given["level"] and entry["school"] == given["school"])


def add_work(after: Profile, given: Entry) -> Entry:
    """Add a work entry, or update the one of the same employer and start; return it."""
    for entry in after.works:
        if same_work(entry, given):
            entry.update(given)
            return entry
    after.works.append(given)
    return given


def same_work(entry: FieldValues, given: FieldValues) -> bool:
    """Return whether what is given of a work is about this entry."""
    return entry["employer_name"] == given["employer_name"] and _same_start(
        entry.get("from_date"), given.get("from_date")
    )


def _same_start(stored: date | None, given: date | None) -> bool:
    # Months were stored as their first days once.
    if isinstance(given, Month) and stored is not None and stored.day == 1:
        return (stored.year, stored.month) == (given.year, given.month)
    return stored in (None, given)


def _merge_work(after: Profile, said: Entry) -> list[Fault]:
    name = said.get("employer_name")
    if not after.person.get("has_employer"):
        return [Fault("E153", "employer_name")] if name else []
    given = said if name else {key: value for key, value in said.items() if key != "employer_name"}
    entry = current_work(after)
    if entry is not None and "employer_name" in said and not name:
        return [Fault("E136", "employer_name")]
    if entry is None and name:
        after.works.append(dict(given))
    elif entry is not None:
        entry.update(given)
    return []


def incomplete(profile: Profile) -> Iterator[Fault]:
    """Yield a fault for every ● part of the profile that is missing."""
    top, work = highest(profile.educations), current_work(profile)
    if is_whole(profile.person, top, work):
        return
    values = {**(top or {}), **(work or {}), **profile.person}
    for name, label in missing(values).items():
        yield Fault("E150", name, values={"label": label})


def order_odd(profile: Profile) -> Iterator[Fault]:
    """Yield a warning where what is said of a student by order (订单定向) does not fit together."""
    person = profile.person
    said = any(person.get(name) for name in ("order_county", "order_base"))
    if person.get("order_oriented"):
        if not person.get("order_county"):
            yield Fault("E774", "order_county", "warning")
    elif said:
        yield Fault("E775", "order_oriented", "warning")


def too_long(profile: Profile) -> Iterator[Fault]:
    """Yield a fault for every text longer than its column: a database would cut or refuse it."""
    parts: list[tuple[str, list[Entry]]] = [
        ("person", [profile.person]),
        ("educations", profile.educations),
        ("works", profile.works),
    ]
    for part, entries in parts:
        lengths = _LENGTHS[part]
        for entry in entries:
            for name, length in lengths.items():
                value = entry.get(name)
                if value is not None and len(value) > length:
                    values = {"length": length, "found": len(value)}
                    yield Fault("E155", name, values=values, about=() if part == "person" else (entry,))


def all_fit(longest: Mapping[str, int]) -> bool:
    """Say whether the longest text of each key fits its column; then nobody need look at each person's."""
    return all(longest.get(name, 0) <= length for name, length in _WIDTHS.items())


def dates_wrong(profile: Profile, today: date) -> Iterator[Fault]:
    """Yield what is wrong with the dates of a profile."""
    top = highest(profile.educations)
    return date_faults(profile.person, profile.educations, profile.works, today, top)
