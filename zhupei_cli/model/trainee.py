"""A trainee (学员): basic and contact information, qualification, education and work entries."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, BirthDate, Day, Name, Number, UTCDateTime, one_of


class Trainee(Base):
    """A person, known by (id_type, id_number). Codes are GB/T codes of the vocabulary.

    `touched_by` is the number of the last event that wrote the row or its entries: an import can be
    taken back while it still names that import.
    """

    __tablename__ = "trainee"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id_type: Mapped[str] = mapped_column(String(20))
    id_number: Mapped[str] = mapped_column(Number)
    name: Mapped[str] = mapped_column(Name)
    gender: Mapped[str | None] = mapped_column(String(1))
    birth_date: Mapped[date | None] = mapped_column(BirthDate)
    ethnicity: Mapped[str | None] = mapped_column(String(2))
    political_status: Mapped[str | None] = mapped_column(String(2))
    marital_status: Mapped[str | None] = mapped_column(String(2))
    origin_province: Mapped[str | None] = mapped_column(String(40))
    mobile: Mapped[str | None] = mapped_column(Number)
    email: Mapped[str | None] = mapped_column(Name)
    address: Mapped[str | None] = mapped_column(String(200))
    emergency_name: Mapped[str | None] = mapped_column(Name)
    emergency_phone: Mapped[str | None] = mapped_column(Number)
    licence_passed: Mapped[bool | None]
    licence_no: Mapped[str | None] = mapped_column(Number)
    has_employer: Mapped[bool | None]
    order_oriented: Mapped[bool | None]
    order_county: Mapped[str | None] = mapped_column(Name)
    #: As it was written: it need not be a base of ours.
    order_base: Mapped[str | None] = mapped_column(Name)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    touched_by: Mapped[int]

    __table_args__ = (UniqueConstraint("id_number", "id_type"),)


class Education(Base):
    """One education entry of a trainee; the highest level, the latest of these, is what rules look at."""

    __tablename__ = "education"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    level: Mapped[str] = mapped_column(String(2))
    school: Mapped[str] = mapped_column(Name)
    major: Mapped[str | None] = mapped_column(Name)
    graduated_on: Mapped[date | None] = mapped_column(Day)
    full_time: Mapped[bool | None]
    degree: Mapped[str | None] = mapped_column(String(3))
    degree_type: Mapped[str | None] = mapped_column(String(16))
    diploma_no: Mapped[str | None] = mapped_column(Number)
    degree_no: Mapped[str | None] = mapped_column(Number)
    is_fresh: Mapped[bool | None]

    __table_args__ = (
        UniqueConstraint("trainee_id", "level", "school"),
        one_of("degree_type", ("professional", "academic")),
    )


class Work(Base):
    """One work entry of a trainee; an entry without `to_date` is the current employer."""

    __tablename__ = "work"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    employer_name: Mapped[str] = mapped_column(Name)
    employer_uscc: Mapped[str | None] = mapped_column(String(18))
    department: Mapped[str | None] = mapped_column(Name)
    position: Mapped[str | None] = mapped_column(Name)
    from_date: Mapped[date | None] = mapped_column(Day)
    to_date: Mapped[date | None] = mapped_column(Day)

    __table_args__ = (Index(None, "trainee_id"),)
