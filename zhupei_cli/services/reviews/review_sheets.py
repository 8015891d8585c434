"""Workbooks for reviewing bases: one file a base, which `import_reviews` takes back once filled in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.files import replacing, together
from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.rules.eligibility.requirement import NO_PAST
from zhupei_cli.rules.people.field_values import text_of
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.services.applications import store, years
from zhupei_cli.services.applications.form_checks import identity_faults, load_checks
from zhupei_cli.services.applications.listing import ApplicationRow, Filter, list_applications
from zhupei_cli.services.applications.past import load_past
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.profiles import Profile, current_work
from zhupei_cli.services.records.base_books import BaseBook, Texts, lay_out
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names
from zhupei_cli.services.reviews import queue
from zhupei_cli.sheets.writing.review_sheet import write_review_sheet
from zhupei_cli.words.vocabulary import ApplicationStatus

_EDUCATION: Final = ("level", "degree", "school", "major", "graduated_on", "full_time")


def prepare_review_books(
    session: Session, batch: Batch, base: str | None, *, by: Acting, target: Path, force: bool = False
) -> list[BaseBook]:
    """Return the workbooks of what waits at `base`, or at each base that has any, and record the export.

    `target` is a file for one base when it ends in .xlsx, else a folder. ID numbers are whole, so an event
    is written for each base; the files are not made yet. Raises E002 for a file that is there already.
    """
    names = base_names(session)
    rows = _rows_by_base(session, batch, base)
    books = lay_out(rows, names, target, title=batch.name, what="审核意见", force=force)
    if books:
        changes = [
            Change("review.export", book.base, batch.id, data={"rows": len(book.rows)}) for book in books
        ]
        record(session, by, changes)
    return books


def write_books(books: Sequence[BaseBook], *, force: bool = False) -> None:
    """Write the workbooks; they appear together."""
    with together():
        for book in books:
            with replacing(book.path, force=force) as beside:
                write_review_sheet(beside, book.rows, title=book.title)


def _rows_by_base(session: Session, batch: Batch, base: str | None) -> dict[str, list[Texts]]:
    waiting = Filter(statuses=(ApplicationStatus.SUBMITTED,), base=base)
    listed = list_applications(session, batch, waiting, reveal=True)
    stored = store.load_by_number(session, batch, [row["application_no"] for row in listed])
    snapshots = store.load_snapshots(session, stored.values())
    live = profiles.load_profiles_by_id(session, (one.trainee_id for one in stored.values()))
    earlier = _earlier(session, batch, base)
    checks = load_checks(session, batch)
    told = years.lines(session, live, but=batch)
    past = load_past(session, batch, {one.key: id_ for id_, one in live.items()})
    by_base: dict[str, list[Texts]] = {} if base is None else {base: []}
    for row in listed:
        number = row["application_no"]
        one = stored[number]
        person = live[one.trainee_id]
        before = past.get(person.key, NO_PAST)
        found = identity_faults(snapshots[one.id], one.form, checks, past=before)
        texts = _texts(row, snapshots[one.id], mobile=person.person.get("mobile"))
        texts["findings"] = "\n".join(fault.message for fault in found)
        texts["earlier"] = "\n".join(earlier.get(number, ()))
        texts["years"] = told.get(one.trainee_id, "")
        by_base.setdefault(row["choice1_base"], []).append(texts)
    return dict(sorted(by_base.items()))


def _earlier(session: Session, batch: Batch, base: str | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in queue.review_log(session, batch, base=base):
        when = show_time(row["decided_at"])[:10]
        line = f"{when} {row['decision_label']} {row['reason'] or ''}".strip()
        found.setdefault(row["application_no"], []).append(line)
    return found


def _texts(row: ApplicationRow, profile: Profile, *, mobile: str | None) -> Texts:
    education = highest(profile.educations) or {}
    work = current_work(profile)
    assert row["submitted_at"] is not None  # only what was submitted waits
    second = f"{row['choice2_base_label'] or ''} {row['choice2_specialty_label'] or ''}".strip()
    return {
        "application_no": row["application_no"],
        "name": row["name"],
        "id_number": row["id_number"],
        "source_type": row["source_type"],
        "gender": text_of("gender", profile.person.get("gender")),
        "identity": row["identity_label"],
        "train_years": str(row["train_years"]),
        "specialty": row["specialty_label"],
        "choice2": second,
        "accept_adjust": text_of("accept_adjust", row["accept_adjust"]),
        **{key: text_of(key, education.get(key)) for key in _EDUCATION},
        "employer": "" if work is None else work["employer_name"],
        "mobile": mobile or "",
        "submitted_at": show_time(row["submitted_at"]),
    }
