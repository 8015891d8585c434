"""A batch (招收批次), its settings and its plan (招收计划) with the counters of seats taken."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, Code, Name, UTCDateTime, between, one_of
from zhupei_cli.words.vocabulary import BatchStatus, Identity


class Batch(Base):
    """One recruitment of one year. A supplement round (补录) points at its parent."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(Name)
    year: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    apply_from: Mapped[datetime] = mapped_column(UTCDateTime)
    apply_until: Mapped[datetime] = mapped_column(UTCDateTime)
    review_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    publicity_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    checkin_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        one_of("status", BatchStatus),
        between("year", 2000, 2100),
        CheckConstraint("apply_from < apply_until", name="apply_dates"),
    )


class BatchSetting(Base):
    """One setting of a batch, as it was written: `weights`, `tie_keys`, `severity.social.degree` …"""

    __tablename__ = "batch_setting"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(500))


_TAKEN: Final = "taken_own + taken_entrusted + taken_social + taken_postgrad"


class Plan(Base):
    """A place (招收岗位): seats of one specialty at one base, limits per identity, and the seats taken.

    The counters are changed by whoever writes admissions, in the same transaction; the CHECKs make an
    over-full place impossible whatever the isolation level. `min_score` is in hundredths of a mark.

    `reserve_own` … are seats an identity comes first for; what it does not use is open to all.

    `ceded` are the seats that supplement rounds of the batch took over, `ceded_own` … how many of each
    identity those rounds may seat: with them the CHECKs hold over the batch and its rounds together.

    `capacity` is how many people the place can train at once, of all years; it has no say in admission.
    """

    __tablename__ = "plan"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True, autoincrement=False)
    base_code: Mapped[str] = mapped_column(ForeignKey("base.code"), primary_key=True)
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialty.code"), primary_key=True)
    quota: Mapped[int]
    min_score: Mapped[int | None]
    max_own: Mapped[int | None]
    max_entrusted: Mapped[int | None]
    max_social: Mapped[int | None]
    max_postgrad: Mapped[int | None]
    reserve_own: Mapped[int] = mapped_column(server_default=text("0"))
    reserve_entrusted: Mapped[int] = mapped_column(server_default=text("0"))
    reserve_social: Mapped[int] = mapped_column(server_default=text("0"))
    reserve_postgrad: Mapped[int] = mapped_column(server_default=text("0"))
    stopped: Mapped[bool]
    taken_own: Mapped[int]
    taken_entrusted: Mapped[int]
    taken_social: Mapped[int]
    taken_postgrad: Mapped[int] = mapped_column(server_default=text("0"))
    ceded: Mapped[int] = mapped_column(server_default=text("0"))
    ceded_own: Mapped[int] = mapped_column(server_default=text("0"))
    ceded_entrusted: Mapped[int] = mapped_column(server_default=text("0"))
    ceded_social: Mapped[int] = mapped_column(server_default=text("0"))
    ceded_postgrad: Mapped[int] = mapped_column(server_default=text("0"))
    capacity: Mapped[int | None]

    __table_args__ = (
        between("quota", 0, 100_000),
        between("min_score", 0, 10_000),
        between("capacity", 0, 100_000),
        CheckConstraint(f"{_TAKEN} <= quota", name="seats"),
        CheckConstraint(f"ceded >= 0 AND {_TAKEN} + ceded <= quota", name="ceded"),
        CheckConstraint(
            "reserve_own + reserve_entrusted + reserve_social + reserve_postgrad <= quota", name="reserves"
        ),
        *(
            CheckConstraint(
                f"reserve_{who} >= 0 AND (max_{who} IS NULL OR reserve_{who} <= max_{who})",
                name=f"reserve_{who}",
            )
            for who in Identity
        ),
        *(
            CheckConstraint(
                f"ceded_{who} >= 0 AND (max_{who} IS NULL OR taken_{who} + ceded_{who} <= max_{who})",
                name=f"ceded_{who}",
            )
            for who in Identity
        ),
        *(
            CheckConstraint(
                f"taken_{who} >= 0 AND (max_{who} IS NULL OR taken_{who} <= max_{who})", name=f"seats_{who}"
            )
            for who in Identity
        ),
        *(CheckConstraint(f"max_{who} >= 0", name=f"max_{who}") for who in Identity),
    )
