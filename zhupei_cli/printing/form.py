"""The 报名表 as PDF: all pages in one run."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from zhupei_cli.display import display_width
from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.typesetting import Picture, typeset

Pair = tuple[str, str]

#: Entries and further lines a page surely holds, and characters that surely need no more than two lines of
#: a cell; of the choices everybody has three lines.
_ROOMY: Final = 4
_LONG: Final = 40
_CHOICES: Final = 3


@dataclass(frozen=True, slots=True)
class Decided:
    """How a review ended: the `box` to tick (approve, reject, return), why, by whom, on which day."""

    box: str
    reason: str
    who: str
    day: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """What one page says, as texts ready to print; `watermark` goes across the page unless empty."""

    number: str
    name: str
    status_line: str
    watermark: str
    basic: Sequence[Pair]
    contact: Sequence[Pair]
    address: str
    educations: Sequence[Sequence[str]]
    works: Sequence[Sequence[str]]
    application: Sequence[Pair]
    choices: Sequence[Pair]
    photo: int | None = None
    """Whose picture stands on it."""
    decision: Decided | None = None

    @property
    def text(self) -> str:
        """Every character of it, for asking the fonts."""
        return json.dumps(_as_dict(self), ensure_ascii=False)


def render_forms(
    pages: Sequence[FormPage], photos: Iterable[Picture], *, title: str, contact: str, fonts: FontSet
) -> bytes:
    """Return the PDF of all pages. Raises E089 when typst cannot set it, for a broken photo."""
    forms = [{**_as_dict(page), "photo": str(page.photo), "dense": _is_dense(page)} for page in pages]
    data = {"title": title, "contact": contact, "forms": forms}
    return typeset("form.typ", data, fonts=fonts, pictures=photos)


def _as_dict(page: FormPage) -> dict[str, object]:
    return {key: value for key, value in asdict(page).items() if key != "photo"}


def _is_dense(page: FormPage) -> bool:
    """Return whether the page may be too full: measuring every page would double the time."""
    entries = (*page.educations, *page.works)
    pairs = (*page.basic, *page.contact, *page.application, *page.choices)
    texts = [*(word for entry in entries for word in entry), *(word for _, word in pairs)]
    lines = len(entries) + max(0, len(page.choices) - _CHOICES)
    return lines > _ROOMY or any(display_width(word) > _LONG for word in (page.address, *texts))
