"""An application (报名) with its choices, the snapshots it was submitted with, its reviews and marks."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import (
    Base,
    BirthDate,
    Code,
    Day,
    Name,
    Number,
    Operator,
    UTCDateTime,
    between,
    one_of,
)
from zhupei_cli.words.vocabulary import ApplicationStatus, Decision, Identity


class Application(Base):
    """One person's application to one batch.

    `live_key` is `<batch id>:<trainee id>` while the application lives and NULL once it is withdrawn:
    a portable way to say "one live application per person and batch". `first_submitted_at` never
    changes (who had to mend a form loses no place); `submitted_on` is its day in +08:00, so that reports
    count days without the date functions of one database. `order_oriented` repeats what the snapshot says of
    the person, which admission must know of everybody. `touched_by`: see Trainee.
    """

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    application_no: Mapped[str] = mapped_column(String(48), unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    identity: Mapped[str] = mapped_column(String(16))
    source_type: Mapped[str] = mapped_column(String(40))
    train_years: Mapped[int] = mapped_column(SmallInteger)
    accept_adjust: Mapped[bool]
    status: Mapped[str] = mapped_column(String(16))
    live_key: Mapped[str | None] = mapped_column(String(48), unique=True)
    first_submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_on: Mapped[date | None]
    snapshot_version: Mapped[int | None] = mapped_column(SmallInteger)
    order_oriented: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    touched_by: Mapped[int]

    __table_args__ = (
        one_of("status", ApplicationStatus),
        one_of("identity", Identity),
        between("train_years", 1, 3),
        CheckConstraint("(status = 'withdrawn') = (live_key IS NULL)", name="live"),
        CheckConstraint(
            "status IN ('draft', 'withdrawn') OR (submitted_at IS NOT NULL AND snapshot_version IS NOT NULL)",
            name="submitted",
        ),
        # What admission rows point at: only an approved application can be admitted.
        UniqueConstraint("id", "status"),
        UniqueConstraint("id", "batch_id"),
        Index(None, "batch_id", "status"),
        Index(None, "trainee_id"),
    )


class Choice(Base):
    """One choice of an application: number 1 or 2, a place of the batch's plan."""

    __tablename__ = "choice"

    application_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    batch_id: Mapped[int]
    base_code: Mapped[str] = mapped_column(Code)
    specialty_code: Mapped[str] = mapped_column(Code)

    __table_args__ = (
        ForeignKeyConstraint(["application_id", "batch_id"], ["application.id", "application.batch_id"]),
        ForeignKeyConstraint(
            ["batch_id", "base_code", "specialty_code"],
            ["plan.batch_id", "plan.base_code", "plan.specialty_code"],
        ),
        UniqueConstraint("application_id", "base_code", "specialty_code"),
        between("number", 1, 9),
        Index(None, "batch_id", "base_code", "specialty_code"),
    )


class Snapshot(Base):
    """The profile as it was submitted: columns for what lists and rosters read, `content` for all (JSON)."""

    __tablename__ = "snapshot"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id"), primary_key=True, autoincrement=False
    )
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    id_type: Mapped[str] = mapped_column(String(20))
    id_number: Mapped[str] = mapped_column(Number)
    name: Mapped[str] = mapped_column(Name)
    gender: Mapped[str] = mapped_column(String(1))
    birth_date: Mapped[date] = mapped_column(BirthDate)
    level: Mapped[str] = mapped_column(String(2))
    school: Mapped[str] = mapped_column(Name)
    major: Mapped[str] = mapped_column(Name)
    degree: Mapped[str | None] = mapped_column(String(3))
    graduated_on: Mapped[date] = mapped_column(Day)
    content: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Review(Base):
    """One decision of a review, never overwritten. `base_code` NULL means that the province decided."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    decision: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(500))
    base_code: Mapped[str | None] = mapped_column(ForeignKey("base.code"))
    snapshot_version: Mapped[int] = mapped_column(SmallInteger)
    decided_by: Mapped[str] = mapped_column(Operator)
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        one_of("decision", Decision),
        # A CHECK lets NULL through: "reason <> ''" alone would accept a missing reason.
        CheckConstraint("decision = 'approve' OR (reason IS NOT NULL AND reason <> '')", name="reason"),
        Index(None, "application_id"),
    )


class Score(Base):
    """Marks in hundredths. `record` is '' for the common record, else the code of the base that owns it.

    A mark that is NULL was not given; `*_absent` says that the person did not sit this part (缺考).
    """

    __tablename__ = "score"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id"), primary_key=True, autoincrement=False
    )
    record: Mapped[str] = mapped_column(Code, primary_key=True)
    base_code: Mapped[str | None] = mapped_column(ForeignKey("base.code"))
    written: Mapped[int | None]
    skill: Mapped[int | None]
    interview: Mapped[int | None]
    written_absent: Mapped[bool]
    skill_absent: Mapped[bool]
    interview_absent: Mapped[bool]
    touched_by: Mapped[int]

    __table_args__ = (
        CheckConstraint(
            "(record = '' AND base_code IS NULL) OR (base_code IS NOT NULL AND record = base_code)",
            name="record",
        ),
        between("written", 0, 10_000),
        between("skill", 0, 10_000),
        between("interview", 0, 10_000),
        CheckConstraint("NOT written_absent OR written IS NULL", name="written_absent"),
        CheckConstraint("NOT skill_absent OR skill IS NULL", name="skill_absent"),
        CheckConstraint("NOT interview_absent OR interview IS NULL", name="interview_absent"),
    )
