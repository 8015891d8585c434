"""Numbers taken in blocks: ids made by the client, application numbers."""

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from zhupei_cli.model import Counter


def take(session: Session, name: str, count: int) -> range:
    """Take the next `count` numbers of the sequence `name`; a rolled-back transaction gives them back."""
    taken = update(Counter).where(Counter.name == name).values(value=Counter.value + count)
    if session.execute(taken, execution_options={"synchronize_session": False}).rowcount == 0:  # type: ignore[attr-defined]
        session.execute(insert(Counter).values(name=name, value=count))
    last = session.execute(select(Counter.value).where(Counter.name == name)).scalar_one()
    return range(last - count + 1, last + 1)
