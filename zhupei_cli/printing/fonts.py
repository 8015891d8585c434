"""Fonts for printing: a configured folder first, then those of the extra `print`; what they cannot show."""

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zhupei_cli.errors import ZhupeiError

_SUFFIXES = (".otf", ".ttf", ".ttc", ".otc")
_FAMILY_NAMES = (16, 1)  # name records: typographic family, else family


@dataclass(frozen=True)
class FontSet:
    """The folders typst looks for fonts in, the preferred one first."""

    folders: tuple[Path, ...]

    @cached_property
    def _read(self) -> tuple[list[str], frozenset[int], list[Path]]:
        families: dict[str, None] = {}
        characters: set[int] = set()
        unreadable = []
        for path in (path for folder in self.folders for path in sorted(folder.rglob("*"))):
            if path.suffix.lower() not in _SUFFIXES or not path.is_file():
                continue
            try:
                for family, known in _faces(path):
                    families[family] = None
                    characters |= known
            except Exception:  # fontTools raises whatever a broken file leads it to; typst leaves it out
                unreadable.append(path)
        return list(families), frozenset(characters), unreadable

    @property
    def families(self) -> list[str]:
        """The names of the fonts, those of the configured folder first."""
        return self._read[0]

    @property
    def unreadable(self) -> list[Path]:
        """The files that are named like fonts and are none."""
        return self._read[2]

    def missing(self, text: str) -> list[str]:
        """Return the characters of `text` that no font has, each once: typst would print nothing there."""
        known = self._read[1]
        return [char for char in dict.fromkeys(text) if ord(char) not in known and not char.isspace()]


def find_fonts(configured: Path | None) -> FontSet:
    """Return the fonts to print with; E088 without the extra `print`, E001 when the folder is not there."""
    _require("typst", "fontTools")
    folders = []
    if configured is not None:
        if not configured.is_dir():
            raise ZhupeiError("E001", file=configured)
        folders.append(configured)
    bundled = _bundled()
    if bundled is not None:
        folders.append(bundled)
    fonts = FontSet(tuple(folders))
    if not fonts.families:
        raise ZhupeiError("E088", what="中文字体")
    return fonts


def _require(*modules: str) -> None:
    from importlib.util import find_spec

    for module in modules:
        if find_spec(module) is None:
            raise ZhupeiError("E088", what=f"打印组件 {module}")


def _bundled() -> Path | None:
    try:
        import pylopdf_fonts_zh_cn
    except ImportError:
        return None
    return Path(pylopdf_fonts_zh_cn.sans_path()).parent


def _faces(path: Path) -> list[tuple[str, Set[int]]]:
    """Return the family and the characters of each font of a file."""
    from fontTools.ttLib import TTCollection, TTFont

    kind = TTCollection if path.suffix.lower() in (".ttc", ".otc") else TTFont
    with path.open("rb") as file:
        opened = kind(file, lazy=True)
        return [
            (str(font["name"].getFirstDebugName(_FAMILY_NAMES)), set(font.getBestCmap() or ()))
            for font in getattr(opened, "fonts", (opened,))
        ]
