"""Admission runs with their inputs and rows, and the admissions they lead to.

Admission stands apart from the application, so that nothing of it can show before publication.
"""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, Code, Digest, Name, Operator, UTCDateTime, one_of
from zhupei_cli.words.vocabulary import AdmissionStatus, Identity, Outcome, Rule


class Run(Base):
    """One computation of admission, numbered within its batch."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    number: Mapped[int]
    rule: Mapped[str] = mapped_column(String(16))
    round: Mapped[str] = mapped_column(String(16))
    adjust: Mapped[bool]
    candidates: Mapped[int]
    admitted: Mapped[int]
    vacancies: Mapped[int]
    inputs_sha256: Mapped[str] = mapped_column(Digest)
    results_sha256: Mapped[str] = mapped_column(Digest)
    made_by: Mapped[str] = mapped_column(Operator)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    committed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        one_of("rule", Rule),
        one_of("round", ("main", "adjust", "refill")),
    )


class RunInput(Base):
    """A piece of a run's canonical inputs; the pieces in order are the text whose SHA-256 the run carries."""

    __tablename__ = "run_input"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)


class RunRow(Base):
    """What a run found for one candidate. `total` is in hundredths."""

    __tablename__ = "run_row"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True, autoincrement=False)
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id"), primary_key=True, autoincrement=False
    )
    outcome: Mapped[str] = mapped_column(String(16))
    base_code: Mapped[str | None] = mapped_column(Code)
    specialty_code: Mapped[str | None] = mapped_column(Code)
    via: Mapped[str | None] = mapped_column(String(16))
    total: Mapped[int | None]
    rank: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(16))

    __table_args__ = (
        one_of("outcome", Outcome),
        CheckConstraint(
            "(outcome = 'admitted' AND base_code IS NOT NULL AND specialty_code IS NOT NULL"
            " AND via IS NOT NULL AND total IS NOT NULL AND reason IS NULL)"
            " OR (outcome = 'not_admitted' AND base_code IS NULL AND specialty_code IS NULL"
            " AND via IS NULL AND reason IS NOT NULL)",
            name="whole",
        ),
        # An import is taken back by deleting its applications: each asks whether a run names it.
        Index(None, "application_id"),
    )


class Preplaced(Base):
    """What is known of a seat taken before any run (专硕安排): the university in charge and the tutor."""

    __tablename__ = "preplaced"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("admission.application_id"), primary_key=True, autoincrement=False
    )
    university: Mapped[str | None] = mapped_column(Name)
    tutor: Mapped[str | None] = mapped_column(Name)


class Admission(Base):
    """Where an approved application stands in admission.

    `application_status` is always 'approved' and part of a foreign key: an application cannot be
    admitted without being approved, nor lose its approval while this row exists. `live_key` is
    `<year>:<trainee id>` while the person holds a seat, else NULL.
    """

    __tablename__ = "admission"

    application_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    application_status: Mapped[str] = mapped_column(String(16))
    batch_id: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    live_key: Mapped[str | None] = mapped_column(String(48), unique=True)
    identity: Mapped[str] = mapped_column(String(16))
    base_code: Mapped[str | None] = mapped_column(Code)
    specialty_code: Mapped[str | None] = mapped_column(Code)
    via: Mapped[str | None] = mapped_column(String(16))
    total: Mapped[int | None]
    rank: Mapped[int | None]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        ForeignKeyConstraint(
            ["application_id", "application_status"], ["application.id", "application.status"]
        ),
        ForeignKeyConstraint(["application_id", "batch_id"], ["application.id", "application.batch_id"]),
        ForeignKeyConstraint(
            ["batch_id", "base_code", "specialty_code"],
            ["plan.batch_id", "plan.base_code", "plan.specialty_code"],
        ),
        CheckConstraint("application_status = 'approved'", name="approved"),
        one_of("status", AdmissionStatus),
        one_of("identity", Identity),
        CheckConstraint(
            "(status IN ('proposed', 'admitted', 'reported')) = (live_key IS NOT NULL)", name="live"
        ),
        CheckConstraint(
            "status = 'not_admitted' OR (base_code IS NOT NULL AND specialty_code IS NOT NULL)", name="place"
        ),
        Index(None, "batch_id", "base_code", "specialty_code"),
    )
