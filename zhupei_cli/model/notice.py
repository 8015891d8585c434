"""Notices (通知): who was told what, when and by which way."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, Operator, UTCDateTime, one_of
from zhupei_cli.words.vocabulary import NOTICE_EVENT, NOTICE_STATE, NOTICE_WAY


class Notice(Base):
    """One thing that one person was told, or is being told.

    `occasion` is what the event was about (a decision, a seat, a deadline): the same event is told anew only
    when the last one was about something else. A row that is `sending` for long was interrupted: nobody knows
    whether the mail left. `recipient` and `content` are masked, and go when the person is erased.
    """

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    application_id: Mapped[int]
    event: Mapped[str] = mapped_column(String(16))
    occasion: Mapped[str] = mapped_column(String(100))
    way: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str | None] = mapped_column(String(100))
    content: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(String(500))
    told_by: Mapped[str] = mapped_column(Operator)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        ForeignKeyConstraint(["application_id", "batch_id"], ["application.id", "application.batch_id"]),
        UniqueConstraint("application_id", "event", "occasion"),
        one_of("event", NOTICE_EVENT.labels),
        one_of("way", NOTICE_WAY.labels),
        one_of("state", NOTICE_STATE.labels),
        Index(None, "batch_id", "event"),
    )
