"""People whom the database does not know yet: all that is to be stored of them, worked out without it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from zhupei_cli.rules.proof.digests import row_digest
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.form_checks import Checks
from zhupei_cli.services.applications.importing.case import Case, Newcomer, Options, Taken
from zhupei_cli.services.applications.importing.examining import examine
from zhupei_cli.services.applications.importing.groups import Group
from zhupei_cli.services.applications.store import Form
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.profiles import PersonRows, Profile
from zhupei_cli.sheets.taking.stored_lines import StoredLines
from zhupei_cli.store.bulk import in_chunks

#: A newcomer in plain tuples, as marshal wants them. Any: what is in them has the kinds of a `Newcomer`.
_Told = tuple[Any, ...]
#: Persons of whom one thing is done before the next: code that is done over and over stays at hand.
_TOGETHER: Final = 16


def taken_of(profile: Profile) -> Taken:
    """Return what a profile is submitted as; days are ISO texts."""
    values = store.snapshot_values(profile, profiles.content_of(profile))
    return Taken(
        tuple([value.isoformat() if isinstance(value, date) else value for value in values]),
        row_digest(values),
    )


def newcomer_of(case: Case) -> Newcomer:
    """Return what is to be stored of an examined case that is good, and new."""
    return Newcomer(
        profiles.person_rows(case.after),
        profiles.profile_digest(case.after),
        case.form,
        bool(case.after.person.get("order_oriented")),
        taken_of(case.after) if case.submit else None,
    )


def told_newcomers(
    lines: StoredLines,
    groups: Sequence[Group],
    checks: Checks | None,
    *,
    options: Options,
    today: date,
    short: bool,
) -> list[_Told | None]:
    """Return for each person what they are stored as if they are new, in plain tuples.

    None stands for whom something is to be said of: they are for who can say it. The lines stay as they are.
    """
    told: list[_Told | None] = []
    for some in in_chunks(groups, _TOGETHER):
        fresh = [
            Case(group.key, group.at, lines=[lines[at] for at in group.at])
            if group.key is not None and not any(map(lines.is_held, group.at))
            else None
            for group in some
        ]
        for case in fresh:
            if case is not None:
                examine(case, checks, options=options, today=today, short=short)
        told += [None if case is None or case.has_faults else _plain(newcomer_of(case)) for case in fresh]
    return told


def _plain(one: Newcomer) -> _Told:
    form, taken = one.form, one.taken
    return (
        tuple(one.rows),
        one.digest,
        None if form is None else tuple(form),
        one.by_order,
        None if taken is None else tuple(taken),
    )


def newcomer(told: Sequence[Any]) -> Newcomer:
    """Return what `told_newcomers` told of somebody."""
    rows, digest, form, by_order, taken = told
    return Newcomer(
        PersonRows._make(rows),
        digest,
        None if form is None else Form._make(form),
        by_order,
        None if taken is None else Taken._make(taken),
    )
