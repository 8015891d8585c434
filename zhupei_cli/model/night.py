"""What each night's report said at its head."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, UTCDateTime


class Night(Base):
    """The headline figures of a batch as the last report of a day (+08:00) had them, JSON: key → number."""

    __tablename__ = "night"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    figures: Mapped[str] = mapped_column(Text)
