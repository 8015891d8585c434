"""The nightly report: its two files, what the database keeps of it, and how long old ones stay."""

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Table
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST, Acting
from zhupei_cli.model import Batch, Night
from zhupei_cli.reports import page, workbook
from zhupei_cli.reports.values import Report
from zhupei_cli.rules.proof.digests import row_digest
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.store.bulk import delete_rows, insert_rows

_NIGHT: Table = Night.metadata.tables[Night.__tablename__]
_ENDINGS = ("html", "xlsx")


def render(report: Report) -> dict[str, bytes]:
    """Return the files of a report, name → content."""
    contents = (page.render_page(report).encode(), workbook.render_workbook(report))
    stem = f"{report.head.batch}_日报_{report_day(report)}"
    return {f"{stem}.{ending}": content for ending, content in zip(_ENDINGS, contents, strict=True)}


def report_day(report: Report) -> date:
    """Return the day (+08:00) a report is of."""
    return report.head.made_at.astimezone(CST).date()


def figures_of(report: Report) -> dict[str, int | None]:
    """Return the headline figures, key → number."""
    return {figure.key: figure.count for figure in report.figures}


def record_night(
    session: Session, batch: Batch, report: Report, written: Mapping[str, bytes], *, by: Acting
) -> None:
    """Keep the headline figures of the night, and write down which files were made; the day's last counts."""
    files = [{"name": name, "sha256": hashlib.sha256(text).hexdigest()} for name, text in written.items()]
    figures = canonical(figures_of(report))
    data = {"day": report_day(report).isoformat(), "files": files, "anomalies": len(report.anomalies)}
    data["digest"] = row_digest([figures])
    record(session, by, [Change("report.nightly", batch.code, batch.id, data=data)])
    key = (batch.id, report_day(report))
    delete_rows(session, _NIGHT, ("batch_id", "day"), [key])
    columns = ("batch_id", "day", "made_at", "figures")
    insert_rows(session, _NIGHT, columns, [(*key, report.head.made_at, figures)])


def remove_old(folder: Path, report: Report, *, keep: int) -> list[str]:
    """Remove the batch's nightly files of days before the last `keep`; return their names."""
    name = re.compile(
        rf"{re.escape(report.head.batch)}_日报_(\d{{4}}-\d{{2}}-\d{{2}})\.(?:{'|'.join(_ENDINGS)})"
    )
    oldest = (report_day(report) - timedelta(days=keep - 1)).isoformat()
    old = sorted(
        path for path in folder.iterdir() if (found := name.fullmatch(path.name)) and found[1] < oldest
    )
    removed = []
    for path in old:
        with suppress(PermissionError):  # on Windows: somebody is reading it; the next night will do
            path.unlink()
            removed.append(path.name)
    return removed
