"""Time ten thousand photos taken in: `python -m tests.bench.photos [PHOTOS]`.

Pictures of the size that is asked for by default (413 × 626, 150 to 300 KB), no two alike, in a ZIP, named by
ID number; the whole command, once. The file and the database take a fifth of a gigabyte a thousand each.
"""

import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from sqlalchemy import select

from tests.bench.main_job import Shell
from tests.builders import drawn_world, store_world
from zhupei_cli.model import Trainee
from zhupei_cli.store.engine import reading, transaction

_SIZE: Final = (413, 626)
#: Pictures that are drawn; the others differ in a remark inside the file alone.
_DRAWN: Final = 20
_REMARK: Final = b"\xff\xfe"


def pictures(count: int) -> Iterator[bytes]:
    """Yield so many different pictures of 150 to 300 KB."""
    drawn = []
    for _ in range(min(count, _DRAWN)):
        out = BytesIO()
        coarse = Image.frombytes("RGB", (207, 313), os.urandom(207 * 313 * 3))
        coarse.resize(_SIZE, Image.Resampling.BICUBIC).save(out, "JPEG", quality=95)
        drawn.append(out.getvalue())
    for at in range(count):
        remark = b"%08d" % at
        yield (
            drawn[at % len(drawn)][:2]
            + _REMARK
            + (len(remark) + 2).to_bytes(2, "big")
            + remark
            + drawn[at % len(drawn)][2:]
        )


def main(count: int, folder: Path) -> None:
    """Store the people, write the ZIP, take it in."""
    shell = Shell(folder)
    shell.run("db", "init")
    with transaction(shell.url) as session:
        store_world(session, drawn_world(count), status="closed")
    with reading(shell.url) as session:
        papers = session.scalars(select(Trainee.id_number)).all()
    package = folder / "photos.zip"
    with zipfile.ZipFile(package, "w") as written:
        for paper, content in zip(papers, pictures(count), strict=True):
            written.writestr(f"{paper}.jpg", content)
    took = shell.run("trainee", "photo", "import", package)
    load = os.getloadavg()[0]
    print(f"{count} photos, {package.stat().st_size >> 20} MiB: {took:.1f} s (load {load:.1f})", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, Path(temporary))
