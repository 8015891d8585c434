"""Examining persons of an import: what each becomes, and everything that is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.rules.people.people_names import other_name, read_name
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.form_checks import Checks, Parts, identity_faults, read_form
from zhupei_cli.services.applications.importing.case import Case, Mode, Options
from zhupei_cli.services.applications.importing.groups import UNKNOWN_PAPER
from zhupei_cli.services.applications.importing.saying import placed
from zhupei_cli.services.applications.past import load_past
from zhupei_cli.services.applications.store import Form
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.merging import (
    Said,
    add_education,
    add_work,
    dates_wrong,
    incomplete,
    merge,
    order_odd,
    too_long,
)
from zhupei_cli.services.people.profiles import Entry, PersonKey, Profile, differences
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.kinds.workbook_kinds import EDUCATION, PERSON, WORK
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.words.codes import LEVEL
from zhupei_cli.words.errors import Fault, unread_of
from zhupei_cli.words.vocabulary import ApplicationStatus

_NOTHING: Final = Said()


def load_cases(session: Session, batch: Batch | None, cases: Sequence[Case]) -> None:
    """Give each case the person and the live application that are stored: a query per 5,000 persons."""
    stored = profiles.load_profiles(session, {case.key[1] for case in cases if case.key is not None})
    if nameless := [case for case in cases if case.key is not None and case.key[0] == UNKNOWN_PAPER]:
        _name(nameless, stored)
    by_key = {case.key: case for case in cases if case.key is not None}
    for key, case in by_key.items():
        case.before = stored.get(key)
    if batch is None:
        return
    ids = [one.id for one in stored.values() if one.id is not None]
    live = store.load_live(session, batch, ids)
    withdrawn = store.load_withdrawn(session, batch, [id_ for id_ in ids if id_ not in live])
    seated = store.load_seated(session, batch, ids)
    for case in by_key.values():
        if case.before is not None and case.before.id is not None:
            case.live = live.get(case.before.id)
            case.withdrawn = withdrawn.get(case.before.id)
            case.seated = seated.get(case.before.id)
    # Also of people who are new here: the list of bars knows more than this database.
    keys = {key: None if case.before is None else case.before.id for key, case in by_key.items()}
    for key, past in load_past(session, batch, keys).items():
        by_key[key].past = past


def _name(cases: Iterable[Case], stored: Iterable[PersonKey]) -> None:
    """Find whom further sheets mean, who name a number alone: who is stored with it, whatever the paper."""
    keys: dict[str, list[PersonKey]] = {}
    for key in stored:
        keys.setdefault(key[1], []).append(key)
    for case in cases:
        found = [] if case.key is None else keys.get(case.key[1], [])
        case.ambiguous = len(found) > 1
        if len(found) == 1:
            (case.key,) = found


def examine(case: Case, checks: Checks | None, *, options: Options, today: date, short: bool = False) -> None:
    """Work out what a case becomes, and find everything that is wrong with it.

    `short` says that no text of the whole import is too long.
    """
    line, head = case.main, case.head
    if case.before is None and line is None:
        if not head.bad:
            code = "E312" if case.ambiguous else "E158"
            head.faults.append(Fault(code, "id_number", values={"number": case.masked_number}))
        return
    if options.mode != "upsert":
        head.faults += _mode_faults(case, options.mode)
    said: Said = _NOTHING if line is None else line.said
    if case.before is not None and said.person.get("name") not in (None, case.before.person["name"]):
        head.faults += filter(None, [_other_name(case.before, said)])
        said = replace(said, person={**said.person, "name": case.before.person["name"]})
    case.after, faults = merge(case.before, said)
    if faults:
        head.faults += _of_their_own(head, faults)
    further = _add_entries(case) if len(case.lines) > 1 or line is None else ()
    if lacking := list(incomplete(case.after)):
        head.faults += _of_their_own(head, _lacking(case.after, said, lacking))
    if not short:
        for at, fault in (placed(one, head, further) for one in too_long(case.after)):
            at.faults.append(fault)
    if odd := list(order_odd(case.after)):
        head.faults += _of_their_own(head, odd)
    if wrong := list(dates_wrong(case.after, today)):
        _tell_dates(head, further, wrong)
    case.profile_changed = case.before is None or bool(differences(case.before, case.after))
    if checks is not None and line is not None and not options.profile_only:
        _examine_form(case, line, checks, submit=options.submit)


#: By code: what makes a fault a mere consequence, when it could not be read or is wrong.
_STEMS: Final[Mapping[str, frozenset[str]]] = {
    "E131": frozenset(("level",)),
    "E130": frozenset(("level",)),
    "E136": frozenset(("has_employer",)),
    "E137": frozenset(("level",)),
    "E152": frozenset(("level", "school")),
    "E153": frozenset(("has_employer",)),
}
_FROM_NUMBER: Final = frozenset(("id_type", "gender", "birth_date"))


def _of_their_own(line: Line, faults: Iterable[Fault]) -> list[Fault]:
    """Leave out what follows only from a cell, or an ID number, that is wrong and has its fault."""
    unread = unread_of(line.faults)
    if "id_number" in unread:
        unread |= _FROM_NUMBER
    return [
        fault
        for fault in faults
        if fault.field not in unread and unread.isdisjoint(_STEMS.get(fault.code, ()))
    ]


def _lacking(after: Profile, said: Said, faults: Iterable[Fault]) -> Iterator[Fault]:
    """Yield what is missing; of a filled cell, that it speaks of another education than the highest."""
    top = highest(after.educations) or {}
    for fault in faults:
        if fault.field in EDUCATION.headings and said.education.get(fault.field) is not None:
            level = LEVEL.labels.get(top.get("level") or "", "")
            values = {"level": level, "school": top.get("school") or "", **fault.values}
            yield Fault("E131", fault.field, values=values)
        else:
            yield fault


def _tell_dates(head: Line, further: Sequence[Line], faults: Iterable[Fault]) -> None:
    """Leave faults of dates on the lines that say them: the main one, or those of the further sheets."""
    told = [placed(fault, head, further) for fault in faults]
    head.faults += _of_their_own(head, [fault for line, fault in told if line is head])
    for line, fault in told:
        if line is not head:
            line.faults.append(fault)


def _mode_faults(case: Case, mode: Mode) -> Iterator[Fault]:
    values = {"number": case.masked_number}
    if mode == "insert" and case.before is not None:
        yield Fault("E159", "id_number", values=values)
    if mode == "update" and case.before is None:
        yield Fault("E160", "id_number", values=values)


def _other_name(before: Profile, said: Said) -> Fault | None:
    """A number with another name is two people, or a typing error: never overwritten."""
    given, stored = said.person.get("name"), before.person["name"]
    # What was stored before names had one spelling is the same name in another.
    if given in (None, stored) or given == read_name(stored):
        return None
    return other_name(given, stored, by="证件号码")


def _add_entries(case: Case) -> list[Line]:
    """Take in what the further sheets say; return their lines that are taken."""
    taken = []
    for line in case.lines:
        kind = _ENTRIES.get(line.kind)
        if kind is None:
            continue
        line.faults += [
            Fault("E051", column.key, values={"heading": column.heading})
            for column in kind.columns
            if column.required and line.values.get(column.key) is CLEAR
        ]
        if line.bad:
            continue
        taken.append(line)
        entry = _add_entry(case.after, line)
        if kind is WORK and entry.get("to_date") is None and not case.after.person.get("has_employer"):
            line.faults.append(Fault("E153", "employer_name"))
    return taken


def _add_entry(after: Profile, line: Line) -> Entry:
    values = {name: None if value is CLEAR else value for name, value in line.values.items()}
    del values["id_number"]
    return add_education(after, values) if line.kind == EDUCATION.key else add_work(after, values)


_ENTRIES = {EDUCATION.key: EDUCATION, WORK.key: WORK}


def _examine_form(case: Case, line: Line, checks: Checks, *, submit: bool) -> None:
    read: Form | Parts | None = None if case.live is None else case.live.form
    if line.said.form:
        read, faults = read_form(line.said.form, checks)
        if faults:
            line.faults += _of_their_own(line, faults)
    if read is None:
        return
    if case.live is None and case.seated is not None:
        values = {"name": case.after.person.get("name"), "year": checks.year, "batch": case.seated}
        line.faults.append(Fault("E452", "id_number", values=values))
    unread = unread_of(line.faults) if line.faults else ()
    line.faults += identity_faults(case.after, read, checks, unread, case.past)
    if not isinstance(read, Form):
        return
    case.form = read
    case.form_changed = case.live is None or case.live.form != case.form
    open_ = case.live is None or case.live.status in (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)
    case.submit = submit and open_


def leave_returned(cases: Iterable[Case]) -> None:
    """Leave an application as it was returned where the row mends nothing (E222): the same file again."""
    for case in cases:
        live = case.live
        if (
            case.submit
            and live is not None
            and live.status == ApplicationStatus.RETURNED
            and not (case.profile_changed or case.form_changed)
        ):
            case.submit = False
            values = {"application_no": live.application_no}
            case.head.faults.append(Fault("E222", "", "warning", values))


def leave_withdrawn(cases: Iterable[Case]) -> None:
    """Leave withdrawn what the row says as it was withdrawn (E817): the same file again asks for nothing."""
    for case in cases:
        withdrawn = case.withdrawn
        if withdrawn is None or case.form != withdrawn.form or case.profile_changed or case.refused:
            continue
        case.form, case.form_changed, case.submit = None, False, False
        values = {"application_no": withdrawn.application_no}
        case.head.faults.append(Fault("E817", "", "warning", values))


def refuse_changes_of_submitted(session: Session, cases: Sequence[Case]) -> None:
    """Refuse rows that say otherwise than what was submitted; one that says the same changes nothing.

    The rows are compared with the snapshot: the live profile may have moved on since.
    """
    locked = [case for case in cases if _is_locked(case) and (case.profile_changed or case.form_changed)]
    submitted = store.load_snapshots(session, [case.live for case in locked if case.live])
    for case in locked:
        assert case.live is not None
        line = case.main
        snapshot = submitted[case.live.id]
        again, _ = merge(snapshot, _NOTHING if line is None else line.said)
        for one in case.lines:
            if one.kind in _ENTRIES and not one.bad:
                _add_entry(again, one)
        fields = [name for name, _, _ in differences(snapshot, again)]
        if fields or case.form_changed:
            values = {"application_no": case.live.application_no, "fields": _words(fields, case.form_changed)}
            case.head.faults.append(Fault("E453", "id_number", values=values))
        case.profile_changed = False


def _is_locked(case: Case) -> bool:
    return case.live is not None and case.live.status not in (
        ApplicationStatus.DRAFT,
        ApplicationStatus.RETURNED,
    )


def _words(fields: Sequence[str], form_changed: bool) -> str:
    words = [PERSON.headings.get(name.rpartition(".")[2], name) for name in fields]
    return "、".join([*words, "志愿或身份"] if form_changed else words)


def refuse_company(cases: Iterable[Case]) -> None:
    """Refuse all lines of a person when one is refused: half a person is worse than none."""
    for case in cases:
        if not case.refused:
            continue
        worst = next(line for line in case.lines if line.bad)
        for line in case.lines:
            if not line.bad:
                line.faults.append(Fault("E162", "id_number", values={"where": worst.seen_from(line)}))
