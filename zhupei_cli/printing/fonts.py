"""Fonts for printing: a configured folder, those of the extra `print`, then files asked for by name."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhupei_cli.words.errors import ZhupeiError

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont


_SUFFIXES: Final = (".otf", ".ttf", ".ttc", ".otc")
_FAMILY_NAMES: Final = (16, 1)  # name records: typographic family, else family
#: The packages of the extra: what pages are set in, then one with the characters of Ext-A and Ext-B.
_PACKAGES: Final = ("pylopdf_fonts_zh_cn", "noto_cjk_sans_otc")
#: Names of fonts drawn for other places: the same character has another shape there.
_ELSEWHERE: Final = re.compile(
    r"\b(?:JP|KR|K|TC|TW|HK|MO|CL)\b|Mincho|明朝|ゴシック|^Source Han (?:Sans|Serif)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Face:
    """The font of a file: the family it is called by, whether its shapes are another place's, what it has."""

    family: str
    elsewhere: bool
    characters: Set[int]


@dataclass(frozen=True)
class FontSet:
    """The folders and single files typst looks for fonts in, the preferred ones first."""

    folders: tuple[Path, ...]
    files: tuple[Path, ...] = ()

    @cached_property
    def _read(self) -> tuple[list[Face], list[Path]]:
        faces: list[Face] = []
        unreadable = []
        for path in self._paths():
            try:
                faces.append(_face(path))
            except Exception:  # fontTools raises whatever a broken file leads it to; typst leaves it out
                unreadable.append(path)
        return sorted(faces, key=lambda face: face.elsewhere), unreadable

    def _paths(self) -> Iterator[Path]:
        for path in (path for folder in self.folders for path in sorted(folder.rglob("*"))):
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                yield path
        yield from self.files

    @cached_property
    def families(self) -> list[str]:
        """The names of the fonts, those of the configured folder first, those of other places last."""
        return list(dict.fromkeys(face.family for face in self._read[0]))

    @property
    def unreadable(self) -> list[Path]:
        """The files that are named like fonts and are none."""
        return self._read[1]

    @cached_property
    def _characters(self) -> frozenset[int]:
        return frozenset().union(*(face.characters for face in self._read[0]))

    def missing(self, text: str) -> list[str]:
        """Return the characters of `text` that no font has, each once: typst would print nothing there."""
        known = self._characters
        return [char for char in dict.fromkeys(text) if ord(char) not in known and not char.isspace()]


def find_fonts(configured: Path | None, more: Sequence[Path] = ()) -> FontSet:
    """Return the fonts to print with; `more` are files for the characters the others lack.

    Raises E088 without the extra `print`, E001 when the folder or a file is not there, E331 for a file
    that is no font.
    """
    _require("typst", "fontTools")
    folders = []
    if configured is not None:
        if not configured.is_dir():
            raise ZhupeiError("E001", file=configured)
        folders.append(configured)
    folders += _bundled()
    for file in more:
        if not file.is_file():
            raise ZhupeiError("E001", file=file)
    fonts = FontSet(tuple(folders), tuple(more))
    for file in more:
        if file in fonts.unreadable:
            raise ZhupeiError("E331", file=file)
    if not fonts.families:
        raise ZhupeiError("E088", what="中文字体")
    return fonts


def _require(*modules: str) -> None:
    from importlib.util import find_spec

    for module in modules:
        if find_spec(module) is None:
            raise ZhupeiError("E088", what=f"打印组件 {module}")


def _bundled() -> list[Path]:
    from importlib.util import find_spec

    return [
        Path(str(import_module(package).__file__)).parent
        for package in _PACKAGES
        if find_spec(package) is not None
    ]


def _face(path: Path) -> Face:
    """Return the font of a file; of a collection, which holds one for every place, ours."""
    from fontTools.ttLib import TTCollection, TTFont

    with path.open("rb") as file:
        # By what it holds, not by its name: a collection may be called .otf.
        many = file.read(4) == b"ttcf"
        file.seek(0)
        opened = (TTCollection if many else TTFont)(file, lazy=True)
        fonts = {_family(font): font for font in getattr(opened, "fonts", (opened,))}
        family = min(fonts, key=_is_elsewhere)
        return Face(family, _is_elsewhere(family), frozenset(fonts[family].getBestCmap() or ()))


def _family(font: "TTFont") -> str:
    return str(font["name"].getFirstDebugName(_FAMILY_NAMES))


def _is_elsewhere(family: str) -> bool:
    return _ELSEWHERE.search(family) is not None
