"""Reference data the province keeps: specialties, training bases; and the counters ids come from."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from zhupei_cli.model.base import Base, Code, Name, one_of


class Counter(Base):
    """The last number taken from a sequence: `trainee`, `application`, `application_no:<batch id>` …"""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class Specialty(Base):
    """A specialty of the catalogue, e.g. 0100 内科."""

    __tablename__ = "specialty"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    category: Mapped[str | None] = mapped_column(String(20))
    is_shortage: Mapped[bool]
    aliases: Mapped[str] = mapped_column(String(500))  # names separated by |


class TrainingBase(Base):
    """A hospital that is a training base. `city` is the prefecture's GB/T 2260 code where it is known.

    One that `is_joint` (协同单位) trains for its main base, `main_code`.
    """

    __tablename__ = "base"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    aliases: Mapped[str] = mapped_column(String(500))
    level: Mapped[str | None] = mapped_column(String(40))
    city: Mapped[str] = mapped_column(String(40))
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    contact_name: Mapped[str | None] = mapped_column(Name)
    contact_phone: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(16))
    main_code: Mapped[str | None] = mapped_column(Code)
    is_joint: Mapped[bool | None]
    institution: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (one_of("status", ("enabled", "disabled")),)
