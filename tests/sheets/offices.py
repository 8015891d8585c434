"""Workbooks as office programs save them: any .xlsx of ours, its words and lists written their way.

Nothing here is drawn by a library: each program has habits that none of ours has. Excel since 2010 keeps a
list that refers to another sheet in `extLst` as x14, with xm:f; all but openpyxl keep words in a part of
their own; WPS writes a dimension that is wrong; LibreOffice says of every row all that it is not.
"""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import openpyxl

from tests.sheets.books import types_of

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_X14: Final = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM: Final = "http://schemas.microsoft.com/office/excel/2006/main"
_MC: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_AC: Final = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
_XR: Final = "http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
_ET: Final = "http://www.wps.cn/officeDocument/2017/etCustomData"
_DECLARED: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'


@dataclass(frozen=True, slots=True)
class Habits:
    """What a program does its own way. `row` are attributes of every row, `root` those of a sheet."""

    root: str = ""
    row: str = ""
    extended_lists: bool = False
    absolute_targets: bool = False
    preserves: bool = False
    dimension: str | None = None
    number_style: str = ""
    tail: str = ""
    workbook: str = ""
    parts: Mapping[str, str | bytes] = field(default_factory=dict)


_DATA_BAR: Final = (
    f'<ext xmlns:x14="{_X14}" uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"><x14:conditionalFormattings>'
    f'<x14:conditionalFormatting xmlns:xm="{_XM}"><x14:cfRule type="dataBar" id="{{1}}"><x14:dataBar>'
    '<x14:cfvo type="formula"><xm:f>字典!$A$1</xm:f></x14:cfvo></x14:dataBar></x14:cfRule>'
    "<xm:sqref>A1:A9</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
    f'<ext xmlns:x14="{_X14}" uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}"><x14:sparklineGroups '
    f'xmlns:xm="{_XM}"><x14:sparklineGroup><x14:sparklines><x14:sparkline><xm:f>S!A1:B1</xm:f>'
    "<xm:sqref>C1</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>"
)
_CHECK_BOX: Final = (
    f'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice Requires="x14"><controls><control shapeId="1" '
    f'xmlns:r="{_OFFICE}" r:id="rId9" name="Check Box 1"/></controls></mc:Choice></mc:AlternateContent>'
)
_MASHUP: Final = '<?xml version="1.0" encoding="utf-16"?><DataMashup>AAAA</DataMashup>'.encode("utf-16")
_CHAIN: Final = f'{_DECLARED}<calcChain xmlns="{_MAIN}"><c r="A1" i="1"/></calcChain>'
_THEME: Final = (
    f'{_DECLARED}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Office">'
    "<a:themeElements/></a:theme>"
)

_EXCEL: Final = Habits(
    root=(
        f'xmlns:r="{_OFFICE}" xmlns:mc="{_MC}" mc:Ignorable="x14ac xr xr2 xr3" xmlns:x14ac="{_AC}" '
        f'xmlns:xr="{_XR}" xmlns:xr2="{_XR}2" xmlns:xr3="{_XR}3" '
        'xr:uid="{00000000-0001-0000-0000-000000000000}"'
    ),
    row='spans="1:36" x14ac:dyDescent="0.25"',
    extended_lists=True,
    tail=_CHECK_BOX,
    parts={
        "xl/theme/theme1.xml": _THEME,
        "xl/calcChain.xml": _CHAIN,
        "customXml/item1.xml": _MASHUP,
        "docProps/app.xml": f"{_DECLARED}<Properties><Application>Microsoft Excel</Application></Properties>",
    },
)

#: How programs save, by their names.
PROGRAMS: Final[Mapping[str, Habits]] = {
    "Excel": _EXCEL,
    "Excel for Mac": Habits(
        **{name: getattr(_EXCEL, name) for name in ("root", "extended_lists", "parts")},
        row='spans="1:36" ht="16" x14ac:dyDescent="0.2"',
        absolute_targets=True,
        workbook=(
            f'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice Requires="x15"><x15ac:absPath '
            'xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac" '
            'url="/Users/zhang/Desktop/"/></mc:Choice></mc:AlternateContent><workbookPr/>'
        ),
    ),
    "WPS": Habits(
        root=f'xmlns:r="{_OFFICE}" xmlns:xdr="urn:xdr" xmlns:x14="{_X14}" xmlns:mc="{_MC}" xmlns:etc="{_ET}"',
        row='ht="14.25" spans="1:36"',
        dimension="A1",
        parts={"xl/theme/theme1.xml": _THEME, "docProps/custom.xml": "<Properties/>"},
    ),
    "LibreOffice": Habits(
        root=f'xmlns:r="{_OFFICE}" xmlns:xdr="urn:xdr" xmlns:x14="{_X14}" xmlns:mc="{_MC}"',
        row='customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0" '
        'collapsed="false"',
        preserves=True,
        number_style=' s="0"',
        parts={"xl/theme/theme1.xml": _THEME},
    ),
}


def save_as(program: str, path: Path, target: Path) -> Path:
    """Write the workbook in `path` to `target` as a program would save it; looks are not kept, hiding is."""
    book, habits = openpyxl.load_workbook(path), PROGRAMS[program]
    strings: dict[str, int] = {}
    sheets = [_sheet(sheet, habits, strings) for sheet in book.worksheets]
    states = [(sheet.title, sheet.sheet_state) for sheet in book.worksheets]
    parts = {
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _workbook(states, habits),
        "xl/_rels/workbook.xml.rels": _relations(
            {
                f"rId{at}": (
                    "worksheet",
                    f"{'/xl/' if habits.absolute_targets else ''}worksheets/sheet{at}.xml",
                )
                for at in range(1, len(sheets) + 1)
            }
        ),
        "xl/sharedStrings.xml": _shared(strings, habits),
        "xl/styles.xml": (
            f'{_DECLARED}<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
            '<xf numFmtId="14"/></cellXfs></styleSheet>'
        ),
        **{f"xl/worksheets/sheet{at}.xml": xml for at, xml in enumerate(sheets, 1)},
        **habits.parts,
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": types_of(parts), **parts}.items():
            archive.writestr(name, content)
    return target


def _workbook(states: list[tuple[str, str]], habits: Habits) -> str:
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" state="{state}" r:id="rId{at}"/>'
        for at, (name, state) in enumerate(states, 1)
    )
    return (
        f'{_DECLARED}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{habits.workbook}'
        f"<sheets>{entries}</sheets></workbook>"
    )


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for id_, (kind, target) in targets.items()
    )
    return f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _shared(strings: Mapping[str, int], habits: Habits) -> str:
    kept = ' xml:space="preserve"'
    entries = "".join(
        f"<si><t{kept if habits.preserves or text != text.strip() else ''}>{escape(text)}</t></si>"
        for text in strings
    )
    return f'{_DECLARED}<sst xmlns="{_MAIN}" count="{len(strings)}">{entries}</sst>'


def _sheet(sheet: Any, habits: Habits, strings: dict[str, int]) -> str:
    rows = "".join(_rows(sheet, habits, strings))
    dimension = habits.dimension or sheet.dimensions
    lists, extended = _lists(sheet, habits)
    tail = habits.tail
    if habits.extended_lists:
        tail += f"<extLst>{extended}{_DATA_BAR}</extLst>"
    return (
        f'{_DECLARED}<worksheet xmlns="{_MAIN}" {habits.root}><dimension ref="{dimension}"/>'
        f'<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetData>{rows}</sheetData>'
        f"{lists}{tail}</worksheet>"
    )


def _rows(sheet: Any, habits: Habits, strings: dict[str, int]) -> Iterator[str]:
    for row in sheet.iter_rows():
        cells = "".join(_cell(cell, habits, strings) for cell in row)
        if cells:
            yield f'<row r="{row[0].row}" {habits.row}>{cells}</row>'


def _cell(cell: Any, habits: Habits, strings: dict[str, int]) -> str:
    value, where = cell.value, cell.coordinate
    if value is None:
        return f'<c r="{where}" s="0"/>' if cell.has_style else ""
    if isinstance(value, bool):
        return f'<c r="{where}"{habits.number_style} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{where}"{habits.number_style}><v>{value}</v></c>'
    assert isinstance(value, str), value
    return f'<c r="{where}" s="0" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'


def _lists(sheet: Any, habits: Habits) -> tuple[str, str]:
    """Return a sheet's validations: those of the standard, and those Excel keeps in `extLst`."""
    plain, extended = "", ""
    for rule in sheet.data_validations.dataValidation:
        formula = escape(rule.formula1 or "")
        if habits.extended_lists and "!" in formula:
            extended += (
                f'<x14:dataValidation type="{rule.type}" allowBlank="1" xr:uid="{{0}}"><x14:formula1>'
                f"<xm:f>{formula}</xm:f></x14:formula1><xm:sqref>{rule.sqref}</xm:sqref></x14:dataValidation>"
            )
        else:
            plain += (
                f'<dataValidation type="{rule.type}" sqref="{rule.sqref}"><formula1>{formula}</formula1>'
                "</dataValidation>"
            )
    if extended:
        extended = (
            f'<ext xmlns:x14="{_X14}" uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}"><x14:dataValidations '
            f'xmlns:xm="{_XM}" count="1">{extended}</x14:dataValidations></ext>'
        )
    return (f"<dataValidations>{plain}</dataValidations>" if plain else ""), extended
