"""Where a batch stands as a whole, and the command that comes next."""

from datetime import datetime
from itertools import count
from typing import Final, NamedTuple, TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Run, TrainingBase
from zhupei_cli.rules.admission.run import Round
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.services.admission.objections import count_open
from zhupei_cli.services.admission.result_now import result_rounds, round_labels
from zhupei_cli.services.admission.result_reasons import count_refillable
from zhupei_cli.services.admission.runs import baseless, waiting_run
from zhupei_cli.services.admission.stale_runs import is_stale, stale_runs
from zhupei_cli.services.batches.batch_views import BatchShown, show_batch
from zhupei_cli.services.batches.ceding import rounds_of
from zhupei_cli.services.batches.taking_part import count_sitting_out
from zhupei_cli.services.marks.score_marks import count_absent, count_incomplete, count_marked, count_unmarked
from zhupei_cli.words.vocabulary import ROUND, ApplicationStatus, BatchStatus

#: The states of a batch that has a result and may still have another round.
_WITH_RESULT: Final = (BatchStatus.COMMITTED, BatchStatus.PUBLICITY, BatchStatus.FINAL)
#: The year of an example, where there is no batch to go by.
_FIRST_YEAR = 2026


class NextStep(NamedTuple):
    """A command as it is typed, and what it is for."""

    command: str
    purpose: str


class ReviewBacklog(TypedDict):
    """How many applications wait for review, and since when the oldest does."""

    count: int
    oldest_at: datetime | None
    days: int | None


class LastRun(TypedDict):
    """The run that counts, or the last one."""

    run: int
    rule: str
    round: str
    candidates: int
    #: None before publication: until then no count of seats taken shows anywhere.
    admitted: int | None
    vacancies: int | None
    #: Whether data or parameters have changed since, so that it cannot be committed any more.
    stale: bool
    made_at: datetime
    committed_at: datetime | None


class RoundShown(TypedDict):
    """A round the result is made of."""

    run: int
    round: str
    round_label: str
    #: None before publication.
    admitted: int | None
    committed_at: datetime | None


class WaitingRun(TypedDict):
    """A run of a later round that was not committed."""

    run: int
    round: str
    round_label: str
    #: None before publication.
    admitted: int | None


class BatchFacts(BatchShown):
    """Where a batch stands."""

    contact: str
    bases: int
    waiting: ReviewBacklog
    scored: int
    absent: int
    unmarked: int
    incomplete: int
    sitting_out: int
    last_run: LastRun | None
    rounds: list[RoundShown]
    waiting_run: WaitingRun | None
    objections: int
    refillable: int
    now: datetime


class BatchNow(BatchFacts):
    """Where a batch stands, and the steps that come next."""

    next: list[dict[str, str]]


def batch_now(session: Session, batch: Batch, *, now: datetime) -> BatchNow:
    """Return all of `show_batch`, the review backlog, scores, the last run, and what comes next."""
    shown = show_batch(session, batch)
    facts: BatchFacts = {
        **shown,
        "contact": shown["settings"].get("contact", ""),
        "bases": _count_bases(session),
        "waiting": _waiting(session, batch, now),
        "scored": count_marked(session, batch),
        "absent": count_absent(session, batch),
        "unmarked": count_unmarked(session, batch),
        "incomplete": 0
        if batch.status in (*_WITH_RESULT, BatchStatus.ARCHIVED)
        else count_incomplete(session, batch),
        "sitting_out": count_sitting_out(session, batch),
        "last_run": _last_run(session, batch),
        "rounds": _rounds(session, batch),
        "waiting_run": _waiting_run(session, batch),
        "objections": count_open(session, batch),
        "refillable": count_refillable(session, batch),
        "now": now,
    }
    return {**facts, "next": [step._asdict() for step in _next(facts)]}


def next_steps(session: Session, batch: Batch, *, now: datetime) -> list[NextStep]:
    """Return what comes next in a batch, what people most likely want first."""
    return _next(batch_now(session, batch, now=now))


def before_any_batch(session: Session) -> list[NextStep]:
    """Return what comes next while no batch is under way."""
    first = [NextStep("zhupei base import 基地.xlsx", "导入培训基地")] if not _count_bases(session) else []
    year = (session.execute(select(func.max(Batch.year))).scalar() or _FIRST_YEAR - 1) + 1
    codes = set(session.execute(select(Batch.code)).scalars())
    names = (f"HN{year}{'' if number == 1 else f'-{number}'}" for number in count(1))
    code = next(name for name in names if name not in codes)
    made = f"zhupei batch create {code} --name … --year {year} --apply-from … --apply-until …"
    return [*first, NextStep(made, "新建招收批次")]


def _count_bases(session: Session) -> int:
    return session.execute(select(func.count()).select_from(TrainingBase)).scalar_one()


def _waiting(session: Session, batch: Batch, now: datetime) -> ReviewBacklog:
    """Return how many applications wait for review and for how many days the oldest does."""
    count, oldest = session.execute(
        select(func.count(), func.min(Application.submitted_at)).where(
            Application.batch_id == batch.id, Application.status == ApplicationStatus.SUBMITTED
        )
    ).one()
    return {"count": count, "oldest_at": oldest, "days": None if oldest is None else (now - oldest).days}


def _last_run(session: Session, batch: Batch) -> LastRun | None:
    """Return the run that was committed last, else the one computed last."""
    run = session.execute(
        select(Run)
        .where(Run.batch_id == batch.id)
        .order_by(baseless(batch), Run.committed_at.is_(None), Run.committed_at.desc(), Run.number.desc())
        .limit(1)
    ).scalar()
    if run is None:
        return None
    return {
        "run": run.number,
        "rule": run.rule,
        "round": run.round,
        "candidates": run.candidates,
        "admitted": _seen(batch, run.admitted),
        "vacancies": _seen(batch, run.vacancies),
        "stale": is_stale(session, batch, run),
        "made_at": run.made_at,
        "committed_at": run.committed_at,
    }


def _seen(batch: Batch, count: int) -> int | None:
    return count if batch.status in PUBLISHED else None


def _waiting_run(session: Session, batch: Batch) -> WaitingRun | None:
    """Return the run of a later round that waits for its commit and may still have it."""
    run = waiting_run(session, batch)
    if run is None or batch.status not in _WITH_RESULT or stale_runs(session, batch, [run.number]):
        return None
    if run.round == Round.REFILL and rounds_of(session, batch):
        return None  # a supplement round has the seats
    label, admitted = ROUND.label(run.round), _seen(batch, run.admitted)
    return {"run": run.number, "round": run.round, "round_label": label, "admitted": admitted}


def _rounds(session: Session, batch: Batch) -> list[RoundShown]:
    """Return the rounds the result is made of, the main run first; none before a commit."""
    rounds = result_rounds(session, batch)
    labels = round_labels(rounds)
    return [
        {
            "run": run.number,
            "round": run.round,
            "round_label": labels[run.number],
            "admitted": _seen(batch, run.admitted),
            "committed_at": run.committed_at,
        }
        for run in rounds
    ]


def _next(facts: BatchFacts) -> list[NextStep]:
    """Return the steps people most likely want now, the first one first."""
    code = facts["batch"]
    match facts["status"]:
        case BatchStatus.DRAFT:
            return _before_opening(facts, code)
        case BatchStatus.OPEN:
            return _while_open(facts, code)
        case BatchStatus.CLOSED:
            return _before_locking(facts, code)
        case BatchStatus.LOCKED:
            return _before_commit(facts, code)
        case BatchStatus.COMMITTED:
            return _before_publication(facts, code)
        case BatchStatus.PUBLICITY:
            return _while_published(facts, code)
        case BatchStatus.FINAL:
            return _after_final(facts, code)
    return []


def _before_publication(facts: BatchFacts, code: str) -> list[NextStep]:
    roster = NextStep(f"zhupei export roster --all --batch {code} -o 名单", "导出各基地拟录取名单")
    return [*_refill(facts, code), roster, NextStep(f"zhupei batch publish {code}", "公示")]


def _while_published(facts: BatchFacts, code: str) -> list[NextStep]:
    waiting = _objections(facts, code)
    public = NextStep(f"zhupei export public --batch {code} -o 公示.xlsx", "导出公示名单")
    # Open objections hold it: offered without a reason it would only be refused.
    final = [] if waiting else [NextStep(f"zhupei batch finalize {code}", "公示期满，正式录取")]
    return [*_refill(facts, code), *waiting, public, *final]


def _before_opening(facts: BatchFacts, code: str) -> list[NextStep]:
    if not facts["bases"]:
        return [NextStep("zhupei base import 基地.xlsx", "导入培训基地")]
    if not facts["plan"]["seats"]:
        return [NextStep(f"zhupei batch plan import 招收计划.xlsx --batch {code}", "导入招收计划")]
    return [NextStep(f"zhupei batch open {code}", "开放报名")]


def _while_open(facts: BatchFacts, code: str) -> list[NextStep]:
    steps = []
    if facts["now"] > facts["apply_until"]:
        steps.append(NextStep(f"zhupei batch close {code}", "报名时间已过，结束报名"))
    elif not facts["applications"]:
        early = facts["now"] < facts["apply_from"]
        when = f"{show_time(facts['apply_from'])} 报名开始以后，" if early else ""
        command = f"zhupei trainee import 报名信息.xlsx --batch {code} --submit"
        steps.append(NextStep(command, f"{when}导入报名"))
    if facts["waiting"]["count"]:
        steps.append(NextStep(f"zhupei review queue --summary --batch {code}", "查看各基地待审核的报名"))
    open_forms = sum(facts["applications"].get(status, 0) for status in ("draft", "returned"))
    if open_forms:
        steps.append(
            NextStep(f"zhupei apply list --status draft,returned --batch {code}", "催办未提交的报名")
        )
    return steps or [NextStep(f"zhupei batch close {code}", "报名截止后，结束报名")]


def _before_locking(facts: BatchFacts, code: str) -> list[NextStep]:
    steps = []
    if facts["waiting"]["count"]:
        steps.append(NextStep(f"zhupei review queue --summary --batch {code}", "完成审核"))
    if facts["unmarked"] or facts["incomplete"]:
        steps.append(NextStep(f"zhupei admit scores import 成绩.xlsx --batch {code}", "导入成绩"))
    return steps or [NextStep(f"zhupei batch lock {code}", "锁定，准备录取")]


def _before_commit(facts: BatchFacts, code: str) -> list[NextStep]:
    run = facts["last_run"]
    if run is None:
        check = NextStep(f"zhupei admit check --batch {code}", "核对考生、成绩和岗位")
        return [check, NextStep(f"zhupei admit run --batch {code}", "计算录取")]
    if run["stale"]:
        return [NextStep(f"zhupei admit run --batch {code}", "数据或参数已变，重新计算录取")]
    number = run["run"]
    look = NextStep(f"zhupei admit list --run {number} --batch {code}", "查看每名考生的结果")
    return [look, NextStep(f"zhupei admit commit {number} --batch {code}", "确定为拟录取结果")]


def _refill(facts: BatchFacts, code: str) -> list[NextStep]:
    if (run := facts["waiting_run"]) is not None:
        purpose = f"确定这一轮（{run['round_label']}）的结果"
        return [NextStep(f"zhupei admit commit {run['run']} --batch {code}", purpose)]
    if not (count := facts["refillable"]):
        return []
    # Before publication no count of free seats shows anywhere.
    many = "" if facts["status"] == BatchStatus.COMMITTED else f"，{count} 人可以递补"
    return [NextStep(f"zhupei admit run --round refill --batch {code}", f"递补空出的名额{many}")]


def _objections(facts: BatchFacts, code: str) -> list[NextStep]:
    if not (count := facts["objections"]):
        return []
    return [NextStep(f"zhupei objection list --batch {code}", f"办结公示异议（{count} 件）")]


def _after_final(facts: BatchFacts, code: str) -> list[NextStep]:
    admissions = facts["admissions"] or {}
    refill = [*_refill(facts, code), *_objections(facts, code)]
    if admissions.get("admitted"):
        checkin = NextStep(
            f"zhupei admit checkin template --batch {code} -o 报到.xlsx", "写出报到表，填好后导入"
        )
        roster = NextStep(f"zhupei export roster --all --batch {code} -o 录取名单", "导出各基地录取名单")
        return [*refill, roster, checkin]
    seal = NextStep(f"zhupei batch seal {code} -o {code}.zip", "封存，供日后核对")
    return [*refill, seal, NextStep(f"zhupei batch archive {code}", "归档")]
