"""Picture files of a folder or a ZIP: found with nothing unpacked to the disk, looked at one by one."""

import os
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from zhupei_cli.model.account import PHOTO_BYTES
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.services.people.photos import Photo, require_whole_photos
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import HYPHENS

if TYPE_CHECKING:
    from PIL.Image import Image


#: Files that a photo import looks at; a season has a tenth of them.
MAX_FILES: Final = 200_000
#: A file that is larger is not looked at: telephones make no larger ones.
_READ: Final = 32 << 20
#: Bytes that all files of a ZIP may have, or so many times its own size: pictures hardly shrink.
_UNPACKED: Final = 256 << 20
_RATIO: Final = 10
#: Pixels that a picture may have before it is decoded: a bomb is small on the disk.
_PIXELS: Final = 64_000_000
_TOO_MANY: Final = f"像素太多，最多 {_PIXELS // 10_000} 万"
_MIMES: Final = {"JPEG": "image/jpeg", "PNG": "image/png"}
#: What systems put beside the files of people.
_OTHERS: Final = ("thumbs.db", "desktop.ini")
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HEIC: Final = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc")
_ENCRYPTED: Final = 1
_UTF8: Final = 0x800
_ORIENTATION: Final = 274


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A file that may be a photo: its name for people, and what reads its content."""

    name: str
    read: Callable[[], bytes]
    #: Why it is not even read.
    fault: Fault | None = None

    @property
    def stem(self) -> str:
        """The file's name without folder and ending, in half-width characters, every dash a hyphen."""
        name = unicodedata.normalize("NFKC", self.name.translate(HYPHENS))
        return PurePosixPath(name).stem


@contextmanager
def photo_files(source: Path) -> Iterator[list[PhotoFile]]:
    """Yield the files of a folder or a ZIP, which stays open meanwhile, by name.

    A picture by itself is one file. Raises E001 when there is none, E755 for what is none of these, or a ZIP
    that is damaged, or has more files than any season. Symbolic links and names that lead out of the ZIP are
    in it with their fault (E754).
    """
    if not source.exists():
        raise ZhupeiError("E001", file=masked_text(str(source)))
    if source.is_dir():
        yield _limited(source, sorted(_in_folder(source), key=lambda one: one.name))
        return
    if source.is_file() and _read_head(source).startswith(_PICTURES):
        yield [PhotoFile(source.name, lambda: _read(source))]
        return
    try:
        with zipfile.ZipFile(source) as package:
            _refuse_document(source, package)
            _refuse_bomb(source, package)
            found = [_in_package(package, info) for info in package.infolist() if not info.is_dir()]
            yield _limited(source, sorted(filter(_is_wanted, found), key=lambda one: one.name))
    except zipfile.BadZipFile as error:
        raise ZhupeiError(
            "E755", file=masked_text(source.name), problem="不是文件夹，也不是完好的 ZIP"
        ) from error


def _read_head(source: Path) -> bytes:
    with source.open("rb") as file:
        return file.read(16)


def _refuse_document(source: Path, package: zipfile.ZipFile) -> None:
    """Raise E755 for an office document, which is a ZIP too."""
    names = {info.filename for info in package.infolist()}
    if not names & {"[Content_Types].xml", "mimetype"}:
        return
    kinds = {"xl/": "Excel 工作簿", "word/": "Word 文档", "ppt/": "演示文稿"}
    known = (what for folder, what in kinds.items() if any(name.startswith(folder) for name in names))
    raise ZhupeiError(
        "E755", file=masked_text(source.name), problem=f"是 {next(known, '文档')}，不是照片的 ZIP"
    )


def _refuse_bomb(source: Path, package: zipfile.ZipFile) -> None:
    """Raise E755 for far more than a ZIP of photos holds; zipfile reads no more than each file claims."""
    unpacked = sum(info.file_size for info in package.infolist())
    if unpacked > max(_UNPACKED, _RATIO * source.stat().st_size):
        problem = f"里的文件解开以后共 {unpacked >> 20} MB，太大"
        raise ZhupeiError("E755", file=masked_text(source.name), problem=problem)


def _limited(source: Path, found: list[PhotoFile]) -> list[PhotoFile]:
    if len(found) > MAX_FILES:
        raise ZhupeiError(
            "E755", file=masked_text(source.name), problem=f"有 {len(found)} 个文件，最多 {MAX_FILES} 个"
        )
    if not found:
        raise ZhupeiError("E755", file=masked_text(source.name), problem="里面没有文件")
    return found


def _is_wanted(one: PhotoFile) -> bool:
    parts = PurePosixPath(one.name).parts
    hidden = any(part.startswith(".") and part not in ("..", ".") for part in parts) or "__MACOSX" in parts
    return not hidden and parts[-1].lower() not in _OTHERS


def _in_folder(source: Path) -> Iterator[PhotoFile]:
    for folder, folders, names in os.walk(source):  # links to folders are not followed, but told
        for name in (*names, *(one for one in folders if (Path(folder) / one).is_symlink())):
            path = Path(folder) / name
            shown = path.relative_to(source).as_posix()
            fault = _not_a_file(path.lstat().st_mode)
            one = PhotoFile(shown, lambda path=path: _read(path), fault)  # type: ignore[misc]
            if _is_wanted(one):
                yield one


def _not_a_file(mode: int) -> Fault | None:
    if stat.S_ISLNK(mode):
        return _fault("E754", problem="是符号链接")
    # To read a pipe is to wait for whoever writes to it.
    return None if stat.S_ISREG(mode) else _fault("E754", problem="不是普通文件")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_READ + 1)


def _in_package(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> PhotoFile:
    name = info.filename
    if not info.flag_bits & _UTF8 and not name.isascii():
        with suppress(UnicodeError):  # Windows in China writes the names so
            name = name.encode("cp437").decode("gb18030")
    name = name.replace("\\", "/")
    fault = None
    if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name:
        fault = _fault("E754", problem="路径指向文件夹以外")
    elif stat.S_ISLNK(info.external_attr >> 16):
        fault = _fault("E754", problem="是符号链接")
    elif info.flag_bits & _ENCRYPTED:
        fault = _fault("E754", problem="有密码")
    return PhotoFile(name, lambda: _unpacked(package, info), fault)


def _unpacked(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    # However much it claims to be, no more than this comes out of it.
    with package.open(info) as file:
        return file.read(_READ + 1)


def _fault(code: str, **values: object) -> Fault:
    return Fault(code, "", values=values)


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What a photo should be: its pixels, and its kilobytes from and to; None is not looked at."""

    pixels: tuple[int, int] | None
    kilobytes: tuple[int, int] | None


def looked_at(one: PhotoFile, limits: PhotoLimits) -> tuple[Photo | None, list[Fault]]:
    """Return the picture of a file, turned as it was held, with what is odd about it; None with its fault."""
    if one.fault is not None:
        return None, [one.fault]
    try:
        content = one.read()
    except Exception:  # zipfile and zlib raise one thing or another for damaged members
        return None, [_fault("E753", problem="读不出，或者已经损坏")]
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return None, [_fault("E753", problem="是 HEIC 格式（苹果手机），请先转成 JPG")]
    if len(content) > _READ:
        return None, [_fault("E753", problem=f"超过 {_READ >> 20} MB")]
    return _picture(content, limits)


def _picture(content: bytes, limits: PhotoLimits) -> tuple[Photo | None, list[Fault]]:
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(content), formats=list(_MIMES)) as picture:
            width, height = picture.size
            if width * height > _PIXELS:
                return None, [_fault("E753", problem=_TOO_MANY)]
            mime, turned = _MIMES[str(picture.format)], picture.getexif().get(_ORIENTATION, 1) != 1
            if turned:
                upright = ImageOps.exif_transpose(picture)
                content, (width, height) = _saved(upright, mime), upright.size
            else:
                require_whole_photos(picture, content)
    except Image.DecompressionBombError:
        return None, [_fault("E753", problem=_TOO_MANY)]
    except Exception:  # Pillow raises whatever a broken file leads it to
        return None, [_fault("E753", problem="不是 JPG 或 PNG 图片，或者已经损坏")]
    if len(content) > PHOTO_BYTES:
        return None, [_fault("E753", problem="超过 1 MB")]
    return Photo(mime, content), list(_odd(limits, (width, height), len(content)))


def _saved(picture: "Image", mime: str) -> bytes:
    out = BytesIO()
    if mime == "image/png":
        picture.save(out, "PNG")
    else:
        picture.convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def _odd(limits: PhotoLimits, pixels: tuple[int, int], size: int) -> Iterator[Fault]:
    if limits.pixels is not None and pixels != limits.pixels:
        found, wanted = (" × ".join(map(str, one)) for one in (pixels, limits.pixels))
        problem = f"是 {found} 像素，应为 {wanted}"
        yield Fault("E752", "", "warning", {"problem": problem})
    if limits.kilobytes is not None:
        low, high = limits.kilobytes
        if not low << 10 <= size <= high << 10:
            problem = f"是 {size / 1024:.0f} KB，应为 {low} 至 {high} KB"
            yield Fault("E752", "", "warning", {"problem": problem})
