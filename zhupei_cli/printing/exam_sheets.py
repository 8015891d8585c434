"""Papers of exam rooms as PDF: for the door (门贴), for each desk (桌贴), to sign in on (签到表)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.typesetting import typeset

ExamPaper = Literal["door", "desk", "sign"]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who sits at one seat; `id_number` is masked."""

    seat: int
    ticket: str
    name: str
    gender: str
    id_number: str
    specialty: str


@dataclass(frozen=True, slots=True)
class RoomSheet:
    """One room with who sits there; `grid`: see Room.

    A group of the second exam has a `label` that stands for its room, and a `time` of its own.
    """

    site: str
    address: str
    room: str
    people: Sequence[Desk]
    grid: Sequence[Sequence[int | None]]
    label: str = ""
    time: str = ""

    @property
    def text(self) -> str:
        """Every character of it but those of its people."""
        return f"{self.site}{self.address}{self.room}"


def render_sheets(
    paper: ExamPaper, rooms: Sequence[RoomSheet], *, batch: str, time: str, fonts: FontSet
) -> bytes:
    """Return the PDF of one kind of paper for these rooms. Raises E089 when typst cannot set it."""
    data = {"paper": paper, "batch": batch, "time": time, "rooms": [asdict(room) for room in rooms]}
    return typeset("exam_sheets.typ", data, fonts=fonts)
