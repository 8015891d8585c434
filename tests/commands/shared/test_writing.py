"""What every command that writes takes: --dry-run, --json, --yes."""

from pathlib import Path

import click
import pytest

from tests.conftest import Run
from tests.outline import commands

#: What shows no data and yet writes nothing of the province's: what only looks, says or plays.
LOOKING = {"trainee password check", "demo", "completion", "help"}


def writing() -> dict[str, click.Command]:
    """Return the commands that do not only show data: what some write has a --format too."""
    found = {}
    for path, command in commands():
        options = {option for param in command.params for option in param.opts}
        if not isinstance(command, click.Group) and ("--dry-run" in options or "--format" not in options):
            found[" ".join(path)] = command
    return found


@pytest.mark.parametrize("option", ["--dry-run", "--json", "--yes", "-y", "-n"])
def test_every_writing_command_takes_it(option: str) -> None:
    lacking = {
        name
        for name, command in writing().items()
        if not any(option in param.opts for param in command.params)
    }
    assert lacking - LOOKING == set()


def test_yes_is_taken_where_nothing_is_asked(zhupei: Run) -> None:
    for name in writing().keys() - {"completion", "help"}:
        assert zhupei(*name.split(), "--yes", "--help").code == 0


@pytest.mark.sqlite
def test_a_trial_leaves_no_file(zhupei: Run, database: str, home: Path) -> None:
    before = sorted(home.iterdir())
    for line in ("base template", "trainee template", "batch plan template", "db backup b.sqlite"):
        ran = zhupei("--database", database, *line.split(), "-n")
        assert (ran.code, ran.err[:8]) == (0, "试做（不保存）：")
    assert sorted(home.iterdir()) == before
