"""The 报名表 as PDF: data and photos go into a folder of their own, typst sets all pages in one run."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from zhupei_cli.display import display_width
from zhupei_cli.errors import ZhupeiError
from zhupei_cli.printing.fonts import FontSet

Pair = tuple[str, str]

#: The ending typst knows a picture by.
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png"}

#: Entries a page surely holds, and characters that surely need no more than two lines of a cell.
_ROOMY: Final = 4
_LONG: Final = 40


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
    photo: tuple[str, bytes] | None = None
    """(mime, content)"""


def missing_characters(pages: Sequence[FormPage], fonts: FontSet) -> list[tuple[FormPage, list[str]]]:
    """Return the pages with characters the fonts cannot show, and these characters."""
    found = ((page, fonts.missing(json.dumps(_as_dict(page), ensure_ascii=False))) for page in pages)
    return [(page, characters) for page, characters in found if characters]


def render_forms(pages: Sequence[FormPage], *, title: str, contact: str, fonts: FontSet) -> bytes:
    """Return the PDF of all pages. Raises E089 when typst cannot set it, for a broken photo."""
    import typst

    with TemporaryDirectory(prefix="zhupei-") as folder:  # mode 0700: whole ID numbers are in it
        root = Path(folder)
        _write_inputs(root, pages, title=title, contact=contact, families=fonts.families)
        try:
            pdf = typst.compile(
                root / "form.typ",
                root=root,
                font_paths=list(fonts.folders),
                ignore_system_fonts=True,
                format="pdf",
                pdf_tags=False,
            )
        except typst.TypstError as error:
            raise ZhupeiError("E089", detail=error.message) from error
    assert isinstance(pdf, bytes)
    return pdf


def _write_inputs(
    root: Path, pages: Sequence[FormPage], *, title: str, contact: str, families: Sequence[str]
) -> None:
    forms = []
    for page in pages:
        photo = None
        if page.photo is not None:
            mime, content = page.photo
            photo = f"{page.number}.{_ENDINGS[mime]}"
            (root / photo).write_bytes(content)
        forms.append({**_as_dict(page), "photo": photo, "dense": _is_dense(page)})
    data = {"title": title, "contact": contact, "families": list(families), "forms": forms}
    (root / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    (root / "form.typ").write_bytes((files("zhupei_cli.printing") / "form.typ").read_bytes())


def _as_dict(page: FormPage) -> dict[str, object]:
    return {key: value for key, value in asdict(page).items() if key != "photo"}


def _is_dense(page: FormPage) -> bool:
    """Return whether the page may be too full: measuring every page would double the time."""
    entries = (*page.educations, *page.works)
    pairs = (*page.basic, *page.contact, *page.application, *page.choices)
    texts = [*(word for entry in entries for word in entry), *(word for _, word in pairs)]
    return len(entries) > _ROOMY or any(display_width(word) > _LONG for word in (page.address, *texts))
