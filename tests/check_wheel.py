"""Check what a built wheel holds: every module, migration and data file of the checkout, nothing else.

Usage: python tests/check_wheel.py WHEEL
"""

import sys
import zipfile
from pathlib import Path

TOP = Path(__file__).parent.parent
#: Folder of the checkout → where it ships.
SHIPPED = {"zhupei_cli": "zhupei_cli", "commands": "zhupei_cli/commands", "sql": "zhupei_cli/sql"}


def expected() -> set[str]:
    """Return the names the wheel must hold, beside its metadata."""
    return {
        f"{target}/{path.relative_to(TOP / folder).as_posix()}"
        for folder, target in SHIPPED.items()
        for path in (TOP / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def main(wheel: str) -> int:
    """Print what is missing or too much; return 1 if anything is."""
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    for name in sorted(expected() - found):
        print(f"missing in the wheel: {name}")
    for name in sorted(found - expected()):
        print(f"unexpected in the wheel: {name}")
    return int(found != expected())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
