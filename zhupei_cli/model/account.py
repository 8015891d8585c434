"""What a person has beside the profile: an account, a photo; and the directory of employers (单位库)."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, Name, UTCDateTime, one_of
from zhupei_cli.words.vocabulary import BUSINESS, ROLE

#: The largest photo, in bytes. The column names its length: MySQL's plain BLOB ends at 65,535 bytes.
PHOTO_BYTES = 1_048_576


class Account(Base):
    """How a person logs in to a portal on this database. `failed_checks` counts wrong passwords in a row."""

    __tablename__ = "account"

    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"), primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(String(32), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    business: Mapped[str] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(16))
    failed_checks: Mapped[int] = mapped_column(SmallInteger)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (one_of("business", BUSINESS.labels), one_of("role", ROLE.labels))


class TraineePhoto(Base):
    """The photo of a person, as it was given; in a table of its own, so that lists never read it."""

    __tablename__ = "trainee_photo"

    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"), primary_key=True, autoincrement=False)
    mime: Mapped[str] = mapped_column(String(16))
    content: Mapped[bytes] = mapped_column(LargeBinary(PHOTO_BYTES))

    __table_args__ = (one_of("mime", ("image/jpeg", "image/png")),)


class Employer(Base):
    """An employer people may pick from; work entries keep its name and code, not its id."""

    __tablename__ = "employer"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Name, unique=True)
    uscc: Mapped[str | None] = mapped_column(String(18))
    level: Mapped[str | None] = mapped_column(String(40))
    city: Mapped[str | None] = mapped_column(String(40))
    is_medical: Mapped[bool | None]
    institution: Mapped[str | None] = mapped_column(String(40))
    affiliation: Mapped[str | None] = mapped_column(String(40))
