"""The ticket of the exam (准考证) as PDF, one page a person, all in one run."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.typesetting import Picture, typeset

#: What stands on every ticket of a batch that has no rules of its own.
TICKET_RULES: Final = (
    "凭本准考证和有效身份证件原件参加考试，两证不全的不得入场。",
    "开考前 30 分钟凭证入场，按座位号就座，将证件放在桌面左上角；开考 15 分钟后不得入场。",
    "除规定的文具外，不得携带手机、手表、书籍资料和其他有存储、通信功能的物品入座。",
    "听从监考人员安排，不得交头接耳、传递物品；违纪、作弊的按有关规定处理，并记入诚信记录。",
    "考试结束信号发出后立即停止作答，经监考人员同意后方可离场，不得带走试卷和答题卡。",
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is one person's on their ticket, as texts."""

    number: str
    ticket: str
    name: str
    gender: str
    id_number: str
    specialty: str
    base: str
    site: str
    address: str
    room: str
    seat: str
    photo: int | None = None
    """Whose picture stands on it."""

    @property
    def text(self) -> str:
        """Every character of it, for asking the fonts."""
        return "".join(str(value) for value in _texts(self).values())


@dataclass(frozen=True, slots=True)
class Tickets:
    """Tickets with what is the same on all of them; `time`, `authority` and `contact` may be empty."""

    tickets: Sequence[Ticket]
    batch: str
    time: str
    rules: Sequence[str]
    authority: str
    contact: str

    @property
    def text(self) -> str:
        """The words that stand on each of them."""
        return "".join((self.batch, self.time, *self.rules, self.authority, self.contact))


def render_tickets(tickets: Tickets, photos: Iterable[Picture], *, fonts: FontSet) -> bytes:
    """Return the PDF of all tickets. Raises E089 when typst cannot set it, for a broken photo."""
    data = {
        "batch": tickets.batch,
        "time": tickets.time,
        "rules": list(tickets.rules),
        "authority": tickets.authority,
        "contact": tickets.contact,
        "tickets": [{**_texts(one), "photo": str(one.photo)} for one in tickets.tickets],
    }
    return typeset("ticket.typ", data, fonts=fonts, pictures=photos)


def _texts(one: Ticket) -> dict[str, str]:
    return {key: value for key, value in asdict(one).items() if key != "photo"}
