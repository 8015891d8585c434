"""The whole season on invented data: the services of the real commands, in a database of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.demo.generate import Season, generate, review_rows, score_rows
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.model import Application, Batch, Snapshot
from zhupei_cli.services.admission import admissions, stages
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.batches import batches, plan_sheets
from zhupei_cli.services.marks import scores
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reference import lists
from zhupei_cli.services.results import rosters
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.upkeep.databases import init_database
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

SEED = 2026
DEMO_BATCH = "DEMO2026"
OPERATOR = "演示"
_GIVEN = {
    "name": "2026年住培招收（演示）",
    "apply_from": "2026-06-01",
    "apply_until": "2026-06-30",
    "review_until": "2026-07-05",
    "publicity_until": "2026-07-12",
    "contact": "0371-00000000",
}


@dataclass(frozen=True, slots=True)
class SeasonStep:
    """One step of the season: what was done, what came of it, and the seconds it took."""

    title: str
    result: str
    seconds: float


_T = TypeVar("_T")


@dataclass(slots=True)
class DemoStage:
    """Where a season is played: its folder, its data, and the day it has come to."""

    folder: Path
    season: Season
    day: datetime = field(default=datetime(2026, 5, 20, 1, tzinfo=UTC))

    @property
    def inputs(self) -> Path:
        return self.folder / "输入"

    @property
    def rosters(self) -> Path:
        return self.folder / "录取名单"

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / 'zhupei.sqlite'}"

    @property
    def by(self) -> Acting:
        return Acting(OPERATOR, self.day)

    def do(self, act: Callable[[Session, Batch], _T]) -> _T:
        """Do one thing with the batch in a transaction of its own, as a command would."""
        with transaction(self.database) as session:
            return act(session, find_batch(session, DEMO_BATCH))


def play(folder: Path, *, bases: int = 12, places: int = 96, applicants: int = 1200) -> Iterator[SeasonStep]:
    """Play a season into the empty folder `folder`; yield each step when it is done.

    The same arguments leave the same data, on any day: the season has days of its own.
    """
    stage = DemoStage(folder, generate(SEED, bases=bases, places=places, applicants=applicants))
    for title, act in _STEPS:
        started = perf_counter()
        result = act(stage)
        yield SeasonStep(title, result, perf_counter() - started)


def _workbooks(stage: DemoStage) -> str:
    stage.inputs.mkdir()
    write_season(stage.inputs, stage.season)
    season = stage.season
    wrong = sum(1 for one in season.applicants if one.fault)
    return (
        f"{len(season.bases)} 个基地，{len(season.plan)} 个岗位，"
        f"{len(season.applicants)} 名学员（故意写错 {wrong} 行）"
    )


def _database(stage: DemoStage) -> str:
    made = init_database(stage.database, by=stage.by)
    return f"专业目录 {made['specialties']} 个专业"


def _bases(stage: DemoStage) -> str:
    reading = read_workbooks([stage.inputs / "基地.xlsx"], workbook_kinds.BASE)
    with transaction(stage.database) as session:
        return _told(lists.import_bases(session, reading, by=stage.by))


def _batch(stage: DemoStage) -> str:
    with transaction(stage.database) as session:
        batches.create_batch(session, DEMO_BATCH, year=stage.season.year, given=_GIVEN, by=stage.by)
    return f"{DEMO_BATCH} {_GIVEN['name']}，报名 {_GIVEN['apply_from']} 至 {_GIVEN['apply_until']}"


def _plan(stage: DemoStage) -> str:
    reading = plan_sheets.read_plan([stage.inputs / "招收计划.xlsx"])
    return _told(
        stage.do(lambda session, batch: plan_sheets.import_plan(session, reading, batch=batch, by=stage.by))
    )


def _open(stage: DemoStage) -> str:
    opened = stage.do(lambda session, batch: stages.open_batch(session, batch, by=stage.by))
    return f"共 {opened['seats']} 个名额"


def _trainees(stage: DemoStage) -> str:
    stage.day = datetime(2026, 6, 10, 1, tzinfo=UTC)
    further = (workbook_kinds.EDUCATION, workbook_kinds.WORK)
    reading = read_workbooks([stage.inputs / "报名信息.xlsx"], workbook_kinds.PERSON, further=further)
    return _told(
        stage.do(
            lambda session, batch: import_trainees(
                session, reading, batch=batch, by=stage.by, options=Options(submit=True)
            )
        )
    )


def _reviews(stage: DemoStage) -> str:
    stage.day = datetime(2026, 6, 20, 1, tzinfo=UTC)
    path = stage.inputs / "审核意见.xlsx"
    rows = review_rows(stage.season, stage.do(_applications))
    write_rows(path, workbook_kinds.REVIEW, rows, year=stage.season.year)
    reading = read_workbooks([path], workbook_kinds.REVIEW)
    return _told(
        stage.do(lambda session, batch: decisions.import_reviews(session, reading, batch=batch, by=stage.by))
    )


def _close(stage: DemoStage) -> str:
    stage.day = datetime(2026, 7, 1, 1, tzinfo=UTC)
    moved = stage.do(lambda session, batch: stages.move_batch(session, batch, "close", by=stage.by))
    return str(moved["status_label"])


def _scores(stage: DemoStage) -> str:
    path = stage.inputs / "成绩.xlsx"
    rows = score_rows(stage.season, stage.do(_approved))
    write_rows(path, workbook_kinds.SCORE, rows, year=stage.season.year)
    reading = read_workbooks([path], workbook_kinds.SCORE)
    return _told(
        stage.do(lambda session, batch: scores.import_scores(session, reading, batch=batch, by=stage.by))
    )


def _lock(stage: DemoStage) -> str:
    locked = stage.do(lambda session, batch: stages.lock_batch(session, batch, by=stage.by))
    return f"考生 {locked['candidates']} 名"


def _run(stage: DemoStage) -> str:
    run = stage.do(lambda session, batch: admissions.run_admission(session, batch, by=stage.by))
    via = run["by_via"]
    return (
        f"录取 {run['admitted']} 名（第一志愿 {via.get('choice1', 0)}，第二志愿 {via.get('choice2', 0)}，"
        f"调剂 {via.get('adjust', 0)}），未录取 {run['not_admitted']} 名，空缺 {run['vacancies']} 个"
    )


def _commit(stage: DemoStage) -> str:
    stage.do(lambda session, batch: admissions.commit_run(session, batch, 1, by=stage.by))
    moved = stage.do(lambda session, batch: stages.publish_batch(session, batch, by=stage.by))
    return str(moved["status_label"])


def _finalize(stage: DemoStage) -> str:
    stage.day = datetime(2026, 7, 15, 1, tzinfo=UTC)
    final = stage.do(lambda session, batch: stages.finalize_batch(session, batch, by=stage.by))
    return f"已录取 {final['admitted']} 名"


def _rosters(stage: DemoStage) -> str:
    stage.rosters.mkdir()
    wanted = rosters.WantedRosters(stage.rosters)
    targets = stage.do(lambda session, batch: rosters.prepare_rosters(session, batch, wanted, by=stage.by))
    rosters.write_rosters(targets)
    return f"{len(targets)} 个基地的录取名单"


_STEPS: tuple[tuple[str, Callable[[DemoStage], str]], ...] = (
    ("生成工作簿", _workbooks),
    ("建立数据库", _database),
    ("导入培训基地", _bases),
    ("新建招收批次", _batch),
    ("导入招收计划", _plan),
    ("开放报名", _open),
    ("导入学员并提交报名", _trainees),
    ("导入基地审核意见", _reviews),
    ("结束报名", _close),
    ("导入考试成绩", _scores),
    ("锁定批次", _lock),
    ("计算录取（志愿优先，含调剂）", _run),
    ("确定拟录取并公示", _commit),
    ("正式录取", _finalize),
    ("导出录取名单", _rosters),
)


def _told(outcome: Imported) -> str:
    counts = outcome.counts
    done = counts.inserted + counts.updated
    refused = f"，未通过 {counts.rejected} 行" if counts.rejected else ""
    return f"{counts.rows} 行，导入 {done} 行{refused}"


def _applications(session: Session, batch: Batch) -> list[tuple[str, str]]:
    return _numbers(session, batch, "submitted")


def _approved(session: Session, batch: Batch) -> list[tuple[str, str]]:
    return _numbers(session, batch, "approved")


def _numbers(session: Session, batch: Batch, status: str) -> list[tuple[str, str]]:
    """Return (application number, ID number) of the batch's applications in `status`."""
    statement = (
        select(Application.application_no, Snapshot.id_number)
        .join(Snapshot, Snapshot.application_id == Application.id)
        .where(Application.batch_id == batch.id, Application.status == status)
    )
    return [(number, id_number) for number, id_number in session.execute(statement)]
