"""The letter of admission (录取通知书) as PDF or .docx, one page a person, all in one run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.typesetting import typeset

if TYPE_CHECKING:
    from segno import QRCode

#: What the page asks whoever comes to do.
BRING: Final = (
    "请持本通知书、本人有效身份证件和学历、学位证书原件，按时到培训基地报到。"
    "逾期不报到又未说明理由的，视为自动放弃录取资格。"
)
#: Where nothing is set.
AS_TOLD: Final = "以培训基地通知为准"
#: One of the patterns codes may have: to try all eight takes twice as long, and cameras read each.
_MASK: Final = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """What is one person's on their letter, as texts; `letter_no` (文号) may be empty.

    `code` is what a camera reads, see letter_codes.
    """

    number: str
    name: str
    id_number: str
    base: str
    specialty: str
    years: str
    letter_no: str
    code: str

    @property
    def text(self) -> str:
        """Every character of it, for asking the fonts."""
        return "".join(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters with what is the same on all of them; from `until` on all may be empty."""

    letters: Sequence[Letter]
    batch: str
    year: int
    made_on: str
    until: str
    place: str
    contact: str
    authority: str

    @property
    def text(self) -> str:
        """The words people chose that stand on each of them."""
        return "".join((self.batch, self.place, self.contact, self.authority))


def render_letters(letters: Letters, *, fonts: FontSet) -> bytes:
    """Return the PDF of all letters. Raises E089 when typst cannot set it."""
    pages = [{**asdict(one), "code": qr_code(one.code).svg_inline(border=0)} for one in letters.letters]
    data = {**asdict(letters), "letters": pages, "bring": BRING, "as_told": AS_TOLD}
    return typeset("letter.typ", data, fonts=fonts)


def qr_code(text: str) -> "QRCode":
    """Return a text as a code for cameras; a seventh of it may be dirty."""
    import segno

    return segno.make_qr(text, error="m", mask=_MASK, boost_error=False)
