"""Setting pages: a typst file of ours and its pictures go into a folder of their own, its data do not."""

import json
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.words.errors import ZhupeiError

#: Whose picture it is, its kind (image/jpeg or image/png) and its bytes.
Picture = tuple[int, str, bytes]

#: The ending typst knows a picture by.
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png"}
_PREFIX: Final = "zhupei-"
#: Seconds after which a folder is no running program's: printing takes minutes.
_OVER: Final = 6 * 3600


def _folder_of(files: Sequence[Path], root: Path) -> list[Path]:
    """Return a folder below `root` that holds `files`, which typst takes by the folder alone."""
    folder = root / "fonts"
    for number, file in enumerate(files):
        folder.mkdir(exist_ok=True)
        shutil.copyfile(file, folder / f"{number}{file.suffix}")
    return [folder] if files else []


def typeset(
    template: str, data: Mapping[str, object], *, fonts: FontSet, pictures: Iterable[Picture] = ()
) -> bytes:
    """Return the PDF that `template` makes of `data`; it finds the files of `pictures` by whose they are.

    They are written as they come, and all of them before anything is set. Raises E089 when typst cannot set
    it, for a broken picture.
    """
    import typst

    sweep_printings()
    with TemporaryDirectory(prefix=_PREFIX) as folder:  # mode 0700: photos are in it
        root, names = Path(folder), dict[int, str]()
        # First: by it a folder that a kill left is known.
        (root / template).write_bytes((files("zhupei_cli.printing") / template).read_bytes())
        for whose, mime, content in pictures:
            names[whose] = f"{whose}.{_ENDINGS[mime]}"
            (root / names[whose]).write_bytes(content)
        # Whole ID numbers are in the data: what never is on the disk is not left there by a kill.
        whole = json.dumps({**data, "families": fonts.families, "pictures": names}, ensure_ascii=False)
        try:
            pdf = typst.compile(
                root / template,
                root=root,
                font_paths=[*fonts.folders, *_folder_of(fonts.files, root)],
                ignore_system_fonts=True,
                sys_inputs={"data": whole},
                format="pdf",
                pdf_tags=False,
            )
        except typst.TypstError as error:
            raise ZhupeiError("E089", detail=error.message) from error
    assert isinstance(pdf, bytes)
    return pdf


def sweep_printings() -> None:
    """Remove what killed printings left in the temporary folder: photos, of earlier versions the data too."""
    for left in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody else's is theirs to remove
            if any(left.glob("*.typ")) and time.time() - left.stat().st_mtime > _OVER:
                shutil.rmtree(left)
