"""The shared SQLAlchemy model: tables and constraints, without logic."""

from zhupei_cli.model.account import Account, Employer, TraineePhoto
from zhupei_cli.model.admission import Admission, Preplaced, Run, RunInput, RunRow
from zhupei_cli.model.application import Application, Choice, Review, Score, Snapshot
from zhupei_cli.model.base import CHUNK, Base
from zhupei_cli.model.batch import Batch, BatchSetting, Plan
from zhupei_cli.model.conduct import Bar, Objection
from zhupei_cli.model.events import Event, ImportRow, ImportRun
from zhupei_cli.model.exam import ExamGroup, ExamRoom, ExamSeat, ExamSite
from zhupei_cli.model.night import Night
from zhupei_cli.model.notice import Notice
from zhupei_cli.model.reference import Counter, Specialty, TrainingBase
from zhupei_cli.model.trainee import Education, Trainee, Work

__all__ = [
    "CHUNK",
    "Account",
    "Admission",
    "Application",
    "Bar",
    "Base",
    "Batch",
    "BatchSetting",
    "Choice",
    "Counter",
    "Education",
    "Employer",
    "Event",
    "ExamGroup",
    "ExamRoom",
    "ExamSeat",
    "ExamSite",
    "ImportRow",
    "ImportRun",
    "Night",
    "Notice",
    "Objection",
    "Plan",
    "Preplaced",
    "Review",
    "Run",
    "RunInput",
    "RunRow",
    "Score",
    "Snapshot",
    "Specialty",
    "Trainee",
    "TraineePhoto",
    "TrainingBase",
    "Work",
]
