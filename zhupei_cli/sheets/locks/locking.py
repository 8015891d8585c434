"""Workbooks given a password: AES-256 as Excel and WPS write it (ECMA-376, agile encryption)."""

from io import BytesIO
from pathlib import Path


def lock(path: Path, password: str | None) -> None:
    """Encrypt a finished workbook in its place; nothing without a password."""
    if password is None:
        return
    from msoffcrypto.format.ooxml import OOXMLFile

    locked = BytesIO()
    OOXMLFile(BytesIO(path.read_bytes())).encrypt(password, locked)
    path.write_bytes(locked.getvalue())
