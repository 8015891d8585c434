"""The flat frame on its way out: who is in it is an event when personal columns are, and its files."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.display import uncomputed
from zhupei_cli.model import Batch
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.reports.flat_frame import BY_KEY, OPEN_KEYS, PERSONAL_KEYS, frame_of
from zhupei_cli.words.errors import ZhupeiError

if TYPE_CHECKING:
    from pandas import DataFrame


#: The most rows of a sheet, its heading among them.
_SHEET_ROWS = 1_048_576


def revealed_frame(session: Session, batch: Batch, *, by: Acting) -> "DataFrame":
    """Return the frame of a batch with the personal columns, which is written down as an event.

    Raises E717 in a session whose events are not kept: one that only reads, or a trial.
    """
    if not session.info.get("kept", True):
        raise ZhupeiError("E717", batch=batch.code)
    frame = frame_of(session, [batch], (*OPEN_KEYS, *PERSONAL_KEYS))
    data = {"rows": len(frame), "columns": list(PERSONAL_KEYS)}
    record(session, by, [Change("export.frame", batch.code, batch.id, data=data)])
    return frame


def require_writer(file_format: str) -> None:
    """Raise E724 when the library that writes the format is missing: before any row is read."""
    if file_format == "parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError as error:
            raise ZhupeiError("E724") from error


def write_frame(frame: "DataFrame", path: Path, file_format: str) -> None:
    """Write a frame as parquet, csv or xlsx; E725 for more rows than a sheet has."""
    if file_format == "parquet":
        frame.to_parquet(path, engine="pyarrow", index=False)
    elif file_format == "csv":
        _uncomputed(frame).to_csv(path, index=False, encoding="utf-8-sig")
    else:
        _write_sheet(frame, path)


def _uncomputed(frame: "DataFrame") -> "DataFrame":
    """Return the frame with texts that a spreadsheet would calculate guarded, as in other files."""
    made = frame.copy(deep=False)
    for key in made.columns:
        if BY_KEY[key].kind == "category":
            made[key] = made[key].cat.rename_categories(uncomputed)
        elif BY_KEY[key].kind == "string":
            made[key] = made[key].map(uncomputed, na_action="ignore")
    return made


def _write_sheet(frame: "DataFrame", path: Path) -> None:
    """Write every cell as what it is: a text is never a formula, nothing is left for a missing value.

    Codes that have words are their words, as people read the sheet; those of bases and specialties stay.
    """
    import numpy as np
    import pandas as pd
    import xlsxwriter

    if len(frame) >= _SHEET_ROWS:
        raise ZhupeiError("E725", rows=len(frame), most=_SHEET_ROWS - 1)
    file = io.BytesIO()  # what a full disk says is then what `files` can tell
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        day, head = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True})
        sheet = book.add_worksheet("报名")
        for at, key in enumerate(frame.columns):
            sheet.write_string(0, at, f"{BY_KEY[key].heading}", head)
        words = [BY_KEY[key].labels or {} for key in frame.columns]
        for number, row in enumerate(frame.itertuples(index=False), 1):
            for at, value in enumerate(row):
                if value is None or value is pd.NA or value is pd.NaT or value != value:
                    continue
                if isinstance(value, str):
                    sheet.write_string(number, at, words[at].get(value, value))
                elif isinstance(value, bool | np.bool_):
                    sheet.write_string(number, at, "是" if value else "否")
                elif isinstance(value, pd.Timestamp):
                    sheet.write_datetime(number, at, value.to_pydatetime(), day)
                else:
                    sheet.write_number(number, at, value)
    path.write_bytes(file.getvalue())
