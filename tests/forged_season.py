"""A whole season made by the program, and what a forger with raw SQL does to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from tests.people import write_book
from zhupei_cli.acting import Acting
from zhupei_cli.demo.season import DEMO_BATCH, play
from zhupei_cli.model import Admission, Application, Batch, Run, RunInput, RunRow
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, inputs_text, results_text
from zhupei_cli.rules.admission.run import Candidate, Inputs
from zhupei_cli.rules.admission.scores import Record
from zhupei_cli.services.admission import by_hand, checkins, give_up, seats
from zhupei_cli.services.admission.runs import stored_inputs, summarise
from zhupei_cli.services.applications import correcting
from zhupei_cli.services.kinds.employer import import_employers
from zhupei_cli.services.notices.telling import NoticeMessage, write_down
from zhupei_cli.services.people import accounts, people
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reports.nightly_report import record_night
from zhupei_cli.services.reports.reporting import measure
from zhupei_cli.services.undo import undoing
from zhupei_cli.sheets.kinds import workbook_kinds as kinds
from zhupei_cli.store.engine import transaction

BY = Acting("王科长", datetime(2026, 7, 20, 1, tzinfo=UTC))


def prepare(folder: Path) -> Path:
    """Play a season with acts of every kind after it; return its database."""
    for _ in play(folder, bases=3, places=9, applicants=40):
        pass
    path = folder / "zhupei.sqlite"
    with transaction(f"sqlite:///{path}") as session:
        batch = find_batch(session, DEMO_BATCH)
        seated = _numbers(session, "admitted")
        give_up.decide_admissions(session, batch, "decline", seated[:1], reason="另有安排", by=BY)
        _place_somebody(session, batch)
        _place_again(session, batch, seated[-1])
        given = {"major": "临床医学（更正）"}
        correcting.correct(session, batch, seated[2], given, by=BY, reason="毕业证写错")
        people.edit_person(session, seated[3], {"mobile": "13900000001"}, by=BY)
        _checked_in(session, batch, folder, seated[2:5])
        _told(session, batch, seated[:3])
        accounts.reset_password(session, seated[0], "Abcd-1234-x", username="wang2026", by=BY)
        undone = _checked_in(session, batch, folder, seated[5:7])
        undoing.undo(session, undone.import_id or 0, by=BY, reason="报错了人")
        for level in ("三级甲等", "三级乙等"):
            row = {"name": "郑州某医院", "level": level, "city": "郑州市"}
            book = write_book(folder / f"{level}.xlsx", [(kinds.EMPLOYER, [row])])
            imported = import_employers(session, read_workbooks([book], kinds.EMPLOYER), by=BY)
        undoing.undo(session, imported.import_id or 0, by=BY, reason="级别不对")
    return path


def _numbers(session: Session, status: str) -> list[str]:
    statement = (
        select(Application.application_no)
        .join(Admission, Admission.application_id == Application.id)
        .where(Admission.status == status)
        .order_by(Application.application_no)
    )
    return list(session.execute(statement).scalars())


def _place_somebody(session: Session, batch: Batch) -> None:
    free = next(one for one in seats.list_vacancies(session, batch) if one["vacant"])
    number = _numbers(session, "not_admitted")[0]
    by_hand.place(session, batch, number, (free["base"], free["specialty"]), reason="递补", by=BY)
    # The seat is free again: who computes the run anew must not fail at a full place.
    give_up.decide_admissions(session, batch, "revoke", [number], reason="材料不实", by=BY)


def _place_again(session: Session, batch: Batch, number: str) -> None:
    """Give somebody back by hand the seat of a run: with the total and the rank they have there."""
    statement = select(Admission.base_code, Admission.specialty_code).join(
        Application, Application.id == Admission.application_id
    )
    base, specialty = session.execute(statement.where(Application.application_no == number)).one()
    for verb in ("decline", "reinstate"):
        give_up.decide_admissions(session, batch, verb, [number], reason="改变主意", by=BY)
    placed = by_hand.place(session, batch, number, (base or "", specialty or ""), reason="恢复", by=BY)
    assert placed["total"] is not None
    give_up.decide_admissions(session, batch, "revoke", [number], reason="材料不实", by=BY)


def _told(session: Session, batch: Batch, numbers: list[str]) -> None:
    """Tell some of their seat, and write the night down."""
    statement = select(Application.application_no, Application.id)
    ids: dict[str, int] = {row.application_no: row.id for row in session.execute(statement)}
    messages = [
        (NoticeMessage(ids[number], number, "", None, None, "4101001 0100 7", "您已录取"), "138****0000")
        for number in numbers
    ]
    write_down(session, batch, "admitted", messages, way="workbook", state="sent", by=BY)
    record_night(session, batch, measure(session, batch, now=BY.at), {}, by=BY)


def _checked_in(session: Session, batch: Batch, folder: Path, numbers: Iterable[str]) -> Imported:
    rows = [{"application_no": number, "checked_in": "是"} for number in numbers]
    path = write_book(folder / "报到.xlsx", [(kinds.CHECK_IN, rows)])
    reading = read_workbooks([path], kinds.CHECK_IN)
    return checkins.import_checkins(session, reading, batch=batch, by=BY)


_SEATED = "(SELECT min(application_id) FROM admission WHERE status = 'admitted' AND via = 'choice1')"
_OUT = "(SELECT min(application_id) FROM admission WHERE status = 'not_admitted')"
_REFUSED = "(SELECT min(id) FROM application WHERE status = 'rejected')"
_MARKED = "(SELECT min(application_id) FROM score WHERE written IS NOT NULL)"
_CHOSEN = f"(SELECT base_code FROM choice WHERE application_id = {_MARKED} AND number = 1)"
#: What one statement changes behind the program's back; each stands on its own.
PLANTS: tuple[str, ...] = (
    # marks
    f"UPDATE score SET written = 9999 WHERE application_id = {_MARKED}",
    f"UPDATE score SET interview = NULL, interview_absent = true WHERE application_id = {_MARKED}",
    f"DELETE FROM score WHERE application_id = {_MARKED}",
    "INSERT INTO score (application_id, record, base_code, written, written_absent, skill_absent,"
    f" interview_absent, touched_by) SELECT {_MARKED}, {_CHOSEN}, {_CHOSEN}, 9900, false, false, false, 1",
    # plan and settings
    "UPDATE plan SET quota = quota + 1",
    "UPDATE plan SET stopped = true",
    "UPDATE plan SET min_score = 5900",
    "UPDATE plan SET max_social = 90000",
    "UPDATE batch_setting SET value = 'written=0.1,skill=0.1,interview=0.8' WHERE key = 'weights'",
    "DELETE FROM batch_setting WHERE key = 'tie_keys'",
    "INSERT INTO batch_setting (batch_id, key, value) VALUES (1, 'more', '1')",
    "UPDATE batch SET name = '别的名称'",
    "UPDATE batch SET apply_until = '2026-07-30 15:59:59'",
    "UPDATE batch SET year = 2027",
    "UPDATE batch SET status = 'archived'",
    # applications and choices
    f"UPDATE choice SET number = 5 - number WHERE application_id = {_MARKED}",
    f"DELETE FROM choice WHERE number = 2 AND application_id = {_MARKED}",
    "UPDATE application SET accept_adjust = NOT accept_adjust",
    "UPDATE application SET identity = 'own' WHERE identity = 'social'",
    "UPDATE application SET trainee_id = 9999, live_key = '1:' || 9999 WHERE id = 1",
    "UPDATE application SET first_submitted_at = '2026-06-01 00:00:00'",
    "UPDATE application SET source_type = '其他' WHERE id = 1",
    # snapshots and people
    f"UPDATE snapshot SET school = '北京大学' WHERE application_id = {_SEATED}",
    f"UPDATE snapshot SET content = replace(content, 'educations', 'works') WHERE application_id = {_SEATED}",
    "UPDATE snapshot SET level = '11' WHERE application_id = 1",
    "UPDATE trainee SET mobile = '13700000000' WHERE id = 1",
    "UPDATE education SET degree = '2' WHERE trainee_id = 2",
    "DELETE FROM education WHERE trainee_id = 3",
    # reviews
    f"UPDATE review SET decision = 'approve', reason = NULL WHERE application_id = {_REFUSED}",
    f"UPDATE review SET decided_by = '别人' WHERE application_id = {_SEATED}",
    f"DELETE FROM review WHERE application_id = {_SEATED}",
    # admissions and runs
    f"UPDATE admission SET via = 'choice2' WHERE application_id = {_SEATED}",
    f"UPDATE admission SET total = 9999 WHERE application_id = {_SEATED}",
    f"UPDATE admission SET status = 'reported' WHERE application_id = {_SEATED}",
    "UPDATE admission SET reason = '别的原因' WHERE status = 'declined'",
    "UPDATE admission SET total = 9999 WHERE via = 'place' AND total IS NOT NULL",
    "UPDATE admission SET rank = 1 + rank WHERE via = 'place' AND total IS NOT NULL",
    "UPDATE batch SET parent_id = id",
    f"DELETE FROM admission WHERE application_id = {_OUT}",
    "UPDATE run SET rule = 'stable'",
    "UPDATE run SET made_by = '别人'",
    f"UPDATE run_row SET rank = 1 WHERE application_id = {_SEATED}",
    "UPDATE run SET committed_at = NULL",
    # reference data, imports
    "UPDATE base SET city = '410300' WHERE code = (SELECT min(code) FROM base)",
    "UPDATE specialty SET is_shortage = NOT is_shortage",
    "UPDATE employer SET name = '别的医院'",
    "DELETE FROM import_row WHERE import_id = (SELECT id FROM import_run WHERE kind = 'trainee')",
    "UPDATE import_row SET before = '{}' WHERE import_id = (SELECT id FROM import_run WHERE kind = 'review')",
    "UPDATE import_run SET files = '[]' WHERE kind = 'score'",
    "UPDATE import_run SET rejected = rejected + 1 WHERE kind = 'plan'",
    "UPDATE import_run SET undone_at = NULL",
    f"UPDATE review SET snapshot_version = 2 WHERE application_id = {_SEATED}",
    "UPDATE batch SET created_at = '2026-01-01 00:00:00'",
    "UPDATE run SET admitted = admitted + 1",
    "UPDATE run SET vacancies = 0",
    f"UPDATE application SET submitted_on = '2026-01-01' WHERE id = {_SEATED}",
    # who was told what, the nights, the accounts
    "DELETE FROM notice WHERE id = 1",
    "UPDATE notice SET occasion = '1'",
    "UPDATE notice SET told_by = '别人' WHERE id = 2",
    "UPDATE notice SET application_id = application_id + 1 WHERE id = 3",
    "DELETE FROM night",
    "UPDATE night SET figures = '{}'",
    "UPDATE account SET password_hash = '$argon2id$v=19$m=65536,t=3,p=4$x$y'",
    "UPDATE account SET username = 'other2026'",
    "DELETE FROM account",
    # the tables themselves
    "DROP INDEX ix_review_application_id",
    "DROP TABLE night",
    "ALTER TABLE employer ADD COLUMN more integer",
)


@dataclass(frozen=True, slots=True)
class Forgery:
    """What somebody makes of the season who computes everything anew that is computed."""

    name: str
    inputs: Callable[[Inputs, str], Inputs]
    """the inputs of the run, given the number of whom it is for"""
    rows: Callable[[Session, str], Any]


def commit(session: Session, forgery: Forgery) -> None:
    """Rewrite rows, inputs, results, digests, admissions and counters: nothing is left that does not fit."""
    run = session.execute(select(Run)).scalar_one()
    inputs = stored_inputs(session, run)
    chosen = _numbers(session, "not_admitted")[-1]
    forgery.rows(session, chosen)
    forged = forgery.inputs(inputs, chosen)
    rows = admit(forged)
    pieces = list(inputs_text(forged))
    session.execute(delete(RunInput))
    session.execute(insert(RunInput), [{"run_id": run.id, "part": 0, "content": "".join(pieces)}])
    session.execute(delete(RunRow))
    statement = select(Application.application_no, Application.id)
    ids: dict[str, int] = {row.application_no: row.id for row in session.execute(statement)}
    names = ("outcome", "base_code", "specialty_code", "via", "total", "rank", "reason")
    for row in rows:
        session.execute(
            insert(RunRow).values(
                run_id=run.id, application_id=ids[row.no], **dict(zip(names, row[1:], strict=True))
            )
        )
    digests = {"inputs_sha256": digest(pieces), "results_sha256": digest(results_text(rows))}
    figures = summarise(forged, rows)
    counts = {name: figures[name] for name in ("candidates", "admitted", "vacancies")}
    session.execute(update(Run).values(**digests, **counts))
    for row in rows:
        place = dict(zip(names[1:6], row[2:7], strict=True))
        status = "admitted" if row.base else "not_admitted"
        key = text("'2026:' || (SELECT trainee_id FROM application a WHERE a.id = application_id)")
        session.execute(
            update(Admission)
            .where(
                Admission.application_id == ids[row.no],
                Admission.status.in_(("admitted", "not_admitted", "reported")),
            )
            .where(Admission.run_id.is_not(None))
            .values(status=status, live_key=key if row.base else None, **place)
        )
    held = (
        "(SELECT count(*) FROM admission a WHERE a.live_key IS NOT NULL AND a.batch_id = plan.batch_id"
        " AND a.base_code = plan.base_code AND a.specialty_code = plan.specialty_code AND a.identity = '{0}')"
    )
    counters = (f"taken_{who} = {held.format(who)}" for who in ("own", "entrusted", "social"))
    session.execute(text(f"UPDATE plan SET {', '.join(counters)}"))
    session.flush()


def _everybody(inputs: Inputs, change: Callable[[Candidate], Candidate]) -> Inputs:
    return replace(inputs, candidates=tuple(change(one) for one in inputs.candidates))


def _one(change: Callable[[Candidate], Candidate]) -> Callable[[Inputs, str], Inputs]:
    return lambda inputs, no: _everybody(inputs, lambda one: change(one) if one.no == no else one)


def _sql(statement: str) -> Callable[[Session, str], Any]:
    of = "(SELECT id FROM application WHERE application_no = :no)"
    return lambda session, no: session.execute(text(statement.replace("ID", of)), _given(statement, no))


def _given(statement: str, no: str) -> dict[str, str]:
    return {"no": no} if "ID" in statement else {}


def _full(one: Candidate) -> Candidate:
    return one._replace(records=(Record(None, 10_000, 10_000, 10_000),))


def _turned(one: Candidate) -> Candidate:
    return one._replace(choices=one.choices[::-1])


_TURN = (
    "UPDATE choice SET number = number + 6 WHERE application_id IN"
    " (SELECT application_id FROM choice WHERE number = 2)",
    "UPDATE choice SET number = 9 - number WHERE number > 6",
)
_FULL = "UPDATE score SET written = 10000, skill = 10000, interview = 10000, written_absent = false,"
_FULL += " skill_absent = false, interview_absent = false"
FORGERIES: tuple[Forgery, ...] = (
    Forgery("满分", _one(_full), _sql(f"{_FULL} WHERE application_id = ID")),
    Forgery("人人满分", lambda inputs, _: _everybody(inputs, _full), _sql(_FULL)),
    Forgery(
        "名额加倍",
        lambda inputs, _: replace(
            inputs, places=tuple(replace(place, quota=place.quota * 2) for place in inputs.places)
        ),
        _sql("UPDATE plan SET quota = quota * 2"),
    ),
    Forgery(
        "志愿颠倒",
        lambda inputs, _: _everybody(inputs, _turned),
        lambda session, _: [session.execute(text(statement)) for statement in _TURN],
    ),
    Forgery(
        "提前提交",
        _one(lambda one: one._replace(submitted_at="2026-05-31T16:00:00Z")),
        _sql("UPDATE application SET first_submitted_at = '2026-05-31 16:00:00' WHERE id = ID"),
    ),
    Forgery(
        "改变身份",
        lambda inputs, _: _everybody(inputs, lambda one: one._replace(identity="own")),
        lambda session, _: [
            session.execute(text(f"UPDATE {name} SET identity = 'own'"))
            for name in ("application", "admission")
        ],
    ),
    Forgery(
        "不服从调剂",
        lambda inputs, _: _everybody(inputs, lambda one: one._replace(accept_adjust=False)),
        _sql("UPDATE application SET accept_adjust = false"),
    ),
    Forgery(
        "改总线",
        lambda inputs, _: replace(inputs, min_score=9000),
        _sql("UPDATE batch_setting SET value = '90' WHERE key = 'min_score'"),
    ),
    Forgery(
        "换规则", lambda inputs, _: replace(inputs, rule="stable"), _sql("UPDATE run SET rule = 'stable'")
    ),
    Forgery(
        "停招一处",
        lambda inputs, _: replace(
            inputs, places=(replace(inputs.places[0], stopped=True), *inputs.places[1:])
        ),
        lambda session, _: session.execute(
            text(
                "UPDATE plan SET stopped = true WHERE (base_code, specialty_code) ="
                " (SELECT base_code, specialty_code FROM plan ORDER BY 1, 2 LIMIT 1)"
            )
        ),
    ),
)
