"""The exam of a batch (考务): sites and rooms, and who sits where with which ticket."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, Code, Name, between

#: The longest number on a ticket.
TICKET_LENGTH = 48


class ExamSite(Base):
    """A place where the exam of a batch is held (考点). `touched_by`: see Trainee."""

    __tablename__ = "exam_site"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    address: Mapped[str | None] = mapped_column(String(200))
    city: Mapped[str | None] = mapped_column(String(40))
    touched_by: Mapped[int]


class ExamRoom(Base):
    """A room of a site (考场) with its seats, numbered from 1; none when it is not used."""

    __tablename__ = "exam_room"

    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    site_code: Mapped[str] = mapped_column(Code, primary_key=True)
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    seats: Mapped[int] = mapped_column(SmallInteger)
    row_count: Mapped[int | None] = mapped_column(SmallInteger)
    column_count: Mapped[int | None] = mapped_column(SmallInteger)
    touched_by: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(["batch_id", "site_code"], ["exam_site.batch_id", "exam_site.code"]),
        between("seats", 0, 2_000),
        between("row_count", 1, 200),
        between("column_count", 1, 200),
    )


class ExamSeat(Base):
    """Who sits on which seat, with the number on the ticket (准考证号), which stays what it was.

    A seat beyond those its room has now is no seat any more: the next allotment moves who sits there.
    """

    __tablename__ = "exam_seat"

    application_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    batch_id: Mapped[int]
    site_code: Mapped[str] = mapped_column(Code)
    room_code: Mapped[str] = mapped_column(Code)
    seat: Mapped[int] = mapped_column(SmallInteger)
    ticket: Mapped[str] = mapped_column(String(TICKET_LENGTH))
    touched_by: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(["application_id", "batch_id"], ["application.id", "application.batch_id"]),
        ForeignKeyConstraint(
            ["batch_id", "site_code", "room_code"],
            ["exam_room.batch_id", "exam_room.site_code", "exam_room.code"],
        ),
        UniqueConstraint("batch_id", "site_code", "room_code", "seat"),
        UniqueConstraint("batch_id", "ticket"),
        between("seat", 1, 2_000),
    )


class ExamGroup(Base):
    """Who goes to which group of the second exam (复试), when and where. `touched_by`: see Trainee."""

    __tablename__ = "exam_group"

    application_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    batch_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    day: Mapped[str] = mapped_column(String(10))
    clock: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(200))
    touched_by: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(["application_id", "batch_id"], ["application.id", "application.batch_id"]),
        Index(None, "batch_id", "name"),
    )
