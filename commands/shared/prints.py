"""What the commands that print PDF share: --font, and the people whose characters no font has."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from zhupei_cli.settings import Settings
from zhupei_cli.words.errors import Fault

from .findings import as_json_rows, tell
from .options import F
from .output import FINDINGS, show_summary


def font_option(command: F) -> F:
    """Add --font; `more_fonts` are the files."""
    return click.option(
        "--font",
        "more_fonts",
        multiple=True,
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="另用这个字体文件印生僻字，可写多次",
    )(command)


def show_prints(
    settings: Settings,
    summary: Mapping[str, Any],
    sentence: str,
    refused: Sequence[tuple[str, Fault]],
    *,
    as_json: bool,
) -> None:
    """Say what was printed and who was left out; exit 3 when somebody was."""
    listed = [{"application_no": number, **one} for number, one in as_json_rows(refused)]
    show_summary(settings, {**summary, "refused": listed}, sentence, as_json=as_json)
    for number, fault in () if as_json else refused:
        tell(settings, fault, about=number)
    if refused:
        click.get_current_context().exit(FINDINGS)
