"""Setting pages: a typst file of ours, its data and its pictures go into a folder of their own."""

import json
import shutil
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.words.errors import ZhupeiError


def _folder_of(files: Sequence[Path], root: Path) -> list[Path]:
    """Return a folder below `root` that holds `files`, which typst takes by the folder alone."""
    folder = root / "fonts"
    for number, file in enumerate(files):
        folder.mkdir(exist_ok=True)
        shutil.copyfile(file, folder / f"{number}{file.suffix}")
    return [folder] if files else []


def typeset(
    template: str, data: Mapping[str, Any], *, fonts: FontSet, pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """Return the PDF that `template` makes of `data`; `pictures` are the files it names.

    Raises E089 when typst cannot set it, for a broken picture.
    """
    import typst

    with TemporaryDirectory(prefix="zhupei-") as folder:  # mode 0700: whole ID numbers are in it
        root = Path(folder)
        for name, content in (pictures or {}).items():
            (root / name).write_bytes(content)
        whole = {**data, "families": fonts.families}
        (root / "data.json").write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
        (root / template).write_bytes((files("zhupei_cli.printing") / template).read_bytes())
        try:
            pdf = typst.compile(
                root / template,
                root=root,
                font_paths=[*fonts.folders, *_folder_of(fonts.files, root)],
                ignore_system_fonts=True,
                format="pdf",
                pdf_tags=False,
            )
        except typst.TypstError as error:
            raise ZhupeiError("E089", detail=error.message) from error
    assert isinstance(pdf, bytes)
    return pdf
