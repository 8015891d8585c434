"""The chain of events: each planted damage is found, and the log hides what people typed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.people import open_batch, person
from tests.services.imported import reading_of, take_in
from zhupei_cli.acting import CST, Acting
from zhupei_cli.model import Counter, Event
from zhupei_cli.services.proof import auditing
from zhupei_cli.services.proof.auditing import EventFilter
from zhupei_cli.services.records.events import Change, chained, record
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import Decision

REASON = "见 410101199501011015 与 13800000001"
HEAD = 9


@pytest.fixture
def season(database: str, by: Acting) -> str:
    """Ten events: 1 to 3 the specialties, 4 to 7 an import, 8 a decision, 9 and 10 by another."""
    with transaction(database) as session:
        open_batch(session)
        take_in(session, reading_of((workbook_kinds.PERSON, [person(1)])), by=by, submit=True)
        batch = find_batch(session, "HN2026")
        verdict = Verdict("HN2026-0000001", Decision.RETURN, REASON)
        decisions.decide(session, batch, [verdict], by=by)
        later = Acting("李四", NOW + timedelta(days=1))
        record(session, later, [Change("batch.edit", "HN2026", batch.id), Change("base.status", "4101001")])
    return database


def _codes(database: str, head: tuple[int, str] | None = None) -> list[tuple[str, dict[str, Any]]]:
    with transaction(database, read_only=True) as session:
        return [(fault.code, dict(fault.values)) for fault in auditing.verify(session, head=head).findings]


def _hash(database: str, seq: int) -> str:
    with transaction(database, read_only=True) as session:
        return session.execute(select(Event.hash).where(Event.seq == seq)).scalar_one()


def test_a_whole_chain_has_no_findings(season: str) -> None:
    with transaction(season, read_only=True) as session:
        found = auditing.verify(session, head=(HEAD, _hash(season, HEAD)[:16]))
    assert (found.findings, found.events, found.head) == ([], 10, f"10:{_hash(season, 10)[:16]}")


def _rewrite(session: Session) -> None:
    """Change one event and chain all that follow anew, as somebody would who knows how."""
    previous = session.execute(select(Event.hash).where(Event.seq == 5)).scalar_one()
    session.execute(update(Event).where(Event.seq == 6).values(who="王五"))
    for row in session.execute(select(Event).where(Event.seq > 5).order_by(Event.seq)).scalars().all():
        texts = (row.before, row.after, row.reason, row.data)
        fields = (row.seq, row.at.isoformat(), row.who, row.action, row.batch_id, row.subject, *texts)
        previous = chained(previous, fields)
        session.execute(update(Event).where(Event.seq == row.seq).values(hash=previous))


def _cut(session: Session, *, counter: bool) -> None:
    session.execute(delete(Event).where(Event.seq > 8))
    if counter:
        session.execute(update(Counter).where(Counter.name == "event").values(value=8))


def _set(seq: int, **values: Any) -> Callable[[Session], object]:
    return lambda session: session.execute(update(Event).where(Event.seq == seq).values(**values))


CHANGED = [("E521", {"seq": 8, "action": "退回修改"})]
DAMAGE: dict[str, tuple[Callable[[Session], object], list[tuple[str, dict[str, Any]]]]] = {
    "who": (_set(8, who="王五"), CHANGED),
    "at": (_set(8, at=NOW + timedelta(seconds=1)), CHANGED),
    "action": (_set(8, action="review.approve"), [("E521", {"seq": 8, "action": "审核通过"})]),
    "subject": (_set(8, subject="HN2026-0000002"), CHANGED),
    "before": (_set(8, before="draft"), CHANGED),
    "after": (_set(8, after=None), CHANGED),
    "reason": (_set(8, reason="不符"), CHANGED),
    "data": (_set(8, data="{}"), CHANGED),
    "batch": (_set(8, batch_id=None), CHANGED),
    "hash": (_set(8, hash="0" * 64), [*CHANGED, ("E521", {"seq": 9, "action": "修改批次"})]),
    "gap": (
        lambda session: session.execute(delete(Event).where(Event.seq == 8)),
        [("E520", {"first": 8, "last": 8})],
    ),
    "tail": (lambda session: _cut(session, counter=False), [("E522", {"last": 8, "given": 10})]),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found(season: str, damage: str) -> None:
    plant, findings = DAMAGE[damage]
    with transaction(season) as session:
        plant(session)
    assert _codes(season) == findings


def test_a_head_on_paper_finds_what_the_chain_itself_cannot(season: str) -> None:
    head = (HEAD, _hash(season, HEAD)[:16])
    with transaction(season) as session:
        _rewrite(session)
    assert _codes(season) == []
    assert _codes(season, head) == [
        ("E524", {"seq": HEAD, "found": _hash(season, HEAD)[:16], "head": head[1]})
    ]
    with transaction(season) as session:
        _cut(session, counter=True)
    assert _codes(season) == []
    assert _codes(season, head) == [("E523", {"last": 8, "seq": HEAD})]


def _seqs(database: str, limit: int = 0, **wanted: Any) -> tuple[list[int], int]:
    with transaction(database, read_only=True) as session:
        if "batch" in wanted:
            wanted["batch"] = find_batch(session, wanted["batch"])
        rows, total = auditing.event_log(session, EventFilter(**wanted), limit=limit)
    return [row["seq"] for row in rows], total


def test_events_are_listed_by_who_what_and_when(season: str) -> None:
    assert _seqs(season) == (list(range(10, 0, -1)), 10)
    assert _seqs(season, limit=2) == ([10, 9], 10)
    assert _seqs(season, who="李四") == ([10, 9], 2)
    assert _seqs(season, kind="review") == ([8], 1)
    assert _seqs(season, kind="review.return") == ([8], 1)
    with pytest.raises(ZhupeiError, match="E497"):
        _seqs(season, kind="rev")
    assert _seqs(season, batch="HN2026") == ([9, 8, 6, 4], 4)
    assert _seqs(season, since=NOW + timedelta(seconds=1)) == ([10, 9], 2)
    assert _seqs(season, until=NOW, kind="review") == ([8], 1)


def test_what_people_typed_is_masked(season: str) -> None:
    with transaction(season, read_only=True) as session:
        ((row,), _) = auditing.event_log(session, EventFilter(kind="review"), limit=0)
    assert row == {
        "seq": 8,
        "at": NOW,
        "who": "测试员",
        "action": "review.return",
        "action_label": "退回修改",
        "batch": "HN2026",
        "subject": "HN2026-0000001",
        "subject_label": "HN2026-0000001",
        "before": "submitted",
        "before_label": "已提交",
        "after": "returned",
        "after_label": "退回修改",
        "reason": "见 4101**********1015 与 138****0001",
        "data": None,
        "note": None,
        "hash": row["hash"],
    }


def test_an_instant_of_any_zone_is_chained_as_it_is_stored(database: str) -> None:
    china = Acting("甲", datetime(2026, 6, 5, 10, 0, tzinfo=CST))
    with transaction(database) as session:
        record(session, china, [Change("batch.open", "B", before="draft", after="open")])
    with reading(database) as session:
        assert auditing.verify(session).findings == []
