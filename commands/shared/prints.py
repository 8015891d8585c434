"""What the commands that print PDF share: --font, and the people whose characters no font has."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from zhupei_cli.printing.typesetting import Picture
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.people.photo_intake import stored_photos
from zhupei_cli.shell.arguments import FileName
from zhupei_cli.store.engine import reading
from zhupei_cli.words.errors import Fault

from .findings import as_json_rows, tell
from .options import F
from .output import Row
from .writing import Deed


def font_option(command: F) -> F:
    """Add --font; `more_fonts` are the files."""
    return click.option(
        "--font",
        "more_fonts",
        multiple=True,
        metavar="FILE",
        type=FileName(),
        help="另用这个字体文件印生僻字，可写多次",
    )(command)


#: What looks like the ending of a file's name, and not like 名单.2026.
_ENDING: Final = re.compile(r"\.[A-Za-z]{2,5}")


def kind_of_file(target: Path, kinds: Sequence[str]) -> str:
    """Return which of `kinds` a file is by its ending, "" for a folder; a usage error for another ending.

    A folder of that name would be made otherwise.
    """
    kind = target.suffix.lower().removeprefix(".")
    if kind in kinds:
        return kind
    if _ENDING.fullmatch(target.suffix) and not target.is_dir():
        known = "、".join(f".{one}" for one in kinds)
        words = f"文件名 {target.name!r} 应以 {known} 结尾，或写文件夹。"
        raise click.UsageError(words, click.get_current_context())
    require_folder(target)
    return ""


def require_folder(target: Path) -> None:
    """Refuse the name of a file where a folder is to be filled."""
    if target.exists() and not target.is_dir():
        raise click.UsageError(f"{target} 是文件，这里请写文件夹。", click.get_current_context())


def stored_pictures(deed: Deed, whose: Iterable[int | None]) -> Iterator[Picture]:
    """Yield the photos of people, None for nobody, a few in memory at once.

    Nobody waits for it, and the database is left once they are through: to set the pages takes minutes.
    """
    if ids := sorted({id_ for id_ in whose if id_ is not None}):
        with reading(deed.settings.database_url) as session:
            for id_, photo in stored_photos(session, ids):
                yield id_, photo.mime, photo.content


def show_prints(
    deed: Deed,
    summary: Row,
    sentence: str,
    refused: Sequence[tuple[str, Fault]],
    doubts: Sequence[Finding] = (),
) -> None:
    """Say what was printed, what it lacks and who was left out; exit 3 when somebody was."""
    listed = [{"application_no": number, **one} for number, one in as_json_rows(refused)]
    told = {**summary, "refused": listed}
    if doubts:
        told["doubts"] = [one._asdict() for one in doubts]
    deed.tell(told, sentence)
    for doubt in () if deed.as_json else doubts:
        deed.note(f"提醒 [{doubt.code}]：{doubt.message}")
    for number, fault in () if deed.as_json else refused:
        tell(deed.settings, fault, about=number)
    deed.end(found=bool(refused))
