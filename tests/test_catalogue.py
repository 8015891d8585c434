"""The catalogue holds what the program says, no more and no less."""

import re
import string
from pathlib import Path

import pytest

from zhupei_cli.words.catalogue import CATALOGUE

TOP = Path(__file__).parent.parent
FILES = [*TOP.glob("zhupei_cli/**/*.py"), *TOP.glob("commands/**/*.py")]
SOURCES = {path: path.read_text("utf-8") for path in FILES if path.name != "catalogue.py"}


def test_every_code_is_said_somewhere_and_no_other() -> None:
    said = {code for text in SOURCES.values() for code in re.findall(r'"(E\d{3})"', text)}
    assert said == set(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_an_entry_says_what_how_and_why(code: str) -> None:
    entry = CATALOGUE[code]
    assert entry.exit in (1, 2, 3, 4, 5, 6, 130)
    assert all((entry.message, entry.hint, entry.cause))
    for text in (entry.message, entry.hint):
        assert not text.endswith(("。", "；")), "sentences are joined by what prints them"
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(text))


def test_codes_stand_in_order() -> None:
    assert list(CATALOGUE) == sorted(CATALOGUE)
