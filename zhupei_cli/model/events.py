"""What happened: events in a chain, and imports with the rows they touched."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, Digest, Operator, UTCDateTime, one_of


class Event(Base):
    """One change, with who, when, what, before, after and reason. Never updated, never deleted.

    Each row's `hash` covers its own fields and the `hash` before it. Bulk changes are one event per
    chunk of rows, whose `data` names them and carries their SHA-256.
    """

    __tablename__ = "event"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    who: Mapped[str] = mapped_column(Operator)
    action: Mapped[str] = mapped_column(String(48))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    subject: Mapped[str] = mapped_column(String(100))
    before: Mapped[str | None] = mapped_column(String(500))
    after: Mapped[str | None] = mapped_column(String(500))
    reason: Mapped[str | None] = mapped_column(String(500))
    data: Mapped[str | None] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Digest)

    __table_args__ = (Index(None, "batch_id", "subject"),)


class ImportRun(Base):
    """One import call. `files` is a JSON list of name, sha256 and rows."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    files: Mapped[str] = mapped_column(Text)
    inserted: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    rejected: Mapped[int]
    warned: Mapped[int]
    made_by: Mapped[str] = mapped_column(Operator)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    event_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ImportRow(Base):
    """What one import did to one row of a table, and what stood there before (JSON): enough to undo it.

    New trainees and applications whose ids follow each other are one: their `key` is `first-last`.
    """

    __tablename__ = "import_row"

    import_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entity: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    action: Mapped[str] = mapped_column(String(16))
    before: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(["import_id"], ["import_run.id"]),
        one_of("action", ("inserted", "updated")),
    )
