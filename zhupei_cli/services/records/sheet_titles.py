"""Titles of sheets: which batch they are of, for whom they may not be."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.words.errors import Fault


def question_titles(session: Session, reading: Reading, batch: Batch, *, named: bool) -> None:
    """Keep as a fault of each file that a title in it, as our templates write it, names another batch (E435).

    It is a warning where somebody `named` the batch, else the sheet is not taken: what was filled in for the
    supplement round may not go into the only batch that is live today.
    """
    names = session.execute(select(Batch.name)).scalars().all()
    told = set[str]()
    for file, table in reading.tables:
        said = [name for name in names if any(word.startswith(f"{name} ") for word in table.above)]
        title = max(said, key=len, default=batch.name)
        if title != batch.name and file not in told:
            told.add(file)
            values = {"title": title, "batch": batch.code, "name": batch.name}
            table.faults.append(Fault("E435", "", "warning" if named else "error", values))
