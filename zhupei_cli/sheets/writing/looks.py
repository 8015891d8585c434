"""The fonts of every workbook we write: those that every Chinese Windows and WPS has."""

from typing import Final

BODY: Final = "宋体"
HEADING: Final = "黑体"
