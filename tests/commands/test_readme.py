"""README's season: typed as it stands there, on days before, after and far beyond its year."""

import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from zhupei_cli.shell.cli import cli

TOP = Path(__file__).parent.parent.parent
README = (TOP / "README.md").read_text("utf-8")


def season() -> list[str]:
    """Return the season's commands: a line each, what follows && on its own."""
    block = re.search(r"```sh\n(zhupei db init .*?)```", README, re.DOTALL)
    assert block is not None
    lines = [line.partition("#")[0].strip() for line in block[1].splitlines()]
    return [command.strip() for line in lines for command in line.split("&&")]


@pytest.mark.parametrize("day", ["2026-01-02", "2026-03-01", "2027-01-15", "2031-08-31", None])
def test_the_season_goes_through_on_any_day(home: Path, day: str | None) -> None:
    shutil.copytree(TOP / "samples", home / "samples")
    now = datetime.fromisoformat(f"{day} 02:00:00+00:00") if day else datetime.now(UTC).replace(microsecond=0)
    commands = season()
    assert len(commands) > 15
    for command in commands:
        program, *words = shlex.split(command)
        assert program == "zhupei"
        result = CliRunner().invoke(cli, words, obj=lambda: now)
        assert (command, result.exit_code, result.output) == (command, 0, result.output)
    assert len(list((home / "录取名单").iterdir())) == 3


def test_the_first_command_says_what_it_does() -> None:
    found = re.search(r"<!-- demo -->\n```sh\n(.*?)```", README, re.DOTALL)
    assert found is not None
    assert "--quiet" not in found[1]


def test_what_cmd_exe_must_understand_has_no_single_quotes() -> None:
    words = [line for line in README.splitlines() if "[print]" in line or "[pg]" in line]
    assert len(words) == 3
    assert [line for line in words if "'" in line] == []
