"""The letter of admission (录取通知书) as PDF, one page a person, all set by typst in one run."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.printing.fonts import FontSet


@dataclass(frozen=True, slots=True)
class Letter:
    """What is one person's on their letter, as texts."""

    number: str
    name: str
    id_number: str
    base: str
    specialty: str
    years: str


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters with what is the same on all of them; `until` and `contact` may be empty."""

    letters: Sequence[Letter]
    batch: str
    year: int
    until: str
    contact: str
    made_on: str


def missing_characters(letters: Letters, fonts: FontSet) -> list[tuple[Letter, list[str]]]:
    """Return the letters with characters the fonts cannot show, and these characters."""
    found = ((one, fonts.missing("".join(asdict(one).values()))) for one in letters.letters)
    return [(one, characters) for one, characters in found if characters]


def render_letters(letters: Letters, *, fonts: FontSet) -> bytes:
    """Return the PDF of all letters. Raises E089 when typst cannot set it."""
    import typst

    with TemporaryDirectory(prefix="zhupei-") as folder:  # mode 0700: whole ID numbers are in it
        root = Path(folder)
        data = {**asdict(letters), "families": fonts.families}
        (root / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        (root / "letter.typ").write_bytes((files("zhupei_cli.printing") / "letter.typ").read_bytes())
        try:
            pdf = typst.compile(
                root / "letter.typ",
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
