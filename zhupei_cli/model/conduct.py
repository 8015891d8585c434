"""What the province keeps beside applications: records of conduct (诚信记录), and objections (公示异议)."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, Name, Number, one_of
from zhupei_cli.words.vocabulary import BAR_KIND, BAR_STATE, OBJECTION_STATE

#: A day as ISO text: an import keeps what stood there as JSON.
_ISO = String(10)


class Bar(Base):
    """Why somebody may not apply, from when until when; without `until` for good.

    Known by the paper, not by the trainee: the list also names people who never registered here.
    `application_id` is what a bar that arose by itself arose from.
    """

    __tablename__ = "bar"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id_type: Mapped[str] = mapped_column(String(20))
    id_number: Mapped[str] = mapped_column(Number)
    name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(String(16))
    from_date: Mapped[str] = mapped_column(_ISO)
    until: Mapped[str | None] = mapped_column(_ISO)
    reason: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))

    __table_args__ = (
        UniqueConstraint("id_number", "id_type", "kind", "from_date"),
        one_of("kind", BAR_KIND.labels),
        one_of("state", BAR_STATE.labels),
        CheckConstraint("until IS NULL OR from_date <= until", name="dates"),
        Index(None, "application_id"),
    )


class Objection(Base):
    """An objection to what a batch published: about an application or a place; anonymous without `signed`."""

    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    base_code: Mapped[str | None] = mapped_column(ForeignKey("base.code"))
    specialty_code: Mapped[str | None] = mapped_column(ForeignKey("specialty.code"))
    signed: Mapped[str | None] = mapped_column(Name)
    content: Mapped[str] = mapped_column(String(2000))
    received_on: Mapped[str] = mapped_column(_ISO)
    assigned_to: Mapped[str | None] = mapped_column(Name)
    answer: Mapped[str | None] = mapped_column(String(2000))
    state: Mapped[str] = mapped_column(String(16))
    upheld: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        one_of("state", OBJECTION_STATE.labels),
        CheckConstraint("(state = 'closed') = (upheld IS NOT NULL)", name="closed"),
        CheckConstraint(
            "(application_id IS NOT NULL AND base_code IS NULL AND specialty_code IS NULL)"
            " OR (application_id IS NULL AND base_code IS NOT NULL AND specialty_code IS NOT NULL)",
            name="about",
        ),
        Index(None, "batch_id"),
        Index(None, "application_id"),
    )
