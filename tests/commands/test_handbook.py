"""The handbook: its whole season is played, and every word it prints compared."""

import re
from pathlib import Path
from tempfile import gettempdir

from tests.handbook import HANDBOOK, REFERENCE, TOP, in_a_folder, reference, replayed


def test_the_transcripts_are_what_the_commands_print(home: Path) -> None:
    text = HANDBOOK.read_text("utf-8")
    with in_a_folder(home):
        found = [(step.line, step.command, step.output, output) for step, output in replayed(text)]
    assert len(found) > 40
    assert [one for one in found if one[2] != one[3]] == []


def test_the_reference_names_every_command() -> None:
    found = REFERENCE.search(HANDBOOK.read_text("utf-8"))
    assert found is not None
    assert found[2] == reference()


def test_nothing_in_the_handbook_is_whole_that_is_personal() -> None:
    text = HANDBOOK.read_text("utf-8")
    assert re.findall(r"410101\d{11}[\dX]", text) == []
    assert re.findall(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])", text) == []


def test_no_folder_of_this_machine() -> None:
    text = HANDBOOK.read_text("utf-8")
    assert [folder for folder in (Path.home(), Path(gettempdir()), TOP) if f"{folder}/" in text] == []
