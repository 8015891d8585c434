"""Which parts of an .xlsx package a reader takes for sheets, and a look at each of them."""

import posixpath
import zipfile
from typing import Final
from xml.etree.ElementTree import Element

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.package import index, pieces
from zhupei_cli.sheets.scan import Limits, Scan, refuse
from zhupei_cli.sheets.xlsx_sheet import scan_sheet

WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"


def scan_xlsx(package: zipfile.ZipFile, limits: Limits, *, file: str) -> dict[str, Scan]:
    """Return what is found in each sheet, by its name.

    Raises E033 (a sheet without its part), E035 or E040 (too large, nearly empty), E037 (declarations no
    workbook has), E038 (formulas that refer to other workbooks), E041 (too many cells without a value).
    """
    parts = {name.replace("\\", "/").casefold(): name for name in package.namelist()}
    if any(key.startswith("xl/externallinks/") for key in parts):
        raise ZhupeiError("E038", file=file)
    sheets = _sheets(package, parts, file=file)
    found = {}
    for key, part in parts.items():
        if key in sheets:
            found[sheets[key]] = scan_sheet(package, part, limits, file=file)
            refuse(found[sheets[key]], limits, file=file, sheet=sheets[key])
        elif key.endswith((".xml", ".rels")):
            for _ in pieces(package, part, end=b"<"):
                pass  # read for what it may not contain
    return found


def _sheets(package: zipfile.ZipFile, parts: dict[str, str], *, file: str) -> dict[str, str]:
    """Return part (as a key of `parts`) → sheet name, by the workbook's own relations."""
    workbook, relations = index(package, parts[WORKBOOK]), index(package, parts[_RELATIONS])
    found = [relation for relation in relations.iter() if _local(relation.tag) == "Relationship"]
    targets = {relation.get("Id"): relation.get("Target", "") for relation in found}
    if len(targets) < len(found):
        raise ZhupeiError("E033", file=file)
    sheets: dict[str, str] = {}
    for sheet in workbook.iter():
        if _local(sheet.tag) == "sheet":
            keys = [key for id_ in _ids(sheet) for key in _keys(targets.get(id_, "")) if key in parts]
            if not keys:
                raise ZhupeiError("E033", file=file)
            sheets |= dict.fromkeys(keys, sheet.get("name", ""))
    return sheets


def _ids(sheet: Element) -> list[str]:
    """Return what may name the sheet's relation: r:id, in the namespace of either edition of the standard."""
    return [value for key, value in sheet.items() if _local(key) == "id"]


def _keys(target: str) -> list[str]:
    """Return the parts a relation may mean: some writers give the path from the root, without its slash."""
    return [posixpath.normpath(f"xl/{target}").casefold(), posixpath.normpath(target).lstrip("/").casefold()]


def _local(name: str) -> str:
    return name.rpartition("}")[2]
